import { frozenWhen, verifyFrozen } from '../frozen-events.ts'
import { parseBoundedJson } from './bounded-json.ts'
import type { BundleTools } from './bundle-tools.ts'
import type { FilesRead } from './read-files.ts'
import { keptOf } from './step-custody.ts'
import type { StepFindings } from './step-findings.ts'
import { sha256Hex } from './step-log.ts'

const ENCODER = new TextEncoder()

/** Whether frozen lists of events have their digest, and were frozen before the period that they were tested on. */
export async function checkEvents(files: FilesRead, tools: BundleTools, find: StepFindings): Promise<void> {
  const lists = keptOf(files, 'frozen-events')
  if (lists.length === 0) {
    find.skip('no-events')
    return
  }
  for (const { path, bytes } of lists) {
    const value = await find.attempt('file-form', path, () => parseBoundedJson(bytes))
    if (value === undefined) continue
    const digest = (text: string): string => sha256Hex(ENCODER.encode(text), tools)
    const { steps, frozen } = verifyFrozen(value, { digest, now: tools.now })
    for (const { step, outcome } of steps)
      if (outcome === 'failed')
        find.fail(step === 'time' ? 'future' : step === 'form' ? 'file-form' : 'events-digest', path)
    if (frozen !== undefined && frozenWhen(frozen) !== 'before') find.note('after-period', path)
  }
  find.fact('events', { count: lists.length })
}
