import { defined } from '../../../model/defined.ts'
import { InputError } from '../../../model/errors.ts'
import type { BundleProblem, FoundProblem } from '../bundle-report.ts'
import { LIMITS, type BundleSource, type OpenedContainer, type RandomAccess } from './bundle-source.ts'
import { sameBytes } from '../../log/merkle.ts'
import { MOST_RATIO } from '../../bundle/zip-form.ts'
import { decodeName, foldedPath, isSafePath } from './safe-path.ts'
import { unpack, type Inflate } from './unpack.ts'
import {
  DEFLATED,
  END_BYTES,
  END64_BYTES,
  isLink,
  isPlain,
  CENTRAL_BYTES,
  localHeader,
  readCentral,
  readEnd,
  type ZipHeader,
} from './zip-records.ts'

/** Of the directory: what a million members with long paths need. */
const MOST_DIRECTORY = 400_000_000
const PIECE = 1024 ** 2

interface Member {
  readonly path: string
  readonly header: ZipHeader
  readonly dataAt: number
}

const ASCII = /^[\u0020-\u007e]*$/

/**
 * Opens a zip in the one form that bundles have (docs/formats/bundle.md, "Zip"): members by the order of their paths,
 * stored or deflated, that tile the bytes without a gap. Everything else that a zip may be is refused, since two programs may see
 * different files in it: an attacker controls every byte. A member whose name or place is refused is not in the source.
 *
 * Only headers are read here; the memory needed grows with the number of members, not with their sizes.
 */
export async function openZip(bytes: RandomAccess, inflate: Inflate): Promise<OpenedContainer> {
  const refused = (problem: BundleProblem, about?: string): OpenedContainer => ({
    kind: 'zip',
    name: '',
    source: undefined,
    problems: [{ problem, ...defined({ about }) }],
  })
  const tailBytes = Math.min(bytes.size, END_BYTES + END64_BYTES)
  const end = readEnd(await bytes.read(bytes.size - tailBytes, tailBytes), bytes.size - tailBytes)
  if (end === undefined) return refused(await looksLikeZip(bytes))
  const { count, directoryOffset, directorySize } = end
  if (count > LIMITS.files) return refused('too-many-files', String(count))
  if (directorySize > MOST_DIRECTORY || count * CENTRAL_BYTES > directorySize) return refused('zip-form')
  const directory = await bytes.read(directoryOffset, directorySize)
  if (directory.length !== directorySize) return refused('unreadable')
  const headers = readDirectory(directory, count)
  if (headers === undefined) return refused('zip-form')
  // One sentence for all: a folder that was packed again has as many of them as files. What claims to become more than
  // packed bytes of a bundle can is named as such.
  const packed = headers.find((header) => header.method !== 0 && !isPlain(header) && !isTooDense(header))
  if (packed !== undefined) return refused('zip-compressed', decodeName(packed.name).name)
  return withMembers({ bytes, inflate }, headers, directoryOffset)
}

/** Whether packed bytes claim to become more than those of a bundle do. */
const isTooDense = ({ method, size, compressed }: ZipHeader): boolean =>
  method === DEFLATED && size > compressed * MOST_RATIO

/** A zip of another kind, or no zip at all. */
async function looksLikeZip(bytes: RandomAccess): Promise<BundleProblem> {
  const [p, k] = await bytes.read(0, Math.min(2, bytes.size))
  return p === 0x50 && k === 0x4b ? 'zip-form' : 'unreadable'
}

function readDirectory(directory: Uint8Array, count: number): readonly ZipHeader[] | undefined {
  const headers: ZipHeader[] = []
  let at = 0
  for (let member = 0; member < count; member++) {
    const header = readCentral(directory, at)
    if (header === undefined) return undefined
    headers.push(header)
    at += header.length
  }
  return at === directory.length ? headers : undefined
}

/** The bytes of a zip, and what unpacks them. */
interface ZipBytes {
  readonly bytes: RandomAccess
  readonly inflate: Inflate
}

