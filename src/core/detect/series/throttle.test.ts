import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { columnsOf, targetOf } from '../chain/columns.ts'
import { createRandom } from '../chain/random.ts'
import { detectThrottling } from './throttle.ts'
import type { TimedPairs } from '../throttling/rounds.ts'
import { slowReadings } from '../throttling/slow.ts'
import type { Half, TargetHalf } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'

const START = Date.UTC(2025, 0, 1)
const SETTINGS = { scheduleMinutes: 15, seed: 1 }

interface Made {
  readonly probes?: number
  readonly days?: number
  /** Times slower, by probe and hours since the start. */
  readonly factor?: (probe: number, hour: number) => number
  readonly control?: (probe: number, hour: number) => number
}

/** Rounds every 15 minutes with noise of 20 %, one pair per round. */
function pairs({ probes = 4, days = 20, factor = () => 1, control = () => 1 }: Made): TimedPairs {
  const random = createRandom(11)
  const noise = (): number => 0.2 * (random.next() + random.next() + random.next() - 1.5)
  const rows = Array.from({ length: days * 96 * probes }, (_, k) => {
    const probe = k % probes
    const at = START + Math.floor(k / probes) * 15 * MINUTE_MS + probe * MINUTE_MS
    const hour = (at - START) / HOUR_MS
    const lasting = 0.3 * probe // every line has its own lasting difference of the two names
    return {
      at,
      probe,
      ratio: lasting + noise() + Math.log(factor(probe, hour)),
      control: Math.log(control(probe, hour)) + noise(),
    }
  })
  return {
    at: Float64Array.from(rows, ({ at }) => at),
    probe: Int32Array.from(rows, ({ probe }) => probe),
    lnRatio: Float64Array.from(rows, ({ ratio }) => ratio),
    lnControl: Float64Array.from(rows, ({ control: value }) => value),
  }
}

/** Six minutes before a round of all probes: no slowness begins at the instant of a measurement. */
const SINCE = 17 * 24 + 20 - 0.1
const during =
  (hours: number, times: number, hit: (probe: number) => boolean = () => true) =>
  (probe: number, hour: number): number =>
    hit(probe) && hour >= SINCE && hour < SINCE + hours ? times : 1

