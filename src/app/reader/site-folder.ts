import type { ReadLog } from '../../pipeline/log/read-log.ts'
import type { Reviews } from '../../pipeline/review/reviews.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { ReadIncidents } from '../../store/incidents/contract.ts'
import type { ReadWarehouse } from '../../store/warehouse/reading-warehouse.ts'

/** What a site asks of a data folder: nothing of it adds, signs or erases. */
export interface SiteFolder {
  readonly path: string
  /** Where engines that write while they read have their files. */
  readonly engines: string
  readonly logFolder: string
  /** The disk of that folder; absent: the system's. */
  readonly logDisk?: Disk
  readonly incidentsFolder: string
  warehouse(): Promise<ReadWarehouse>
  archive(): Promise<Pick<Archive, 'read' | 'readLeaf'>>
  incidents(): Promise<ReadIncidents>
  reviews(): Promise<ReadReviews>
  /** The log where one was begun. */
  begunLog(): Promise<ReadLog | undefined>
  /** Leaf of a published revision; undefined where there is none or the folder has no log. */
  revisionLeaf(incident: string, revision: number): Promise<number | undefined>
  /** Makes sure that the store of values which servers write is there. */
  seenValues(): Promise<unknown>
  /** The line of the key that signs copies; undefined where there is none. */
  mirrorKeyLine(): Promise<string | undefined>
  /** Closes something with the folder, before its stores. */
  closeWith(what: AsyncDisposable): void
}

/** What people did with incidents, as it is shown. */
export type ReadReviews = Pick<Reviews, 'unreadable' | 'of' | 'all' | 'changed'>