async function withMembers(
  zip: ZipBytes,
  headers: readonly ZipHeader[],
  directoryOffset: number,
): Promise<OpenedContainer> {
  const problems: FoundProblem[] = []
  const members = new Map<string, Member>()
  const folded = new Set<string>()
  const root = rootOf(headers)
  let next = 0
  let total = 0
  let before = ''
  for (const header of headers) {
    const { name, valid } = decodeName(header.name)
    const dataAt = header.offset + localHeader(header).length
    const found = valid ? memberProblem(header, { name, root, before, next, folded }) : 'path'
    before = name
    total += header.size
    if (found !== undefined) problems.push({ problem: found, about: name })
    else if (!(await sameHeader(zip.bytes, header))) problems.push({ problem: 'zip-differs', about: name })
    else members.set(name.slice(root.length), { path: name.slice(root.length), header, dataAt })
    next = dataAt + header.compressed
  }
  if (next !== directoryOffset)
    problems.push({ problem: next < directoryOffset ? 'zip-gap' : 'zip-overlap', about: String(next) })
  if (total > LIMITS.totalBytes) problems.push({ problem: 'too-large', about: String(total) })
  const source = total > LIMITS.totalBytes ? undefined : sourceOf(zip, members)
  return { kind: 'zip', name: root.slice(0, -1), source, problems }
}

/** The one folder that must contain every member, with its slash. */
function rootOf(headers: readonly ZipHeader[]): string {
  const [first] = headers
  const name = first === undefined ? '' : decodeName(first.name).name
  return name.slice(0, name.indexOf('/') + 1)
}

interface Place {
  readonly name: string
  readonly root: string
  /** Name of the member before. */
  readonly before: string
  /** Where the data before end. */
  readonly next: number
  /** Folded names so far. */
  readonly folded: Set<string>
}

function memberProblem(header: ZipHeader, { name, root, before, next, folded }: Place): BundleProblem | undefined {
  const path = name.slice(root.length)
  const same = folded.has(foldedPath(name))
  folded.add(foldedPath(name))
  if ((header.flags & 0x2041) !== 0) return 'zip-encrypted'
  if (isLink(header)) return 'link'
  if (name.endsWith('/')) return 'zip-form'
  if (root.length < 2 || !name.startsWith(root)) return 'zip-folder'
  if (!ASCII.test(name) || !isSafePath(root.slice(0, -1)) || !isSafePath(path)) return 'path'
  if (same) return 'same-name'
  if (header.offset !== next) return header.offset < next ? 'zip-overlap' : 'zip-gap'
  if (isTooDense(header)) return 'too-large'
  return isPlain(header) && name > before ? undefined : 'zip-form'
}

async function sameHeader(bytes: RandomAccess, header: ZipHeader): Promise<boolean> {
  const expected = localHeader(header)
  return sameBytes(await bytes.read(header.offset, expected.length), expected)
}

function sourceOf({ bytes, inflate }: ZipBytes, members: ReadonlyMap<string, Member>): BundleSource {
  const memberOf = (path: string): Member => {
    const member = members.get(path)
    if (member !== undefined) return member
    throw new InputError('Cannot read bundle: no such file', { code: 'bundle.missing', path, expected: 'a file of it' })
  }
  const exactly = async (offset: number, length: number, path: string): Promise<Uint8Array> => {
    const read = await bytes.read(offset, length)
    if (read.length === length) return read
    throw new InputError('Cannot read bundle: it ends early', {
      code: 'bundle.short',
      path,
      expected: 'the whole file',
    })
  }
  const pieces = async function* ({ dataAt, header: { compressed } }: Member, path: string): AsyncIterable<Uint8Array> {
    for (let done = 0; done < compressed; done += PIECE)
      yield await exactly(dataAt + done, Math.min(PIECE, compressed - done), path)
  }
  const contentOf = (path: string): AsyncIterable<Uint8Array> => {
    const member = memberOf(path)
    const { method, size, compressed } = member.header
    const stored = pieces(member, path)
    return method === DEFLATED ? unpack(stored, { packed: compressed, size }, inflate) : stored
  }
  return {
    files: new Map([...members].map(([path, { header }]) => [path, header.size])),
    read: async (path, maxBytes) => {
      const { size } = memberOf(path).header
      if (size > maxBytes)
        throw new InputError(`Cannot read bundle: a file of ${size} bytes`, {
          code: 'bundle.too-large',
          path,
          expected: `at most ${maxBytes} bytes`,
        })
      const whole = new Uint8Array(size)
      let at = 0
      for await (const piece of contentOf(path)) {
        whole.set(piece, at)
        at += piece.length
      }
      return whole
    },
    chunks: async function* (path) {
      yield* contentOf(path)
    },
  }
}