describe('detectThrottling()', () => {
  it('finds three hours of a three-fold slowness with its start, its end and its ratio', () => {
    const [found, ...others] = detectThrottling(pairs({ factor: during(3, 3) }), SETTINGS)
    assert.ok(found !== undefined && others.length === 0)
    const minutes = (at: number | undefined) => ((at ?? Number.NaN) - START) / MINUTE_MS - SINCE * 60
    assert.ok(Math.abs(minutes(found.start.median)) <= 15)
    assert.ok(Math.abs(minutes(found.end.median) - 180) <= 15)
    assert.ok(minutes(found.start.lo95) <= 0 && minutes(found.start.hi95) >= 0)
    assert.ok(minutes(found.end.lo95) <= 180 && minutes(found.end.hi95) >= 180)
    assert.ok(found.ratio.lo95 < 3 && found.ratio.hi95 > 3 && Math.abs(found.ratio.value - 3) < 0.3)
    assert.deepEqual([found.probes, found.probesMeasured, found.running, found.extreme], [4, 4, false, false])
    assert.ok(found.raisedAt > (found.start.median ?? Infinity))
  })

  it('says nothing about a lasting difference of any size', () => {
    assert.deepEqual(detectThrottling(pairs({ factor: () => 20 }), SETTINGS), [])
  })

  it('says nothing where fewer than three probes are slow', () => {
    assert.deepEqual(detectThrottling(pairs({ factor: during(24, 5, (probe) => probe < 2) }), SETTINGS), [])
    assert.deepEqual(detectThrottling(pairs({ probes: 2, factor: during(24, 5) }), SETTINGS), [])
  })

  it('says nothing below a ratio of one and a half', () => {
    assert.deepEqual(detectThrottling(pairs({ factor: during(24, 1.3) }), SETTINGS), [])
  })

  it('says nothing where the control itself is far outside its baseline', () => {
    const control = during(24, 4)
    assert.deepEqual(detectThrottling(pairs({ factor: during(24, 3), control }), SETTINGS), [])
  })

  it('says nothing where the same pair is slow from abroad', () => {
    const slowAbroad = [{ from: START + SINCE * HOUR_MS, until: START + (SINCE + 3) * HOUR_MS }]
    assert.deepEqual(detectThrottling(pairs({ factor: during(3, 3) }), SETTINGS, { slowAbroad }), [])
  })

  it('keeps a slowness of a month one slowness: it never becomes its own baseline', () => {
    const found = detectThrottling(pairs({ days: 60, factor: during(30 * 24, 4) }), SETTINGS)
    assert.equal(found.length, 1)
    const days = ((found[0]?.end.median ?? Number.NaN) - (found[0]?.start.median ?? Number.NaN)) / DAY_MS
    assert.ok(Math.abs(days - 30) < 0.1, `${days} days`)
  })

  it('leaves the end of a slowness open that goes on', () => {
    const [found] = detectThrottling(pairs({ days: 19, factor: during(1000, 12) }), SETTINGS)
    assert.deepEqual(
      [found?.running, found?.end.kind, found?.end.median, found?.extreme],
      [true, 'open', undefined, true],
    )
  })

  it('gives the same for the same input, and does not throw on next to nothing', () => {
    const made = pairs({ factor: during(3, 3) })
    assert.deepEqual(detectThrottling(made, SETTINGS), detectThrottling(made, SETTINGS))
    const empty = { at: new Float64Array(0), probe: new Int32Array(0), lnRatio: new Float64Array(0) }
    assert.deepEqual(detectThrottling(empty, SETTINGS), [])
    const one = { at: Float64Array.of(START), probe: Int32Array.of(0), lnRatio: Float64Array.of(Number.NaN) }
    assert.deepEqual(detectThrottling(one, SETTINGS), [])
  })
})

describe('slowReadings()', () => {
  const readings = (factor: (hour: number) => number, target: TargetHalf = 'ok') => {
    const { at, lnRatio } = pairs({ probes: 1, factor: (_, hour) => factor(hour) })
    return Array.from(at, (time, k) => ({
      at: instant(time),
      probe: 'a',
      target,
      control: 'ok' as Half,
      canary: 'ok' as Half,
      artefact: false,
      scheduled: true,
      lnRatio: lnRatio[k]!, // one a time
    }))
  }
  const slowHours = (factor: (hour: number) => number): readonly number[] => {
    const columns = slowReadings(columnsOf(readings(factor)))
    return Array.from(columns.at, (at, k) =>
      targetOf(columns.outcome[k]!) === 'slow' ? (at - START) / HOUR_MS : -1,
    ).filter((hour) => hour >= 0)
  }

  it('marks the readings of a slowness and none before it', () => {
    const marked = slowHours((hour) => (hour >= SINCE && hour < SINCE + 3 ? 3 : 1))
    assert.equal(marked.length, 12)
    assert.ok(marked.every((hour) => hour >= SINCE && hour < SINCE + 3))
  })

  it('goes on marking a slowness of days', () => {
    assert.ok(slowHours((hour) => (hour >= 10 * 24 ? 3 : 1)).length > 9 * 96)
  })

  it('marks nothing in the first week, in a lasting difference or in a failure', () => {
    assert.deepEqual(
      slowHours((hour) => (hour > 100 && hour < 110 ? 5 : 1)),
      [],
    )
    assert.deepEqual(
      slowHours(() => 9),
      [],
    )
    const failed = columnsOf(readings((hour) => (hour >= SINCE ? 9 : 1), 'fail'))
    assert.deepEqual(slowReadings(failed).outcome, failed.outcome)
  })
})
