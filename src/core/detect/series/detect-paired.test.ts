import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { DetectedIncident } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf, lowerBound, sliceColumns } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { detectPaired, lookbackOf, resumePaired } from './detect-paired.ts'
import { detectSeries } from './detect-series.ts'
import { createRandom } from '../chain/random.ts'
import type { SeriesResult } from './series-result.ts'

const START = Date.UTC(2025, 0, 1)
const SETTINGS = defaultSettings({ draws: 200 })

interface Made {
  readonly days?: number
  readonly probes?: number
  /** What happens to the target, by probe and hours since the start: a factor on its time, or its failure. */
  readonly happens?: (hour: number, probe: number) => number | 'fail'
  /** Factor on the control's time. */
  readonly control?: (hour: number) => number
  /** Whether every probe also reads the service without a pair. */
  readonly others?: boolean
}

/** Pairs of every probe every 15 minutes, 20 % of noise; one in a hundred halves fails anyway. */
function readings({ days = 21, probes = 5, happens = () => 1, control = () => 1, others }: Made): readonly Reading[] {
  const random = createRandom(5)
  const noise = (): number => 0.2 * (random.next() + random.next() + random.next() - 1.5)
  return Array.from({ length: days * 96 * probes }, (__, k): readonly Reading[] => {
    const probe = k % probes
    const at = START + Math.floor(k / probes) * 15 * MINUTE_MS + probe * 2 * MINUTE_MS
    const hour = (at - START) / HOUR_MS
    const what = random.next() < 0.01 ? 'fail' : happens(hour, probe)
    const lnControl = Math.log(0.2 * control(hour)) + noise()
    const ratio = 0.1 * probe + noise()
    const reading: Reading = {
      at: instant(at),
      probe: `probe-${probe}`,
      target: what === 'fail' ? 'fail' : 'ok',
      control: what === 'fail' ? 'ok' : 'none',
      canary: 'none',
      artefact: false,
      scheduled: true,
      log10Lr: what === 'fail' ? 1.65 : -1.08,
      ...(what === 'fail' ? {} : { lnRatio: ratio + Math.log(what), lnControl }),
    }
    if (others !== true) return [reading]
    const { lnRatio: _, lnControl: ___, ...plain } = { ...reading, at: instant(at + 20_000) }
    return [reading, plain]
  }).flat()
}

const detect = (made: Made): SeriesResult => detectRows(readings(made))
const detectRows = (rows: readonly Reading[]): SeriesResult =>
  detectPaired(columnsOf(rows), SETTINGS, { until: rows.at(-1)!.at })
const stands = ({ incidents }: SeriesResult): readonly DetectedIncident[] =>
  incidents.filter(({ state }) => state !== 'insufficient')
const hours = (at: number | undefined): number => ((at ?? Number.NaN) - START) / HOUR_MS

/** The evening of the eighteenth day, from 20:03. */
const SINCE = 17 * 24 + 20 + 0.05
const evening =
  (length: number, what: number | 'fail') =>
  (hour: number): number | 'fail' =>
    hour >= SINCE && hour < SINCE + length ? what : 1

