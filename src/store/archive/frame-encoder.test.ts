import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { constants, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { openFrameEncoder } from './frame-encoder.ts'

describe('openFrameEncoder()', () => {
  it('makes the very frame of zstdCompressSync, after any input', () => {
    const encode = openFrameEncoder()
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 2000 }),
      fc.json(),
      fc.nat({ max: 400_000 }).map((length) => 'measurement '.repeat(length / 12)),
    )
    fc.assert(
      fc.property(text, (made) => {
        const bytes = Buffer.from(made)
        const params = { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 }
        const frame = Buffer.from(encode(bytes))
        assert.deepEqual(frame, zstdCompressSync(bytes, { params, pledgedSrcSize: bytes.length }))
      }),
    )
  })
})
