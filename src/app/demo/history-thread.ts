import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { HistoryOptions } from '../../../lab/history/simulate.ts'
import { Fault } from '../../core/model/errors.ts'

/** What the thread is given. */
export interface HistoryAsked {
  readonly options: HistoryOptions
  readonly folder: string
}

/** What the thread says: how far it is, and last how many measurements it wrote. */
export type HistorySaid =
  | { readonly kind: 'progress'; readonly written: number; readonly expected: number }
  | { readonly kind: 'done'; readonly count: number }

/** Heap of the thread: 500 measurements at a time, and one label for each of the history. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 16 }

/**
 * Writes a simulated history into a folder that is empty or missing, in a thread with a heap of its own: what it made in
 * passing is gone with it. Gives the number of measurements.
 */
export async function writeHistoryInThread(
  asked: HistoryAsked,
  run: { readonly signal: AbortSignal; readonly onProgress: (written: number, expected: number) => void },
): Promise<number> {
  run.signal.throwIfAborted()
  const file = import.meta.url.endsWith('.ts') ? './history-worker.ts' : './history-worker.js'
  const worker = new Worker(new URL(file, import.meta.url), { workerData: asked, resourceLimits: LIMITS })
  let count: number | undefined
  worker.on('message', (said: HistorySaid) => {
    if (said.kind === 'done') count = said.count
    else run.onProgress(said.written, said.expected)
  })
  const stop = (): void => void worker.terminate()
  run.signal.addEventListener('abort', stop, { once: true })
  try {
    await once(worker, 'exit') // throws what ended the thread
  } finally {
    run.signal.removeEventListener('abort', stop)
  }
  run.signal.throwIfAborted()
  if (count === undefined)
    throw new Fault(`Cannot simulate into "${asked.folder}": the thread ended before it was done`)
  return count
}
