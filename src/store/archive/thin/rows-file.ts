import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { Fault } from '../../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'

const MAGIC = Buffer.from('KUAGROW1', 'latin1')
const HEAD_BYTES = 12
/** Length of the frame, of what is in it, checksum of the frame, first and last leaf. */
const CHUNK_HEAD_BYTES = 28
/** Rows compressed together. */
const CHUNK_ROWS = 256
const CHUNK_BYTES = 1024 * 1024
/** Chunks that are held expanded: readers come in the order of the leaves. */
const HELD_CHUNKS = 4

/** Rows of some leaves, compressed together. */
interface Chunk {
  readonly first: number
  readonly last: number
  readonly size: number
  readonly frame: Buffer
}

/** Gathers what is kept of thinned measurements into chunks. */
export class RowChunks {
  readonly #chunks: Chunk[] = []
  #lines: string[] = []
  #leaves: number[] = []
  #bytes = 0

  /** `text`: without a line feed. */
  add(leaf: number, text: string): void {
    const line = `${leaf} ${text}\n`
    this.#lines.push(line)
    this.#leaves.push(leaf)
    this.#bytes += line.length
    if (this.#lines.length >= CHUNK_ROWS || this.#bytes >= CHUNK_BYTES) this.#close()
  }

  #close(): void {
    if (this.#lines.length === 0) return
    this.#chunks.push(chunkOf(this.#leaves, this.#lines.join('')))
    this.#lines = []
    this.#leaves = []
    this.#bytes = 0
  }

  finish(): readonly Chunk[] {
    this.#close()
    return this.#chunks
  }
}

function chunkOf(leaves: readonly number[], text: string): Chunk {
  const bytes = Buffer.from(text)
  const [first, last] = [leaves.reduce((a, b) => Math.min(a, b)), leaves.reduce((a, b) => Math.max(a, b))]
  return { first, last, size: bytes.length, frame: zstdCompressSync(bytes, { pledgedSrcSize: bytes.length }) }
}

function encodeRowsFile(segment: number, chunks: readonly Chunk[]): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.set(MAGIC, 0)
  head.writeUInt32BE(segment, 8)
  const parts = chunks.flatMap(({ first, last, size, frame }) => {
    const about = Buffer.alloc(CHUNK_HEAD_BYTES)
    about.writeUInt32BE(frame.length, 0)
    about.writeUInt32BE(size, 4)
    about.writeUInt32BE(crc32(frame), 8)
    about.writeUIntBE(first, 14, 6)
    about.writeUIntBE(last, 22, 6)
    return [about, frame]
  })
  return Buffer.concat([head, ...parts])
}

/** The file with what is kept of the thinned measurements of a segment, read whole: some hundred bytes a measurement. */
export class RowsFile {
  readonly segment: number
  readonly #chunks: readonly Chunk[]
  readonly #held = new Map<Chunk, ReadonlyMap<number, string>>()
  readonly #path: string

  private constructor(path: string, segment: number, chunks: readonly Chunk[]) {
    this.#path = path
    this.segment = segment
    this.#chunks = chunks
  }

  /** Undefined where there is none. Throws Fault where it is damaged. */
  static async open(path: string, disk: Disk = REAL_DISK): Promise<RowsFile | undefined> {
    const bytes = await readWhole(path, disk)
    if (bytes === undefined) return undefined
    const damaged = (): Fault => new Fault(`Cannot read "${path}": it is damaged`)
    if (bytes.length < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) throw damaged()
    const chunks: Chunk[] = []
    for (let at = HEAD_BYTES; at < bytes.length;) {
      if (at + CHUNK_HEAD_BYTES > bytes.length) throw damaged()
      const begin = at + CHUNK_HEAD_BYTES
      const frame = bytes.subarray(begin, begin + bytes.readUInt32BE(at))
      if (frame.length < bytes.readUInt32BE(at) || crc32(frame) !== bytes.readUInt32BE(at + 8)) throw damaged()
      const [first, last] = [bytes.readUIntBE(at + 14, 6), bytes.readUIntBE(at + 22, 6)]
      chunks.push({ first, last, size: bytes.readUInt32BE(at + 4), frame })
      at = begin + frame.length
    }
    return new RowsFile(path, bytes.readUInt32BE(8), chunks)
  }

  /** What is kept of a leaf; undefined where nothing is. */
  of(leaf: number): string | undefined {
    // The newest first: what a crash left counts for nothing where it was written again.
    for (const chunk of this.#chunks.toReversed()) {
      if (leaf < chunk.first || leaf > chunk.last) continue
      const found = this.#expand(chunk).get(leaf)
      if (found !== undefined) return found
    }
    return undefined
  }

  #expand(chunk: Chunk): ReadonlyMap<number, string> {
    const held = this.#held.get(chunk)
    if (held !== undefined) return held
    const rows = new Map(linesOf(chunk, this.#path))
    this.#held.set(chunk, rows)
    const [oldest] = this.#held.keys()
    if (this.#held.size > HELD_CHUNKS && oldest !== undefined) this.#held.delete(oldest)
    return rows
  }

  /** Bytes of the file with more chunks behind those that are there. */
  static with(segment: number, before: RowsFile | undefined, more: readonly Chunk[]): Buffer {
    return encodeRowsFile(segment, [...(before === undefined ? [] : before.#chunks), ...more])
  }

  /** Bytes of the file without a leaf; undefined where it holds nothing of it. */
  without(leaf: number): Buffer | undefined {
    const chunks = this.#chunks.flatMap((chunk) =>
      leaf < chunk.first || leaf > chunk.last ? [chunk] : withoutLeaves([chunk], (one) => one === leaf, this.#path),
    )
    const same = chunks.length === this.#chunks.length && chunks.every((chunk, nth) => chunk === this.#chunks[nth])
    return same ? undefined : encodeRowsFile(this.segment, chunks)
  }
}

/** Chunks without some leaves; one that has none of them is the same. */
export function withoutLeaves(
  chunks: readonly Chunk[],
  isGone: (leaf: number) => boolean,
  path: string,
): readonly Chunk[] {
  return chunks.flatMap((chunk) => {
    const lines = linesOf(chunk, path)
    const left = lines.filter(([leaf]) => !isGone(leaf))
    if (left.length === lines.length) return [chunk]
    if (left.length === 0) return []
    const text = left.map(([leaf, row]) => `${leaf} ${row}\n`).join('')
    const leaves = left.map(([leaf]) => leaf)
    return [chunkOf(leaves, text)]
  })
}

function linesOf({ frame, size }: Chunk, path: string): readonly (readonly [number, string])[] {
  let text: string
  try {
    text = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, size) }).toString('utf8')
  } catch (error) {
    throw new Fault(`Cannot read "${path}": a part of it does not decompress`, { cause: error })
  }
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(' ')
      return [Number(line.slice(0, at)), line.slice(at + 1)] as const
    })
}

/** Takes what is kept of a leaf out of the file of its segment, durably; nothing where it holds nothing of it. */
export async function eraseRow(path: string, leaf: number, disk: Disk): Promise<void> {
  const without = (await RowsFile.open(path, disk))?.without(leaf)
  if (without !== undefined) await writeDurable(path, without, disk)
}
