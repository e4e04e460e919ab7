import { Fault, InputError } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { RedactedField } from '../../core/ooni/publish/redacted-fields.ts'
import { openWorkerPool, WorkerLost } from '../../runtime/worker-pool.ts'
import type { JudgeForm } from '../judge/judged-once.ts'
import { MEASUREMENT_BUDGETS } from '../judge/measurement-budget.ts'
import type { ArchivedBlob } from './publish.ts'
import {
  decodeFormReply,
  decodeLoggedReply,
  decodeRedactedReply,
  type BytesCall,
  type FormSetup,
  type LoggedCall,
} from './form-calls.ts'

/** Makes and judges the forms of measurements that go into a bundle. Each throws Fault where it takes too long. */
export interface ShownForms {
  /** The form that belongs to what the leaf digests; undefined where today's rules make none such. */
  logged(blob: ArchivedBlob, logged: Sha256): Promise<Uint8Array | undefined>
  /** What the form leaves out or changes. */
  redacted(blob: ArchivedBlob): Promise<readonly RedactedField[]>
  readonly judge: JudgeForm
}

/** Heap of the thread: the largest measurement that is taken, parsed, written again and judged. */
const HEAP_MEGABYTES = 512
const YOUNG_MEGABYTES = 32

/**
 * Forms from a thread of their own: a command may run in a process that answers readers. `onRoot` is given each root of
 * certificates that judging read, as PEM.
 */
export function openShownForms(setup: FormSetup, onRoot: (pem: string) => void): ShownForms & AsyncDisposable {
  const program = new URL(import.meta.url.endsWith('.ts') ? './form-worker.ts' : './form-worker.js', import.meta.url)
  const pool = openWorkerPool(program, {
    size: 1,
    depth: 1,
    data: setup,
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: MEASUREMENT_BUDGETS.judge,
  })
  const ask = (name: string, call: LoggedCall | BytesCall, what: string): Promise<unknown> =>
    pool
      .lease((lease) => lease.call(name, call))
      .catch((error: unknown) => {
        if (!(error instanceof WorkerLost)) throw error
        throw new Fault(`Cannot show ${what}: it takes more work or memory than its length allows`, { cause: error })
      })
  const nameOf = ({ leafIndex }: ArchivedBlob): string => `leaf ${leafIndex}`
  return {
    async logged(blob, logged) {
      const { bytes, salt, provenance } = blob
      return decodeLoggedReply(await ask('logged', { measurement: { bytes, salt, provenance }, logged }, nameOf(blob)))
    },
    async redacted(blob) {
      return decodeRedactedReply(await ask('redacted', { bytes: blob.bytes }, nameOf(blob)))
    },
    async judge(bytes) {
      const { judged, roots } = decodeFormReply(await ask('judge', { bytes }, 'a measurement'))
      for (const root of roots) onRoot(root)
      if (judged.kind === 'unreadable') throw new InputError(judged.message, judged)
      return judged
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  }
}
