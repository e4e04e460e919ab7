import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import { instant } from '../../model/units.ts'
import { createRandom } from '../chain/random.ts'
import { superposedEpoch } from './epoch.ts'
import { maxT } from './joint.ts'
import { probabilityOf } from './probability.ts'

const evening = (day: number): number => day * DAY_MS + 20 * HOUR_MS

describe('superposedEpoch()', () => {
  const events = [evening(50), evening(80)]
  const matched = events.map((event) => [event - WEEK_MS, event + WEEK_MS])
  const after = (at: number): number => (events.some((event) => at >= event && at < event + 2 * HOUR_MS) ? 1 : 0)

  it('shows what follows events and not their matched evenings', () => {
    const points = superposedEpoch({ events, matched }, after, createRandom(1))
    const at = (hours: number) => points.find((point) => point.hours === hours)
    assert.equal(points.length, 49)
    assert.deepEqual([at(-1)?.difference, at(0)?.difference, at(1.75)?.difference, at(2)?.difference], [0, 1, 1, 0])
    assert.deepEqual([at(1)?.lo95, at(1)?.hi95], [0, 0])
  })

  it('shows nothing where matched evenings are alike', () => {
    const always = (at: number): number => (at % DAY_MS >= 20 * HOUR_MS ? 0.8 : 0)
    for (const { difference } of superposedEpoch({ events, matched }, always, createRandom(1)))
      assert.ok(Math.abs(difference) < 1e-12)
  })

  it('has a band as wide as matched evenings differ', () => {
    const uneven = (at: number): number => (at > evening(57) - HOUR_MS && at < evening(57) + HOUR_MS ? 1 : 0)
    const zero = superposedEpoch({ events, matched }, uneven, createRandom(3)).find(({ hours }) => hours === 0)
    assert.deepEqual([zero?.lo95, zero?.hi95], [-0.25, 0.25])
  })

  it('is empty without a matched evening', () => {
    assert.deepEqual(superposedEpoch({ events, matched: [[], []] }, after, createRandom(1)), [])
  })
})

describe('probabilityOf()', () => {
  const edge = (hours: number) =>
    ({ kind: 'dated', median: instant(hours * HOUR_MS), bracket: [undefined, undefined] }) as const
  const same = (at: number): number => at
  it('follows the curve, and is nothing away from it', () => {
    const curve = [
      { at: instant(0), p: 0 },
      { at: instant(2 * HOUR_MS), p: 1 },
    ]
    const chance = probabilityOf([{ start: edge(1), end: edge(2), curve }], same)
    assert.deepEqual([chance(-1), chance(HOUR_MS), chance(3 * HOUR_MS)], [0, 0.5, 0])
  })

  it('is 1 between the medians of an incident that comes without its curve', () => {
    const chance = probabilityOf([{ start: edge(1), end: edge(2), curve: [] }], same)
    assert.deepEqual([chance(0), chance(1.5 * HOUR_MS), chance(3 * HOUR_MS)], [0, 1, 0])
  })
})

describe('maxT()', () => {
  it('is the figure of the test itself for one question, and never smaller beside others', () => {
    const one = [3, 1, 9, 2, 4]
    const other = [9, 2, 1, 3, 3]
    assert.deepEqual(maxT([one], 2), [1 / 3])
    assert.deepEqual(maxT([one, one], 2), [1 / 3, 1 / 3])
    const [alone = 0, beside = 0] = [maxT([one], 2)[0], maxT([one, other], 2)[0]]
    assert.ok(beside >= alone)
  })
})
