import { CAUSES, type CauseItem } from '../../model/incident/cause.ts'
import { createRandom } from '../chain/random.ts'
import { quantileSorted } from '../statistics/quantile.ts'
import type { ObservedItem } from './cause-input.ts'
import { mixedRatio, quotableRatio, unlistedOf } from './ratio.ts'
import { drawBetaLaw } from './laws.ts'
import { drawTable, type TableDraws } from './table-draws.ts'
import { ITEMS, type CauseTable } from './table.ts'

/** 95 % interval of a log10 ratio. */
export interface RatioInterval {
  readonly lo95: number
  readonly hi95: number
}

export interface DrawOptions {
  readonly weights: Float64Array
  readonly seed: number
  readonly draws: number
}

/**
 * Items whose outcome is that of most observations. Where few were made, the outcome itself is uncertain: a draw of the
 * share of such observations, from Beta(k + ½, n − k + ½), that is below one half reads the item as "not this".
 */
const MAJORITY: ReadonlySet<CauseItem> = new Set([
  'pair',
  'neighbour',
  'stage',
  'dns',
  'doh',
  'abroad',
  'same-address-abroad',
  'other-countries',
  'vpn',
  'other-name',
  'ttl',
])

/**
 * 95 % intervals of every item alone and of all together, from draws of the table and of the counts behind the items.
 * Without draws nothing is known of the bounds: they are infinite.
 */
export function intervals(
  items: readonly ObservedItem[],
  table: CauseTable,
  options: DrawOptions,
): { readonly total: RatioInterval; readonly quoted: RatioInterval; readonly alone: readonly RatioInterval[] } {
  const { weights, seed, draws } = options
  const drawn = drawTable(table, draws)
  const products = Array.from({ length: draws }, () => new Float64Array(CAUSES.length).fill(1))
  const unlisted = new Float64Array(draws).fill(1)
  const alone = items.map((item) => {
    const rows = drawItem(item, drawn, { seed, draws })
    const even = unlistedOf(table, item.item)
    rows.forEach(({ row, turned }, draw) => {
      const product = products[draw]! // as many rows as draws
      for (let cause = 0; cause < row.length; cause++) product[cause]! *= row[cause]! // an entry for every cause
      unlisted[draw]! *= turned ? 1 - even : even
    })
    return bounds(rows.map(({ row }) => mixedRatio(row, weights)))
  })
  return {
    total: bounds(products.map((product) => mixedRatio(product, weights))),
    quoted: bounds(products.map((product, draw) => quotableRatio(product, unlisted[draw]!, weights).log10Lr)), // one a draw
    alone,
  }
}

interface DrawnItem {
  /** P(what was observed | cause). */
  readonly row: Float64Array
  /** The outcome is read as "not this one". */
  readonly turned: boolean
}

/** Correlations of two observations of one device: none is known, and each serves a third of the draws. */
const WITHIN = [0, 0.2, 0.5] as const

/** Of each observation, how much of an independent one it is worth, where devices made as many each: 1 / (1 + (m − 1) ρ). */
function independentShare({ n, probes }: ObservedItem['count'], rho: number): number {
  return 1 / (1 + Math.max(0, n / Math.max(1, probes) - 1) * rho)
}

/** P(what was observed of one item | cause), one row of causes for each draw. */
function drawItem(
  { item, outcome, count }: ObservedItem,
  drawn: TableDraws,
  { seed, draws }: { readonly seed: number; readonly draws: number },
): readonly DrawnItem[] {
  const rows = drawn[item].get(outcome) ?? []
  if (!MAJORITY.has(item) || count.n === 0) return rows.map((row) => ({ row, turned: false }))
  const random = createRandom(seed + 500 + 1000 * ITEMS.indexOf(item))
  return rows.slice(0, draws).map((row, draw) => {
    const worth = independentShare(count, WITHIN[draw % WITHIN.length]!) // below the length
    const turned = drawBetaLaw(random, count.k * worth + 0.5, (count.n - count.k) * worth + 0.5) < 0.5
    return { row: turned ? row.map((p) => 1 - p) : row, turned }
  })
}

function bounds(values: readonly number[]): RatioInterval {
  if (values.length === 0) return { lo95: -Infinity, hi95: Infinity }
  const ascending = Float64Array.from(values).sort()
  return { lo95: quantileSorted(ascending, 0.025), hi95: quantileSorted(ascending, 0.975) }
}
