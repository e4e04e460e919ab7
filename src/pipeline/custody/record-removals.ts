import type { Archive } from '../../store/archive/contract.ts'
import type { CustodyBook } from './custody-book.ts'
import { recordErasures } from './record-erasures.ts'
import { recordThinnings } from './record-thinnings.ts'

/** Records every erasure and every thinning of an archive that has no event yet. */
export async function recordRemovals(
  archive: Pick<Archive, 'erasedLeaves' | 'readLeaf' | 'thinned'>,
  custody: Pick<CustodyBook, 'record' | 'events'>,
): Promise<void> {
  await recordErasures(archive, custody)
  await recordThinnings(archive, custody)
}
