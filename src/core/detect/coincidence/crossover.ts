import { HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { CrossoverTest } from '../../model/incident/coincidence.ts'
import type { Random } from '../chain/random.ts'
import { conditionalOdds, hoursNear, type HourlyStudy, type Stratum } from './odds.ts'

/** Weeks of a stratum: an hour is compared with the same hour of the same weekday in these weeks. */
const BLOCK_WEEKS = 4
const WEEK_HOURS = 7 * 24
const PERMUTATIONS = 999
const ROUNDING = 1e-9

/** One block of weeks: `score[from][to]` is the centred exposure of the onsets of week `from` on the hours of week `to`. */
interface Block {
  readonly score: readonly Float64Array[]
  readonly strata: readonly Stratum[]
}

/** Counts a block of weeks by hour of the week. */
function countBlock(study: HourlyStudy, first: number, weeks: number, hours: CountedHours): Block {
  const strata: Stratum[] = []
  const score = Array.from({ length: weeks }, () => new Float64Array(weeks))
  for (let clock = 0; clock < WEEK_HOURS; clock++) {
    const of = Array.from({ length: weeks }, (_, week) => (first + week) * WEEK_HOURS + clock)
    const watched = of.map((hour) => study.watchedHour(study.from + hour * HOUR_MS))
    const exposed = of.map((hour, week) => watched[week] === true && hours.near.has(hour))
    const cases = of.map((hour, week) => (watched[week] === true && hours.begun.has(hour) ? 1 : 0))
    const n = watched.filter(Boolean).length
    const total = exposed.filter(Boolean).length
    strata.push({
      week: first,
      n,
      exposed: total,
      cases: cases.filter((one) => one > 0).length,
      exposedCases: cases.filter((one, week) => one > 0 && exposed[week] === true).length,
    })
    if (n < 2 || total === 0 || total === n) continue
    for (const [from, one] of cases.entries())
      for (const [to, isExposed] of exposed.entries())
        if (one > 0 && watched[to] === true) score[from]![to]! += (isExposed ? 1 : 0) - total / n // weeks × weeks
  }
  return { score, strata }
}

interface CountedHours {
  readonly near: ReadonlySet<number>
  readonly begun: ReadonlySet<number>
}

/** An order of so many weeks, each equally likely (Fisher and Yates). */
function shuffled(weeks: number, random: Random): readonly number[] {
  const order = Array.from({ length: weeks }, (_, week) => week)
  for (let last = weeks - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1))
    ;[order[last], order[other]] = [order[other]!, order[last]!] // other ≤ last < weeks
  }
  return order
}

const scoreOf = ({ score }: Block, order: readonly number[]): number =>
  order.reduce((sum, to, from) => sum + (score[from]?.[to] ?? 0), 0)

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))

/**
 * Time-stratified case-crossover: the hour of each onset against the same hour and weekday of its own block of four
 * weeks. Odds ratio by conditional logistic regression, its interval by the sandwich over blocks. p by permuting whole
 * weeks of the onsets within their block, so that what hangs together within a week stays together. Sources: Levy et
 * al., Epidemiology 12 (2001) 186; Janes, Sheppard and Lumley, Epidemiology 16 (2005) 717.
 *
 * Wrong when both series are busier in the same weeks of a block: weeks are then not exchangeable, and p is too small.
 */
export function crossoverTest(study: HourlyStudy, random: Random): CrossoverTest {
  const weeks = Math.floor(study.days / 7)
  const hourOf = (at: number): number => Math.floor((at - study.from) / HOUR_MS)
  const onsets = study.onsets.map((draws) => draws[draws.length >> 1] ?? Number.NaN)
  const inside = onsets.filter((at) => at >= study.from && at < study.from + weeks * WEEK_MS)
  const hours = { near: hoursNear(study), begun: new Set(inside.map(hourOf)) }
  const blocks: Block[] = []
  for (let first = 0; first + 1 < weeks; first += BLOCK_WEEKS)
    blocks.push(countBlock(study, first, Math.min(BLOCK_WEEKS, weeks - first), hours))
  const natural = (block: Block): readonly number[] => Array.from(block.score, (_, week) => week)
  const observed = blocks.reduce((sum, block) => sum + scoreOf(block, natural(block)), 0)
  let reached = 1
  for (let run = 0; run < PERMUTATIONS; run++) {
    const drawn = blocks.reduce((sum, block) => sum + scoreOf(block, shuffled(block.score.length, random)), 0)
    if (drawn >= observed - ROUNDING) reached++
  }
  // Blocks that hold no onset, or no event, stay as they are in every order.
  const orders = blocks
    .filter(({ score }) => score.some((row) => row.some((one) => one !== 0)))
    .reduce((product, { score }) => product * factorial(score.length), 1)
  return {
    oddsRatio: conditionalOdds(blocks.flatMap(({ strata }) => strata)),
    p: reached / (PERMUTATIONS + 1),
    floor: Math.max(1 / (PERMUTATIONS + 1), 1 / orders),
    onsets: inside.length,
  }
}
