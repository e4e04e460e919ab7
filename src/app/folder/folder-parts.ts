import type { OverlayDisk } from '../../runtime/files/overlay-disk.ts'
import type { ThreadLimits } from '../../runtime/worker-pool.ts'
import type { WarehouseOptions } from '../../store/warehouse/open.ts'

/** What a folder that cannot be written is opened over. */
export interface ReadingParts extends AsyncDisposable {
  /** Changes of its files stay in memory. */
  readonly disk: OverlayDisk
  /** Folder in which the engines that write while they read have what they need. */
  readonly work: string
}

/** How much of the machine the engines of a folder may take; absent: as much as a server needs. */
export interface FolderLimits {
  readonly warehouse?: Pick<WarehouseOptions, 'memoryBytes' | 'threads'>
  /** Whether a server of the warehouse may be away: what needs it fails until it is back. */
  readonly warehouseMayBeAway?: boolean
  /** Whether another process may hold keys that are in a database: revocations are then read there, without its lock. */
  readonly keysOfAnother?: boolean
  /** Threads that judge, and threads that detect. */
  readonly judges?: ThreadLimits
  readonly detectors?: ThreadLimits
}
