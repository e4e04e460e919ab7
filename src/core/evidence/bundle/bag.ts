import { InputError } from '../../model/errors.ts'
import { formatInstantUtc, type Instant } from '../../model/units.ts'
import { checkBundlePath } from './bundle-path.ts'

// Tag files of a BagIt 1.0 bag, RFC 8493.

export const BAG_DECLARATION = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'

export const BAG_FILES = {
  declaration: 'bagit.txt',
  info: 'bag-info.txt',
  manifest: 'manifest-sha512.txt',
  tagManifest: 'tagmanifest-sha512.txt',
} as const

/** `External-Description` of `bag-info.txt`, for someone who opens the folder and knows nothing. */
export const BAG_DESCRIPTION = 'Evidence in data/. How to check it: data/VERIFY.md'

/** A file of the bag with its digest. */
export interface BagFile {
  /** Below the bag, with slashes. */
  readonly path: string
  /** Length in bytes. */
  readonly size: number
  /** 128 lower-case hexadecimal digits. */
  readonly sha512: string
}

/** Order of paths by their bytes; all of them are ASCII. */
export const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0

/** A manifest: digest, two spaces, path, a line each, sorted by path, as `sha512sum -c` reads it. Throws InputError. */
export const formatBagManifest = (files: readonly BagFile[]): string =>
  files
    .toSorted(byPath)
    .map(({ path, sha512 }) => `${sha512}  ${checkBundlePath(path)}\n`)
    .join('')

export interface BagInfo {
  readonly name: string
  readonly organization: string
  readonly madeAt: Instant
  readonly program: string
  /** Files of `data/` alone. */
  readonly payload: readonly Pick<BagFile, 'size'>[]
}

/** `bag-info.txt`; throws InputError for a value that would begin a line of its own. */
export function formatBagInfo({ name, organization, madeAt, program, payload }: BagInfo): string {
  const bytes = payload.reduce((sum, { size }) => sum + size, 0)
  const lines = [
    ['Source-Organization', organization],
    ['External-Identifier', name],
    ['External-Description', BAG_DESCRIPTION],
    ['Bagging-Date', formatInstantUtc(madeAt).slice(0, 10)],
    ['Payload-Oxum', `${bytes}.${payload.length}`],
    ['Bag-Software-Agent', program],
  ]
  return lines.map(([label, value = '']) => `${label}: ${oneLine(value)}\n`).join('')
}

function oneLine(value: string): string {
  if (value.trim() === value && value !== '' && value.isWellFormed() && !/\p{Cc}/u.test(value)) return value
  throw new InputError('Cannot write bag-info.txt: a value is empty, has spaces around it or control characters', {
    code: 'bundle.info',
    path: 'bag-info.txt',
    expected: 'a text of one line',
  })
}
