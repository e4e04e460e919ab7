import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DAY_MS, HOUR_MS, MINUTE_MS, WEEK_MS } from '../../core/model/duration.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import {
  afterRun,
  beginSchedule,
  cadenceFor,
  CORE_RUN_BYTES,
  DEFAULT_ALLOWANCE,
  dueAt,
  FULL_RUN_BYTES,
  METERED_ALLOWANCE,
  settleSchedule,
  waitFor,
  type Cadence,
  type Schedule,
} from './schedule.ts'

const start = parseInstant('2026-11-25 00:00:00')

/** A chance that always gives the same numbers (Park and Miller). */
function seeded(seed: number): () => number {
  let state = (seed % 2147483646) + 1
  return () => {
    state = (state * 48271) % 2147483647
    return (state - 1) / 2147483646
  }
}

interface Ran {
  readonly at: Instant
  readonly scope: 'core' | 'full'
}

/** Lives through a time of `length` ms with a clock moved by hand; each run takes `took` ms. */
function live(
  length: number,
  cadence: Cadence,
  options: { seed: number; took?: (at: number) => number; jump?: (at: number) => number },
): Ran[] {
  const chance = seeded(options.seed)
  let now: number = start
  let schedule: Schedule = beginSchedule(start, cadence, chance)
  const ran: Ran[] = []
  while (now < start + length) {
    schedule = settleSchedule(schedule, instant(now), { cadence, chance })
    const scope = dueAt(schedule, instant(now))
    if (scope === undefined) now += waitFor(schedule, instant(now))
    else {
      ran.push({ at: instant(now), scope })
      schedule = afterRun(schedule, scope, { now: instant(now), cadence, chance })
      now += options.took?.(now) ?? 20_000
    }
    now += options.jump?.(now) ?? 0
  }
  return ran
}
const count = (ran: readonly Ran[], scope: 'core' | 'full'): number => ran.filter((one) => one.scope === scope).length

describe('the cadence', () => {
  it('is a core run every 15 minutes and two full runs a day within a gigabyte a month', () => {
    assert.deepEqual(cadenceFor(DEFAULT_ALLOWANCE), { coreInterval: 15 * MINUTE_MS, fullsPerDay: 2 })
  })

  it('stays within any allowance, and is stretched where that is small', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000_000, max: 3_000_000_000 }), (allowance) => {
        const { coreInterval, fullsPerDay } = cadenceFor(allowance)
        const month = ((31 * DAY_MS) / coreInterval) * CORE_RUN_BYTES + 31 * fullsPerDay * FULL_RUN_BYTES
        return month <= allowance && coreInterval >= 15 * MINUTE_MS && fullsPerDay <= 2
      }),
    )
    const metered = cadenceFor(METERED_ALLOWANCE)
    assert.ok(metered.coreInterval > 15 * MINUTE_MS && metered.fullsPerDay < 1)
  })
})

describe('the schedule', () => {
  const cadence = cadenceFor(DEFAULT_ALLOWANCE)

  it('has as many runs in a week as the cadence says, at no fixed minute', () => {
    const ran = live(WEEK_MS, cadence, { seed: 1 })
    assert.ok(Math.abs(count(ran, 'core') - 7 * 96) <= 12, `${count(ran, 'core')}`)
    assert.ok(count(ran, 'full') >= 12 && count(ran, 'full') <= 14, `${count(ran, 'full')}`)
    const minutes = new Set(ran.map(({ at }) => Math.floor(at / MINUTE_MS) % 15))
    assert.equal(minutes.size, 15)
  })

  it('begins its runs at the same moments however long they take', () => {
    const quick = live(DAY_MS, cadence, { seed: 3, took: () => 1000 })
    const slow = live(DAY_MS, cadence, { seed: 3, took: (at) => (at > start + DAY_MS / 3 ? 90_000 : 1000) })
    assert.equal(slow.length, quick.length)
    const late = slow.map(({ at }, index) => at - (quick[index]?.at ?? 0))
    assert.ok(Math.max(...late) <= 90_000 + MINUTE_MS, `${Math.max(...late)}`)
  })

  it('makes up for nothing that sleep left out, and does not begin at the moment of waking', () => {
    let slept = false
    const jump = (at: number): number => {
      if (slept || at < start + DAY_MS / 4) return 0
      slept = true
      return 6 * HOUR_MS
    }
    const waking = Array.from({ length: 20 }, (_, seed) => {
      slept = false
      const ran = live(DAY_MS, cadence, { seed: seed + 10, jump })
      const woke = ran.findIndex(({ at }) => at > start + DAY_MS / 2 - 30 * MINUTE_MS)
      assert.ok(count(ran, 'core') >= 60 && count(ran, 'core') <= 80, `${count(ran, 'core')}`)
      const before = ran[woke - 1]?.at ?? start
      return (ran[woke]?.at ?? 0) - before
    })
    assert.ok(new Set(waking).size > 15)
  })

  it('goes on when the clock is set back or forward by a year', () => {
    for (const years of [-1, 1]) {
      const chance = seeded(5)
      const before = beginSchedule(start, cadence, chance)
      const now = instant(start + years * 365 * DAY_MS)
      const after = settleSchedule(before, now, { cadence, chance })
      assert.ok(after.nextCore >= now && after.nextCore <= now + cadence.coreInterval)
      assert.ok(after.fullAt === undefined || (after.fullAt > now && after.fullAt < now + DAY_MS / 2))
    }
  })

  it('draws nothing again when it is settled again in the same half day', () => {
    const chance = seeded(9)
    const schedule = beginSchedule(start, cadence, chance)
    const again = settleSchedule(schedule, start, { cadence, chance: () => assert.fail('drawn') })
    assert.deepEqual(again, schedule)
  })

  it('spreads full runs evenly over the day and the night', () => {
    const hours = new Set<number>()
    for (let seed = 0; seed < 60; seed++)
      for (const { at, scope } of live(2 * DAY_MS, cadence, { seed }))
        if (scope === 'full') hours.add(Math.floor((at % DAY_MS) / HOUR_MS))
    assert.equal(hours.size, 24)
  })
})
