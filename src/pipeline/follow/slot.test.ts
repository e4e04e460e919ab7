import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseInstant } from '../../core/model/units.ts'
import { chooseObjects, formatSlot, nextSlot, bucketSlot } from './slot.ts'

const object = (key: string): { key: string; size: number; etag: string } => ({ key, size: 1, etag: '' })

describe('slotOf() and nextSlot()', () => {
  it('goes by days in the old layout and by hours since 20 October 2020', () => {
    assert.equal(formatSlot(bucketSlot(parseInstant('2026-08-04 13:59:59'))), '2026080413')
    assert.equal(formatSlot(bucketSlot(parseInstant('2020-10-19 13:59:59'))), '2020101900')
    assert.equal(formatSlot(nextSlot(parseInstant('2020-10-18'))), '2020101900')
    assert.equal(formatSlot(nextSlot(parseInstant('2020-10-19'))), '2020102000')
    assert.equal(formatSlot(nextSlot(parseInstant('2020-10-20'))), '2020102001')
  })
})

describe('chooseObjects()', () => {
  const listed = ['a.n0.0.jsonl.gz', 'a.n0.0.tar.gz', 'b.n0.0.tar.gz', 'c.txt'].map(object)

  it('never reads both forms of the same measurements', () => {
    assert.deepEqual(chooseObjects(listed, false), [object('a.n0.0.jsonl.gz')])
  })

  it('reads the posted form where the lines have not come by the end', () => {
    assert.deepEqual(chooseObjects(listed, true), [object('a.n0.0.jsonl.gz'), object('b.n0.0.tar.gz')])
  })
})
