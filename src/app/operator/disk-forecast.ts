import { existsSync } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DAY_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'
import { measureSpace, reservedBelow } from '../../runtime/files/free-space.ts'
import type { OpenFolder } from '../folder/open.ts'

/** Days of the archive by which its growth is estimated. */
const GROWTH_DAYS = 7
/** For 5.5 KB of archive there are 530 to 910 bytes of rows and 490 of leaves and tiles. */
const WITH_DERIVED = 1.25

/** Space of the disk of a folder, and for how many days it lasts if it goes on as in the last week. */
export interface DiskForecast {
  readonly space: ReturnType<typeof measureSpace>
  /** Bytes before only measurements of known keys are accepted; negative below that. */
  readonly left: number
  /** Undefined where nothing came in. */
  readonly days: number | undefined
}

/** Extends the growth of the archive of the last week. */
export async function forecastDisk({ path, archiveFolder }: OpenFolder): Promise<DiskForecast> {
  const space = measureSpace(path)
  const grown = await bytesSince(join(archiveFolder, 'segments'), systemClock.now() - GROWTH_DAYS * DAY_MS)
  const perDay = (grown * WITH_DERIVED) / GROWTH_DAYS
  const left = space.free - reservedBelow(space)
  return { space, left, days: perDay > 0 ? Math.max(0, left / perDay) : undefined }
}

async function bytesSince(folder: string, since: number): Promise<number> {
  if (!existsSync(folder)) return 0
  let bytes = 0
  for (const name of await readdir(folder)) {
    const { mtimeMs, size } = await lstat(join(folder, name))
    if (mtimeMs >= since) bytes += size
  }
  return bytes
}
