import { join } from 'node:path'
import { z } from 'zod'
import { instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { Schedule } from './schedule.ts'

const FILE = 'schedule.json'
const at = z.number().int().transform(instant)
const schema = z.object({ nextCore: at, half: z.number().int(), fullAt: at.optional() })

/** The schedule kept by the last daemon; undefined where there is none that can be read: a new one is drawn. */
export async function loadSchedule(probeFolder: string): Promise<Schedule | undefined> {
  try {
    const bytes = await readWhole(join(probeFolder, FILE))
    if (bytes === undefined) return undefined
    const { fullAt, ...rest } = schema.parse(JSON.parse(bytes.toString()))
    return fullAt === undefined ? rest : { ...rest, fullAt }
  } catch {
    return undefined
  }
}

/**
 * Keeps the schedule, so that a restart draws nothing again: otherwise restarting would be a way to choose the times.
 */
export async function saveSchedule(probeFolder: string, schedule: Schedule): Promise<void> {
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, FILE), Buffer.from(JSON.stringify(schedule)))
}
