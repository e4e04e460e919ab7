import { openWorkerPool, type WorkerPool } from '../../../runtime/worker-pool.ts'
import { MEASUREMENT_BUDGETS } from '../../judge/measurement-budget.ts'

/** Heap of one thread: space for the largest measurement, parsed. */
const HEAP_MEGABYTES = 384
const YOUNG_MEGABYTES = 32

/** Threads that check what edges have received. */
export function openCheckPool(threads: number): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './check-worker.ts' : './check-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: threads,
    depth: 2,
    data: {},
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    // More than to receive: what an edge accepted is not refused here for its cost.
    budget: MEASUREMENT_BUDGETS.show,
  })
}
