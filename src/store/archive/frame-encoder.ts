import { constants, createZstdCompress, zstdCompressSync, zstdDecompressSync } from 'node:zlib'

/** Level 1: level 3 wins a twentieth of the size for twice the time on measurements. */
const PARAMS = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 }

/** Makes one zstd frame with content size and checksum of each value; the frame is valid until the next call. */
export type FrameEncoder = (bytes: Uint8Array) => Uint8Array

/**
 * Opens an encoder for thousands of frames one after another, for workers that hand frames to the archive.
 *
 * Not `zstdCompressSync`: it makes and frees a compressor for each frame, which takes as long as compressing a small
 * measurement and makes work for the collector of garbage. There is no public way to keep one; a stream of node:zlib
 * has the parts, which minizlib (under npm itself) uses alike. They are tried first, and where they do not make the
 * very frames of `zstdCompressSync`, that is called instead.
 */
export function openFrameEncoder(): FrameEncoder {
  const kept = keepCompressor()
  return kept !== undefined && SAMPLES.every((sample) => makesSame(kept, sample)) ? kept : encodeAlone
}

const encodeAlone: FrameEncoder = (bytes) => zstdCompressSync(bytes, { params: PARAMS, pledgedSrcSize: bytes.length })

const SAMPLES = ['', '{"a":"kept"}', '[1,2,3]'.repeat(9000)].map((text) => Buffer.from(text))

function makesSame(encode: FrameEncoder, sample: Uint8Array): boolean {
  try {
    return zstdDecompressSync(encode(sample)).equals(sample) && encodeAlone(sample).length === encode(sample).length
  } catch {
    return false
  }
}

/** The parts of a compressing stream that are needed, as Node.js 24 has them. */
interface Parts {
  readonly _handle: {
    writeSync(flush: number, ...ranges: [Uint8Array, number, number, Uint8Array, number, number]): void
  }
  /** Bytes left free in the output and left over of the input, after each call. */
  readonly _writeState: Uint32Array
}

const hasParts = (stream: object): stream is Parts =>
  '_handle' in stream &&
  typeof stream._handle === 'object' &&
  stream._handle !== null &&
  'writeSync' in stream._handle &&
  typeof stream._handle.writeSync === 'function' &&
  '_writeState' in stream &&
  stream._writeState instanceof Uint32Array

function keepCompressor(): FrameEncoder | undefined {
  const stream: object = createZstdCompress({ params: PARAMS })
  if (!hasParts(stream)) return undefined
  const { _handle: handle, _writeState: state } = stream
  let out = Buffer.allocUnsafeSlow(64 * 1024)
  return (bytes) => {
    // ZSTD_COMPRESSBOUND: with so much room one call writes the whole frame, and with all input at hand it knows its size.
    const most = bytes.length + (bytes.length >>> 8) + 512
    if (out.length < most) out = Buffer.allocUnsafeSlow(2 * most)
    handle.writeSync(constants.ZSTD_e_end, bytes, 0, bytes.length, out, 0, out.length)
    const [free = 0, left = 0] = state
    if (left !== 0 || free === 0) throw new Error('a frame was not finished by one call')
    return out.subarray(0, out.length - free)
  }
}
