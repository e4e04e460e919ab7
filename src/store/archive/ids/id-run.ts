import { crc32 } from 'node:zlib'
import type { Disk } from '../../../runtime/files/disk.ts'
import { isMissing } from '../../../runtime/files/disk.ts'
import { writeDurable } from '../../../runtime/files/durable-file.ts'
import { filterBytes, IdFilter } from './id-filter.ts'
import { FINGERPRINT_BYTES, FINGERPRINT_STEP, type IdKey } from './id-key.ts'

/** Layout: docs/formats/archive.md, "Run of ids". */
const MAGIC = Buffer.from('KUAGIDS1', 'latin1')
const HEAD_BYTES = 64
/** Fingerprint, and which leaf of the run it is. */
const ENTRY_BYTES = FINGERPRINT_BYTES + 4
/** End of a bucket in entries, and its checksum. */
const BUCKET_BYTES = 8
/** Entries of a bucket, on average between half of this and this. */
const BUCKET_ENTRIES = 64

/** What a run says of itself: ids of whole segments, which take no further record. */
export interface RunHead {
  readonly firstSegment: number
  readonly lastSegment: number
  readonly firstLeaf: number
  /** Leaves of these segments. */
  readonly leaves: number
  /** Ids of the run: erased leaves have none. */
  readonly entries: number
}

interface Shape {
  readonly buckets: number
  readonly filter: number
}

const shapeOf = (entries: number): Shape => ({
  buckets: 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, entries / BUCKET_ENTRIES)))),
  filter: filterBytes(entries),
})

const bucketOf = (high: number, buckets: number): number => Math.floor((high * buckets) / 2 ** 32)

/**
 * Writes the run of ids that follow one another in a buffer (zeros: erased), durably. Between its parts it lets others
 * work: two million ids take about a second.
 */
export async function writeRun(
  path: string,
  head: Omit<RunHead, 'entries'>,
  { ids, key, disk }: { readonly ids: readonly Buffer[]; readonly key: IdKey; readonly disk: Disk },
): Promise<void> {
  const highs = new Uint32Array(head.leaves)
  const lows = new Uint32Array(head.leaves)
  const nths = new Uint32Array(head.leaves)
  let entries = 0
  let nth = 0
  for (const chunk of ids) {
    const prints = key.fingerprintsWithin(chunk)
    for (let at = 0; at < chunk.length; at += 32, nth++) {
      if (chunk.readUInt32BE(at) === 0 && chunk.subarray(at, at + 32).every((byte) => byte === 0)) continue
      const print = (at / 32) * FINGERPRINT_STEP
      highs[entries] = prints.readUInt32BE(print)
      lows[entries] = prints.readUInt32BE(print + 4)
      nths[entries++] = nth
    }
    await letOthersWork()
  }
  const { buckets, filter: filterLength } = shapeOf(entries)
  const order = orderOf(highs.subarray(0, entries), lows, buckets)
  await letOthersWork()
  const filterAt = HEAD_BYTES + buckets * BUCKET_BYTES
  const entriesAt = filterAt + filterLength
  const bytes = Buffer.alloc(entriesAt + entries * ENTRY_BYTES)
  const filter = new IdFilter(bytes.subarray(filterAt, entriesAt))
  let at = entriesAt
  for (const one of order) {
    const [high, low] = [highs[one]!, lows[one]!] // positions of entries
    at = bytes.writeUInt32BE(high, at)
    at = bytes.writeUInt32BE(low, at)
    at = bytes.writeUInt32BE(nths[one]!, at) // as above
    filter.add(high, low)
  }
  await letOthersWork()
  for (let bucket = 0, from = 0; bucket < buckets; bucket++) {
    let end = from
    while (end < entries && bucketOf(highs[order[end]!]!, buckets) === bucket) end++ // as above
    const place = HEAD_BYTES + bucket * BUCKET_BYTES
    bytes.writeUInt32BE(end, place)
    bytes.writeUInt32BE(crc32(bytes.subarray(entriesAt + from * ENTRY_BYTES, entriesAt + end * ENTRY_BYTES)), place + 4)
    from = end
  }
  writeHead(bytes, { ...head, entries }, { key, index: bytes.subarray(HEAD_BYTES, entriesAt) })
  await writeDurable(path, bytes, disk)
}

function writeHead(
  bytes: Buffer,
  head: RunHead,
  { key, index }: { readonly key: IdKey; readonly index: Buffer },
): void {
  bytes.set(MAGIC, 0)
  bytes.writeUInt32BE(head.firstSegment, 8)
  bytes.writeUInt32BE(head.lastSegment, 12)
  bytes.writeUIntBE(head.firstLeaf, 18, 6)
  bytes.writeUInt32BE(head.leaves, 24)
  bytes.writeUInt32BE(head.entries, 28)
  bytes.set(key.check, 32)
  bytes.writeUInt32BE(crc32(index), 40)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, HEAD_BYTES - 4)), HEAD_BYTES - 4)
}

