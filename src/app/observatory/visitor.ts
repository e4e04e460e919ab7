import { openSenders } from '../../runtime/sender/sender.ts'
import type { VisitorOf } from '../../site/visitor.ts'
import type { Networks } from '../../runtime/tables/networks.ts'

const HOME_COUNTRY = 'KZ'

/**
 * Tells visitors' networks by the given tables, behind the proxies that the operator trusts. Only an access network of
 * Kazakhstan is taken for the reader's own; what is of no use known to us is asked about. Nothing is kept.
 * Throws InputError for a proxy that is not a prefix.
 */
export function siteVisitor(networks: Networks, trustedProxies: readonly string[]): VisitorOf {
  const senderOf = openSenders(trustedProxies)
  return (socketAddress, forwardedFor) => {
    const sender = senderOf(socketAddress, forwardedFor)
    const asn = sender === undefined ? undefined : networks.lookup(sender)
    const network = asn === undefined ? undefined : networks.network(asn)
    if (asn === undefined || network === undefined) return { kind: 'ask', why: 'unknown' }
    if (network.use === 'hosting') return { kind: 'ask', why: 'hosting' }
    if (network.country !== HOME_COUNTRY) return { kind: 'ask', why: network.country === 'ZZ' ? 'unknown' : 'foreign' }
    return network.use === 'access' ? { kind: 'known', asn } : { kind: 'ask', why: 'unknown' }
  }
}
