import type { CauseItem } from '../../model/incident/cause.ts'
import { createRandom, type Random } from '../chain/random.ts'
import { drawBetaLaw } from './laws.ts'
import { ITEMS, mapItems, type CauseTable } from './table.ts'

/**
 * How many incidents of a cause an entry is worth: each is drawn as if it had been read off so many. Ten gives .50 the
 * interval .22 to .78, and .02 the interval .00 to .26. Not twenty: in worlds whose probabilities are shifted by .8
 * logits intervals then claimed more than the world's own table in up to 10 % of incidents, with ten in 1 to 2 %
 * (bench/detect/cause.ts measures it on other worlds).
 */
export const EFFECTIVE_INCIDENTS = 10

/** Tables that could as well be the true one: by item and outcome, one row of causes for each draw. */
export type TableDraws = Readonly<Record<CauseItem, ReadonlyMap<string, readonly Float64Array[]>>>

/** No drawn entry is more extreme than this, so that a ratio stays finite. */
const EXTREME = 0.002

/** Seed of the draws of the table: one for all findings, so that they differ by their evidence alone. */
const SEED = 1

const drawn = new WeakMap<CauseTable, Map<number, TableDraws>>()

/**
 * Draws every entry p of the table from Beta(10p + ½, 10(1 − p) + ½). The draws of a table and number are made once:
 * they cost a tenth of a second and some megabytes, and every incident is weighed with the same ones.
 */
export function drawTable(table: CauseTable, draws: number): TableDraws {
  const known = drawn.get(table) ?? new Map<number, TableDraws>()
  drawn.set(table, known)
  const found = known.get(draws)
  if (found !== undefined) return found
  const made = mapItems((item) => {
    const random = createRandom(SEED + 1000 * ITEMS.indexOf(item))
    return new Map(
      [...table.p[item]].map(([outcome, row]) => [
        outcome,
        Array.from({ length: draws }, () => Float64Array.from(row, (p) => drawEntry(random, p))),
      ]),
    )
  })
  known.set(draws, made)
  return made
}

const drawEntry = (random: Random, p: number): number =>
  Math.min(
    1 - EXTREME,
    Math.max(EXTREME, drawBetaLaw(random, p * EFFECTIVE_INCIDENTS + 0.5, (1 - p) * EFFECTIVE_INCIDENTS + 0.5)),
  )
