import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { createRandom } from '../chain/random.ts'
import { crossoverTest } from './crossover.ts'
import type { HourlyStudy } from './odds.ts'

/** Events and onsets of so many days at about eight in the evening; onsets follow the share `effect` of the events. */
function study(seed: number, { effect = 0, days = 182, watched = 1 } = {}): HourlyStudy {
  const random = createRandom(seed)
  const all = Array.from({ length: days }, (_, day) => day)
  const eventDays = all.filter(() => random.next() < 0.36)
  const onsets = all.flatMap((day) => {
    const follows = eventDays.includes(day) && random.next() < effect
    return follows || random.next() < 0.15 ? [[day * DAY_MS + (20 + random.next()) * HOUR_MS]] : []
  })
  return {
    onsets,
    events: eventDays.map((day) => day * DAY_MS + 20 * HOUR_MS),
    from: 0,
    days,
    windowHours: [-1, 3],
    watchedHour: (at) => at < watched * days * DAY_MS,
  }
}
const ask = (one: HourlyStudy) => crossoverTest(one, createRandom(5))

describe('crossoverTest()', () => {
  it('finds what follows events, and reaches 5 % of series without a link in about 5 % of cases', () => {
    const linked = ask(study(1, { effect: 0.5 }))
    assert.ok(linked.p <= 0.01 && (linked.oddsRatio.lo95 ?? 0) > 1, JSON.stringify(linked))
    const alarms = Array.from({ length: 200 }, (_, seed) => ask(study(seed + 1))).filter(({ p }) => p <= 0.05).length
    assert.ok(alarms <= 19, String(alarms)) // 10 expected; 19 is the 99.7 % point of the binomial law
  })

  it('has its floor by the number of orders of weeks, and says nothing without an onset or an event', () => {
    const short = ask(study(3, { days: 28, effect: 1 }))
    assert.ok(short.floor >= 1 / 24 && short.p >= short.floor)
    const none = { ...study(1), onsets: [] }
    assert.deepEqual([ask(none).p, ask(none).onsets, ask({ ...study(1), events: [] }).p], [1, 0, 1])
  })

  it('does not compare with hours that were not watched', () => {
    const half = ask(study(1, { effect: 0.5, watched: 0.5 }))
    const whole = ask(study(1, { effect: 0.5 }))
    assert.ok(half.p >= whole.p && half.oddsRatio.value !== whole.oddsRatio.value)
  })
})
