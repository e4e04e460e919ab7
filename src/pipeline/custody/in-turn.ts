import type { CustodyBook } from './custody-book.ts'

type Recorded = Pick<CustodyBook, 'record' | 'events'>

/** What was asked last of each book: of two at once, as of an erasure and a bundle, both would record the same. */
const TURNS = new WeakMap<Recorded, Promise<unknown>>()

/** Runs an act that records what a book does not have yet, after those that were asked before it. */
export function inTurn(custody: Recorded, act: () => Promise<number>): Promise<number> {
  const recorded = (TURNS.get(custody) ?? Promise.resolve()).then(act)
  TURNS.set(
    custody,
    recorded.catch(() => undefined),
  )
  return recorded
}
