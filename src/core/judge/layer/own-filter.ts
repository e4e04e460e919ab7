import { isOwnMachine } from '../../model/address.ts'
import type { CertificateFacts, DnsObservation } from '../../model/measured/observation.ts'
import { addressKey, type Case, type Hop } from '../case.ts'
import { judgeAddress } from './address-fate.ts'
import { controlRow } from './dns-control.ts'
import { finding, ground, type Finding } from '../finding.ts'

/** Programs on the device itself that open its TLS: virus scanners, parental controls, tools of developers. */
const ON_DEVICE =
  /kaspersky|eset ssl filter|avast!? ?(?:web|mail|antivirus)|avg (?:web|mail|technologies)|bitdefender|adguard|dr\.? ?web\b|mcafee|norton|net nanny|qustodio|covenant eyes|netfilter sdk|mitmproxy|charles proxy|fiddler|portswigger/i
/** Products that companies and schools put between their line and the world, and some providers too. */
const ON_LINE =
  /fortinet|fortigate|zscaler|netskope|cisco umbrella|opendns|cloudflare for teams|palo alto|blue ?coat|forcepoint|websense|barracuda|sonicwall|untangle|watchguard|check point|\biboss\b|securly|goguardian|lightspeed|smoothwall|contentkeeper|menlo security|pfsense|opnsense/i

/**
 * Whether a certificate was issued by a program of the device, or by a product of the line's owner, by its issuer's name.
 * Wrong when: a provider runs such a product for all of its customers.
 */
export function filterOf(certificates: readonly CertificateFacts[]): 'device' | 'line' | undefined {
  const names = certificates.flatMap((one) => [one.issuerName, one.issuerOrganisation])
  if (names.some((name) => ON_DEVICE.test(name))) return 'device'
  return names.some((name) => ON_LINE.test(name)) ? 'line' : undefined
}

/**
 * Networks of public resolvers that refuse names to everyone who has chosen them: filters of malware, advertising or
 * adult pages. Source: the operators' own pages, from memory (check).
 */
const FILTERING_RESOLVERS: ReadonlyMap<number, string> = new Map([
  [36692, 'OpenDNS'],
  [19281, 'Quad9'],
  [212772, 'AdGuard DNS'],
  [205157, 'CleanBrowsing'],
  [34939, 'NextDNS'],
  [398962, 'Control D'],
])

/**
 * The system's resolver is a filtering one that the owner chose, in another network than the line's, and it denies the
 * name, or answers with the machine itself or with an address of its own network. An address that the control has too, or
 * that proves the name, is the service's own. Wrong when: the answers of that resolver are forged on the way.
 */
export function judgeChosenResolver(it: Case, hop: Hop, rows: readonly DnsObservation[]): Finding | undefined {
  const { resolverAsn, probeAsn } = it.head
  const name = resolverAsn === undefined || resolverAsn === probeAsn ? undefined : FILTERING_RESOLVERS.get(resolverAsn)
  if (name === undefined || !rows.every((row) => isFiltered(row, (asn) => asn === resolverAsn))) return undefined
  if (rows.some(({ answers }) => answers.some(({ address }) => isOfService(it, hop, address)))) return undefined
  return finding('dns', 'inconclusive', 'http.own-filter', {
    hop: hop.index,
    mechanism: 'fault.client',
    grounds: [ground('http.own-filter', 'decisive', { fingerprint: name }, rows[0])],
    settled: true,
  })
}

function isOfService(it: Case, hop: Hop, address: string): boolean {
  const key = addressKey(address)
  if (controlRow(it, hop)?.answers.some((one) => addressKey(one.address) === key) === true) return true
  return hop.scheme === 'https' && judgeAddress(it, hop, address) === 'cleared'
}

/** The network of the resolver is stated and cannot be read, and the answers are such as a filtering one gives. */
export const mayBeChosen = ({ head }: Case, rows: readonly DnsObservation[]): boolean =>
  head.resolverUnread === true &&
  rows.length > 0 &&
  rows.every((row) => isFiltered(row, (asn) => asn !== undefined && FILTERING_RESOLVERS.has(asn)))

const DENIALS: ReadonlySet<string> = new Set([
  'dns_nxdomain_error',
  'dns_refused_error',
  'dns_no_answer',
  'dns_bogon_error',
])

function isFiltered({ failure, answers }: DnsObservation, isOfResolver: (asn: number | undefined) => boolean): boolean {
  if (failure !== undefined) return DENIALS.has(failure.code)
  return answers.length > 0 && answers.every(({ address, asn }) => isOwnMachine(address) || isOfResolver(asn))
}
