import { formatInstantUtc } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { CustodyBook } from './custody-book.ts'
import { inTurn } from './in-turn.ts'
import { recordErasures } from './record-erasures.ts'

type Thinned = Pick<Archive, 'thinned'>
type Recorded = Pick<CustodyBook, 'record' | 'events'>

/**
 * Records every thinning of a segment that has no event yet, with counts and months; gives how many. The event is of the
 * type `erased` and names a run of leaves: an erasure of one measurement is of another kind of evidence. Asked for after a
 * thinning and before the chain is read, so that a crash between the two leaves none without its event.
 */
export function recordThinnings(archive: Thinned, custody: Recorded): Promise<number> {
  return inTurn(custody, () => recordMissing(archive, custody))
}

/** Records every erasure and every thinning of an archive that has no event yet. */
export async function recordRemovals(
  archive: Pick<Archive, 'erasedLeaves' | 'readLeaf' | 'thinned'>,
  custody: Recorded,
): Promise<void> {
  await recordErasures(archive, custody)
  await recordThinnings(archive, custody)
}

async function recordMissing({ thinned }: Thinned, custody: Recorded): Promise<number> {
  if (thinned.length === 0) return 0
  const recorded = new Set<string>()
  for await (const { event } of custody.events())
    if (event.type === 'erased' && event.evidence.kind === 'measurements')
      recorded.add(`${event.evidence.id} ${String(event.detail['erased_at_utc'])}`)
  let count = 0
  for (const { at, firstLeaf, leaves, months } of thinned) {
    const id = `${firstLeaf}-${firstLeaf + leaves - 1}`
    const erasedAt = formatInstantUtc(at)
    if (recorded.has(`${id} ${erasedAt}`)) continue
    await custody.record({
      type: 'erased',
      evidence: { kind: 'measurements', id },
      actor: 'operator',
      reason:
        'thinned: scheduled measurements that found the service reachable, far from every incident; their verdicts and log entries stay',
      detail: {
        erased_at_utc: erasedAt,
        measurements: Object.values(months).reduce((sum, runs) => sum + runs, 0),
        months: Object.keys(months).toSorted().join(' '),
      },
    })
    count++
  }
  return count
}
