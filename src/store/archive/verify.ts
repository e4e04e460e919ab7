import { hash } from 'node:crypto'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import type { LeafCodec } from './contract.ts'
import { readErasureLog, type ErasureLog } from './erasures.ts'
import { framedBytes, leafAt } from './leaf-file.ts'
import { layoutOf, numbersOf, type Layout } from './layout.ts'
import { openRecord, type Damage } from './read-blob.ts'
import { encodeErased, recordBytes, type RecordHead } from './record.ts'
import { readSegmentHead } from './recover.ts'
import { SEGMENT_HEAD_BYTES, type SegmentHead } from './segment-head.ts'
import { walkSegment, type Walked } from './segment-walk.ts'
import { Window } from './window.ts'

/** What is wrong with a leaf: its record (see Damage), its leaf record, or the two do not belong together. */
export type Corruption =
  Damage | 'leaf' | 'salted-digest' | 'half-erased' | 'erased-without-entry' | 'not-erased' | 'lost'

export type ArchiveFinding =
  | { readonly kind: 'ok' | 'erased'; readonly leafIndex: number }
  /** `leafIndex` is absent where a whole file cannot be read. */
  | { readonly kind: 'corrupt'; readonly leafIndex?: number; readonly file: string; readonly what: Corruption }
  /** Written and never acknowledged: opening the archive cuts it. */
  | { readonly kind: 'unfinished'; readonly file: string; readonly bytes: number }

export interface VerifyOptions {
  readonly leaves: LeafCodec
  /** Number of leaves if the archive is open and may be growing; else all that are in the files. */
  readonly size?: number
  readonly disk?: Disk
}

/**
 * Hashes every measurement again against its id and its leaf. Works on the files alone and changes nothing, so that it
 * also tells about an archive that does not open. Never stops at what it finds; throws only what the disk throws.
 */
export async function* verifyArchive(
  folder: string,
  options: VerifyOptions,
): AsyncGenerator<ArchiveFinding, void, undefined> {
  const disk = options.disk ?? REAL_DISK
  const layout = layoutOf(folder)
  const erasures = await readErasureLog(layout, disk).catch((error: unknown) => {
    if (error instanceof Fault) return undefined
    throw error
  })
  if (erasures === undefined) yield { kind: 'corrupt', file: layout.erasures, what: 'checksum' }
  const size = options.size ?? Number.POSITIVE_INFINITY
  const numbers = numbersOf(await disk.list(layout.segments), 'segment')
  const leafNumbers = numbersOf(await disk.list(layout.leaves), 'leaves')
  const most = Math.max(0, ...numbers, ...leafNumbers)
  for (let number = 1, next = 0; number <= most && next < size; number++) {
    const last = number === most
    const check = { layout, disk, leaves: options.leaves, size, erasures }
    for await (const finding of verifySegment(number, { next, last }, check)) {
      yield finding
      if ('leafIndex' in finding && finding.leafIndex !== undefined) next = Math.max(next, finding.leafIndex + 1)
    }
  }
}

interface Check {
  readonly layout: Layout
  readonly disk: Disk
  readonly leaves: LeafCodec
  readonly size: number
  /** Undefined where it cannot be read. */
  readonly erasures: ErasureLog | undefined
}

async function* verifySegment(
  number: number,
  place: { readonly next: number; readonly last: boolean },
  check: Check,
): AsyncGenerator<ArchiveFinding, void, undefined> {
  const { layout, disk } = check
  const file = await openIfThere(layout.segment(number), disk)
  const leaves = await openIfThere(layout.leafFile(number), disk)
  try {
    const head = file === undefined ? undefined : await readSegmentHead(file)
    if (file === undefined || head === undefined) {
      const unmade = place.last && (await leaves?.size()) === 0
      if (!unmade) yield { kind: 'corrupt', file: layout.segment(number), what: 'head' }
      return
    }
    if (leaves === undefined) {
      yield { kind: 'corrupt', file: layout.leafFile(number), what: 'lost' }
      return
    }
    yield* verifyPair(head, { file, leaves, last: place.last }, check)
  } finally {
    await file?.close()
    await leaves?.close()
  }
}

