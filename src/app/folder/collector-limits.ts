import { join } from 'node:path'
import { Allowance, STRANGERS_PER_DAY } from '../../pipeline/receive/standing/allowance.ts'
import { ClockGuard, newestTime } from '../../pipeline/receive/clock-guard.ts'
import { CollectorLimits } from '../../pipeline/receive/collector-limits.ts'
import { systemClock } from '../../runtime/clock.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { FreeSpace, measureSpace } from '../../runtime/files/free-space.ts'
import type { OpenFolder } from './open.ts'

/** File of a data folder that counts the bytes of today. */
const TOTALS = 'received-today.json'
/** Share of a disk that unknown senders may fill in one day where the operator says nothing else. */
const OF_DISK = 1 / 16

export interface LimitSettings {
  /** Bytes a day of all senders that are neither known nor invited; absent: by the size of the disk. */
  readonly strangersPerDay?: number
  /** Whether the operator has checked the clock, although it is behind times that are on the disk. */
  readonly clockIsRight: boolean
}

/** Opens what bounds the collector of a folder: its disk, the allowances of senders, the clock. */
export async function openCollectorLimits(
  folder: Pick<OpenFolder, 'path' | 'archive'>,
  settings: LimitSettings,
): Promise<CollectorLimits & AsyncDisposable> {
  const perDay = settings.strangersPerDay ?? Math.min(STRANGERS_PER_DAY, OF_DISK * measureSpace(folder.path).size)
  const allowance = await Allowance.open(perDay, { file: join(folder.path, TOTALS), disk: REAL_DISK })
  const newest = settings.clockIsRight ? systemClock.now() : await newestTime(await folder.archive())
  const clock = new ClockGuard(newest, systemClock)
  const limits = new CollectorLimits({
    space: new FreeSpace(() => measureSpace(folder.path), systemClock),
    allowance,
    clock,
  })
  return Object.assign(limits, { [Symbol.asyncDispose]: () => allowance[Symbol.asyncDispose]() })
}
