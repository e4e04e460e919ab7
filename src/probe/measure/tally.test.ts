import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inSegments, ofConnection } from './tally.ts'

describe('ofConnection()', () => {
  it('adds headers of the packets that carry and acknowledge, the opening and the end', () => {
    const nothing = ofConnection({ sent: 0, received: 0, stood: true })
    assert.deepEqual(nothing, { sent: 60 + 52 + 52, received: 60 + 52 })
    const carried = ofConnection({ sent: 500, received: 2_900, stood: true })
    assert.deepEqual(carried, {
      sent: nothing.sent + 500 + 52 + 2 * 52,
      received: nothing.received + 2_900 + 3 * 52 + 52,
    })
  })

  it('counts the segments of a connection that never stood', () => {
    assert.deepEqual(ofConnection({ sent: 0, received: 0, stood: false }), { sent: 120, received: 0 })
  })
})

describe('inSegments()', () => {
  it('adds nothing to nothing, and some four per cent to much', () => {
    assert.deepEqual(inSegments({ sent: 0, received: 0 }), { sent: 0, received: 0 })
    const { sent, received } = inSegments({ sent: 0, received: 1_400_000 })
    assert.deepEqual([received, sent], [1_452_000, 26_000])
  })
})
