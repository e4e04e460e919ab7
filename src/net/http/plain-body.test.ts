import assert from 'node:assert/strict'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { plainBody } from './plain-body.ts'

const PAGE = `<p>you come from ${'a page '.repeat(200)}</p>`
const text = (body: Uint8Array): string => Buffer.from(body).toString()
const taken = (body: Uint8Array, encoding?: string, cap = 16_384): ReturnType<typeof plainBody> =>
  plainBody(
    { body, bodyTruncated: false, headers: encoding === undefined ? [] : [['Content-Encoding', encoding]] },
    cap,
  )

describe('plainBody()', () => {
  for (const [encoding, pack] of Object.entries({
    gzip: gzipSync,
    'x-gzip': gzipSync,
    deflate: deflateSync,
    Deflate: deflateRawSync,
    br: brotliCompressSync,
    zstd: zstdCompressSync,
  }))
    it(`takes off ${encoding} that was not asked for`, () => {
      assert.equal(text(taken(pack(PAGE), encoding).body), PAGE)
    })

  it('takes off two encodings, the one applied last first', () => {
    assert.equal(text(taken(brotliCompressSync(gzipSync(PAGE)), 'gzip, br').body), PAGE)
  })

  it('takes off gzip and zstd that no header names', () => {
    assert.equal(text(taken(gzipSync(PAGE)).body), PAGE)
    assert.equal(text(taken(zstdCompressSync(PAGE), 'identity').body), PAGE)
  })

  it('reads a body that was cut as far as it goes', () => {
    const body = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => i % 251)))
    const cut = taken(body.subarray(0, 200), 'gzip')
    assert.ok(cut.body.length > 100)
  })

  it('leaves text alone that a header calls compressed', () => {
    assert.equal(text(taken(Buffer.from(PAGE), 'gzip').body), PAGE)
  })

  it('leaves out what it cannot take off: an unknown encoding, damaged bytes, a bomb, a nest of encodings', () => {
    const nest = [1, 2, 3, 4, 5].reduce((inner: Buffer) => gzipSync(inner), gzipSync(PAGE))
    for (const [body, encoding] of [
      [Buffer.from([0, 1, 2, 255]), 'x-secret'],
      [Buffer.concat([gzipSync(PAGE).subarray(0, 10), Buffer.of(7, 0, 0, 0)]), 'gzip'],
      [gzipSync(Buffer.alloc(64 * 1024 * 1024)), 'gzip'],
      [nest, 'gzip'],
    ] as const)
      assert.deepEqual(taken(body, encoding), { body: new Uint8Array(), bodyTruncated: true })
  })

  it('keeps no more than it may', () => {
    const kept = taken(gzipSync(PAGE), 'gzip', 100)
    assert.equal(text(kept.body), PAGE.slice(0, 100))
    assert.equal(kept.bodyTruncated, true)
  })

  it('reads any bytes under any encoding to an end', () => {
    const encodings = fc.constantFrom('gzip', 'br', 'zstd', 'deflate', 'gzip, br', 'x', '', ',,,')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), encodings, (body, encoding) => {
        assert.ok(taken(body, encoding, 64).body.length <= 64)
      }),
    )
  })
})
