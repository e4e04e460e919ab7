/** What an import did, value by value. `read` is the sum of all the others. */
export interface ImportTally {
  read: number
  added: number
  known: number
  barred: number
  aside: number
  rejected: number
  /** How often each code occurred, of set-aside and rejected values. */
  readonly reasons: Record<string, number>
}

export const emptyTally = (): ImportTally => ({
  read: 0,
  added: 0,
  known: 0,
  barred: 0,
  aside: 0,
  rejected: 0,
  reasons: {},
})

export type Fate = 'added' | 'known' | 'barred' | 'aside' | 'rejected'

/** Counts one value. */
export function count(tally: ImportTally, fate: Fate, code?: string): void {
  tally.read++
  tally[fate]++
  if (code !== undefined) tally.reasons[code] = (tally.reasons[code] ?? 0) + 1
}

/** Adds one tally to another. */
export function addTally(into: ImportTally, other: ImportTally): void {
  for (const key of ['read', 'added', 'known', 'barred', 'aside', 'rejected'] as const) into[key] += other[key]
  for (const [code, times] of Object.entries(other.reasons)) into.reasons[code] = (into.reasons[code] ?? 0) + times
}
