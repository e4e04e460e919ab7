import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { defined } from '../core/model/defined.ts'
import { progressBuffer, threadName, WorkReport, type Work } from './work-progress.ts'
import type { WorkerAnswer, Call, Greeting } from './worker-pool.ts'

/** What a handler gives back, and which buffers of it change hands. */
export interface HandlerReply {
  readonly value: unknown
  readonly transfer?: readonly ArrayBuffer[]
}
export type Handlers = Readonly<Record<string, (value: unknown, work: Work) => HandlerReply>>

/** Worker side of a pool: answers each call with the handler of its name; an error of a handler is its answer. */
export function serveCalls(handlers: Handlers): void {
  const port = parentPort
  if (port === null) throw new Error('Cannot serve calls: this is no worker thread')
  let work = new WorkReport(progressBuffer())
  port.on('message', (message: Call | Greeting) => {
    if ('progress' in message) {
      work = new WorkReport(message.progress)
      return
    }
    const { id, name, value } = message
    work.begin(id)
    try {
      const handler = handlers[name]
      if (handler === undefined) throw new Error(`no handler ${name}`)
      const reply = handler(value, work)
      work.end()
      port.postMessage({ id, kind: 'value', value: reply.value } satisfies WorkerAnswer, reply.transfer)
    } catch (error) {
      work.end()
      const { message: text, stack = '' } = error instanceof Error ? error : new Error('not an error')
      port.postMessage({ id, kind: 'error', message: text, stack } satisfies WorkerAnswer)
    }
  })
  const thread = threadName()
  port.postMessage({ kind: 'ready', ...defined({ thread }) } satisfies WorkerAnswer)
}

/**
 * Other threads come first from now on, by so many steps of niceness: on Linux a thread has its own. Where a service may
 * not change that, the thread works on as it is.
 */
export function giveWay(niceness: number): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(niceness)
  } catch {
    return
  }
}
