// Whether the interval of a ratio holds the ratio that the world's own table gives.
import { CAUSES, type CauseItem } from '../../src/core/model/incident/cause.ts'
import { intervals } from '../../src/core/detect/cause/intervals.ts'
import { normaliseWeights, type CauseWeights } from '../../src/core/detect/cause/ratio.ts'
import { ITEMS, mapItems, outcomesOf, type CauseTable } from '../../src/core/detect/cause/table.ts'
import { weighItems } from '../../src/core/detect/cause/weigh.ts'
import { drawIncidents, type Simulated, type World } from './cause-world.ts'

/** The table as it is in a world: shares counted on so many incidents of each kind, a half added to each count. */
export function countTable(world: World, of: { readonly seed: number; readonly each: number }): CauseTable {
  const counts = mapItems(
    (item) => new Map<string, number[]>(outcomesOf(item).map((outcome) => [outcome, CAUSES.map(() => 0.5)])),
  )
  const add = (cause: number, item: CauseItem, outcome: string, weight: number): void => {
    const row = counts[item].get(outcome)
    if (row !== undefined) row[cause]! += weight // an entry for every cause
  }
  world.kinds.forEach((kind, at) => {
    const cause = CAUSES.indexOf(kind.row)
    const share = world.shares[at]! // one a kind
    const rows = world.kinds.filter(({ row }) => row === kind.row)
    const whole = rows.reduce((sum, one) => sum + world.shares[world.kinds.indexOf(one)]!, 0) // one a kind
    const incidents = drawIncidents(world, { seed: of.seed + at, count: of.each, missing: [0, 0], kind: kind.kind })
    for (const { items } of incidents)
      for (const { item, outcome } of items) add(cause, item, outcome, (share / whole) * rows.length)
  })
  const p = mapItems((item) => {
    const rows = [...counts[item].values()]
    const sums = CAUSES.map((_, cause) => rows.reduce((sum, row) => sum + row[cause]!, 0)) // an entry for every cause
    return new Map(
      [...counts[item]].map(([outcome, row]) => [outcome, row.map((count, cause) => count / sums[cause]!)]),
    )
  })
  return { digest: 'counted', p }
}

export interface Coverage {
  /** Share of incidents whose 95 % interval holds the ratio under the world's own table. */
  readonly held: number
  /** Share whose interval claims more than that table does, on either side. */
  readonly overstated: number
}

/** Compares the interval under the table with the ratio under the world's own. */
export function coverage(
  incidents: readonly Simulated[],
  tables: { readonly ours: CauseTable; readonly own: CauseTable },
  given: CauseWeights,
): Coverage {
  const weights = normaliseWeights(given)
  let held = 0
  let overstated = 0
  for (const { items } of incidents) {
    const observed = ITEMS.flatMap((item) =>
      items
        .filter((one) => one.item === item)
        .map((one) => ({ ...one, count: { k: 0, n: 0, probes: 0 }, source: 'simulated' })),
    )
    const { total } = intervals(observed, tables.ours, { weights, seed: 1, draws: 400 })
    const said = weighItems(items, tables.ours, given).log10Lr
    const truth = weighItems(items, tables.own, given).log10Lr
    if (truth >= total.lo95 && truth <= total.hi95) held++
    else if (said > 0 ? truth < total.lo95 : truth > total.hi95) overstated++
  }
  return { held: held / incidents.length, overstated: overstated / incidents.length }
}
