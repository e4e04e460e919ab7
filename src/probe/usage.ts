import { join } from 'node:path'
import { z } from 'zod'
import type { Instant } from '../model/units.ts'
import { REAL_DISK } from '../sys/disk.ts'
import { readWhole, writeDurable } from '../sys/durable-file.ts'
import { monthOf } from './identity/month.ts'

const count = z.number().int().nonnegative()
const usageSchema = z.object({
  month: z.string(),
  /** Runs of the schedule, and bytes of all they moved, delivery included. */
  scheduled: z.object({ runs: count, bytes: count }),
  /** Runs that somebody began. They count towards nothing: otherwise a busy evening would end the schedule early. */
  other: z.object({ runs: count, bytes: count }),
})

/** Bytes and runs of one month, as this probe counts them: payload, without headers of IP and TCP. */
export type Usage = Readonly<z.infer<typeof usageSchema>>

const PATH = 'usage.json'
const none = (month: string): Usage => ({ month, scheduled: { runs: 0, bytes: 0 }, other: { runs: 0, bytes: 0 } })

/** What was used in the month of `at`. A file that cannot be read counts as none. */
export async function loadUsage(probeFolder: string, at: Instant): Promise<Usage> {
  const month = monthOf(at)
  try {
    const bytes = await readWhole(join(probeFolder, PATH))
    const usage = bytes === undefined ? none(month) : usageSchema.parse(JSON.parse(bytes.toString()))
    return usage.month === month ? usage : none(month)
  } catch {
    return none(month)
  }
}

/** Adds to what was used. One process at a time: the one that measures or sends. */
export async function addUsage(
  probeFolder: string,
  at: Instant,
  more: { readonly scheduled: boolean; readonly runs: number; readonly bytes: number },
): Promise<void> {
  const usage = await loadUsage(probeFolder, at)
  const part = more.scheduled ? 'scheduled' : 'other'
  const { runs, bytes } = usage[part]
  const next: Usage = { ...usage, [part]: { runs: runs + more.runs, bytes: bytes + more.bytes } }
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, PATH), Buffer.from(JSON.stringify(next)))
}
