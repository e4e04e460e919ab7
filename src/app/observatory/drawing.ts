import { Fault } from '../../core/model/errors.ts'
import { rememberDrawings, type Draw } from '../../site/charts/drawings.ts'
import { openWorkerPool, type WorkerPool } from '../../runtime/worker-pool.ts'

/** Heap of the thread: one chart at a time, with the document that it is drawn in. */
const HEAP_MEGABYTES = 192
const YOUNG_MEGABYTES = 16
/** A chart of 3,000 marks takes some 30 ms. */
const BUDGET = { baseMs: 10_000, perMegabyteMs: 0 }

export interface SiteDrawing extends AsyncDisposable {
  readonly draw: Draw
}

/**
 * Charts are drawn in a thread of their own, which starts with the first of them: the thread that answers requests
 * only reads what comes back. Drawings are remembered by their content.
 */
export function openSiteDrawing(): SiteDrawing {
  let pool: WorkerPool | undefined
  const inThread: Draw = async (drawing) => {
    pool ??= openDrawPool()
    const svg = await pool.lease(({ call }) => call('draw', drawing))
    if (typeof svg === 'string') return svg
    throw new Fault('Cannot draw a chart: the thread answered with something else than a drawing')
  }
  return {
    draw: rememberDrawings(inThread),
    async [Symbol.asyncDispose]() {
      await pool?.[Symbol.asyncDispose]()
    },
  }
}

function openDrawPool(): WorkerPool {
  const file = import.meta.url.endsWith('.ts') ? './draw-worker.ts' : './draw-worker.js'
  return openWorkerPool(new URL(file, import.meta.url), {
    size: 1,
    depth: 1,
    data: {},
    heapMegabytes: HEAP_MEGABYTES,
    youngMegabytes: YOUNG_MEGABYTES,
    budget: BUDGET,
  })
}
