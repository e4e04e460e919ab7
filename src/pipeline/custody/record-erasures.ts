import { withoutTraces } from '../../core/model/personal-trace.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { CustodyBook } from './custody-book.ts'

/** Characters of a reason that an event holds; a longer one stands whole in the archive's log of erasures. */
const MOST_REASON = 500

type Erased = Pick<Archive, 'erasedLeaves' | 'readLeaf'>
type Recorded = Pick<CustodyBook, 'record' | 'events'>

/** What was asked last of each book: of two at once, as of an erasure and a bundle, both would record the same. */
const TURNS = new WeakMap<Recorded, Promise<unknown>>()

/**
 * Records every erasure of an archive that has no event yet, by leaf and reason and never by id or content; gives how many.
 * Asked for after an erasure and before the chain is read, so that a crash between the two leaves none without its event.
 * What leads to a person is taken out of reasons: those of an earlier version were not held to that.
 */
export function recordErasures(archive: Erased, custody: Recorded): Promise<number> {
  const recorded = (TURNS.get(custody) ?? Promise.resolve()).then(() => recordMissing(archive, custody))
  TURNS.set(
    custody,
    recorded.catch(() => undefined),
  )
  return recorded
}

async function recordMissing(archive: Erased, custody: Recorded): Promise<number> {
  if (archive.erasedLeaves.length === 0) return 0
  const recorded = new Set<string>()
  for await (const { event } of custody.events())
    if (event.type === 'erased' && event.evidence.kind === 'measurement') recorded.add(event.evidence.id)
  let count = 0
  for (const leafIndex of archive.erasedLeaves.toSorted((a, b) => a - b)) {
    if (recorded.has(String(leafIndex))) continue
    const found = await archive.readLeaf(leafIndex)
    if (found?.kind !== 'erased') continue
    await custody.record({
      type: 'erased',
      evidence: { kind: 'measurement', id: String(leafIndex) },
      actor: 'operator',
      reason: withoutTraces(found.reason).slice(0, MOST_REASON).toWellFormed(),
      detail: { erased_at_utc: formatInstantUtc(found.erasedAt) },
    })
    count++
  }
  return count
}
