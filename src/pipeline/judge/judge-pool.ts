import { availableParallelism } from 'node:os'
import { openWorkerPool, type ThreadLimits, type WorkerPool } from '../../runtime/worker-pool.ts'
import { MEASUREMENT_BUDGETS } from './measurement-budget.ts'
import type { JudgeSetup } from './judge-calls.ts'

/** Heap of one judging thread: room for the largest value that is read, parsed. */
const HEAP_MEGABYTES = 512
/** Measured with two threads: half of it costs a seventh of the speed, twice of it 100 MB and gains nothing. */
const YOUNG_MEGABYTES = 32

/** One thread for each core, 8 at most. */
export const mostThreads = (): number => Math.min(availableParallelism(), 8)

/** Threads that turn bytes into verdicts and rows: `mostThreads` where no limits are given. */
export function openJudgePool(setup: JudgeSetup, limits: Partial<ThreadLimits> = {}): WorkerPool {
  const { threads = mostThreads(), ...memory } = limits
  const program = new URL(import.meta.url.endsWith('.ts') ? './judge-worker.ts' : './judge-worker.js', import.meta.url)
  return openWorkerPool(program, {
    size: threads,
    depth: 2,
    data: setup,
    ...{ heapMegabytes: HEAP_MEGABYTES, youngMegabytes: YOUNG_MEGABYTES, ...memory },
    budget: MEASUREMENT_BUDGETS.judge,
  })
}
