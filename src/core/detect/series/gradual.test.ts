import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MINUTE_MS } from '../../model/duration.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { buildChain } from '../chain/transition.ts'
import { collapseBursts, type Bursts } from './bursts.ts'
import { rollOutsOf, seesReached } from './gradual.ts'

const settings = defaultSettings()
const chain = buildChain(settings)
const BEGIN = Date.UTC(2026, 0, 5)
const hour = (h: number): number => BEGIN + h * 60 * MINUTE_MS

/** A day of devices that test every 15 minutes; each fails from one hour to another. */
function dayOf(failing: readonly (readonly [number, number])[]): Bursts {
  const readings = failing.flatMap(([from, until], device) =>
    Array.from({ length: 96 }, (_, k): Reading => {
      const at = hour(k / 4) + device * MINUTE_MS
      return {
        at: instant(at),
        probe: `p${device}`,
        target: at >= hour(from) && at < hour(until) ? 'fail' : 'ok',
        control: 'ok',
        canary: 'ok',
        artefact: false,
        scheduled: true,
      }
    }),
  )
  return collapseBursts(columnsOf(readings.toSorted((a, b) => a.at - b.at)), { chain, settings, controlled: true })
}

const ROLL_OUT = [
  [18, 20],
  [18.5, 20],
  [19, 20],
  [19.25, 20],
] as const

describe('rollOutsOf()', () => {
  it('finds devices that are reached one after the other, also while one device fails all day', () => {
    const [one, ...others] = rollOutsOf(dayOf(ROLL_OUT), 3)
    assert.equal(one?.reached.length, 4)
    assert.deepEqual(others, [])
    assert.deepEqual(rollOutsOf(dayOf([...ROLL_OUT, [10, 24]]), 3), [one])
  })

  it('finds none where every device fails for longer', () => {
    assert.deepEqual(rollOutsOf(dayOf(ROLL_OUT.map(([from]) => [from - 8, 20])), 3), [])
  })
})

describe('seesReached()', () => {
  it('is false where the rest of long failures would look like short ones', () => {
    const sees = seesReached(dayOf([[2, 12]]))
    assert.deepEqual(
      [1, 3, 5, 7, 11, 13].map((h) => sees(hour(h))),
      [true, true, true, false, false, true],
    )
    assert.equal(seesReached(dayOf([[20, 24]]))(hour(26)), false)
  })
})
