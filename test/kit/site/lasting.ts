import { freshnessOf } from '../../../src/web/answer/freshness.ts'

/** One walk over a site: what it found to differ, when it was made, and of which published state; times in milliseconds. */
export interface Walked {
  readonly found: readonly string[]
  readonly began: number
  readonly ended: number
  /** Undefined where something was published meanwhile: then pages rightly differ. */
  readonly state: string | undefined
}

/** How old the oldest of the pages that a contradiction names may be, by how long an answer is held. */
function oldestOf(contradiction: string): number {
  const pages = contradiction.match(/(?<= )\/\w\w\/[^\s;]*/g) ?? []
  return Math.max(
    0,
    ...pages.map((page) => {
      const { freshMs, staleMs } = freshnessOf(page, () => true)
      return freshMs + staleMs
    }),
  )
}

/** Contradictions of one published state that are found again, in the same words, when no page may be so old any more. */
export function lastingIn(walks: readonly Walked[]): readonly string[] {
  const first = new Map<string, number>()
  const lasting = new Set<string>()
  for (const { found, began, ended, state } of walks) {
    if (state === undefined) continue
    for (const one of found) {
      const key = `${state}\n${one}`
      const since = first.get(key) ?? ended
      first.set(key, since)
      if (began > since && began - since >= oldestOf(one)) lasting.add(one)
    }
  }
  return [...lasting]
}
