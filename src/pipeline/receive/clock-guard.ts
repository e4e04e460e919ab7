import { MINUTE_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Clock } from '../../runtime/clock.ts'

/** How far the clock may be behind what was written before: time servers correct small errors backwards too. */
const TOLERANCE_MS = 10 * MINUTE_MS
/** Leaves at the end of the archive that are read for their times. */
const READ_LEAVES = 16

/**
 * Knows whether the clock of the machine went back: it is then earlier than a time of receipt that is on the disk.
 * With such a clock the collector would call honest measurements "from the future", and write false times of receipt.
 */
export class ClockGuard {
  readonly #clock: Pick<Clock, 'now'>
  #newest: Instant

  /** `newest`: the latest time that is on the disk. */
  constructor(newest: Instant, clock: Pick<Clock, 'now'>) {
    this.#newest = newest
    this.#clock = clock
  }

  /** Whether the clock is behind what it, or an earlier process, has written. */
  get isBack(): boolean {
    return this.#clock.now() < this.#newest - TOLERANCE_MS
  }

  /** Takes a time of receipt that is being written. */
  note(at: Instant): void {
    if (at > this.#newest) this.#newest = at
  }
}

/** The latest time among the last entries of an archive: of receipt, or of an erasure. 1970 where there is none. */
export async function newestTime(archive: Pick<Archive, 'size' | 'readLeaf'>): Promise<Instant> {
  let newest = instant(0)
  for (let leaf = Math.max(0, archive.size - READ_LEAVES); leaf < archive.size; leaf++) {
    const found = await archive.readLeaf(leaf)
    if (found === undefined) break
    const at =
      found.kind === 'erased' ? found.erasedAt : 'provenance' in found ? found.provenance.receivedAt : found.receivedAt
    if (at > newest) newest = at
  }
  return newest
}
