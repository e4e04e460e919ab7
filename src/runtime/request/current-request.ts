import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

const REQUEST_ID_HEADER = 'x-request-id'

const CURRENT = new AsyncLocalStorage<string>()

/** A name for one request: random, of nothing that was sent, and used for no other. */
export const newRequestId = (): string => randomBytes(6).toString('hex')

/** Runs what answers a request: every line that it logs has the name of the request. */
export const withinRequest = <T>(id: string, act: () => T): T => CURRENT.run(id, act)

/** Name of the request that is being answered here; of work that goes on behind it, the one that began it. */
export const currentRequest = (): string | undefined => CURRENT.getStore()

/** The name of the request as headers of its answer: of one that failed only. */
export function requestIdHeaders(status: number): readonly [] | readonly [string, string] {
  const id = status >= 500 ? currentRequest() : undefined
  return id === undefined ? [] : [REQUEST_ID_HEADER, id]
}
