import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { makeEvening, STRATEGIES, withAdversary } from '../../../test/kit/evening/adversary-evening.ts'
import { defined } from '../model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../model/duration.ts'
import type { DetectedIncident } from '../model/incident/incident.ts'
import type { Reading } from '../model/measured/reading.ts'
import { instant } from '../model/units.ts'
import { collapseBursts } from './series/bursts.ts'
import { columnsOf } from './chain/columns.ts'
import { defaultSettings } from './chain/default-settings.ts'
import { detectPaired } from './series/detect-paired.ts'
import { createRandom } from './chain/random.ts'
import { detectSeries } from './series/detect-series.ts'
import { filterForward, burstRows } from './chain/filter.ts'
import { LEAST_LEFT } from './series/one-device.ts'
import { placePoints } from './chain/points.ts'
import { smooth } from './chain/smooth.ts'
import { buildChain } from './chain/transition.ts'
import { leastPeak } from './series/without-one.ts'

const settings = defaultSettings({ draws: 500 })
const quick = { ...settings, draws: 20 }
const detect = (readings: readonly Reading[], until: number): readonly DetectedIncident[] =>
  detectSeries(columnsOf(readings), settings, { until: instant(until) }).incidents
const published = (readings: readonly Reading[], until: number): readonly DetectedIncident[] =>
  detect(readings, until).filter(({ state }) => state !== 'insufficient')

type Interval = readonly [from: number, until: number]
const medians = ({ start, end }: DetectedIncident): Interval => [
  start.median ?? start.bracket[1] ?? -Infinity,
  end.median ?? end.bracket[0] ?? Infinity,
]
const widest = ({ start, end }: DetectedIncident): Interval => [start.lo95 ?? -Infinity, end.hi95 ?? Infinity]
const overlap = (a: Interval, b: Interval): boolean => a[0] <= b[1] && b[0] <= a[1]

