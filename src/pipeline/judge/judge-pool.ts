import { availableParallelism } from 'node:os'
import { markThreadsFrom } from '../../runtime/small-heap.ts'
import { openWorkerPool, type ThreadLimits, type WorkerPool } from '../../runtime/worker-pool.ts'
import { MEASUREMENT_BUDGETS } from './measurement-budget.ts'
import type { JudgeSetup } from './judge-calls.ts'

/** Heap of one judging thread: room for the largest value that is read, parsed. */
const HEAP_MEGABYTES = 512
/** The judging thread collects what it made last before this is full (docs/decisions/0048-what-was-tried-for-speed.md). */
const YOUNG_MEGABYTES = 20
/** Where the caller sets no limits of its own: an import of 40,000 marks its heaps once or twice in place of eight times. */
const MARKED_FROM_MEGABYTES = 96

/** One thread for each core, 8 at most. */
export const mostThreads = (): number => Math.min(availableParallelism(), 8)

/** Threads that turn bytes into verdicts and rows: `mostThreads` where no limits are given. */
export function openJudgePool(setup: JudgeSetup, limits: Partial<ThreadLimits> = {}): WorkerPool {
  const { threads = mostThreads(), ...memory } = limits
  if (memory.heapMegabytes === undefined && setup.background !== true) markThreadsFrom(MARKED_FROM_MEGABYTES)
  const program = new URL(import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js', import.meta.url)
  return openWorkerPool(program, {
    size: threads,
    depth: 2,
    data: setup,
    ...{ heapMegabytes: HEAP_MEGABYTES, youngMegabytes: YOUNG_MEGABYTES, ...memory },
    budget: MEASUREMENT_BUDGETS.judge,
  })
}
