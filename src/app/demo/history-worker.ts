import { parentPort, workerData } from 'node:worker_threads'
import { writeHistory } from '../../../lab/history/write-history.ts'
import type { HistoryAsked, HistorySaid } from './history-thread.ts'

// The thread in which a history is written. Its data are written by history-thread.ts, which ends it by force: it needs
// no signal of its own.

const { options, folder } = workerData as HistoryAsked
const say = (said: HistorySaid): void => parentPort?.postMessage(said)

const { count } = await writeHistory(options, folder, {
  signal: new AbortController().signal,
  part: 500,
  onProgress: (written, expected) => say({ kind: 'progress', written, expected }),
})
say({ kind: 'done', count })
