import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { encodeCanonical } from '../../evidence/canonical-json.ts'
import { toPlainJson } from './bundle-wire.ts'

describe('toPlainJson()', () => {
  it('leaves out what is absent, and writes what canonical JSON cannot hold as text or null', () => {
    const value = { a: undefined, b: [undefined, Number.NaN, Infinity], c: 2 ** 53, d: 1e300, e: '\ud800x', f: -0.5 }
    assert.deepEqual(toPlainJson(value), {
      b: [null, null, null],
      c: '9007199254740992',
      d: '1e+300',
      e: '\ufffdx',
      f: -0.5,
    })
  })

  it('with anything that a measurement may say can be written, and read back as it is', () => {
    const anything = fc.anything({ maxDepth: 3, withNullPrototype: false, stringUnit: 'binary' })
    fc.assert(
      fc.property(anything, (value) => {
        const plain = toPlainJson(value)
        const text = encodeCanonical(plain)
        assert.deepEqual(toPlainJson(JSON.parse(text)), JSON.parse(text))
        assert.equal(encodeCanonical(toPlainJson(JSON.parse(text))), text)
      }),
    )
  })
})
