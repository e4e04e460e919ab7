import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'

/** Name of the header in which an answer that failed names its request. */
export const REQUEST_ID_HEADER = 'x-request-id'

const CURRENT = new AsyncLocalStorage<string>()

/** A name for one request: random, of nothing that was sent, and used for no other. */
export const newRequestId = (): string => randomBytes(6).toString('hex')

/** Runs what answers a request: every line that it logs has the name of the request. */
export const withinRequest = <T>(id: string, act: () => T): T => CURRENT.run(id, act)

/** Name of the request that is being answered here; of work that goes on behind it, the one that began it. */
export const currentRequest = (): string | undefined => CURRENT.getStore()
