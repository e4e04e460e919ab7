import type { Figure } from '../run.ts'
import { CORES, share } from './crew.ts'
import { REPORTING_SEED } from './families.ts'
import type { SpeedOutcome, SpeedPart } from './speed-worker.ts'

const SERIES = 30 * 12
const PROGRAM = new URL('speed-worker.ts', import.meta.url)

/**
 * How long it takes to detect a year of 30 networks × 12 services × 5 devices on two cores, and the next quarter of an
 * hour of all of them. Measured on a sample of series with both cores at work; scaled to 360 by their number. All of
 * them with KUAGER_BENCH_WHOLE=1.
 */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
}> {
  const sample = process.env['KUAGER_BENCH_WHOLE'] === '1' ? SERIES : quick ? 4 : 24
  const parts = Array.from({ length: sample }, (_, index): SpeedPart => ({
    seed: REPORTING_SEED + 900_000 + index,
    days: quick ? 60 : 365,
  }))
  const outcomes = await share({ program: PROGRAM, name: 'run', parts }, (answer) => answer as SpeedOutcome) // made by speed-worker.ts
  const sum = (value: (outcome: SpeedOutcome) => number): number =>
    outcomes.reduce((total, outcome) => total + value(outcome), 0)
  const readings = sum((outcome) => outcome.readings)
  const scale = SERIES / sample / CORES / 1000
  const year = sum(({ columnsMs, detectMs }) => columnsMs + detectMs) * scale * (quick ? 365 / 60 : 1)
  const quarter = sum(({ quarterMs }) => quarterMs) * scale
  const yearCpu = sum(({ yearCpuMs }) => yearCpuMs) * scale * (quick ? 365 / 60 : 1)
  const quarterCpu = sum(({ quarterCpuMs }) => quarterCpuMs) * scale
  const microseconds = (sum(({ detectMs }) => detectMs) * 1000) / readings
  const basis = sample === SERIES ? 'all 360 series' : `from ${sample} series of ${quick ? 60 : 365} days`
  return {
    table: [
      { figure: `a year of 360 series on ${CORES} cores, s (${basis})`, value: year, target: '< 300', met: year < 300 },
      { figure: `the next quarter of an hour of 360 series, s (${basis})`, value: quarter, target: '< 2', met: quarter < 2 }, // prettier-ignore
      { figure: '  the same two by processor time (other programs left out)', value: `${yearCpu.toFixed(0)} and ${quarterCpu.toFixed(2)} s` }, // prettier-ignore
      { figure: 'one reading, microseconds on one core', value: microseconds },
    ],
    json: {
      year_360_s: year,
      quarter_360_s: quarter,
      year_360_cpu_s: yearCpu,
      quarter_360_cpu_s: quarterCpu,
      reading_us: microseconds,
      sample_series: sample,
      sample_readings: readings,
      resumed: outcomes.filter(({ resumed }) => resumed).length,
    },
  }
}
