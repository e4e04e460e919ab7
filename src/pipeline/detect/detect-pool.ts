import { availableParallelism } from 'node:os'
import { openWorkerPool, type ThreadLimits, type WorkerPool } from '../../runtime/worker-pool.ts'
import type { DetectSetup } from './detect-calls.ts'

/** Heap of one thread: a series of several years every 15 minutes from ten probes. */
const HEAP_MEGABYTES = 768
const YOUNG_MEGABYTES = 32
/** Of one call with its series, which hold numbers and no text from outside: it ends what would never end. */
const BUDGET = { baseMs: 600_000, perMegabyteMs: 0 }

/** Threads that detect incidents: one for each core, 4 at most, where no limits are given. */
export function openDetectPool(setup: DetectSetup, limits: Partial<ThreadLimits> = {}): WorkerPool {
  const { threads = Math.min(availableParallelism(), 4), ...given } = limits
  const program = new URL(
    import.meta.url.endsWith('.ts') ? './detect-worker.ts' : './detect-worker.js',
    import.meta.url,
  )
  const memory = { heapMegabytes: HEAP_MEGABYTES, youngMegabytes: YOUNG_MEGABYTES, ...given }
  return openWorkerPool(program, { size: threads, depth: 1, data: setup, budget: BUDGET, ...memory })
}
