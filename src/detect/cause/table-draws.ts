import type { CauseItem } from '../../model/cause.ts'
import { createRandom, type Random } from '../random.ts'
import { drawBeta } from './laws.ts'
import { ITEMS, mapItems, type CauseTable } from './table.ts'

/**
 * How many incidents of a cause an entry is worth: each is drawn as if it had been read off so many. Entries are
 * judgement; twenty gives .50 the interval .30 to .70, and .02 the interval .00 to .16.
 */
export const EFFECTIVE_INCIDENTS = 20

/** Tables that could as well be the true one: by item and outcome, one row of causes for each draw. */
export type TableDraws = Readonly<Record<CauseItem, ReadonlyMap<string, readonly Float64Array[]>>>

/** No drawn entry is more extreme than this, so that a ratio stays finite. */
const EXTREME = 0.002

const drawn = new WeakMap<CauseTable, Map<string, TableDraws>>()

/**
 * Draws every entry p of the table from Beta(20p + ½, 20(1 − p) + ½). The draws of a table, number and seed are made
 * once: they cost tens of milliseconds, and every incident is weighed with the same ones.
 */
export function drawTable(table: CauseTable, draws: number, seed: number): TableDraws {
  const known = drawn.get(table) ?? new Map<string, TableDraws>()
  drawn.set(table, known)
  const key = `${draws} ${seed}`
  const found = known.get(key)
  if (found !== undefined) return found
  const made = mapItems((item) => {
    const random = createRandom(seed + 1000 * ITEMS.indexOf(item))
    return new Map(
      [...table.p[item]].map(([outcome, row]) => [
        outcome,
        Array.from({ length: draws }, () => Float64Array.from(row, (p) => drawEntry(random, p))),
      ]),
    )
  })
  known.set(key, made)
  return made
}

const drawEntry = (random: Random, p: number): number =>
  Math.min(
    1 - EXTREME,
    Math.max(EXTREME, drawBeta(random, p * EFFECTIVE_INCIDENTS + 0.5, (1 - p) * EFFECTIVE_INCIDENTS + 0.5)),
  )
