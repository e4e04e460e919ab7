import type { Columns } from '../../src/core/detect/chain/columns.ts'
import { cusum, failureHours } from '../../src/core/detect/opinions/cusum.ts'
import type { Crossing } from '../../src/core/detect/opinions/cusum.ts'
import { fourFailed } from '../../src/core/detect/opinions/four-failed.ts'
import { pelt } from '../../src/core/detect/opinions/pelt.ts'
import { burstsOf, sliceTrials, trialsOf } from '../../src/core/detect/opinions/trials.ts'
import type { Trials } from '../../src/core/detect/opinions/trials.ts'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Truth } from './simulate.ts'

/** Methods that Kuager is measured against, on the same series. */
export const RIVALS = ['cusum_5', 'cusum_10', 'cusum_20', 'pelt', 'four_failed', 'silence'] as const
export type Rival = (typeof RIVALS)[number]

/** A stretch that a method calls restricted, UTC milliseconds; without an end it goes on. */
export interface RivalSpan {
  readonly from: number
  readonly until?: number
}

export interface RivalScore {
  readonly rival: Rival
  /** For each true restriction, whether a stretch overlaps it. */
  readonly found: readonly boolean[]
  /** Stretches that overlap none. */
  readonly false: number
}

/** CUSUM is still heard a little late: its hours end with the hour. The others are scored as Kuager is. */
const GRACE_MS = 2 * HOUR_MS
const graceOf = (rival: Rival): number => (rival.startsWith('cusum') ? GRACE_MS : 0)

/** Failing share from which a segment of PELT is called restricted: halfway between OONI's levels of 0 and .7. */
const SEGMENT_SHARE = 0.35
/** Bursts that PELT segments at once: more would take minutes. */
const PELT_BURSTS = 20_000
const BURST_GAP_MS = 300_000

/** What each rival says of a series. All take the same readings: failures without a passing control are left out. */
export function rivalSpans(columns: Columns): Readonly<Record<Rival, readonly RivalSpan[]>> {
  const trials = trialsOf(columns)
  const hours = failureHours(trials)
  const bursts = burstsOf(trials, BURST_GAP_MS)
  return {
    cusum_5: announced(cusum(hours, { edd: 5 })),
    cusum_10: announced(cusum(hours, { edd: 10 })),
    cusum_20: announced(cusum(hours, { edd: 20 })),
    pelt: segmented(bursts),
    four_failed: fourFailed(bursts),
    silence: [],
  }
}

/** Stretches that CUSUM announces: not its first crossing, which it never does. */
const announced = (crossings: readonly Crossing[]): readonly RivalSpan[] =>
  crossings.flatMap(({ at, to, silent }, index) => {
    const until = crossings[index + 1]?.at
    return to === 'restricted' && !silent ? [{ from: at, ...(until === undefined ? {} : { until }) }] : []
  })

function segmented(bursts: Trials): readonly RivalSpan[] {
  const spans: RivalSpan[] = []
  for (let first = 0; first < bursts.at.length; first += PELT_BURSTS) {
    const piece = sliceTrials(bursts, first, Math.min(bursts.at.length, first + PELT_BURSTS))
    const borders = [0, ...pelt(piece.fail), piece.fail.length]
    for (const [index, end] of borders.entries()) {
      const start = borders[index - 1]
      if (start === undefined || end === start) continue
      const failed = piece.fail.subarray(start, end).reduce((sum, fail) => sum + fail, 0)
      if (failed / (end - start) >= SEGMENT_SHARE)
        spans.push({ from: piece.at[start] ?? 0, until: piece.at[Math.min(end, piece.at.length - 1)] ?? Infinity })
    }
  }
  return spans
}

/** Scores every rival by the same rule as Kuager; CUSUM has two hours of grace after the end of a restriction. */
export function scoreRivals(truth: Truth, said: Readonly<Record<Rival, readonly RivalSpan[]>>): readonly RivalScore[] {
  return RIVALS.map((rival) => {
    const spans = said[rival]
    const hits = ({ from, until = Infinity }: RivalSpan, block: { from: number; until: number }): boolean =>
      from < block.until + graceOf(rival) && until > block.from
    return {
      rival,
      found: truth.blocks.map((block) => spans.some((span) => hits(span, block))),
      false: spans.filter((span) => !truth.blocks.some((block) => hits(span, block))).length,
    }
  })
}
