import { RIVALS } from './rivals.ts'
import type { Rival } from './rivals.ts'
import type { SeriesScore } from './score.ts'
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

/** Strengths of one setting on all series: the best for each restriction that counts, and those of false incidents. */
interface Sweep {
  readonly found: readonly number[]
  /** Falling. */
  readonly wrong: readonly number[]
}

const sweepOf = (scores: readonly SeriesScore[]): Sweep => ({
  found: scores.flatMap(({ blocks }) => blocks.filter(eligible).map(({ strength }) => strength)),
  wrong: scores
    .filter(({ quiet }) => quiet)
    .flatMap(({ falseStrengths }) => falseStrengths)
    .toSorted((a, b) => b - a),
})

/**
 * Compares by recall over restrictions of an hour or more that three devices measured, and false ones in quiet series.
 * A rival with more false incidents than every threshold of the settings gives stands beside the loose settings.
 */
export function compareRivals(outcomes: readonly SeriesOutcome[]): readonly RivalLine[] {
  const quiet = outcomes.filter(({ score }) => score.quiet)
  const years = quiet.reduce((sum, { score }) => sum + score.years, 0)
  const usual = sweepOf(outcomes.map(({ score }) => score))
  const loose = sweepOf(outcomes.flatMap(({ loose: one }) => one ?? []))
  return RIVALS.map((rival) => {
    const found = outcomes.flatMap(({ score, rivals }) => {
      const hits = rivals.find((one) => one.rival === rival)?.found ?? []
      return hits.filter((_, index) => {
        const block = score.blocks[index]
        return block !== undefined && eligible(block)
      })
    })
    const wrong = quiet.reduce((sum, { rivals }) => sum + (rivals.find((one) => one.rival === rival)?.false ?? 0), 0)
    const ours = wrong > usual.wrong.length && loose.found.length > 0 ? loose : usual
    const least = ours.wrong[wrong] ?? -Infinity // strictly above it: no more false ones than the rival
    return {
      rival,
      recall: found.filter(Boolean).length / found.length,
      falsePerYear: wrong / years,
      ours: ours.found.filter((strength) => strength > least).length / ours.found.length,
      oursFalse: ours.wrong.filter((strength) => strength > least).length / years,
    }
  })
}
