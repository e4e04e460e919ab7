import type { DetectSettings } from '../../src/core/detect/chain/settings.ts'
import { runsOf, share } from './crew.ts'
import { seedOf } from './families.ts'
import type { Family } from './families.ts'
import type { SeriesOutcome, SeriesPart } from './series-worker.ts'

const PROGRAM = new URL('series-worker.ts', import.meta.url)

/** Makes, detects and scores the first `size` series of a family on two threads. */
export async function runFamily(
  family: Family,
  half: number,
  options: {
    readonly size: number
    readonly settings?: Partial<DetectSettings>
    readonly asModel?: boolean
    readonly rivals?: boolean
  },
): Promise<readonly SeriesOutcome[]> {
  const parts = runsOf(options.size, 4).map(([first, end]): SeriesPart => ({
    seeds: Array.from({ length: end - first }, (_, index) => seedOf(half, family, first + index)),
    options: family.options,
    settings: options.settings ?? {},
    asModel: options.asModel === true,
    rivals: options.rivals === true,
  }))
  const outcomes = await share({ program: PROGRAM, name: 'run', parts }, (answer) => answer as readonly SeriesOutcome[]) // made by series-worker.ts
  return outcomes.flat()
}