const evenings = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  devices: fc.integer({ min: 3, max: 12 }),
  restricted: fc.boolean(),
})
/** Phases of what one device says: anything a reading can say, as often as once in six seconds. */
const phases = fc.array(
  fc.record({
    hours: fc.double({ min: 0.2, max: 9, noNaN: true }),
    everyMinutes: fc.constantFrom(0.1, 1, 5.1, 10.1, 15),
    target: fc.constantFrom('ok', 'slow', 'fail', 'none' as const),
    control: fc.constantFrom('ok', 'fail', 'none' as const),
    canary: fc.constantFrom('ok', 'fail', 'none' as const),
    artefact: fc.boolean(),
    scheduled: fc.boolean(),
    log10Lr: fc.option(fc.double({ min: -3, max: 3, noNaN: true }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 6 },
)

interface Phase extends Pick<Reading, 'target' | 'control' | 'canary' | 'artefact' | 'scheduled'> {
  readonly hours: number
  readonly everyMinutes: number
  readonly log10Lr: number | undefined
}

function said(probe: string, all: readonly Phase[], [from, until]: Interval): readonly Reading[] {
  const readings: Reading[] = []
  let begin = from
  for (const { hours, everyMinutes, log10Lr, ...rest } of all) {
    const end = Math.min(until, begin + hours * HOUR_MS)
    for (let at = begin; at < end; at += everyMinutes * MINUTE_MS)
      readings.push({ at: instant(Math.round(at)), probe, ...rest, ...defined({ log10Lr }) })
    begin = end
  }
  return readings
}

/** Whether readings alone give a restriction within an interval the chance that must be left, and enough witnesses. */
function suspected(readings: readonly Reading[], [from, until]: Interval): boolean {
  const chain = buildChain(settings)
  const bursts = collapseBursts(columnsOf(readings), { chain, settings, controlled: true })
  const points = placePoints(bursts, settings.zone)
  const run = { chain, points, row: burstRows(points, bursts), rows: bursts.rows, initial: chain.initial }
  const { restricted } = smooth(run, filterForward(run))
  const inside = restricted.filter((_, k) => points.at[k]! >= from && points.at[k]! <= until) // one for each point
  const mean = inside.reduce((sum, p) => sum + p, 0) / inside.length
  const failing = readings.filter(({ at, target }) => target === 'fail' && at >= from && at <= until)
  // Points are not evenly spread over the time, hence half of what the rule asks for.
  return mean >= LEAST_LEFT / 2 && new Set(failing.map(({ probe }) => probe)).size >= settings.floorProbes
}

/** What one device may not do to what the others show. */
function checkOne(evening: ReturnType<typeof makeEvening>, forged: readonly Reading[]): void {
  const { until } = evening
  const honest = detect(evening.readings, until)
  const after = published([...evening.readings, ...forged], until)
  for (const one of after)
    // Without its readings, what is left must be suspicious too.
    assert.ok(suspected(evening.readings, medians(one)), 'made')
  for (const one of honest) {
    if (one.state === 'insufficient' || one.peak < leastPeak(settings)) continue
    const same = after.filter((other) => overlap(medians(one), widest(other)))
    assert.ok(same.length > 0, 'removed')
    const holding = same.find(({ start, end }) => {
      const held = (at: number | undefined, low: number | undefined, high: number | undefined): boolean =>
        at === undefined || ((low ?? -Infinity) <= at && at <= (high ?? Infinity))
      return held(one.start.median, start.lo95, start.hi95) && held(one.end.median, end.lo95, end.hi95)
    })
    assert.ok(holding !== undefined, 'dates moved out of the published interval')
    assert.ok(Math.abs(holding.probes - one.probes) <= 1, `devices ${one.probes} to ${holding.probes}`)
    assert.ok(
      Math.abs(holding.probesFailed - one.probesFailed) <= 1,
      `failed ${one.probesFailed} to ${holding.probesFailed}`,
    )
    if (one.running) assert.ok(holding.running || holding.end.kind === 'open', 'ended')
  }
}

describe('one device among honest ones', () => {
  it('makes, removes and moves nothing, with any content and any number of times', () => {
    fc.assert(
      fc.property(evenings, phases, fc.constantFrom('x', ''), (about, all, probe) => {
        const evening = makeEvening(about.seed, about)
        checkOne(evening, said(probe, all, [evening.from, evening.until]))
      }),
      { numRuns: 150, seed: 14 },
    )
  })

  it('nor where it times what it says by the restriction', () => {
    fc.assert(
      fc.property(evenings, fc.constantFrom(...Object.values(STRATEGIES)), (about, strategy) => {
        const evening = makeEvening(about.seed, about)
        checkOne(
          evening,
          withAdversary(evening, strategy, { devices: 1, seed: about.seed }).slice(evening.readings.length),
        )
      }),
      { numRuns: 200, seed: 14 },
    )
  })
})

describe('one device that goes on failing after a restriction', () => {
  it('makes no second one of what others fail by chance in eight hours', () => {
    const evening = makeEvening(4_000_040, { devices: 8, restricted: true })
    const strategy = STRATEGIES['passes at the edges, fails beyond them']! // one of the list
    const after = published(withAdversary(evening, strategy, { devices: 1, seed: 4_000_040 }), evening.until)
    assert.deepEqual(
      after.map(({ running, state }) => [running, state]),
      [[false, 'partly-restricted']],
    )
  })
})

/** How a device may be the one on which an incident of a rule rests. */
const PATHS = ['at once', 'one after the other', 'denied by one', 'slow'] as const

/** Three hours of four honest devices, some of which fail by chance, with one that fails all the time. */
function shortEvening(seed: number, path: (typeof PATHS)[number]): { honest: Reading[]; forged: Reading[] } {
  const random = createRandom(seed)
  const begin = Date.UTC(2026, 2, 10, 13)
  const honest: Reading[] = []
  const failing = path === 'one after the other' ? 4 : 3
  for (let device = 0; device < 4 + Math.floor(2 * random.next()); device++) {
    const own =
      begin + (0.5 + random.next() / 2) * HOUR_MS + (path === 'one after the other' ? device * 8 * MINUTE_MS : 0)
    for (let at = begin + random.next() * 15 * MINUTE_MS; at < begin + 2 * HOUR_MS; at += 15 * MINUTE_MS) {
      const hit = device < failing && at >= own && at < own + (path === 'one after the other' ? 20 : 16) * MINUTE_MS
      honest.push(shortReading(`honest${device}`, at, hit ? 'fail' : 'ok'))
    }
  }
  if (path === 'denied by one')
    for (let at = begin + HOUR_MS; at < begin + 2 * HOUR_MS; at += MINUTE_MS)
      honest.push(shortReading('denier', at, 'ok'))
  const forged: Reading[] = []
  for (let at = begin + HOUR_MS / 2; at < begin + 1.8 * HOUR_MS; at += (path === 'at once' ? 3 : 15) * MINUTE_MS)
    forged.push(shortReading('x', at, path === 'slow' ? 'slow' : 'fail'))
  return { honest, forged }
}

const shortReading = (probe: string, at: number, target: 'ok' | 'fail' | 'slow'): Reading => ({
  at: instant(Math.round(at)),
  probe,
  target,
  control: 'ok',
  canary: 'ok',
  artefact: false,
  scheduled: true,
})

describe('an incident of any rule', () => {
  it('is never published where nothing is suspicious without one device, in 200 evenings', () => {
    const made = new Map<string, number>()
    for (let seed = 1; seed <= 200; seed++) {
      const path = PATHS[seed % PATHS.length]! // below the length
      const { honest, forged } = shortEvening(seed, path)
      const until = instant(honest.reduce((last, { at }) => Math.max(last, at), 0))
      const all = columnsOf([...honest, ...forged])
      for (const one of detectPaired(all, quick, { until }).incidents) {
        if (one.state === 'insufficient') continue
        if (!suspected(honest, medians(one))) made.set(path, (made.get(path) ?? 0) + 1)
      }
    }
    assert.deepEqual([...made], [])
  })
})

describe('a slowness of one device', () => {
  it('is never published where the others show none', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const random = createRandom(seed)
      const begin = Date.UTC(2026, 2, 1)
      const slowFrom = begin + (10 * 24 + 14) * HOUR_MS
      const until = instant(begin + (10 * 24 + 23) * HOUR_MS)
      const others = seed % 2 === 0 ? 0.5 : 0.75
      const readings: Reading[] = []
      for (let device = 0; device < 5; device++)
        for (let at = begin + device * 3 * MINUTE_MS; at < until; at += 15 * MINUTE_MS) {
          const hours = device === 0 ? 3 : device <= 2 ? others : 0
          const slow = at >= slowFrom && at < slowFrom + hours * HOUR_MS
          const lnRatio = 0.1 * (random.next() - 0.5) + (slow ? Math.log(3) : 0)
          readings.push({ ...shortReading(`d${device}`, at, 'ok'), lnRatio })
        }
      const found = detectPaired(columnsOf(readings.toSorted((a, b) => a.at - b.at)), quick, { until }).incidents
      assert.deepEqual(
        found.filter(({ state }) => state !== 'insufficient').map(({ state }) => state),
        [],
      )
    }
  })
})

describe('several devices of one adversary', () => {
  it('move the numbers of devices by no more than themselves', () => {
    fc.assert(
      fc.property(
        evenings,
        fc.integer({ min: 2, max: 6 }),
        fc.constantFrom(...Object.values(STRATEGIES)),
        (about, devices, strategy) => {
          const evening = makeEvening(about.seed, { ...about, restricted: true })
          const after = published(withAdversary(evening, strategy, { devices, seed: about.seed }), evening.until)
          for (const one of published(evening.readings, evening.until)) {
            const same = after.filter((other) => overlap(medians(one), widest(other)))
            if (same.length === 0) continue // so many may remove it
            const movement = same.map((other) => Math.abs(other.probes - one.probes))
            assert.ok(Math.min(...movement) <= devices, `${movement.join()} for ${devices}`)
          }
        },
      ),
      { numRuns: 60, seed: 14 },
    )
  })
})