describe('detectPaired()', () => {
  it('gives a slowness of three hours as one throttled incident with its ratio and its dates', () => {
    for (const others of [false, true]) {
      const [found, ...more] = stands(detect({ happens: evening(3, 3), others }))
      assert.ok(found !== undefined)
      assert.deepEqual(more, [])
      assert.equal(found.state, 'throttled')
      assert.ok(found.slowdown!.lo95 < 3 && found.slowdown!.hi95 > 3, JSON.stringify(found.slowdown))
      assert.ok(hours(found.start.lo95) <= SINCE && SINCE <= hours(found.start.hi95), JSON.stringify(found.start))
      assert.ok(hours(found.end.lo95) <= SINCE + 3 && SINCE + 3 <= hours(found.end.hi95), JSON.stringify(found.end))
      assert.equal(found.probesFailed, 5)
      assert.ok(found.alarm !== undefined && found.peak > 0.9)
    }
  })

  it('calls nothing throttled where both halves are slow', () => {
    const control = (hour: number): number => Number(evening(3, 4)(hour))
    // The ratio stays what it is: the factor acts on both.
    assert.deepEqual(detect({ control }).incidents, [])
  })

  it('calls nothing throttled on the word of two probes', () => {
    const two = (hour: number, probe: number) => (probe < 2 ? evening(6, 4)(hour) : 1)
    assert.deepEqual(stands(detect({ happens: two })), [])
    assert.deepEqual(stands(detect({ probes: 2, happens: evening(6, 4) })), [])
  })

  it('leaves a restriction a restriction, also beside timed pairs', () => {
    const made = { happens: evening(3, 'fail') } as const
    const [found, ...more] = stands(detect(made))
    assert.deepEqual([found?.state, found?.slowdown, more], ['restricted', undefined, []])
  })

  it('tells one story of a slowness with two hours of silence in its middle', () => {
    const happens = (hour: number) => (hour >= SINCE + 8 && hour < SINCE + 10 ? 'fail' : evening(20, 4)(hour))
    const [found, ...more] = stands(detect({ happens }))
    assert.deepEqual([found?.state, more], ['throttled', []])
    assert.ok(found?.slowdown !== undefined && Math.abs(hours(found.end.median) - SINCE - 20) < 0.5)
  })

  it('gives what the chain gives where no pair was timed', () => {
    const rows = readings({ happens: evening(3, 'fail') }).map((one) => ({ ...one, lnRatio: Number.NaN }))
    const options = { until: rows.at(-1)!.at }
    assert.deepEqual(detectPaired(columnsOf(rows), SETTINGS, options), detectSeries(columnsOf(rows), SETTINGS, options))
  })
})

describe('resumePaired()', () => {
  /** The series in slices, each taken up from the one before; those incidents that the last of each day tells. */
  function inSlices(rows: readonly Reading[], everyHours: number, from: number) {
    const all = columnsOf(rows)
    let result = detectPaired(all, SETTINGS, { until: instant(START + from * HOUR_MS) })
    let whole = 0
    let taken = 0
    const last = hours(all.at[all.size - 1])
    for (let until = from + everyHours; until <= last; until += everyHours) {
      const options = { until: instant(START + until * HOUR_MS) }
      const { settled } = result
      const back = settled && (lookbackOf(settled) ?? settled.at)
      const columns = back === undefined ? all : sliceColumns(all, lowerBound(all.at, back), all.size)
      // Through JSON, as the state file keeps it.
      const kept = settled && (JSON.parse(JSON.stringify(settled)) as typeof settled)
      const resumed = kept && resumePaired({ settled: kept, columns }, SETTINGS, options)
      if (resumed === undefined) whole++
      else taken++
      result = resumed ?? detectPaired(all, SETTINGS, options)
      const again = detectPaired(all, SETTINGS, options)
      const since = kept?.at ?? 0
      const shown = (one: SeriesResult) =>
        one.incidents
          .filter(({ end, running }) => running || (end.median ?? 0) >= since)
          .map(({ state, start, end, slowdown, readings: count, mechanism }) => ({
            ...{ state, start, end, slowdown, count, mechanism },
          }))
      assert.deepEqual(shown(result), shown(again), `hour ${until}`)
    }
    return { whole, taken }
  }

  it('gives what the whole series gives, before, during and after a slowness', () => {
    const rows = readings({ happens: evening(3, 3), days: 24 })
    const { whole, taken } = inSlices(rows, 7, 16 * 24)
    assert.ok(taken > 18 && whole <= 9, `${taken} taken up, ${whole} whole`)
  })

  it('gives what the whole series gives through two slownesses and a restriction', () => {
    const happens = (hour: number) =>
      hour >= 300 && hour < 310 ? 3 : hour >= 420 && hour < 424 ? 'fail' : hour >= 470 && hour < 500 ? 2.5 : 1
    inSlices(readings({ happens, days: 23, others: true, probes: 3 }), 11, 260)
  })
})
