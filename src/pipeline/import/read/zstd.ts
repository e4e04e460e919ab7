import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import { InputError } from '../../../core/model/errors.ts'
import type { ByteQueue } from './byte-queue.ts'
import { driveInflater } from './inflate.ts'
import type { ZstdFrame } from './zstd-frame.ts'
import { zstdFrames } from './zstd-frame.ts'

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
