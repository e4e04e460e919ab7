// What one more device on a network adds to detection: the same evenings, measured by one device up to twelve.
import { columnsOf } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectSeries } from '../../src/core/detect/series/detect-series.ts'
import { instant } from '../../src/core/model/units.ts'
import type { Figure } from '../run.ts'
import type { PartResult } from './parts.ts'
import { scoreSeries, type BlockScore } from './score.ts'
import { simulate } from './simulate.ts'
import { quantile } from './summary.ts'

/** Devices that send measurements of the network. */
const DEVICES = [1, 2, 3, 4, 5, 6, 8, 12] as const
/** Seeds that serve for nothing else; every number of devices has the same ones, so the same restrictions. */
const SEED = 31_000_000
const SERIES = 150
const DAYS = 30
const MINUTES = 15

/** What was found with so many devices. */
export interface DevicesFigure {
  readonly devices: number
  /** Restrictions of an hour or more, and how many of them were found. */
  readonly restrictions: number
  readonly found: number
  /** Wilson's interval of the share found. */
  readonly lo95: number
  readonly hi95: number
  /** Minutes, median over those found: width of the 95 % interval of the start; null: none was found. */
  readonly startWidth: number | null
  /** Minutes from the onset to the alarm, median over those with an alarm; null: none. */
  readonly delay: number | null
}

/** 95 % interval of a share, by Wilson (1927). */
function wilson(yes: number, all: number): readonly [number, number] {
  const z = 1.959964
  const share = yes / all
  const middle = (share + z ** 2 / (2 * all)) / (1 + z ** 2 / all)
  const half = (z / (1 + z ** 2 / all)) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}

const median = (values: readonly number[]): number | null =>
  values.length === 0 ? null : Math.round(quantile(values, 0.5))

/** Figures of one number of devices: evenings on which a service is fully restricted for about two hours. */
export function devicesFigure(devices: number, series: number): DevicesFigure {
  const settings = defaultSettings({})
  const blocks: BlockScore[] = []
  for (let seed = SEED; seed < SEED + series; seed++) {
    const options = { days: DAYS, probes: devices, kind: 'evening', part: 'full', strangers: 0 } as const
    const simulated = simulate(seed, options)
    const said = detectSeries(columnsOf(simulated.readings), settings, { until: instant(simulated.truth.until) })
    blocks.push(...scoreSeries(simulated, said, { seed, peak: settings.peak }).blocks.filter(({ hours }) => hours >= 1))
  }
  const found = blocks.filter(({ hits }) => hits > 0)
  const [lo95, hi95] = wilson(found.length, blocks.length)
  return {
    devices,
    restrictions: blocks.length,
    found: found.length,
    lo95,
    hi95,
    startWidth: median(found.flatMap(({ start }) => (start === undefined ? [] : [start.width95]))),
    delay: median(blocks.flatMap(({ delay }) => (delay === null ? [] : [delay * MINUTES]))),
  }
}

/** The table of numbers of devices. */
export function run({ quick }: { readonly quick: boolean }): Promise<PartResult> {
  const figures = DEVICES.map((devices) => devicesFigure(devices, quick ? 4 : SERIES))
  return Promise.resolve({
    table: figures.map(({ devices, found, restrictions, lo95, hi95, startWidth, delay }): Figure => ({
      figure: `${devices} device${devices === 1 ? '' : 's'}: restrictions found`,
      value: `${(found / restrictions).toFixed(2)} (${found} of ${restrictions}; 95 %: ${lo95.toFixed(2)}–${hi95.toFixed(2)}), start within ${startWidth ?? '–'} min, alarm after ${delay ?? '–'} min`,
    })),
    json: { seed: SEED, days: DAYS, series: quick ? 4 : SERIES, figures },
  })
}
