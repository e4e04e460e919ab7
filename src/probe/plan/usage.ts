import { join } from 'node:path'
import { z } from 'zod'
import type { Instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { monthOf } from '../identity/month.ts'

const count = z.number().int().nonnegative()
const usageSchema = z.object({
  month: z.string(),
  /** Runs of the schedule, and bytes of all they moved, delivery included. */
  scheduled: z.object({ runs: count, bytes: count }),
  /** Runs that a person began. They count towards nothing: otherwise a busy evening would end the schedule early. */
  other: z.object({ runs: count, bytes: count }),
})

/**
 * Bytes and runs of one month, as they really were, to be shown: of measuring with estimated headers, of sending only
 * the bodies. The schedule does not depend on them (`src/probe/plan/reckoning.ts`).
 */
export type Usage = Readonly<z.infer<typeof usageSchema>>

/** Measuring and sending may go on in two processes at once: each writes a file of its own. */
const PARTS = ['measured', 'sent'] as const
export type UsagePart = (typeof PARTS)[number]

const fileOf = (part: UsagePart): string => `usage-${part}.json`
const none = (month: string): Usage => ({ month, scheduled: { runs: 0, bytes: 0 }, other: { runs: 0, bytes: 0 } })
type Count = Usage['scheduled']
const sum = (one: Count, other: Count): Count => ({ runs: one.runs + other.runs, bytes: one.bytes + other.bytes })

/** What was used in the month of `at`. */
export async function loadUsage(probeFolder: string, at: Instant): Promise<Usage> {
  const parts = await Promise.all(PARTS.map((part) => loadPart(probeFolder, part, at)))
  return parts.reduce((all, { month, scheduled, other }) => ({
    month,
    scheduled: sum(all.scheduled, scheduled),
    other: sum(all.other, other),
  }))
}

/** A file that cannot be read counts as none. */
async function loadPart(probeFolder: string, part: UsagePart, at: Instant): Promise<Usage> {
  const month = monthOf(at)
  try {
    const bytes = await readWhole(join(probeFolder, fileOf(part)))
    const usage = bytes === undefined ? none(month) : usageSchema.parse(JSON.parse(bytes.toString()))
    return usage.month === month ? usage : none(month)
  } catch {
    return none(month)
  }
}

/** Adds to what was used. For the process that has the turn to measure, or to send. */
export async function addUsage(
  probeFolder: string,
  at: Instant,
  more: { readonly part: UsagePart; readonly scheduled: boolean; readonly runs: number; readonly bytes: number },
): Promise<void> {
  const usage = await loadPart(probeFolder, more.part, at)
  const next: Usage = {
    ...usage,
    [more.scheduled ? 'scheduled' : 'other']: sum(more.scheduled ? usage.scheduled : usage.other, more),
  }
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, fileOf(more.part)), Buffer.from(JSON.stringify(next)))
}
