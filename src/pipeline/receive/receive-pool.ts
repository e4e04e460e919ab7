import { openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'
import { MEASUREMENT_BUDGETS } from '../judge/measurement-budget.ts'

/** Heap of one thread: room for a batch of the largest bodies, parsed. */
const HEAP_MEGABYTES = 384
/** A batch leaves megabytes of short-lived texts behind: the rarer they are looked through, the fewer still live. */
const YOUNG_MEGABYTES = 32

/** Threads that read, verify and compress what is submitted. */
export function openReceivePool(threads: number): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './receive-worker.ts' : './receive-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: threads,
    depth: 2,
    data: {},
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: MEASUREMENT_BUDGETS.receive,
  })
}
