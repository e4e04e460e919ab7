import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MINUTE_MS } from '../../model/duration.ts'
import { HALVES, TARGET_HALVES, type Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { MADE_FROM, madeReadings } from '../../../../test/kit/measured/made-readings.ts'
import { columnsOf, lowerBound, sliceColumns } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { detectSeries, resumeSeries } from './detect-series.ts'
import type { SeriesResult } from './series-result.ts'

const settings = defaultSettings({ draws: 500 })
const DAY = 1440
const at = (minute: number): number => MADE_FROM + minute * MINUTE_MS
const detect = (readings: readonly Reading[], until = at(60 * DAY)): SeriesResult =>
  detectSeries(columnsOf(readings), settings, { until: instant(until) })

const EVENING = [5 * DAY + 15 * 60 + 2, 5 * DAY + 17 * 60 + 4] as const

const anyReading: fc.Arbitrary<Reading> = fc.record(
  {
    at: fc.integer({ min: 0, max: 4 * DAY }).map((minute) => instant(at(minute))),
    probe: fc.constantFrom('', 'a', 'b', 'c'),
    target: fc.constantFrom(...TARGET_HALVES),
    control: fc.constantFrom(...HALVES),
    canary: fc.constantFrom(...HALVES),
    artefact: fc.boolean(),
    scheduled: fc.boolean(),
    log10Lr: fc.double({ min: -3, max: 3, noNaN: true }),
  },
  { requiredKeys: ['at', 'probe', 'target', 'control', 'canary', 'artefact', 'scheduled'] },
)

describe('detectSeries()', () => {
  it('dates an evening of five probes with intervals that hold the truth, and raises the alarm within half an hour', () => {
    const found = detect(madeReadings({ seed: 3, days: 10, probes: 5, restricted: [EVENING] }), at(10 * DAY))
    assert.equal(found.incidents.length, 1)
    const [incident] = found.incidents
    const { start, end } = incident!
    assert.equal(incident!.state, 'restricted')
    assert.equal(incident!.episodes, 1)
    assert.ok(incident!.pOneEpisode > 0.9)
    assert.ok(start.lo95! <= at(EVENING[0]) && at(EVENING[0]) <= start.hi95!)
    assert.ok(end.lo95! <= at(EVENING[1]) && at(EVENING[1]) <= end.hi95!)
    assert.ok(start.bracket[0]! <= at(EVENING[0]) && at(EVENING[0]) <= start.bracket[1]!)
    assert.ok(end.bracket[0]! <= at(EVENING[1]) && at(EVENING[1]) <= end.bracket[1]!)
    assert.ok(start.hi95! - start.lo95! < 20 * MINUTE_MS)
    assert.equal(incident!.mechanism, 'tls.timeout.sni')
    assert.ok(incident!.alarm!.floorMet && incident!.alarm!.raisedAt - at(EVENING[0]) < 30 * MINUTE_MS)
    assert.ok(Math.abs(found.availability.open! - (1 - 2 / 240)) < 0.005)
  })

  it('finds nothing in ten quiet days', () => {
    const found = detect(madeReadings({ seed: 4, days: 10, probes: 5, retries: true }))
    assert.deepEqual(found.incidents, [])
    assert.deepEqual(found.alarms, [])
  })

  it('calls half-open evenings partly restricted, with the share of what fails', () => {
    const [incident] = detect(
      madeReadings({ seed: 5, days: 10, probes: 6, restricted: [EVENING], passing: 0.4 }),
    ).incidents
    assert.equal(incident!.state, 'partly-restricted')
    assert.ok(incident!.share.lo95 <= 0.6 && 0.6 <= incident!.share.hi95)
  })

  it('takes three weeks that are measured twice a day for one incident', () => {
    const weeks = [10 * DAY + 300, 31 * DAY + 300] as const
    const readings = madeReadings({
      seed: 6,
      days: 45,
      probes: 2,
      restricted: [weeks],
      passing: 0.03,
      everyMinutes: 1440,
    })
    const found = detect(readings)
    assert.equal(found.incidents.length, 1)
    assert.equal(found.incidents[0]!.episodes, 1)
    assert.ok(found.incidents[0]!.start.lo95! <= at(weeks[0]) && at(weeks[0]) <= found.incidents[0]!.start.hi95!)
  })

  it('says insufficient if only one probe fails, and does not count an unknown sender as a second witness', () => {
    const readings = madeReadings({ seed: 7, days: 8, probes: 1, restricted: [EVENING] })
    assert.deepEqual(
      detect(readings).incidents.map(({ state }) => state),
      ['insufficient'],
    )
    const unnamed = readings.map((reading) => ({ ...reading, probe: '' }))
    const named = unnamed.map((reading, k) => (k % 2 === 0 ? { ...reading, probe: 'a' } : reading))
    for (const series of [unnamed, named]) {
      const found = detect(series)
      assert.deepEqual(
        found.incidents.map(({ state }) => state),
        ['insufficient'],
      )
      assert.deepEqual(found.alarms, [])
    }
  })

  it('says insufficient of two devices that see a block page, and not of three', () => {
    const seen = (probes: number): readonly string[] =>
      detect(
        madeReadings({ seed: 7, days: 8, probes, restricted: [EVENING] }).map((reading) =>
          reading.target === 'fail' && reading.control === 'ok' ? { ...reading, artefact: true } : reading,
        ),
      ).incidents.map(({ state }) => state)
    assert.ok(seen(2).length > 0 && seen(2).every((state) => state === 'insufficient'))
    assert.ok(seen(3).includes('restricted'))
  })

  it('leaves a start open where the series begins restricted, and an end where it is still going on', () => {
    const before = detect(madeReadings({ seed: 8, days: 4, probes: 3, restricted: [[-1, 2 * DAY]] }))
    assert.equal(before.incidents[0]!.start.kind, 'open')
    assert.equal(before.incidents[0]!.start.bracket[0], undefined)
    assert.equal(before.incidents[0]!.running, false)
    const running = detect(madeReadings({ seed: 9, days: 4, probes: 3, restricted: [[3 * DAY, 9 * DAY]] }))
    assert.equal(running.incidents[0]!.running, true)
    assert.equal(running.incidents[0]!.end.median, undefined)
    assert.equal(running.incidents[0]!.alarm!.clearedAt, undefined)
  })

  it('sees no incident in an outage that takes target, control and canaries down together', () => {
    const readings = madeReadings({ seed: 10, days: 8, probes: 5, restricted: [EVENING] }).map((reading) =>
      reading.target === 'fail' && reading.at >= at(EVENING[0]) && reading.at < at(EVENING[1])
        ? { ...reading, control: 'fail' as const, canary: 'fail' as const }
        : reading,
    )
    assert.deepEqual(detect(readings).incidents, [])
  })

  it('sees no incident in an evening in which pairs fail in both directions alike', () => {
    const readings = madeReadings({ seed: 11, days: 8, probes: 5 }).map((reading, k) => {
      if (reading.at < at(EVENING[0]) || reading.at >= at(EVENING[1])) return reading
      if (k % 3 === 0) return { ...reading, target: 'fail' as const, control: 'ok' as const }
      return k % 3 === 1 ? { ...reading, target: 'ok' as const, control: 'fail' as const } : reading
    })
    assert.deepEqual(
      detect(readings).incidents.filter(({ state }) => state !== 'insufficient'),
      [],
    )
  })

  it('shows a gap as a gap, with the longest restriction that could hide in it', () => {
    const readings = madeReadings({ seed: 12, days: 10, probes: 3 }).filter(
      (reading) => reading.at < at(3 * DAY) || reading.at >= at(6 * DAY),
    )
    const { gaps } = detect(readings, at(10 * DAY))
    assert.equal(gaps.length, 1)
    const [gap] = gaps
    assert.equal(gap!.couldHideMinutes, Math.floor((gap!.until - gap!.from) / 60_000)) // asserted above
    assert.ok(gap!.couldHideMinutes > 71 * 60 && gap!.couldHideMinutes < 73 * 60)
  })

  it('neither fails nor gives a number that is NaN, on any input', () => {
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 120 }), (readings) => {
        const found = detect(readings)
        const text = JSON.stringify(found, (_, value: unknown) => {
          assert.ok(typeof value !== 'number' || Number.isFinite(value))
          return value
        })
        assert.ok(text.length > 0)
        for (const { curve, peak, pOneEpisode, share } of found.incidents) {
          for (const p of [...curve.map((point) => point.p), peak, pOneEpisode, share.value])
            assert.ok(p >= 0 && p <= 1)
          assert.ok(share.lo95 <= share.value && share.value <= share.hi95)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('stands no rows, one, two, equal times, all failed, all passed and gaps of years', () => {
    const one = madeReadings({ seed: 1, days: 1, probes: 1 })[0]!
    const years = (k: number): Reading => ({
      ...one,
      at: instant(MADE_FROM + k * 5 * 365 * DAY * MINUTE_MS),
      target: 'fail',
      probe: `p${k}`,
    })
    const series = [
      [],
      [one],
      [one, one],
      Array.from({ length: 50 }, (_, k) => ({ ...one, probe: `p${k % 7}`, target: 'fail' as const })),
      madeReadings({ seed: 2, days: 5, probes: 3, restricted: [[-1, 9 * DAY]], passing: 0 }),
      madeReadings({ seed: 2, days: 5, probes: 3 }).map((reading) => ({ ...reading, target: 'ok' as const })),
      [years(0), years(1), years(2)],
    ]
    for (const readings of series) assert.ok(Number.isFinite(detect(readings, at(20 * 365 * DAY)).logLikelihood))
  })

  it('gives the same in any order of equal times', () => {
    const readings = madeReadings({ seed: 13, days: 7, probes: 4, restricted: [EVENING] }).map((reading) => ({
      ...reading,
      at: instant(Math.floor(reading.at / (15 * MINUTE_MS)) * 15 * MINUTE_MS),
    }))
    assert.deepEqual(detect(readings), detect(readings.toReversed()))
  })

  it('gives the same, a week later, for the same readings a week later', () => {
    const readings = madeReadings({ seed: 14, days: 8, probes: 3, restricted: [EVENING] })
    const week = 7 * DAY * MINUTE_MS
    const first = detect(readings, at(9 * DAY))
    const second = detect(
      readings.map((reading) => ({ ...reading, at: instant(reading.at + week) })),
      at(16 * DAY),
    )
    assert.ok(Math.abs(first.logLikelihood - second.logLikelihood) < 1e-6)
    assert.equal(second.incidents[0]!.start.bracket[0]! - first.incidents[0]!.start.bracket[0]!, week)
    assert.ok(Math.abs(second.incidents[0]!.start.median! - first.incidents[0]!.start.median! - week) < 3 * MINUTE_MS)
  })

  it('is never surer of restriction after a pair more whose target passes and whose control fails', () => {
    const readings = madeReadings({ seed: 15, days: 2, probes: 2, restricted: [[DAY, DAY + 45]] }).filter(
      (reading) => reading.at < at(DAY + 45),
    )
    fc.assert(
      fc.property(fc.integer({ min: DAY - 60, max: DAY + 44 }), (minute) => {
        const more: Reading = { ...readings[0]!, at: instant(at(minute)), probe: 'q', target: 'ok', control: 'fail' }
        assert.ok(detect([...readings, more]).now! <= detect(readings).now! + 1e-9)
      }),
      { numRuns: 20 },
    )
  })
})

describe('resumeSeries()', () => {
  it('gives the incidents, alarms and sums that the whole series gives, taken up again and again', () => {
    const restricted = [EVENING, [7 * DAY + 900, 7 * DAY + 1000], [9 * DAY, 11 * DAY]] as const
    const columns = columnsOf(madeReadings({ seed: 16, days: 12, probes: 4, restricted, retries: true }))
    let settled = detectSeries(columns, settings, { until: instant(at(3 * DAY)) }).settled
    assert.ok(settled !== undefined)
    for (let minute = 3 * DAY; minute <= 12 * DAY; minute += 435) {
      const until = instant(at(minute))
      const whole = detectSeries(columns, settings, { until })
      const since = sliceColumns(columns, lowerBound(columns.at, settled.at), columns.size)
      const resumed = resumeSeries(settled, since, settings, { until })
      assert.ok(resumed !== undefined)
      const from: number = settled.at
      assert.deepEqual(resumed.incidents.map(rounded), whole.incidents.filter(({ start }) => (start.hi95 ?? 0) > from).map(rounded)) // prettier-ignore
      assert.deepEqual(
        resumed.alarms,
        whole.alarms.filter(({ raisedAt }) => raisedAt > from),
      )
      assert.ok(Math.abs(resumed.availability.open! - whole.availability.open!) < 1e-9)
      assert.ok(Math.abs(resumed.logLikelihood - whole.logLikelihood) < 1e-6)
      if (resumed.settled !== undefined) settled = resumed.settled
    }
    assert.ok(settled.at > at(11 * DAY))
  })

  it('never gives other incidents than the whole series where tests are rare and a restriction lasts over their pauses', () => {
    const blocked = 3 * 7 * DAY + 600
    const readings = madeReadings({
      seed: 18,
      days: 36,
      probes: 5,
      restricted: [[blocked, 99 * DAY]],
      passing: 0,
    }).filter((reading) => Math.floor((reading.at - MADE_FROM) / (MINUTE_MS * 720)) % 14 === 0)
    const columns = columnsOf(readings)
    const until = instant(at(35 * DAY + 720))
    const whole = detectSeries(columns, settings, { until })
    assert.deepEqual(
      whole.incidents.map(({ running }) => running),
      [true],
    )
    assert.equal(whole.settled, undefined)
    for (const minute of [21 * DAY + 590, 21 * DAY + 720, 28 * DAY + 720]) {
      const { settled } = detectSeries(columns, settings, { until: instant(at(minute)) })
      if (settled === undefined) continue
      const since = sliceColumns(columns, lowerBound(columns.at, settled.at), columns.size)
      const resumed = resumeSeries(settled, since, settings, { until })
      if (resumed !== undefined) assert.deepEqual(resumed.incidents.map(rounded), whole.incidents.map(rounded))
    }
  })

  it('asks for the whole series where settings changed, an older reading came, or the first control ever', () => {
    const readings = madeReadings({ seed: 17, days: 4, probes: 3 })
    const { settled } = detect(readings, at(4 * DAY))
    const until = instant(at(5 * DAY))
    assert.equal(resumeSeries(settled!, columnsOf([]), defaultSettings({ peak: 0.9 }), { until }), undefined)
    assert.equal(resumeSeries(settled!, columnsOf(readings), settings, { until }), undefined)
    const alone = detect(readings.map((reading) => ({ ...reading, control: 'none' as const }))).settled
    const since = columnsOf(readings.filter((reading) => reading.at >= alone!.at))
    assert.equal(resumeSeries(alone!, since, settings, { until }), undefined)
  })
})

/** An incident to the second: sums taken in another order differ in the last bits. */
const rounded = (incident: SeriesResult['incidents'][number]): unknown =>
  JSON.parse(
    JSON.stringify(incident, (key, value: unknown) =>
      typeof value === 'number'
        ? key === 'at' || value > 1e9
          ? Math.round(value / 1000)
          : Math.round(value * 1e6) / 1e6
        : value,
    ),
  )
