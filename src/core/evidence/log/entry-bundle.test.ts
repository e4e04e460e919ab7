import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeEntries, encodeEntries } from './entry-bundle.ts'

const leaves = fc.array(fc.uint8Array({ maxLength: 600 }), { minLength: 1, maxLength: 256 })

describe('decodeEntries()', () => {
  it('gives back the leaves of a bundle', () => {
    fc.assert(
      fc.property(leaves, (given) => {
        assert.deepEqual(
          decodeEntries(encodeEntries(given), given.length)?.map((leaf) => [...leaf]),
          given.map((leaf) => [...leaf]),
        )
      }),
    )
  })

  it('refuses a bundle of another number of leaves, and one that is cut or goes on', () => {
    fc.assert(
      fc.property(leaves, (given) => {
        const bytes = encodeEntries(given)
        assert.equal(decodeEntries(bytes, given.length + 1), undefined)
        assert.equal(decodeEntries(bytes, given.length - 1), undefined)
        assert.equal(decodeEntries(bytes.subarray(0, -1), given.length), undefined)
        assert.equal(decodeEntries(Uint8Array.from([...bytes, 0]), given.length), undefined)
      }),
    )
  })
})
