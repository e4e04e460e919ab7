import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { addressFamily } from '../../core/model/address.ts'
import type { LookupAnswer, LookupOutcome } from '../../core/model/measured/operation.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { lookupsAtOnce } from '../../runtime/resolver-options.ts'
import { Semaphore } from '../../runtime/semaphore.ts'
import { failureOf } from '../classify-error.ts'
import { isDomainName } from './message.ts'
import type { NetTools } from '../tools.ts'

const MOST_ADDRESSES = 64

/**
 * Lookups at once. libuv gives getaddrinfo half of its threads, and one that waits for a silent resolver cannot be taken
 * back: one more would pass its limit in the queue without ever having been asked. Made when the first is asked, because
 * a program may take more threads before (runtime/resolver-options.ts).
 */
let slots: Semaphore | undefined

/**
 * Asks the system's resolver for both families at once (getaddrinfo), as the programs of the line's owner do: hosts
 * file, search order and cache of the machine included. The time begins when the question is put, which waits its turn:
 * as many at once as the runtime makes, each until the system itself gives up (runtime/resolver-options.ts
 * makes that five seconds a server instead of ten).
 */
export async function resolveSystem(name: string, tools: NetTools): Promise<LookupOutcome> {
  slots ??= new Semaphore({ places: lookupsAtOnce() })
  const free = await slots.take(tools.signal)
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'lookup', via: 'system', name, queryType: 'ANY', startedAt, late: [] } as const
  using deadline = openDeadline(tools.signal, tools.limit, 'lookup')
  try {
    const found = await settledBy(askSystem(name, free), deadline.signal)
    const endedAt = tools.clock.monotonic()
    const answers = found.slice(0, MOST_ADDRESSES).flatMap(({ address }) => {
      const family = addressFamily(address)
      return family === undefined ? [] : [{ address, family }]
    })
    const answer: LookupAnswer = { at: endedAt, answers, canonicalNames: [] }
    if (answers.length > 0) return { ...base, endedAt, answer }
    return { ...base, endedAt, answer, failure: { code: 'dns_no_answer', stage: 'resolve', detail: '' } }
  } catch (error) {
    return { ...base, endedAt: tools.clock.monotonic(), failure: failureOf(error, 'resolve', tools) }
  }
}

/** Frees the place when the system has answered or given up, however long ago our own limit passed. */
async function askSystem(name: string, free: () => void): Promise<readonly LookupAddress[]> {
  try {
    if (!isDomainName(name)) throw Object.assign(new Error('no domain name'), { code: 'EINVAL' })
    return await lookup(name, { all: true, order: 'verbatim' })
  } finally {
    free()
  }
}

/**
 * The value of a promise, or the reason of a signal that aborts first; the promise itself cannot be stopped and its
 * later failure is ignored.
 */
function settledBy<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
