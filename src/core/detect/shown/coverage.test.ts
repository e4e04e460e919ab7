import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { detectSeries } from '../series/detect-series.ts'
import { createRandom } from '../chain/random.ts'

const DAYS = 4
const FROM = Date.UTC(2025, 0, 10)
const base = defaultSettings()
/**
 * A setup of only short restrictions, three levels, no load, a network that never fails; the detector is set for it.
 */
const settings = defaultSettings({
  onsetHours: Array.from({ length: 24 }, () => 1),
  loads: [],
  draws: 400,
  rates: { ...base.rates, shortOnset: 0.02, longOnset: 0, downOnset: 0 },
})

interface Drawn {
  readonly readings: readonly Reading[]
  readonly restricted: readonly (readonly [number, number])[]
}

/** One series drawn from the chain itself: exponential times, a level for each restriction, independent exchanges. */
function drawSeries(seed: number): Drawn {
  const random = createRandom(seed)
  const wait = (rate: number): number => (-Math.log(random.next()) / rate) * HOUR_MS
  const until = FROM + DAYS * DAY_MS
  const restricted: { from: number; until: number; passing: number }[] = []
  for (let at = FROM + wait(settings.rates.shortOnset); at < until;) {
    const end = at + wait(settings.rates.shortEnd)
    restricted.push({ from: at, until: end, passing: settings.passing[Math.floor(random.next() * 3)]! }) // three levels
    at = end + wait(settings.rates.shortOnset)
  }
  const readings: Reading[] = []
  for (let probe = 0; probe < 4; probe++)
    for (let at = FROM + random.next() * HOUR_MS; at < until; at += HOUR_MS * (0.2 + 0.1 * random.next())) {
      const passing = restricted.find((one) => one.from <= at && at < one.until)?.passing ?? 1
      const fails = random.next() < 1 - (1 - settings.failOpen) * passing
      const control = random.next() < settings.failOpen ? 'fail' : 'ok'
      readings.push({ at: instant(Math.round(at)), probe: `p${probe}`, target: fails ? 'fail' : 'ok', control, canary: 'ok', artefact: false, scheduled: true }) // prettier-ignore
    }
  return { readings, restricted: restricted.map((one) => [one.from, one.until]) }
}

describe('intervals of dates on series drawn from the model itself', () => {
  it('hold the true start and end, the half in about half of the cases, the other in nineteen of twenty or more', () => {
    let held = 0
    let half = 0
    let all = 0
    for (let seed = 1; seed <= 300; seed++) {
      const { readings, restricted } = drawSeries(seed)
      const until = instant(FROM + DAYS * DAY_MS)
      for (const { start, end, state } of detectSeries(columnsOf(readings), settings, { until }).incidents) {
        if (state === 'insufficient' || start.median === undefined || end.median === undefined) continue
        const truth = restricted.filter(([from, to]) => from < end.median! && to > start.median!) // both are dated
        if (truth.length !== 1 || truth[0]![1] >= until) continue // one, and it ended
        const edges = [[start, truth[0]![0]], [end, truth[0]![1]]] as const // prettier-ignore
        for (const [edge, at] of edges) {
          all++
          // Dated edges have bounds unless the series is shorter.
          if (edge.lo95! <= at && at <= edge.hi95!) held++
          if (edge.lo50! <= at && at <= edge.hi50!) half++
        }
      }
    }
    assert.ok(all > 400, `${all} edges`)
    // The wider one covers what it would be without any one device.
    assert.ok(held / all > 0.95, `${held} of ${all}`)
    assert.ok(half / all > 0.44 && half / all < 0.6, `${half} of ${all}`)
  })
})