async function* verifyPair(
  head: SegmentHead,
  pair: { readonly file: DiskFile; readonly leaves: DiskFile; readonly last: boolean },
  check: Check,
): AsyncGenerator<ArchiveFinding, void, undefined> {
  const window = new Window(pair.file, await pair.file.size())
  const leaves = new Window(pair.leaves, await pair.leaves.size())
  let next = head.firstLeaf
  let leavesEnd = 0
  const lost = (leafIndex: number): ArchiveFinding => ({
    kind: 'corrupt',
    leafIndex,
    file: pair.file.path,
    what: 'lost',
  })
  for await (const walked of walkSegment(window, { nonce: head.nonce, from: SEGMENT_HEAD_BYTES, bodies: true })) {
    if (next >= check.size) return
    if (walked.kind === 'damage') {
      if (walked.end < window.end || leavesEnd < leaves.end) continue // the leaves below say which were lost
      yield pair.last
        ? unfinished(pair.file, window.end - walked.offset)
        : { kind: 'corrupt', file: pair.file.path, what: 'head' }
      continue
    }
    for (; next < walked.head.leafIndex && next < check.size; next++) {
      yield lost(next)
      leavesEnd = await nextLeaf(leaves, leavesEnd)
    }
    if (pair.last && leavesEnd >= leaves.end && check.size === Number.POSITIVE_INFINITY) {
      yield unfinished(pair.file, window.end - walked.offset)
      return
    }
    yield await verifyRecord(walked, { head, pair, leaves, leavesEnd }, check)
    leavesEnd += framedBytes(walked.head.leafBytes)
    next++
  }
  while (leavesEnd < leaves.end && next < check.size) {
    yield lost(next++)
    leavesEnd = await nextLeaf(leaves, leavesEnd)
  }
}

async function verifyRecord(
  { head, bytes }: Extract<Walked, { kind: 'record' }>,
  at: {
    readonly head: SegmentHead
    readonly pair: { readonly file: DiskFile; readonly leaves: DiskFile }
    readonly leaves: Window
    readonly leavesEnd: number
  },
  check: Check,
): Promise<ArchiveFinding> {
  const { leafIndex } = head
  const corrupt = (what: Corruption, file: DiskFile = at.pair.file): ArchiveFinding => ({
    kind: 'corrupt',
    leafIndex,
    file: file.path,
    what,
  })
  const leaf = await leafAt(at.leaves, at.leavesEnd, head)
  const claimed = leaf.kind === 'whole' ? parseLeaf(leaf.leaf, check.leaves) : undefined
  if (claimed === undefined) return corrupt('leaf', at.pair.leaves)
  const logged = check.erasures?.byLeaf.has(leafIndex) === true
  if (head.state === 'erased') return verifyErased(head, bytes, { nonce: at.head.nonce, logged }, corrupt)
  if (logged) return corrupt('not-erased')
  const opened = await openRecord(head, bytes)
  if (typeof opened === 'string') return corrupt(opened)
  const original = hash('sha256', Buffer.concat([opened.salt, opened.bytes]), 'hex')
  const kind = opened.kind === 'entry' ? opened.entry : 'measurement'
  const shown = opened.kind === 'entry' ? hash('sha256', opened.bytes, 'hex') : claimed.public
  const same = kind === claimed.kind && original === claimed.original && shown === claimed.public
  return same && claimed.size === head.size ? { kind: 'ok', leafIndex } : corrupt('salted-digest')
}

function verifyErased(
  head: RecordHead,
  bytes: Buffer,
  erased: { readonly nonce: Buffer; readonly logged: boolean },
  corrupt: (what: Corruption) => ArchiveFinding,
): ArchiveFinding {
  if (!erased.logged) return corrupt('erased-without-entry')
  const clean = encodeErased(erased.nonce, head).equals(bytes.subarray(0, recordBytes(head)))
  return clean ? { kind: 'erased', leafIndex: head.leafIndex } : corrupt('half-erased')
}

function parseLeaf(bytes: Uint8Array, codec: LeafCodec): ReturnType<LeafCodec['parse']> | undefined {
  try {
    return codec.parse(bytes)
  } catch {
    return undefined // damaged in any way, it is not a leaf
  }
}

/** Steps over a leaf of which no record tells: by its own length, or to the end where that is nonsense. */
async function nextLeaf(leaves: Window, offset: number): Promise<number> {
  const prefix = await leaves.at(offset, 2)
  const length = prefix.length < 2 ? 0 : prefix.readUInt16BE(0)
  return length === 0 ? leaves.end : offset + framedBytes(length)
}

const unfinished = (file: DiskFile, bytes: number): ArchiveFinding => ({ kind: 'unfinished', file: file.path, bytes })

async function openIfThere(path: string, disk: Disk): Promise<DiskFile | undefined> {
  try {
    return await disk.open(path, 'read')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
