import { lookup } from 'node:dns/promises'
import { addressFamily } from '../model/address.ts'
import type { LookupAnswer, LookupOutcome } from '../model/operation.ts'
import { openDeadline } from '../sys/deadline.ts'
import { failureOf } from './classify-error.ts'
import { isDomainName } from './dns-message.ts'
import { settledBy } from './settled-by.ts'
import type { NetTools } from './tools.ts'

const MOST_ADDRESSES = 64

/**
 * Asks the system's resolver for both families at once (getaddrinfo), as the programs of the line's owner do: hosts
 * file, search order and cache of the machine included. `BUG:` the call cannot be taken back; one that passed our limit
 * holds one of the process's four threads of lookup until the system gives up, so ask few silent resolvers at a time.
 */
export async function resolveSystem(name: string, tools: NetTools): Promise<LookupOutcome> {
  tools.signal.throwIfAborted()
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'lookup', via: 'system', name, queryType: 'ANY', startedAt, late: [] } as const
  using deadline = openDeadline(tools.signal, tools.limit, 'lookup')
  try {
    if (!isDomainName(name)) throw Object.assign(new Error('no domain name'), { code: 'EINVAL' })
    const found = await settledBy(lookup(name, { all: true, order: 'verbatim' }), deadline.signal)
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
