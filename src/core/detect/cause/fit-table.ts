import { CAUSES, FAULT_CAUSES, INTERFERENCE_CAUSES, type Cause, type CauseItem } from '../../model/incident/cause.ts'
import type { CauseTableFile } from '../../model/tables/cause-table.ts'
import type { ObservedItem } from './cause-input.ts'
import { column } from './ratio.ts'
import { ITEMS, leastOf, outcomesOf, type CauseTable } from './table.ts'

/** An incident with its pieces of evidence, and what a reviewer found: its cause, or the side alone. */
export interface ReviewedIncident {
  readonly items: readonly Pick<ObservedItem, 'item' | 'outcome'>[]
  readonly truth: Cause | 'interference' | 'fault'
}

export interface FittedTable {
  readonly causes: CauseTableFile['causes']
  /** Incidents by cause; parts of one where only the side was known. */
  readonly incidents: Readonly<Record<Cause, number>>
  readonly rounds: number
}

/** Rounds after which the search ends, and the greatest change of an entry that still counts as one. */
const MOST_ROUNDS = 200
const STILL = 1e-6

type Entries = ReadonlyMap<string, Float64Array>
const keyOf = (item: CauseItem, outcome: string): string => `${item} ${outcome}`

/**
 * A table in which every entry is the posterior mean of its outcome: the prior has today's entries with the strength of
 * so many incidents (docs/methods/validation.md, section 8). Where only the side of an incident is known, it counts for
 * each cause of the side by its posterior probability, until nothing moves.
 */
export function fitTable(incidents: readonly ReviewedIncident[], table: CauseTable, strength: number): FittedTable {
  const prior: Entries = new Map(
    ITEMS.flatMap((item) =>
      outcomesOf(item).map(
        (outcome) => [keyOf(item, outcome), Float64Array.from(column(table, item, outcome))] as const,
      ),
    ),
  )
  let entries = prior
  let shares: readonly Float64Array[] = []
  let rounds = 0
  for (; rounds < MOST_ROUNDS; rounds++) {
    shares = incidents.map((one) => sharesOf(one, entries))
    const next = posterior(incidents, shares, { prior, strength })
    const moved = Math.max(
      ...[...next].flatMap(([key, values]) =>
        [...values].map((value, c) => Math.abs(value - (entries.get(key)?.[c] ?? 0))),
      ),
    )
    entries = next
    if (moved < STILL) break
  }
  const counted = CAUSES.map((cause, c) => [cause, shares.reduce((sum, share) => sum + (share[c] ?? 0), 0)] as const)
  return {
    causes: CAUSES.map((cause, c) => ({
      cause,
      p: Object.fromEntries(ITEMS.map((item) => [item, rowOf(entries, item, c)])),
    })),
    incidents: Object.fromEntries(counted) as Record<Cause, number>,
    rounds: rounds + 1,
  }
}

/** How much an incident counts for each cause: 1 in all. */
function sharesOf({ items, truth }: ReviewedIncident, entries: Entries): Float64Array {
  const side: readonly Cause[] =
    truth === 'interference' ? INTERFERENCE_CAUSES : truth === 'fault' ? FAULT_CAUSES : [truth]
  const shares = Float64Array.from(CAUSES, (cause, c) =>
    side.includes(cause)
      ? items.reduce((product, { item, outcome }) => product * (entries.get(keyOf(item, outcome))?.[c] ?? 1), 1)
      : 0,
  )
  const sum = shares.reduce((total, share) => total + share, 0)
  return shares.map((share) => share / sum)
}

function posterior(
  incidents: readonly ReviewedIncident[],
  shares: readonly Float64Array[],
  { prior, strength }: { readonly prior: Entries; readonly strength: number },
): Entries {
  const counts = new Map([...prior].map(([key, values]) => [key, values.map((value) => value * strength)]))
  const totals = new Map(ITEMS.map((item) => [item, new Float64Array(CAUSES.length).fill(strength)]))
  for (const [i, { items }] of incidents.entries())
    for (const { item, outcome } of items) {
      const [count, total] = [counts.get(keyOf(item, outcome)), totals.get(item)]
      for (const [c, share] of (shares[i] ?? []).entries()) {
        if (count !== undefined) count[c] = (count[c] ?? 0) + share
        if (total !== undefined) total[c] = (total[c] ?? 0) + share
      }
    }
  return new Map(
    ITEMS.flatMap((item) =>
      outcomesOf(item).map((outcome) => {
        const key = keyOf(item, outcome)
        return [
          key,
          (counts.get(key) ?? new Float64Array()).map((count, c) => count / (totals.get(item)?.[c] ?? 1)),
        ] as const
      }),
    ),
  )
}

/** The outcomes of an item for one cause, within the bounds of a table, with four digits, summing to 1. */
function rowOf(entries: Entries, item: CauseItem, c: number): Record<string, number> {
  const outcomes = outcomesOf(item)
  const least = leastOf(item)
  let values = outcomes.map((outcome) => entries.get(keyOf(item, outcome))?.[c] ?? 0)
  for (let i = 0; i < outcomes.length; i++) {
    const low = values.map((value) => value <= least)
    const free = values.reduce((sum, value, k) => sum + (low[k] === true ? 0 : value), 0)
    const left = 1 - least * low.filter(Boolean).length
    values = values.map((value, k) => (low[k] === true ? least : (value * left) / free))
  }
  const rounded = values.map((value) => Math.round(value * 1e4) / 1e4)
  return Object.fromEntries(outcomes.map((outcome, k) => [outcome, rounded[k] ?? least]))
}
