import { columnsOf } from '../../src/detect/columns.ts'
import { defaultSettings } from '../../src/detect/default-settings.ts'
import { detectSeries } from '../../src/detect/detect-series.ts'
import type { DetectSettings } from '../../src/detect/settings.ts'
import { instant } from '../../src/model/units.ts'
import { serveCalls } from '../../src/sys/serve-calls.ts'
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
}

/** Incidents are asked for from a peak of .5, so that figures at every higher peak can be told from one run. */
const LEAST_PEAK = 0.5

function run({ seeds, options, settings, asModel, rivals }: SeriesPart): readonly SeriesOutcome[] {
  const wanted = defaultSettings(settings)
  return seeds.map((seed) => {
    const simulated = asModel ? simulateAsModel(seed, wanted) : simulate(seed, options)
    const { readings, truth } = simulated
    const columns = columnsOf(readings)
    const said = detectSeries(columns, { ...wanted, peak: LEAST_PEAK }, { until: instant(truth.until) })
    return {
      score: scoreSeries(simulated, said, { seed, peak: wanted.peak }),
      rivals: rivals ? scoreRivals(truth, rivalSpans(columns)) : [],
    }
  })
}

serveCalls({ run: (value) => ({ value: run(value as SeriesPart) }) }) // sent by run-family.ts alone
