import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib'

/**
 * Gives what is in a zstd frame that the archive's encoder made and that was not cut; valid until the next call. Throws
 * where it is not of that length or damaged.
 */
export type FrameDecoder = (frame: Uint8Array, length: number) => Uint8Array

/**
 * Opens a decoder for thousands of frames one after another. Not `zstdDecompressSync`: it makes a decompressor for each
 * frame, whose memory counts as garbage and wakes its collector ten times as often. As in frame-encoder.ts the parts of a
 * stream are kept, and where they do not give back what was compressed, `zstdDecompressSync` is called instead.
 */
export function openFrameDecoder(): FrameDecoder {
  return keepDecompressor() ?? decodeAlone
}

const decodeAlone: FrameDecoder = (frame, length) => {
  const bytes = zstdDecompressSync(frame, { maxOutputLength: Math.max(1, length) })
  if (bytes.length !== length) throw new Error(`a frame of ${bytes.length} bytes instead of ${length}`)
  return bytes
}

/** The parts of a decompressing stream that are needed, as Node.js 24 has them. */
interface Parts {
  readonly _handle: {
    writeSync(flush: number, ...ranges: [Uint8Array, number, number, Uint8Array, number, number]): void
  }
  /** Bytes left free in the output and left over of the input, after each call. */
  readonly _writeState: Uint32Array
  /** Set by an error, at once. */
  readonly destroyed: boolean
}

const hasParts = (stream: object): stream is Parts =>
  'destroyed' in stream &&
  '_handle' in stream &&
  typeof stream._handle === 'object' &&
  stream._handle !== null &&
  'writeSync' in stream._handle &&
  typeof stream._handle.writeSync === 'function' &&
  '_writeState' in stream &&
  stream._writeState instanceof Uint32Array

function keepDecompressor(): FrameDecoder | undefined {
  let stream = makeStream()
  if (stream === undefined) return undefined
  let out = Buffer.allocUnsafeSlow(64 * 1024)
  return (frame, length) => {
    if (stream === undefined) return decodeAlone(frame, length)
    // One byte more than is expected: a frame that holds more would leave no room.
    if (out.length <= length) out = Buffer.allocUnsafeSlow(2 * (length + 1))
    stream._handle.writeSync(constants.ZSTD_e_end, frame, 0, frame.length, out, 0, out.length)
    const [free = 0, left = 0] = stream._writeState
    if (!stream.destroyed && left === 0 && out.length - free === length) return out.subarray(0, length)
    // In the midst of a frame, or after a damaged one: this one decodes no other.
    stream = makeStream()
    return decodeAlone(frame, length)
  }
}

function makeStream(): Parts | undefined {
  const stream = createZstdDecompress()
  stream.on('error', () => undefined) // asked for at once, by `destroyed`
  return hasParts(stream) ? stream : undefined
}
