import { parentPort } from 'node:worker_threads'
import type { Answer, Call } from './worker-pool.ts'

/** What a handler gives back, and which buffers of it change hands. */
export interface Reply {
  readonly value: unknown
  readonly transfer?: readonly ArrayBuffer[]
}
export type Handlers = Readonly<Record<string, (value: unknown) => Reply>>

/** Worker side of a pool: answers each call with the handler of its name; an error of a handler is its answer. */
export function serveCalls(handlers: Handlers): void {
  const port = parentPort
  if (port === null) throw new Error('Cannot serve calls: this is no worker thread')
  port.on('message', ({ id, name, value }: Call) => {
    try {
      const handler = handlers[name]
      if (handler === undefined) throw new Error(`no handler ${name}`)
      const reply = handler(value)
      port.postMessage({ id, kind: 'value', value: reply.value } satisfies Answer, reply.transfer)
    } catch (error) {
      const { message, stack = '' } = error instanceof Error ? error : new Error('not an error')
      port.postMessage({ id, kind: 'error', message, stack } satisfies Answer)
    }
  })
  port.postMessage({ kind: 'ready' } satisfies Answer)
}
