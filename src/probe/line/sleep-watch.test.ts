import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { instant } from '../../core/model/units.ts'
import { openSleepWatch } from './sleep-watch.ts'

describe('openSleepWatch()', () => {
  /** How many sleeps were noticed, with a clock that moves so much between looks. */
  function told(moves: readonly number[]): number {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      let [at, count] = [1_700_000_000_000, 0]
      using _watch = openSleepWatch({ now: () => instant(at) }, () => (count += 1))
      for (const move of moves) {
        at += move
        mock.timers.tick(1000)
      }
      return count
    } finally {
      mock.timers.reset()
    }
  }

  it('tells a sleep once', () => assert.equal(told([1000, 3_600_000, 7_200_000]), 1))

  it('tells none for a busy machine, nor for a clock that is set back by a year', () =>
    assert.equal(told([1000, 15_000, 1000, -31_536_000_000, 1000]), 0))
})
