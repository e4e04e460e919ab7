import { columnsOf, sliceColumns, lowerBound } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectSeries, resumeSeries } from '../../src/core/detect/series/detect-series.ts'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import { instant } from '../../src/core/model/units.ts'
import { serveCalls } from '../../src/runtime/serve-calls.ts'
import { simulate } from './simulate.ts'

const QUARTER_MS = 900_000

/** One series: a year of five devices, detected whole, then taken up again a quarter of an hour later. */
export interface SpeedPart {
  readonly seed: number
  readonly days: number
}

/** Milliseconds of each act, and what was found. */
export interface SpeedOutcome {
  readonly readings: number
  readonly columnsMs: number
  readonly detectMs: number
  readonly quarterMs: number
  /** Milliseconds for which the thread had a processor: less than the time that passed where others share the machine. */
  readonly yearCpuMs: number
  readonly quarterCpuMs: number
  readonly resumed: boolean
  readonly incidents: number
}

const cpu = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function run({ seed, days }: SpeedPart): SpeedOutcome {
  const { readings, truth } = simulate(seed, { days, probes: 5 })
  const settings = defaultSettings()
  const now = truth.until - 12 * HOUR_MS * ((seed % 7) / 7) // another hour of the evening for each series
  const cpuBegun = cpu()
  const begun = performance.now()
  const columns = columnsOf(readings)
  const made = performance.now()
  const whole = sliceColumns(columns, 0, lowerBound(columns.at, now - QUARTER_MS))
  const { incidents, settled } = detectSeries(whole, settings, { until: instant(now - QUARTER_MS) })
  const detected = performance.now()
  const cpuDetected = cpu()
  if (settled === undefined) {
    detectSeries(columns, settings, { until: instant(now) })
  } else {
    const since = sliceColumns(columns, lowerBound(columns.at, settled.at), lowerBound(columns.at, now))
    resumeSeries(settled, since, settings, { until: instant(now) })
  }
  const quarterMs = performance.now() - detected
  return {
    readings: whole.size,
    columnsMs: made - begun,
    detectMs: detected - made,
    quarterMs,
    yearCpuMs: cpuDetected - cpuBegun,
    quarterCpuMs: cpu() - cpuDetected,
    resumed: settled !== undefined,
    incidents: incidents.length,
  }
}

serveCalls({ run: (value) => ({ value: run(value as SpeedPart) }) }) // sent by speed.ts alone
