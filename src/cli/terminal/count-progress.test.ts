import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { renderCount } from './count-progress.ts'

describe('renderCount()', () => {
  it('says how far it is, how fast, and how long the rest takes', () => {
    assert.equal(
      renderCount({ done: 250_000, total: 1_000_000, seconds: 50 }, 'measurements'),
      '[######..................] 25 %  250 000 of 1 000 000 measurements  5 000/s, 3 min left',
    )
    assert.match(renderCount({ done: 5000, total: 40_000_000, seconds: 1 }, 'leaves'), /5 000\/s, 2 h 13 min left$/)
  })

  it('estimates nothing at the beginning and at the end', () => {
    assert.match(renderCount({ done: 0, total: 10, seconds: 3 }, 'leaves'), / 0 of 10 leaves {2}0\/s$/)
    assert.match(renderCount({ done: 10, total: 10, seconds: 2 }, 'leaves'), /100 % {2}10 of 10 leaves {2}5\/s$/)
    assert.match(renderCount({ done: 0, total: 0, seconds: 0 }, 'leaves'), /100 %/)
  })
})
