import { openWorkerPool } from '../../runtime/worker-pool.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'
import type { DetectSetup } from './detect-calls.ts'

/** Heap of one thread: a series of several years at a quarter of an hour from ten probes. */
const HEAP_MEGABYTES = 768
const YOUNG_MEGABYTES = 32
/** Of one call with its series, which hold numbers and no text from outside: it ends what would never end. */
const BUDGET = { baseMs: 600_000, perMegabyteMs: 0 }

/** Threads that detect incidents; `threads` is usually the number of cores. */
export function openDetectPool(setup: DetectSetup, threads: number): WorkerPool {
  const program = new URL(
    import.meta.url.endsWith('.ts') ? './detect-worker.ts' : './detect-worker.js',
    import.meta.url,
  )
  const memory = { heapMegabytes: HEAP_MEGABYTES, youngMegabytes: YOUNG_MEGABYTES, budget: BUDGET }
  return openWorkerPool(program, { size: threads, depth: 1, data: setup, ...memory })
}
