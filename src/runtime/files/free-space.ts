import { statfsSync } from 'node:fs'
import type { Millis } from '../../core/model/units.ts'
import type { Clock } from '../clock.ts'

/** Free bytes of a file system, and all of its bytes. */
export interface Space {
  readonly free: number
  readonly size: number
}

/** `ample`: everyone may add. `reserved`: only senders that the operator invited or that are known. `none`: no one. */
export type SpaceLevel = 'ample' | 'reserved' | 'none'

const GIB = 2 ** 30
/** The question to the system takes microseconds; at 50 submissions a second it is asked once a second. */
const FRESH_MS = 1000

/** Bytes below which only invited and known senders may add: a fifth of the disk, at most 1 GiB. */
export const reservedBelow = ({ size }: Space): number => Math.min(GIB, size / 5)

/**
 * Bytes below which nothing more is accepted: a sixteenth of the disk, at most 256 MiB. The warehouse, the log and the
 * registry go on writing what follows from measurements that were accepted before.
 */
export const noneBelow = ({ size }: Space): number => Math.min(GIB / 4, size / 16)

/** Space of the file system of a folder, as an ordinary user may fill it. Throws where the folder cannot be read. */
export function measureSpace(folder: string): Space {
  const { bavail, blocks, bsize } = statfsSync(folder)
  return { free: bavail * bsize, size: blocks * bsize }
}

/** Knows how much space a data folder has left, a second old at most. */
export class FreeSpace {
  readonly #measure: () => Space
  readonly #clock: Pick<Clock, 'monotonic'>
  #space: Space | undefined
  #at: Millis | undefined
  /** Bytes added since the system was asked. */
  #added = 0

  constructor(measure: () => Space, clock: Pick<Clock, 'monotonic'>) {
    this.#measure = measure
    this.#clock = clock
  }

  /** Which senders may add now. A file system that cannot be asked has no space. */
  level(): SpaceLevel {
    const space = this.#current()
    if (space === undefined) return 'none'
    const free = space.free - this.#added
    if (free < noneBelow(space)) return 'none'
    return free < reservedBelow(space) ? 'reserved' : 'ample'
  }

  /** Counts bytes that are being added, until the system is asked again. */
  add(bytes: number): void {
    this.#added += bytes
  }

  #current(): Space | undefined {
    const now = this.#clock.monotonic()
    if (this.#at !== undefined && now - this.#at < FRESH_MS) return this.#space
    this.#at = now
    this.#added = 0
    try {
      this.#space = this.#measure()
    } catch {
      this.#space = undefined
    }
    return this.#space
  }
}
