import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { InputError } from '../../../core/model/errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import { driveInflater } from './inflate.ts'

/** Frames up to these sizes are decoded in one call, which costs a tenth of a stream of their own. */
const WHOLE_COMPRESSED = 256 * 1024
const WHOLE_CONTENT = 4 * 1024 * 1024
/** Window of 128 MiB at most: what `zstd --long` makes by default, and all that is held in memory. */
const PARAMS = { [constants.ZSTD_d_windowLogMax]: 27 }

/**
 * Decompresses zstd of one or many frames, each with a decoder of its own. What can be decoded before a cut or a
 * damaged byte is given first; then InputError `zstd.truncated` or `zstd.corrupt`.
 */
export async function* unzstd(queue: ByteQueue): AsyncGenerator<Buffer> {
  for await (const frame of zstdFrames(queue)) {
    try {
      yield* decodeFrame(frame)
    } catch (error) {
      if (!(error instanceof Error) || error instanceof InputError || !('code' in error)) throw error
      if (!/^(ZSTD_|ERR_|Z_)/.test(String(error.code))) throw error
      throw new InputError(`Cannot decompress zstd: ${error.message}`, {
        code: 'zstd.corrupt',
        path: '',
        expected: 'complete zstd frames',
      })
    }
  }
}

async function* decodeFrame(frame: ZstdFrame): AsyncGenerator<Buffer> {
  const held: Buffer[] = []
  let size = 0
  let trouble: unknown
  let ended = false
  while (size <= WHOLE_COMPRESSED && !ended && trouble === undefined) {
    try {
      const next = await frame.parts.next()
      if (next.done === true) ended = true
      else {
        held.push(next.value)
        size += next.value.length
      }
    } catch (error) {
      trouble = error
    }
  }
  if (ended && (frame.contentBytes ?? Infinity) <= WHOLE_CONTENT) {
    yield zstdDecompressSync(Buffer.concat(held), { params: PARAMS, maxOutputLength: WHOLE_CONTENT })
    return
  }
  const inflater = driveInflater(createZstdDecompress({ params: PARAMS, chunkSize: 128 * 1024 }))
  try {
    for (const part of held) yield* inflater.write(part)
    if (trouble !== undefined) throw trouble
    if (!ended) for await (const part of frame.parts) yield* inflater.write(part)
    yield* inflater.finish()
  } finally {
    inflater.close()
  }
}

/** Compressed bytes of one frame come in parts of at most one block (128 KiB and its header). */
interface ZstdFrame {
  /** Size of the decompressed content where the frame states it. */
  readonly contentBytes: number | undefined
  readonly parts: AsyncGenerator<Buffer>
}

const MAGIC = 0xfd2fb528
const BLOCK_LIMIT = 128 * 1024

const fail = (code: 'zstd.truncated' | 'zstd.corrupt', found: string): InputError =>
  new InputError(`Cannot decompress zstd: ${found}`, { code, path: '', expected: 'complete zstd frames' })

/**
 * Splits a stream into its zstd frames without decompressing, because Node's decoder drops every frame after
 * the first of one write (nodejs/node#64741). `parts` must be read to its end before the next frame is asked
 * for. Skippable frames are passed over. Source: RFC 8878 §3.1.
 */
async function* zstdFrames(queue: ByteQueue): AsyncGenerator<ZstdFrame> {
  for (;;) {
    if ((await queue.window()).length === 0) return
    const head = await queue.peek(18)
    if (head.length < 4) throw await cut(queue, 'it ends between frames')
    const magic = head.readUInt32LE(0)
    if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
      if (head.length < 8) throw await cut(queue, 'it ends in a skippable frame')
      const size = 8 + head.readUInt32LE(4)
      if ((await queue.skip(size)) < size) throw fail('zstd.truncated', 'it ends in a skippable frame')
      continue
    }
    if (magic !== MAGIC) throw fail('zstd.corrupt', `no frame at byte ${queue.offset}`)
    const header = decodeHeader(head)
    if (header === undefined) throw await cut(queue, 'it ends in a frame header')
    yield { contentBytes: header.contentBytes, parts: frameParts(queue, header) }
  }
}

interface FrameHeader {
  readonly bytes: number
  readonly contentBytes: number | undefined
  readonly checksum: boolean
}

function decodeHeader(head: Buffer): FrameHeader | undefined {
  const descriptor = head[4]
  if (descriptor === undefined) return undefined
  if ((descriptor & 0x08) !== 0) throw fail('zstd.corrupt', 'a reserved bit is set')
  const single = (descriptor & 0x20) !== 0
  const sizeFlag = descriptor >> 6
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]! // two bits
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag
  const sizeAt = 5 + (single ? 0 : 1) + dictionaryBytes
  if (head.length < sizeAt + sizeBytes) return undefined
  const contentBytes =
    sizeBytes === 0
      ? undefined
      : sizeBytes === 8
        ? Number(head.readBigUInt64LE(sizeAt))
        : head.readUIntLE(sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  return { bytes: sizeAt + sizeBytes, contentBytes, checksum: (descriptor & 0x04) !== 0 }
}

async function* frameParts(queue: ByteQueue, header: FrameHeader): AsyncGenerator<Buffer> {
  yield await need(queue, header.bytes)
  for (;;) {
    const head = await queue.peek(3)
    if (head.length < 3) throw await cut(queue, 'it ends between blocks')
    const word = head.readUIntLE(0, 3)
    const type = (word >> 1) & 3
    const size = type === 1 ? 1 : word >> 3
    if (type === 3 || word >> 3 > BLOCK_LIMIT) throw fail('zstd.corrupt', `impossible block at byte ${queue.offset}`)
    yield await need(queue, 3 + size)
    if ((word & 1) === 1) break
  }
  if (header.checksum) yield await need(queue, 4)
}

async function need(queue: ByteQueue, count: number): Promise<Buffer> {
  const bytes = await queue.take(count)
  if (bytes === undefined) throw await cut(queue, 'it ends inside a frame')
  return bytes
}

/** The source's own error where it has one (it says more), otherwise that the data end too early. */
async function cut(queue: ByteQueue, found: string): Promise<unknown> {
  await queue.skip(18 + BLOCK_LIMIT).catch(() => undefined)
  return queue.trouble ?? fail('zstd.truncated', found)
}
