import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { IdIndex } from './id-index.ts'

/** Ids from a small set, with starts that collide: few distinct leading bytes. */
const id = fc.tuple(fc.nat(3), fc.nat(200)).map(([start, end]) => {
  const bytes = Buffer.alloc(32, start)
  bytes[31] = end
  bytes[5] = 1
  return bytes
})

describe('IdIndex', () => {
  it('finds what a map finds, after any additions and erasures', () => {
    const act = fc.record({ kind: fc.constantFrom('push', 'push', 'push', 'erase'), id })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 3000, size: 'max' }), (acts) => {
        const index = new IdIndex()
        const model = new Map<string, number>()
        for (const { kind, id: bytes } of acts) {
          const key = bytes.toString('hex')
          const leaf = model.get(key)
          assert.equal(index.leafOf(bytes), leaf)
          if (kind === 'push' && leaf === undefined) model.set(key, index.push(bytes, index.size * 7))
          if (kind === 'erase' && leaf !== undefined) {
            index.erase(leaf)
            model.delete(key)
            assert.ok(index.isErased(leaf))
          }
        }
        for (const [key, leaf] of model) {
          assert.equal(index.leafOf(Buffer.from(key, 'hex')), leaf)
          assert.equal(index.offsetOf(leaf), leaf * 7)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('never finds the id of zeros that stands for an erased leaf', () => {
    const index = new IdIndex()
    index.push(Buffer.alloc(32), 1)
    assert.equal(index.leafOf(Buffer.alloc(32)), undefined)
    assert.equal(index.size, 1)
  })
})
