import { parseCustodyEvent } from '../../core/evidence/custody/custody-event.ts'
import type { CustodyEvent } from '../../core/model/custody.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { EntryLeaves } from '../log/entry-leaves.ts'

/** An event as it is kept: a leaf of the log, and its bytes. */
export interface LoggedCustody {
  readonly leafIndex: number
  readonly event: CustodyEvent
  /** Canonical JSON, as logged. */
  readonly bytes: Uint8Array
}

export type OnUnreadable = (leafIndex: number, error: unknown) => void

/**
 * Events of custody of the archive of a data folder, in the order of the log; no key is needed to read them. An event that
 * cannot be read ends it with an error, or is left out where `onUnreadable` hears of it.
 */
export async function* readCustody(
  archive: Pick<Archive, 'readLeaf' | 'leaves' | 'size'>,
  folder: string,
  onUnreadable?: OnUnreadable,
): AsyncIterable<LoggedCustody> {
  yield* readEvents(archive, await new EntryLeaves('custody-event', archive, folder).look(), onUnreadable)
}

/** Events of these leaves, in their order. */
export async function* readEvents(
  archive: Pick<Archive, 'readLeaf'>,
  leaves: readonly number[],
  onUnreadable: OnUnreadable | undefined,
): AsyncIterable<LoggedCustody> {
  for (const leafIndex of leaves) {
    let found: LoggedCustody
    try {
      found = await readEvent(archive, leafIndex)
    } catch (error) {
      if (onUnreadable === undefined) throw error
      onUnreadable(leafIndex, error)
      continue
    }
    yield found
  }
}

async function readEvent(archive: Pick<Archive, 'readLeaf'>, leafIndex: number): Promise<LoggedCustody> {
  const found = await archive.readLeaf(leafIndex)
  if (found?.kind !== 'entry' || found.entry !== 'custody-event')
    throw new Fault(`Cannot read leaf ${leafIndex}: its record says that it is an event of custody, its entry does not`)
  return { leafIndex, event: parseCustodyEvent(found.bytes), bytes: found.bytes }
}
