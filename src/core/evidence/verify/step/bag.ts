import { InputError } from '../../../model/errors.ts'
import { BAG_DECLARATION, BAG_DESCRIPTION, BAG_FILES } from '../../bundle/bag.ts'
import { isBundlePath } from '../../bundle/bundle-path.ts'
import { decodeUtf8 } from '../source/bounded-json.ts'
import { TAG_FILES, belongs } from '../source/bundle-paths.ts'
import { LIMITS, type BundleSource } from '../source/bundle-source.ts'
import { readLines } from '../source/read-lines.ts'
import type { FilesRead } from '../source/read-files.ts'
import type { StepFindings } from './findings.ts'

const MOST_TAG = 1_000_000
const PAYLOAD = 'data/'
/** Labels of `bag-info.txt` in their order, but for the one line that is the same in all and may be absent. */
const LABELS = [
  'Source-Organization',
  'External-Identifier',
  'Bagging-Date',
  'Payload-Oxum',
  'Bag-Software-Agent',
] as const
const DESCRIPTION = `External-Description: ${BAG_DESCRIPTION}`
const DESCRIPTION_AT = 2

/** Declaration and information of the bag, in the one form that bundles have. Gives the name that the bag says it has. */
export async function checkBag(source: BundleSource, find: StepFindings): Promise<string | undefined> {
  const declaration = await textOf(source, BAG_FILES.declaration, find)
  if (declaration !== undefined && declaration !== BAG_DECLARATION) find.fail('file-form', BAG_FILES.declaration)
  if (source.files.has('fetch.txt')) find.fail('fetch', 'fetch.txt')
  for (const name of TAG_FILES) if (!source.files.has(name)) find.fail('missing-file', name)
  const info = await textOf(source, BAG_FILES.info, find)
  if (info === undefined) return undefined
  const lines = info.split('\n')
  if (lines[DESCRIPTION_AT] === DESCRIPTION) lines.splice(DESCRIPTION_AT, 1)
  const values = LABELS.map((label, at) => new RegExp(`^${label}: (\\S(?:.*\\S)?)$`, 'u').exec(lines[at] ?? '')?.[1])
  if (lines.length !== LABELS.length + 1 || lines.at(-1) !== '' || values.includes(undefined))
    find.fail('file-form', BAG_FILES.info)
  const [, name, date = '', oxum] = values
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) find.fail('file-form', `${BAG_FILES.info}: Bagging-Date`)
  const payload = [...source.files].filter(([path]) => path.startsWith(PAYLOAD))
  const bytes = payload.reduce((sum, [, size]) => sum + size, 0)
  if (oxum !== `${bytes}.${payload.length}`) find.fail('oxum', oxum ?? BAG_FILES.info)
  find.fact('bag', { name: name ?? '', date })
  return name
}

/** Text of a tag file; what is wrong with it is found, and undefined given. A missing one is named by the caller. */
const textOf = (source: BundleSource, path: string, find: StepFindings): Promise<string | undefined> =>
  source.files.has(path)
    ? find.attempt('file-form', path, async () => decodeUtf8(await source.read(path, MOST_TAG)))
    : Promise.resolve(undefined)

/** Digests that the two manifests state, by path. */
export type ListedDigests = ReadonlyMap<string, string>

/** Whether the manifests name every file once, in order, and nothing else; and every file is one of a bundle. */
export async function checkList(source: BundleSource, find: StepFindings): Promise<ListedDigests> {
  const listed = new Map<string, string>()
  await readManifest(source, BAG_FILES.manifest, { listed, find, mine: (path) => path.startsWith(PAYLOAD) })
  await readManifest(source, BAG_FILES.tagManifest, {
    listed,
    find,
    mine: (path) => !path.startsWith(PAYLOAD) && path !== BAG_FILES.tagManifest,
  })
  for (const path of listed.keys()) if (!source.files.has(path)) find.fail('listed-missing', path)
  for (const path of source.files.keys()) {
    if (path !== BAG_FILES.tagManifest && !listed.has(path)) find.fail('not-listed', path)
    if (!isBundlePath(path) || !belongs(path)) find.fail('foreign', path)
  }
  find.fact('list', { count: listed.size })
  return listed
}

interface Reading {
  readonly listed: Map<string, string>
  readonly find: StepFindings
  /** Whether a path is allowed in this manifest. */
  readonly mine: (path: string) => boolean
}

async function readManifest(source: BundleSource, manifest: string, { listed, find, mine }: Reading): Promise<void> {
  if (!source.files.has(manifest)) {
    find.fail('missing-file', manifest)
    return
  }
  await find.attempt('file-form', manifest, async () => {
    let before = ''
    let number = 0
    for await (const bytes of readLines(source.chunks(manifest))) {
      number++
      const [, sha512, path] = /^([0-9a-f]{128}) {2}(\S+)$/u.exec(decodeUtf8(bytes)) ?? []
      if (sha512 === undefined || path === undefined || path <= before || !mine(path) || number > LIMITS.files) {
        if (path !== undefined && path === before) find.fail('listed-twice', path)
        else find.fail('file-form', `${manifest}: line ${number}`)
        if (number > LIMITS.files) throw tooLong(manifest)
      }
      if (sha512 !== undefined && path !== undefined) {
        listed.set(path, sha512)
        before = path
      }
    }
  })
}

const tooLong = (path: string): InputError =>
  new InputError('Cannot read manifest', { code: 'bundle.lines', path, expected: `at most ${LIMITS.files} lines` })

/** Whether every file has the digest that its manifest states. */
export function checkFiles(listed: ListedDigests, files: FilesRead, find: StepFindings): void {
  for (const path of files.unread) find.fail('unreadable', path)
  let same = 0
  for (const [path, sha512] of files.sha512) {
    const stated = listed.get(path)
    if (stated === undefined) continue
    if (stated === sha512) same++
    else find.fail('changed', path)
  }
  find.fact('files', { count: same })
}
