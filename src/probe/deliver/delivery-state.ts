import { join } from 'node:path'
import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { pauseAfterPass } from './back-off.ts'
import type { DeliveryReport } from './deliver.ts'

const stateSchema = z.object({
  /** Passes in a row that ended early. */
  failures: z.number().int().nonnegative().max(1000),
  /** Before this moment nothing is tried on the schedule; milliseconds. */
  next: z.number(),
  /** Minute of the last upload; absent before the first. */
  lastUpload: z.number().optional(),
  /** The network let no collector be reached in the last pass. */
  unreachable: z.boolean(),
})
export type DeliveryState = Readonly<z.infer<typeof stateSchema>>

const NOTHING_YET: DeliveryState = { failures: 0, next: 0, unreachable: false }

/** How delivery stands, between processes: `delivery.json`. A file that cannot be read counts as none. */
export async function loadDeliveryState(probeFolder: string): Promise<DeliveryState> {
  try {
    const bytes = await readWhole(join(probeFolder, 'delivery.json'))
    return bytes === undefined ? NOTHING_YET : stateSchema.parse(JSON.parse(bytes.toString()))
  } catch {
    return NOTHING_YET
  }
}

/** Keeps how delivery stands. */
export async function saveDeliveryState(probeFolder: string, state: DeliveryState): Promise<void> {
  await REAL_DISK.makeFolder(probeFolder)
  await writeDurable(join(probeFolder, 'delivery.json'), Buffer.from(JSON.stringify(state)))
}

/** How delivery stands after a pass: the back-off grows with each pass that ended early and ends with one that did not. */
export function afterPass(
  before: DeliveryState,
  report: DeliveryReport,
  tools: { readonly now: Instant; readonly random: () => number },
): DeliveryState {
  const { now, random } = tools
  const upload = report.accepted > 0 ? Math.floor(now / MINUTE_MS) * MINUTE_MS : before.lastUpload
  const kept = defined({ lastUpload: upload })
  if (report.stopped === undefined) return { failures: 0, next: 0, unreachable: false, ...kept }
  const failures = report.accepted > 0 ? 1 : before.failures + 1
  const asked = report.stopped.kind === 'busy' ? report.stopped.retryAfter : undefined
  const pause = Math.max(asked ?? 0, asked === undefined || failures > 1 ? pauseAfterPass(failures, random) : 0)
  return { failures, next: now + pause, unreachable: report.stopped.kind === 'unreachable', ...kept }
}

/** Whether the schedule may try now. A clock that was set back does not hold delivery up for longer than the back-off. */
export const mayDeliver = (state: DeliveryState, now: Instant): boolean =>
  now >= state.next || state.next - now > 20 * HOUR_MS

/** Moment of the last upload. */
export const lastUpload = (state: DeliveryState): Instant | undefined =>
  state.lastUpload === undefined ? undefined : instant(state.lastUpload)
