import type { Realm } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { formatInstantUtc } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import type { Clock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import { BatchSlots } from './batch.ts'
import type { ReadLimits } from './read/piece.ts'
import { findSources } from './read/source.ts'
import { importSource } from './import-source.ts'
import { openRejects } from './rejects.ts'
import { RowInserter } from '../judge/row-inserter.ts'
import { addTally, emptyTally, type ImportTally } from './tally.ts'

/** Where measurements go. `folder` is the held data folder in which both stores lie. */
export interface ImportStores {
  readonly folder: string
  readonly archive: Archive
  readonly warehouse: Warehouse
  readonly pool: WorkerPool
  readonly clock: Clock
  /** The one realm whose measurements the folder takes, since its log is of it; absent or undefined: both are. */
  readonly realm?: () => Promise<Realm | undefined>
}

export interface ImportProgress {
  /** Source being read, as positions name it. */
  readonly source: string
  /** Bytes of the source read so far, compressed as they lie there, and how many it has where known. */
  readonly bytes: number
  readonly size: number | undefined
  /** Counts of the whole import so far. */
  readonly tally: Readonly<ImportTally>
}

export interface ImportOptions {
  readonly signal: AbortSignal
  readonly channel: Provenance['channel']
  /** Kept with every measurement; by default the name of the file without its folders. */
  readonly origin?: string
  readonly limits?: Partial<ReadLimits>
  /** Values judged and appended at once; 256 where not given. */
  readonly batchValues?: number
  onProgress?(progress: ImportProgress): void
  /** Called for every portion read from a source, with its length as stored. */
  onBytes?(count: number): void
}

export interface ImportResult {
  readonly tally: Readonly<ImportTally>
  /** Files below the data folder that say what was not taken, with position and reason. */
  readonly rejects: readonly string[]
  /** Whether rows are missing from the warehouse (a thread died): catch up from the archive. */
  readonly rowsLost: boolean
}

const BATCH_VALUES = 256

/**
 * Imports a file, a folder or a URL: archive first (durable), warehouse behind it. Idempotent by the digest of each
 * measurement; an interrupted import of a file continues where it was and ends with the counts of an uninterrupted
 * one. Throws InputError where there is nothing to read; a bad value never stops it.
 */
export async function importMeasurements(
  named: string,
  stores: ImportStores,
  options: ImportOptions,
): Promise<ImportResult> {
  const tally = emptyTally()
  const files = new Set<string>()
  const rows = new RowInserter(stores.warehouse)
  const room = new BatchSlots()
  let rowsLost = false
  const name = `${formatInstantUtc(stores.clock.now()).replace(/[-:.]/g, '')}-${stores.archive.size}.jsonl`
  await using rejects = await openRejects(stores.folder, name, { bytes: 0, disk: REAL_DISK })
  try {
    for await (const source of findSources(named)) {
      const result = await importSource(source, {
        ...stores,
        rows,
        rejects,
        room,
        signal: options.signal,
        limits: options.limits ?? {},
        batchValues: options.batchValues ?? BATCH_VALUES,
        onBytes: (count) => options.onBytes?.(count),
        provenance: { channel: options.channel, origin: options.origin ?? source.name.replace(/^.*\//s, '') },
        onRowsLost: () => (rowsLost = true),
        onProgress: ({ bytes, tally: part }) => {
          const whole = structuredClone(tally)
          addTally(whole, part)
          options.onProgress?.({ source: source.name, bytes, size: source.size, tally: whole })
        },
      })
      addTally(tally, result.tally)
      if (result.tally.aside + result.tally.rejected + result.tally.barred > 0) files.add(result.rejects)
    }
  } catch (error) {
    await rows.flush().catch(() => undefined) // what is archived is judged again at the next start where this fails
    throw error
  }
  await rows.flush()
  return { tally, rejects: [...files], rowsLost }
}
