import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Batch, BatchSlots } from './batch.ts'
import type { Piece } from './read/piece.ts'

const position = { file: 'a', line: 1, offset: 0 }
const valueOf = (bytes: Uint8Array): Piece => ({ kind: 'value', bytes, position })
const bytesIn = (batch: Batch): string[] =>
  batch.entries.map((entry) => (entry.kind === 'value' ? Buffer.from(entry.bytes).toString('hex') : entry.code))

describe('Batch', () => {
  it('holds copies of its values in their order, and rejects between them', () => {
    const piece = fc.oneof(
      fc.uint8Array({ minLength: 1 }).map(valueOf),
      fc.constant<Piece>({ kind: 'reject', position, code: 'json.truncated', detail: '' }),
    )
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const batch = new Batch(new BatchSlots())
        const expected = pieces.map((one) => (one.kind === 'value' ? Buffer.from(one.bytes).toString('hex') : one.code))
        for (const one of pieces) {
          assert.ok(batch.add(one))
          if (one.kind === 'value') one.bytes.fill(0)
        }
        assert.deepEqual(bytesIn(batch), expected)
      }),
    )
  })

  it('refuses a value for which it has no room, but never the first', () => {
    const batch = new Batch(new BatchSlots())
    assert.ok(batch.add(valueOf(new Uint8Array(3 * 2 ** 20))))
    assert.ok(!batch.add(valueOf(new Uint8Array(2 * 2 ** 20))))
    assert.equal(batch.entries.length, 1)
    assert.ok(new Batch(new BatchSlots()).add(valueOf(new Uint8Array(20 * 2 ** 20))))
  })

  it('lends its buffer on once it is released', () => {
    const room = new BatchSlots()
    const [first, second, third] = [new Batch(room), new Batch(room), new Batch(room)]
    first.add(valueOf(Buffer.from('first')))
    second.add(valueOf(Buffer.from('second')))
    first.release()
    third.add(valueOf(Buffer.from('third')))
    assert.deepEqual([bytesIn(second), bytesIn(third)], [['7365636f6e64'], ['7468697264']])
    const buffers = [first, second, third].map(({ entries: [entry] }) => entry?.kind === 'value' && entry.bytes.buffer)
    assert.equal(buffers[2], buffers[0])
    assert.notEqual(buffers[1], buffers[0])
  })
})
