import { addressKey, type Case, type Hop } from '../case.ts'
import { halved, type Finding } from '../finding.ts'
import { ownDnsRows } from './dns.ts'
import { mayBeChosen } from './own-filter.ts'

/**
 * Findings without differences at addresses that a filtering resolver gave which the owner chose, and at later steps, to
 * which only its page led. Direct evidence stays. Where the network of the resolver cannot be read and it may be such a
 * one, they are halved.
 */
export function withoutChosenFilter(findings: readonly Finding[], it: Case): readonly Finding[] {
  const chosen = it.hops.find(({ index }) =>
    findings.some((one) => one.rule === 'http.own-filter' && one.layer === 'dns' && one.hop === index),
  )
  const doubtful = it.hops.find((hop) => mayBeChosen(it, ownDnsRows(hop)))
  if (chosen === undefined && doubtful === undefined) return findings
  return findings.flatMap((one) => {
    if (one.state !== 'interfered' || isDirect(one)) return [one]
    if (chosen !== undefined && isLedBy(chosen, one)) return []
    return [doubtful !== undefined && isLedBy(doubtful, one) ? halved(one, 'household-answer') : one]
  })
}

const isWeak = ({ fact, values }: Finding['grounds'][number]): boolean =>
  fact === 'ratio.halved' && values['why'] === 'weak-fingerprint'
const isDirect = ({ rule, grounds }: Finding): boolean =>
  rule === 'tls.interception-issuer' || (rule === 'http.fingerprint' && !grounds.some(isWeak))

/** A difference of this step at an address that its resolver gave, or of a later step. */
function isLedBy(hop: Hop, { hop: index, layer, grounds }: Finding): boolean {
  if (index !== hop.index || layer === 'dns') return index >= hop.index
  const given = new Set(ownDnsRows(hop).flatMap(({ answers }) => answers.map(({ address }) => addressKey(address))))
  const sources = new Set(grounds.flatMap(({ role, source }) => (role === 'decisive' && source ? [source] : [])))
  return [...hop.tcp, ...hop.tls, ...hop.quic, ...hop.http]
    .filter(({ source }) => sources.has(source))
    .every(({ address }) => address === undefined || given.has(addressKey(address)))
}
