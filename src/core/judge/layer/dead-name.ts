import type { DnsObservation } from '../../model/measured/observation.ts'
import { judgeAddress } from './address-fate.ts'
import { addressKey, controlAnswered, type Case, type Hop } from '../case.ts'
import { controlRow } from './dns-control.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { fingerprintOfAddress, fingerprintOfPage } from './fingerprint.ts'

/** Judges an answer for a name that the control, and every encrypted resolver that was asked, does not know. */
export function judgeDeadName(it: Case, hop: Hop, row: DnsObservation, answered: Finding['grounds'][number]): Finding {
  const name = row.name
  const nxdomain = ground('dns.control-nxdomain', 'control', { name }, controlRow(it, hop))
  const page = hop.http.find((one) => one.status !== undefined)
  const notice = page === undefined ? undefined : fingerprintOfPage(page, it.head.probeCc, it.tables)
  const known = row.answers
    .map(({ address }) => ({ address, match: fingerprintOfAddress(address, it.head.probeCc, it.tables) }))
    .find(({ match }) => match !== undefined && match.worth !== 'own-filter')
  if (known?.match !== undefined)
    return finding('dns', 'interfered', 'dns.forged-for-dead-name', {
      hop: hop.index,
      mechanism: 'dns.forged',
      grounds: [
        ground('dns.fingerprint', 'decisive', { name, address: known.address, fingerprint: known.match.name }, row),
        nxdomain,
      ],
    })
  if (page !== undefined && notice !== undefined && notice.worth !== 'own-filter')
    return finding('dns', 'interfered', 'dns.forged-for-dead-name', {
      hop: hop.index,
      mechanism: 'dns.forged',
      grounds: [
        { ...answered, role: 'decisive' },
        nxdomain,
        ground('http.fingerprint', 'decisive', { fingerprint: notice.name }, page),
      ],
    })
  const alike = secondResolverAlike(it, hop, row)
  if (alike !== undefined)
    return finding('dns', 'interfered', 'dns.second-resolver-for-dead-name', {
      hop: hop.index,
      mechanism: 'dns.forged',
      grounds: [{ ...answered, role: 'decisive' }, alike, nxdomain],
      halvings: ['dead-name'],
    })
  return unknownAbroad(it, hop, row, answered)
}

/** An answer for a name that the control does not know, and nothing more: it says nothing of the service. */
export function unknownAbroad(it: Case, hop: Hop, row: DnsObservation, answered: Finding['grounds'][number]): Finding {
  const nxdomain = ground('dns.control-nxdomain', 'control', { name: row.name }, controlRow(it, hop))
  return finding('dns', 'inconclusive', 'dns.answer-for-dead-name', {
    hop: hop.index,
    mechanism: 'dns.unexpected',
    grounds: [{ ...answered, role: 'decisive' }, nxdomain],
    missing: ['second-measurement'],
    halvings: ['no-fingerprint'],
  })
}

/**
 * The same answer came from a second resolver of the network: a question to a public resolver was answered by one that
 * asks from the probe's own network, and that is not the line's resolver. That both remember a lapsed name is less likely
 * than that one list is in both; all else that gives such an answer is excluded here. The line's resolver gives no address
 * for a made-up name, so that no search page answers for all names; the control and an encrypted resolver deny the name;
 * no handshake at the address proves it. Wrong when: the caches of both outlive a lapsed domain.
 */
function secondResolverAlike(it: Case, hop: Hop, row: DnsObservation): Finding['grounds'][number] | undefined {
  const { probeAsn, resolvers } = it.head
  if (resolvers === undefined || probeAsn === 0 || resolvers.inventedAnswered !== false) return undefined
  if (resolvers.systemAsns.length === 0 || resolvers.systemAsns.some((asn) => asn !== probeAsn)) return undefined
  const denies = ({ name, failure }: DnsObservation): boolean =>
    name === row.name && failure?.code === 'dns_nxdomain_error'
  const isDenied = hop.dns.some((one) => (one.resolver === 'doh' || one.resolver === 'dot') && denies(one))
  const control = controlRow(it, hop)
  if (!isDenied || control === undefined || !denies(control)) return undefined
  // The line's resolver itself, asked by packets, may know better than what the system remembers.
  if (hop.dns.some((one) => one.resolver === 'udp' && denies(one))) return undefined
  if (row.answers.some(({ address }) => judgeAddress(it, hop, address) === 'cleared')) return undefined
  const own = new Set(row.answers.map(({ address }) => addressKey(address)))
  const second = it.listedAnswers?.find(
    (one) =>
      one.name === row.name &&
      one.failure === undefined &&
      one.answers.length > 0 &&
      one.answers.every(({ address }) => own.has(addressKey(address))) &&
      resolvers.listed.some(
        ({ resolverAddress, asn, differs }) => resolverAddress === one.resolverAddress && asn === probeAsn && differs,
      ),
  )
  return (
    second &&
    ground('dns.second-resolver-alike', 'decisive', { name: row.name, resolver: second.resolverAddress }, second)
  )
}

/** Evidence that needs neither a control nor an address of the service. */
const DIRECT: ReadonlySet<Finding['rule']> = new Set(['tls.interception-issuer', 'http.fingerprint'])

/**
 * Findings of a hop without what is no evidence of the service: where the control, or an encrypted resolver beside a control
 * that got no answer, denies the name, an address that only the line's resolver gave is not the service's until a handshake,
 * here or at the control, has proved the name there. Wrong when: a name lapses while it is restricted by address.
 */
export function withoutUnproved(it: Case, hop: Hop, found: readonly Finding[]): readonly Finding[] {
  const dns = found.find(({ layer, hop: index }) => layer === 'dns' && index === hop.index)
  if (dns === undefined || !isNameDenied(it, hop, dns)) return found
  const isProved =
    found.some(({ layer, state }) => layer === 'tls' && state === 'reachable') ||
    hop.dns.some(({ answers }) => answers.some(({ address }) => judgeAddress(it, hop, address) === 'cleared'))
  return isProved ? found : found.filter((one) => one === dns || one.hop !== hop.index || DIRECT.has(one.rule))
}

const OF_DEAD_NAME: ReadonlySet<Finding['rule']> = new Set([
  'dns.answer-for-dead-name',
  'dns.second-resolver-for-dead-name',
  'dns.forged-for-dead-name',
])

const isNameDenied = ({ control }: Case, { host, dns }: Hop, { rule }: Finding): boolean =>
  OF_DEAD_NAME.has(rule) ||
  (rule === 'dns.no-control' &&
    !controlAnswered(control) &&
    dns.some(
      ({ name, resolver, failure }) =>
        name === host && (resolver === 'doh' || resolver === 'dot') && failure?.code === 'dns_nxdomain_error',
    ))
