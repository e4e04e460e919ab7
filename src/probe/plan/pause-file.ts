import { join } from 'node:path'
import { z } from 'zod'
import { HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK, isMissing } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'

const FILE = 'pause.json'
/** A day, and the hour by which clocks are set between summer and winter. */
const LONGEST = 25 * HOUR_MS
const schema = z.object({ until_utc: z.iso.datetime() })

/** Until when nothing is measured or sent, as its owner asked; undefined where that time is over or was never asked for. */
export async function pausedUntil(probeFolder: string, now: Instant): Promise<Instant | undefined> {
  try {
    const bytes = await readWhole(join(probeFolder, FILE))
    if (bytes === undefined) return undefined
    const until = instant(Date.parse(schema.parse(JSON.parse(bytes.toString())).until_utc))
    // Longer than any pause that is offered: the clock was set back meanwhile.
    return until > now && until <= now + LONGEST ? until : undefined
  } catch {
    return undefined
  }
}

/** Pauses until an instant, or ends a pause. */
export async function savePause(probeFolder: string, until: Instant | undefined): Promise<void> {
  if (until === undefined) {
    try {
      await REAL_DISK.remove(join(probeFolder, FILE))
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    return
  }
  await REAL_DISK.makeFolder(probeFolder)
  const text = JSON.stringify({ until_utc: new Date(until).toISOString() })
  await writeDurable(join(probeFolder, FILE), Buffer.from(`${text}\n`))
}
