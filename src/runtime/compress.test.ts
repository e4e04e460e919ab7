import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { compress, expand, type Effort } from './compress.ts'

const TEXT = new TextEncoder().encode('Желі: Kcell. YouTube: ашылмайды. '.repeat(300))

describe('compress()', () => {
  for (const effort of ['quick', 'thorough'] satisfies readonly Effort[])
    it(`gives the same bytes back in both codings, and far fewer, ${effort}`, async () => {
      const made = await compress(TEXT, effort)
      assert.deepEqual(new Uint8Array(gunzipSync(made.gzip)), TEXT)
      assert.deepEqual(new Uint8Array(brotliDecompressSync(made.br)), TEXT)
      assert.ok(made.gzip.length < TEXT.length / 20 && made.br.length <= made.gzip.length)
    })

  it('takes nothing at all', async () => {
    assert.equal(gunzipSync((await compress(new Uint8Array(), 'quick')).gzip).length, 0)
  })
})

describe('expand()', () => {
  it('is the way back, and refuses more than was asked for and what is no gzip', async () => {
    const { gzip } = await compress(TEXT, 'quick')
    assert.deepEqual(new Uint8Array(await expand(gzip, TEXT.length)), TEXT)
    await assert.rejects(expand(gzip, TEXT.length - 1))
    await assert.rejects(expand(TEXT, TEXT.length))
  })
})
