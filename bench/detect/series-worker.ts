import { columnsOf } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectSeries } from '../../src/core/detect/series/detect-series.ts'
import type { DetectSettings } from '../../src/core/detect/chain/settings.ts'
import { instant } from '../../src/core/model/units.ts'
import { serveCalls } from '../../src/runtime/serve-calls.ts'
import { simulateAsModel } from './as-model.ts'
import { rivalSpans, scoreRivals } from './rivals.ts'
import type { RivalScore } from './rivals.ts'
import { scoreSeries } from './score.ts'
import type { SeriesScore } from './score.ts'
import { simulate } from './simulate.ts'
import type { SimulateOptions } from './simulate.ts'

/** Series to be made, detected and scored by one thread. */
export interface SeriesPart {
  readonly seeds: readonly number[]
  readonly options: SimulateOptions
  readonly settings: Partial<DetectSettings>
  /** The generator is the model itself: then the options count for nothing. */
  readonly asModel: boolean
  readonly rivals: boolean
}

export interface SeriesOutcome {
  readonly score: SeriesScore
  readonly rivals: readonly RivalScore[]
  /** The same series under settings that are easily alarmed, for the loudest rival; absent where rivals are not asked. */
  readonly loose?: SeriesScore
}

/** Onsets are this many times likelier beside a rival that is louder than every threshold; fixed on the tuning half. */
const LOOSE_ONSETS = 4

/** Incidents are asked for from a peak of .5, so that figures at every higher peak can be told from one run. */
const LEAST_PEAK = 0.5

function run({ seeds, options, settings, asModel, rivals }: SeriesPart): readonly SeriesOutcome[] {
  const wanted = defaultSettings(settings)
  const { shortOnset, longOnset } = wanted.rates
  const everything = { ...wanted, peak: LEAST_PEAK }
  const loosened = {
    ...wanted,
    rates: { ...wanted.rates, shortOnset: shortOnset * LOOSE_ONSETS, longOnset: longOnset * LOOSE_ONSETS },
    draws: 100,
    peak: LEAST_PEAK,
  }
  return seeds.map((seed) => {
    const simulated = asModel ? simulateAsModel(seed, wanted) : simulate(seed, options)
    const { readings, truth } = simulated
    const columns = columnsOf(readings)
    const until = instant(truth.until)
    const said = detectSeries(columns, everything, { until })
    const score = scoreSeries(simulated, said, { seed, peak: wanted.peak })
    if (!rivals) return { score, rivals: [] }
    const loose = scoreSeries(simulated, detectSeries(columns, loosened, { until }), { seed, peak: LEAST_PEAK })
    return { score, rivals: scoreRivals(truth, rivalSpans(columns)), loose }
  })
}

serveCalls({ run: (value) => ({ value: run(value as SeriesPart) }) }) // sent by run-family.ts alone
