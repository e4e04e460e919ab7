import { RIVALS } from './rivals.ts'
import type { Rival } from './rivals.ts'
import type { SeriesOutcome } from './series-worker.ts'
import { eligible } from './summary.ts'

/** A rival beside Kuager on the same series, Kuager held to no more false incidents than that rival has. */
export interface RivalLine {
  readonly rival: Rival
  readonly recall: number
  readonly falsePerYear: number
  readonly ours: number
  readonly oursFalse: number
}

/** Compares by recall over restrictions of an hour or more that three devices measured, and false ones in quiet series. */
export function compareRivals(outcomes: readonly SeriesOutcome[]): readonly RivalLine[] {
  const quiet = outcomes.filter(({ score }) => score.quiet)
  const years = quiet.reduce((sum, { score }) => sum + score.years, 0)
  const strengths = outcomes.flatMap(({ score }) => score.blocks.filter(eligible).map(({ strength }) => strength))
  const falseStrengths = quiet.flatMap(({ score }) => score.falseStrengths).toSorted((a, b) => b - a)
  return RIVALS.map((rival) => {
    const found = outcomes.flatMap(({ score, rivals }) => {
      const hits = rivals.find((one) => one.rival === rival)?.found ?? []
      return hits.filter((_, index) => {
        const block = score.blocks[index]
        return block !== undefined && eligible(block)
      })
    })
    const wrong = quiet.reduce((sum, { rivals }) => sum + (rivals.find((one) => one.rival === rival)?.false ?? 0), 0)
    const least = falseStrengths[wrong] ?? -Infinity // strictly above it: no more false ones than the rival
    return {
      rival,
      recall: found.filter(Boolean).length / found.length,
      falsePerYear: wrong / years,
      ours: strengths.filter((strength) => strength > least).length / strengths.length,
      oursFalse: falseStrengths.filter((strength) => strength > least).length / years,
    }
  })
}
