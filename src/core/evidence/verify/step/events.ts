import { DAY_MS } from '../../../model/duration.ts'
import type { FrozenEvents } from '../../../model/incident/coincidence.ts'
import { frozenWhen, verifyFrozen } from '../../frozen-events.ts'
import { parseBoundedJson } from '../source/bounded-json.ts'
import type { BundleParts } from '../bundle-parts.ts'
import type { BundleTools } from '../bundle-tools.ts'
import type { FilesRead } from '../source/read-files.ts'
import { keptOf } from './custody.ts'
import type { StepFindings } from './findings.ts'
import { sha256Hex } from './log.ts'

const ENCODER = new TextEncoder()

/**
 * Whether pre-registered lists of events have their digest, and were frozen before the period that they were tested on.
 */
export async function checkEvents(
  { files, measurements }: { readonly files: FilesRead; readonly measurements: BundleParts['measurements'] },
  tools: BundleTools,
  find: StepFindings,
): Promise<void> {
  const lists = keptOf(files, 'frozen-events')
  if (lists.length === 0) {
    find.skip('no-events')
    return
  }
  for (const { leaf, path, bytes } of lists) {
    const value = await find.attempt('file-form', path, () => parseBoundedJson(bytes))
    if (value === undefined) continue
    const digest = (text: string): string => sha256Hex(ENCODER.encode(text), tools)
    const verified = await find.attempt('file-form', path, () => verifyFrozen(value, { digest, now: tools.now }))
    if (verified === undefined) continue
    const { steps, frozen } = verified
    for (const { step, outcome } of steps)
      if (outcome === 'failed')
        find.fail(step === 'time' ? 'future' : step === 'form' ? 'file-form' : 'events-digest', path)
    if (frozen === undefined) continue
    if (frozenWhen(frozen) !== 'before') find.note('after-period', path)
    else if (measurements.some((one) => one.leaf < leaf && receivedSince(one, frozen))) find.note('logged-late', path)
  }
  find.fact('events', { count: lists.length })
}

/**
 * Whether a measurement came when the days of a list had begun, wherever its zone lies. The list says itself when it was
 * frozen; that it had been logged before such a measurement is the order of two leaves.
 */
const receivedSince = (
  { received_at_utc: received }: BundleParts['measurements'][number],
  { plan }: FrozenEvents,
): boolean => received !== null && Date.parse(received) >= Date.parse(plan.period.since) + DAY_MS
