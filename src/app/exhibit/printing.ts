import type { PosterAsked } from '../../documents/poster/poster.ts'
import type { Print, Printed } from '../../documents/typst/set-paper.ts'
import { openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'

/** Heap of the thread; the compiler has memory of its own outside of it. */
const HEAP_MEGABYTES = 192
const YOUNG_MEGABYTES = 16
/** An exhibit takes about a second, its first one two: fonts are read then. */
const BUDGET = { baseMs: 60_000, perMegabyteMs: 0 }

export interface Printing extends AsyncDisposable {
  /** Throws WorkerLost for a paper that costs more than its budget. */
  readonly print: Print
  readonly printPoster: (asked: PosterAsked) => Promise<Printed>
}

/** Papers are set in a thread of their own: the compiler is busy for seconds, and the thread that answers is not. */
export function openPrinting(): Printing {
  let pool: WorkerPool | undefined
  const ask = async (name: 'print' | 'poster', given: unknown): Promise<Printed> => {
    pool ??= openPrintPool()
    return (await pool.lease(({ call }) => call(name, given))) as Printed // made by print-worker.ts
  }
  return {
    print: (paper, options) => ask('print', { paper, options }),
    printPoster: (asked) => ask('poster', asked),
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]()
    },
  }
}

function openPrintPool(): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './print-worker.ts' : './print-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: 1,
    depth: 1,
    data: {},
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: BUDGET,
  })
}
