import { join } from 'node:path'
import { z } from 'zod'
import type { Instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { monthOf } from '../identity/month.ts'
import { CORE_RUN_BYTES, FULL_RUN_BYTES } from './schedule.ts'

/**
 * What the schedule has used of a month's allowance: its runs, each at a fixed size. Never what a run really moved, nor
 * whether it succeeded: a restriction changes both, and an allowance that was over sooner for it would make the cadence
 * follow events.
 */
const count = z.number().int().nonnegative()
const reckoningSchema = z.object({ month: z.string(), core: count, full: count })
export type UsageEstimate = Readonly<z.infer<typeof reckoningSchema>>

type Scope = 'core' | 'full'
const SIZE: Readonly<Record<Scope, number>> = { core: CORE_RUN_BYTES, full: FULL_RUN_BYTES }
const fileIn = (probeFolder: string): string => join(probeFolder, 'usage-reckoned.json')

/** Runs that the schedule began in the month of `at`; a file that cannot be read counts as none. */
export async function loadReckoning(probeFolder: string, at: Instant): Promise<UsageEstimate> {
  const none = { month: monthOf(at), core: 0, full: 0 }
  try {
    const bytes = await readWhole(fileIn(probeFolder))
    const kept = bytes === undefined ? none : reckoningSchema.parse(JSON.parse(bytes.toString()))
    return kept.month === none.month ? kept : none
  } catch {
    return none
  }
}

/** Estimated bytes of runs. */
export const reckonedBytes = ({ core, full }: UsageEstimate): number => core * SIZE.core + full * SIZE.full

/** Whether a run more stays within an allowance of bytes a month. */
export const hasRoom = (reckoning: UsageEstimate, scope: Scope, allowance: number): boolean =>
  reckonedBytes(reckoning) + SIZE[scope] <= allowance

/** Counts a run of the schedule, before it begins. For the process that keeps the schedule. */
export async function reckonRun(probeFolder: string, at: Instant, scope: Scope): Promise<void> {
  const reckoning = await loadReckoning(probeFolder, at)
  await REAL_DISK.makeFolder(probeFolder)
  const next: UsageEstimate = { ...reckoning, [scope]: reckoning[scope] + 1 }
  await writeDurable(fileIn(probeFolder), Buffer.from(JSON.stringify(next)))
}
