import { isLocalAddress } from '../../runtime/sender/local-address.ts'
import { RateLimit, type Rate } from '../../runtime/sender/rate.ts'
import { openSenders } from '../../runtime/sender/sender.ts'
import type { SenderRate } from '../../web/request/sender-rate.ts'
import type { Clock } from '../../runtime/clock.ts'

/**
 * Ten heavy answers a second for long and sixty at once, twice as many light ones, for each address of IPv4 and each
 * /56 of IPv6. Thousands are behind one address of a mobile operator: they read pages, which are not limited, and a
 * program that asks for the interface seldom is one of many there.
 */
const API_RATE: Rate = { perSecond: 20, burst: 120 }

/**
 * Challenges for proofs of work: each costs the server a quarter of a millisecond, and without one no one behind an
 * address can send anything. A person who wants to use up what thousands share has to ask a hundred times a second for
 * long.
 */
export const WORK_RATE: Rate = { perSecond: 100, burst: 6000 }

/**
 * Counts questions to the interface, or anything that another rate is for, by the part of the network they come from,
 * behind the proxies that the operator trusts. Addresses are known by an HMAC whose key is only in memory and new every
 * day (runtime/sender/rate.ts). Throws InputError for a prefix that is none.
 */
export function openSenderRate(clock: Clock, trustedProxies: readonly string[], rate: Rate = API_RATE): SenderRate {
  const limit = new RateLimit(clock, rate)
  const senderOf = openSenders(trustedProxies)
  return {
    ...rate,
    take({ socket, forwardedFor }, cost) {
      const sender = senderOf(socket, forwardedFor)
      // Behind an address of this machine or a private network are the operator's own tools, the onion service, or a
      // proxy that is not configured: everyone in one bucket would shut out everyone.
      const prefix = sender === undefined || isLocalAddress(sender) ? undefined : limit.prefixOf(sender)
      if (prefix === undefined) return { left: rate.burst, wait: 0 }
      const wait = limit.take(prefix, cost)
      return { left: limit.left(prefix), wait, part: prefix }
    },
  }
}
