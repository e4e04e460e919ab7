import { InputError } from '../../model/errors.ts'

// Names of files in a bundle (docs/formats/bundle.md, "Files"): the same on every system that a third party may unpack
// it on.

const SEGMENT = /^[a-z0-9_-][a-z0-9._-]*$/
const MOST_SEGMENT = 100
/** Names that Windows gives to devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/
/** How to verify stands out among the small letters, on purpose. */
const CAPITALS = new Set(['VERIFY.md', 'VERIFY.html'])

export const MOST_PATH = 300
export const MOST_FOLDERS = 16

const isSegment = (segment: string): boolean =>
  segment.length <= MOST_SEGMENT && SEGMENT.test(segment) && !segment.endsWith('.') && !DEVICE.test(segment)

/** Whether a path below the bag, with slashes, may name a file of a bundle: no way out of it, no two names for one file. */
export function isBundlePath(path: string): boolean {
  if (path.length === 0 || path.length > MOST_PATH) return false
  const segments = path.split('/')
  const name = segments.pop() ?? ''
  if (segments.length > MOST_FOLDERS || !segments.every(isSegment)) return false
  return isSegment(name) || (CAPITALS.has(name) && segments.join('/') === 'data')
}

/** Whether a name may be that of a bag: one segment of a path that begins and ends with a letter or digit. */
export const isBundleName = (name: string): boolean =>
  name.length > 1 && isSegment(name) && /^[a-z0-9].*[a-z0-9]$/.test(name)

/** Gives the path back; throws InputError for one that is not allowed in a bundle. */
export function checkBundlePath(path: string): string {
  if (isBundlePath(path)) return path
  throw new InputError(
    `Cannot put "${path.slice(0, 120)}" into a bundle: expected small letters, digits, ".", "_", "-"`,
    {
      code: 'bundle.path',
      path: path.slice(0, 120),
      expected: 'segments of [a-z0-9._-], at most 100 characters each',
    },
  )
}
