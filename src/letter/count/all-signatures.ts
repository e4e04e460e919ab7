import { defined } from '../../core/model/defined.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { LetterStore, SignatureFilter, SignatureRow } from '../registry/contract.ts'

/** A row without what was sealed: what a list of many is made from. */
export type SignedRow = Omit<SignatureRow, 'sealed'>

const AT_ONCE = 500

/** Every signature that fits, in the order of its `ct`, a page at a time. */
export async function* allSignatures(
  store: Pick<LetterStore, 'find'>,
  filter: SignatureFilter,
): AsyncGenerator<SignedRow, void, undefined> {
  for (let after: Sha256 | undefined; ;) {
    const rows = await store.find(filter, { most: AT_ONCE, ...defined({ after }) })
    for (const { sealed: _, ...row } of rows) yield row
    after = rows.at(-1)?.ct
    if (rows.length < AT_ONCE) return
  }
}

/** Sums of signatures by tier, region and hour. */
export interface Sums {
  readonly tiers: Readonly<Partial<Record<SignatureRow['tier'], number>>>
  readonly regions: Readonly<Partial<Record<SignatureRow['region'], number>>>
  readonly hours: readonly { readonly hour: number; readonly count: number }[]
}

/** Sums of rows; those whose hour is gone are in no hour. */
export function sumsOf(rows: readonly Pick<SignatureRow, 'tier' | 'region' | 'hour'>[]): Sums {
  const count = <K extends string | number>(keys: readonly K[]): ReadonlyMap<K, number> => {
    const counts = new Map<K, number>()
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
    return counts
  }
  const hours = count(rows.flatMap(({ hour }) => (hour === null ? [] : [hour])))
  return {
    tiers: Object.fromEntries(count(rows.map(({ tier }) => tier))),
    regions: Object.fromEntries(count(rows.map(({ region }) => region))),
    hours: [...hours].sort(([a], [b]) => a - b).map(([hour, n]) => ({ hour, count: n })),
  }
}
