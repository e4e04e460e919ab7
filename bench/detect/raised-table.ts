// The table of items conditional on an incident being raised: shares counted on made worlds, shrunk towards the table of
// estimates where few incidents of a cause were raised.
import { leastOf, mapItems, outcomesOf, type CauseTable } from '../../src/core/detect/cause/table.ts'
import { EFFECTIVE_INCIDENTS } from '../../src/core/detect/cause/table-draws.ts'
import { CAUSES, type Cause, type CauseItem } from '../../src/core/model/incident/cause.ts'
import type { SeenItem } from './cause-incident.ts'

/** One raised incident and how much it counts: the share of its kind within its row. */
export interface Counted {
  readonly row: Cause
  readonly weight: number
  readonly items: readonly SeenItem[]
}

/**
 * P(outcome | cause, raised): the shares of the raised incidents in which the item was observed, the estimate counting as
 * ten incidents. A row of which none was raised, and an item that no world gives, stays as it was estimated.
 */
export function conditionalTable(incidents: readonly Counted[], estimates: CauseTable): CauseTable {
  const byRow = Map.groupBy(incidents, ({ row }) => row)
  const column = (item: CauseItem): ReadonlyMap<string, readonly number[]> => {
    const rows = CAUSES.map((cause, at) => {
      const prior = outcomesOf(item).map((outcome) => estimates.p[item].get(outcome)?.[at] ?? 0)
      const seen = (byRow.get(cause) ?? []).flatMap(({ items, weight }) => {
        const found = items.find((one) => one.item === item)
        return found === undefined ? [] : [{ outcome: found.outcome, weight }]
      })
      const sum = seen.reduce((total, { weight }) => total + weight, 0)
      const squares = seen.reduce((total, { weight }) => total + weight ** 2, 0)
      const n = squares === 0 ? 0 : sum ** 2 / squares // incidents of equal weight that are worth as much
      const values = outcomesOf(item).map((outcome, i) => {
        const those = seen.filter((one) => one.outcome === outcome)
        const share = sum === 0 ? 0 : those.reduce((total, { weight }) => total + weight, 0) / sum
        return Math.max(leastOf(item), (share * n + (prior[i] ?? 0) * EFFECTIVE_INCIDENTS) / (n + EFFECTIVE_INCIDENTS))
      })
      const total = values.reduce((all, value) => all + value, 0)
      return values.map((value) => value / total)
    })
    return new Map(outcomesOf(item).map((outcome, i) => [outcome, rows.map((values) => values[i]!)])) // an entry for each
  }
  return { digest: 'conditional', p: mapItems(column) }
}