/** Positions of fingerprints in ascending order: by buckets, then within each, of which all are small. */
function orderOf(highs: Uint32Array, lows: Uint32Array, buckets: number): Uint32Array {
  const ends = new Uint32Array(buckets + 1)
  for (const high of highs) ends[bucketOf(high, buckets) + 1]!++ // a bucket is below their number
  for (let bucket = 0; bucket < buckets; bucket++) ends[bucket + 1]! += ends[bucket]! // as above
  const next = ends.slice()
  const order = new Uint32Array(highs.length)
  for (let one = 0; one < highs.length; one++) order[next[bucketOf(highs[one]!, buckets)]!++] = one // as above
  const compare = (a: number, b: number): number => highs[a]! - highs[b]! || lows[a]! - lows[b]! || a - b // positions
  for (let bucket = 0; bucket < buckets; bucket++) order.subarray(ends[bucket], ends[bucket + 1]).sort(compare)
  return order
}

const letOthersWork = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Reads the head of a run; undefined where there is none, it is damaged or was made under another key. */
export async function readRunHead(path: string, { key, disk }: RunPlace): Promise<RunHead | undefined> {
  let file
  try {
    file = await disk.open(path, 'read')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    const bytes = Buffer.alloc(HEAD_BYTES)
    if ((await file.read(bytes, 0)) < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
    if (bytes.readUInt32BE(HEAD_BYTES - 4) !== crc32(bytes.subarray(0, HEAD_BYTES - 4))) return undefined
    if (!bytes.subarray(32, 40).equals(key.check)) return undefined
    const entries = bytes.readUInt32BE(28)
    const { buckets, filter } = shapeOf(entries)
    if ((await file.size()) !== HEAD_BYTES + buckets * BUCKET_BYTES + filter + entries * ENTRY_BYTES) return undefined
    return {
      firstSegment: bytes.readUInt32BE(8),
      lastSegment: bytes.readUInt32BE(12),
      firstLeaf: bytes.readUIntBE(18, 6),
      leaves: bytes.readUInt32BE(24),
      entries,
    }
  } finally {
    await file.close()
  }
}

export interface RunPlace {
  readonly key: IdKey
  readonly disk: Disk
}

/** Thrown where bytes of a run are damaged: it is made again from the sidecars. */
export class DamagedRun extends Error {}

/** Where ids of older segments are, on the disk: in memory are its filter and the ends of its buckets, once asked for. */
export class IdRun {
  readonly head: RunHead
  readonly path: string
  readonly #disk: Disk
  readonly #shape: Shape
  #index: Promise<void> | undefined
  #buckets = Buffer.alloc(0)
  #filter: IdFilter | undefined

  constructor(path: string, head: RunHead, disk: Disk) {
    this.path = path
    this.head = head
    this.#disk = disk
    this.#shape = shapeOf(head.entries)
  }

  /** Bytes of memory held once it was asked. */
  get heldBytes(): number {
    return this.#filter === undefined ? 0 : this.#shape.buckets * BUCKET_BYTES + this.#shape.filter
  }

  /** Takes filter and buckets into memory. Throws DamagedRun. */
  async load(): Promise<void> {
    this.#index ??= this.#load()
    try {
      await this.#index
    } catch (error) {
      this.#index = undefined
      throw error
    }
  }

  async #load(): Promise<void> {
    const { buckets, filter } = this.#shape
    const index = Buffer.alloc(buckets * BUCKET_BYTES + filter)
    const file = await this.#open()
    try {
      const head = Buffer.alloc(HEAD_BYTES)
      await file.read(head, 0)
      if ((await file.read(index, HEAD_BYTES)) < index.length || head.readUInt32BE(40) !== crc32(index))
        throw new DamagedRun(this.path)
    } finally {
      await file.close()
    }
    this.#buckets = index.subarray(0, buckets * BUCKET_BYTES)
    this.#filter = new IdFilter(index.subarray(buckets * BUCKET_BYTES))
  }

  /** False: the id is not here. To be asked after `load`. */
  mayHold(high: number, low: number): boolean {
    return this.#filter?.mayHold(high, low) ?? true
  }

  /** Leaves whose ids have that fingerprint: none, or one, which the caller compares. Throws DamagedRun. */
  async candidates(high: number, low: number): Promise<readonly number[]> {
    const { buckets, filter } = this.#shape
    const bucket = bucketOf(high, buckets)
    const from = bucket === 0 ? 0 : this.#buckets.readUInt32BE((bucket - 1) * BUCKET_BYTES)
    const end = this.#buckets.readUInt32BE(bucket * BUCKET_BYTES)
    const bytes = Buffer.alloc((end - from) * ENTRY_BYTES)
    const file = await this.#open()
    try {
      await file.read(bytes, HEAD_BYTES + buckets * BUCKET_BYTES + filter + from * ENTRY_BYTES)
    } finally {
      await file.close()
    }
    if (crc32(bytes) !== this.#buckets.readUInt32BE(bucket * BUCKET_BYTES + 4)) throw new DamagedRun(this.path)
    const found: number[] = []
    for (let at = 0; at < bytes.length; at += ENTRY_BYTES)
      if (bytes.readUInt32BE(at) === high && bytes.readUInt32BE(at + 4) === low)
        found.push(this.head.firstLeaf + bytes.readUInt32BE(at + FINGERPRINT_BYTES))
    return found
  }

  async #open(): ReturnType<Disk['open']> {
    try {
      return await this.#disk.open(this.path, 'read')
    } catch (error) {
      if (isMissing(error)) throw new DamagedRun(this.path)
      throw error
    }
  }
}
