import { defined } from '../../core/model/defined.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { WorkerLost, openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import { MEASUREMENT_BUDGETS } from '../judge/measurement-budget.ts'
import { decodePublicTextReply, type PublicSetup, type PublicTextCall, type PublicTextReply } from './public-calls.ts'

/** Heap of the thread: the largest measurement that is taken, parsed and written again. */
const HEAP_MEGABYTES = 384
const YOUNG_MEGABYTES = 16
/** Questions that may wait for the thread: beyond it readers are asked to come again. */
const MOST_WAITING = 16
/** Measurements remembered that took too long, so that each costs its budget once and not with every reader. */
const MOST_SLOW = 1000

/** `slow`: it takes longer than its budget, now and later; `busy`: too many ask now, or the signal ended the wait. */
export type PublicText = ({ readonly kind: 'text' } & PublicTextReply) | { readonly kind: 'slow' | 'busy' }

/** Makes public forms in a thread of its own, which starts with the first of them. */
export interface PublicForms extends AsyncDisposable {
  /** The public form of the measurement `id`. Throws Fault for bytes that cannot be read. */
  text(id: Sha256, call: PublicTextCall, signal: AbortSignal): Promise<PublicText>
}

export interface PublicFormsOptions extends Partial<PublicSetup> {
  /** Opens the thread; another one only in tests. */
  readonly open?: () => WorkerPool
}

/** Opens what makes the public forms that a server shows: the thread that answers requests makes none. */
export function openPublicForms(options: PublicFormsOptions = {}): PublicForms {
  const { open = () => openPublicPool({ fingerprintFiles: [], ...options }) } = options
  let pool: WorkerPool | undefined
  let waiting = 0
  const slow = new Set<Sha256>()
  const inThread = (call: PublicTextCall, signal: AbortSignal): Promise<unknown> =>
    (pool ??= open()).lease((lease) => (signal.aborted ? Promise.resolve() : lease.call('text', call)))
  const make = async (id: Sha256, call: PublicTextCall, signal: AbortSignal): Promise<PublicText> => {
    waiting++
    try {
      const reply = await inThread(call, signal)
      return reply === undefined ? { kind: 'busy' } : { kind: 'text', ...decodePublicTextReply(reply) }
    } catch (error) {
      if (!(error instanceof WorkerLost)) throw error
      if (!error.served || error.reason === 'late') return { kind: 'busy' }
      slow.add(id)
      for (const oldest of slow) {
        if (slow.size <= MOST_SLOW) break
        slow.delete(oldest)
      }
      return { kind: 'slow' }
    } finally {
      waiting--
    }
  }
  return {
    async text(id, call, signal) {
      if (slow.has(id)) return { kind: 'slow' }
      if (waiting >= MOST_WAITING) return { kind: 'busy' }
      return Promise.race([make(id, call, signal), whenAborted(signal)])
    },
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]()
    },
  }
}

const whenAborted = (signal: AbortSignal): Promise<PublicText> =>
  new Promise((resolve) => {
    const busy = (): void => resolve({ kind: 'busy' })
    if (signal.aborted) busy()
    else signal.addEventListener('abort', busy, { once: true })
  })

function openPublicPool({ fingerprintFiles, folder }: PublicSetup): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './public-worker.ts' : './public-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: 1,
    depth: 1,
    data: { fingerprintFiles, ...defined({ folder }) } satisfies PublicSetup,
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: MEASUREMENT_BUDGETS.show,
  })
}
