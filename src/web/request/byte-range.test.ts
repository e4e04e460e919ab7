import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRange } from './byte-range.ts'

describe('readRange()', () => {
  it('reads a part, the rest from a place on, and the last bytes', () => {
    assert.deepEqual(readRange('bytes=0-9', 100), { first: 0, last: 9 })
    assert.deepEqual(readRange('bytes=90-', 100), { first: 90, last: 99 })
    assert.deepEqual(readRange('bytes=90-200', 100), { first: 90, last: 99 })
    assert.deepEqual(readRange('bytes=-10', 100), { first: 90, last: 99 })
    assert.deepEqual(readRange('bytes=-1000', 100), { first: 0, last: 99 })
    assert.deepEqual(readRange('Bytes=5-5', 100), { first: 5, last: 5 })
  })

  it('finds nothing beyond the end', () => {
    for (const header of ['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=999999999999999-'])
      assert.equal(readRange(header, 100), 'none', header)
    assert.equal(readRange('bytes=0-', 0), 'none')
  })

  it('leaves the whole to a client that asks for several, or for what it does not understand', () => {
    for (const header of [
      undefined,
      '',
      'bytes=-',
      'bytes=9-0',
      'bytes=0-1,5-6',
      'bytes 0-1',
      'lines=0-1',
      'bytes=a-b',
      'bytes=0x1-2',
      `bytes=${'9'.repeat(30)}-`,
    ])
      assert.equal(readRange(header, 100), undefined, header)
  })
})
