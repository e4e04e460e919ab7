import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { blobLength } from './binary.ts'

describe('blobLength()', () => {
  it('counts the bytes of a text in UTF-8, of any length and with halves of pairs', () => {
    const pieces = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', 'қ', '中', '😀', '\ud83d', '\ude00') }))
    fc.assert(
      fc.property(pieces, fc.constantFrom(1, 3_000, 20_000), (texts, times) => {
        const text = texts.join('').slice(0, 40).repeat(times)
        assert.equal(blobLength({ kind: 'text', text }), Buffer.byteLength(text))
      }),
    )
  })
})
