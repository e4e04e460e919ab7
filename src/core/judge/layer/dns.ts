import { addressFamily, isBogon, isHomeAddress, isOwnMachine } from '../../model/address.ts'
import type { Address, DnsObservation, TcpObservation, TlsObservation } from '../../model/measured/observation.ts'
import { judgeAddress, type AddressFate } from './address-fate.ts'
import { addressKey, controlAnswered, controlPageOpens, endpointKey, type Case, type Hop } from '../case.ts'
import { controlRow, controlSays, list } from './dns-control.ts'
import { judgeDeadName, unknownAbroad } from './dead-name.ts'
import { judgeDnsFailure } from './dns-failure.ts'
import { finding, ground, type Finding, type Halving } from '../finding.ts'
import { fingerprintOfAddress } from './fingerprint.ts'
import { laterHop } from './later-hop.ts'
import { isCertificateRefusal } from '../line.ts'
import { kinship } from '../network.ts'
import { judgeChosenResolver } from './own-filter.ts'

/** The rows that stand for the person's own resolver: the system's, else what old clients left unnamed. */
export function ownDnsRows(hop: Hop): readonly DnsObservation[] {
  const named = hop.dns.filter((row) => hop.host === undefined || row.name === hop.host)
  const system = named.filter((row) => row.resolver === 'system')
  return system.length > 0 ? system : named.filter((row) => row.resolver === 'unknown')
}

/** Judges the name resolution of one hop; undefined where there was nothing to resolve. */
export function judgeDns(it: Case, hop: Hop): Finding | undefined {
  const rows = ownDnsRows(hop)
  if (rows.length === 0 || hop.host === undefined || addressFamily(hop.host.replace(/^\[|\]$/g, '')) !== undefined)
    return undefined
  const answers = rows.flatMap((row) => row.answers)
  const chosen = judgeChosenResolver(it, hop, rows)
  if (chosen !== undefined && isDifference(it, hop)) return chosen
  const denied = deniedFamily(it, hop, rows, answers)
  if (denied !== undefined) return judgeDnsFailure(it, hop, [denied])
  return answers.length === 0 ? judgeDnsFailure(it, hop, rows) : judgeDnsAnswers(it, hop, rows, answers)
}

/** The control resolves the name to a public address: only then does it matter that a resolver does not. */
const isDifference = (it: Case, hop: Hop): boolean =>
  controlRow(it, hop)?.answers.some(({ address }) => !isBogon(address)) === true

/**
 * The row in which the resolver denies the IPv4 half of a name that the control resolves there, beside an IPv6 answer:
 * a difference of one family. A timeout of one of two questions is none.
 */
function deniedFamily(
  it: Case,
  hop: Hop,
  rows: readonly DnsObservation[],
  answers: readonly Address[],
): DnsObservation | undefined {
  if (answers.length === 0 || answers.some((answer) => answer.family === 4)) return undefined
  if (controlRow(it, hop)?.answers.some((answer) => answer.family === 4) !== true) return undefined
  return rows.find(
    ({ queryType, failure }) =>
      queryType === 'A' && (failure?.code === 'dns_nxdomain_error' || failure?.code === 'dns_refused_error'),
  )
}

function judgeDnsAnswers(it: Case, hop: Hop, rows: readonly DnsObservation[], answers: readonly Address[]): Finding {
  const name = hop.host! // judgeDns() has seen to it
  const row = rows.find((one) => one.answers.length > 0)! // the caller found answers
  const control = controlRow(it, hop)
  const encrypted = hop.dns.filter((one) => one.resolver === 'doh' || one.resolver === 'dot')
  const trusted = [...(control?.answers ?? []), ...encrypted.flatMap((one) => one.answers)]
  const detail = { hop: hop.index }
  const answered = ground('dns.answered', 'context', { name, addresses: list(answers) }, row)

  const prints = answers.map((answer) => ({
    answer,
    match: fingerprintOfAddress(answer.address, it.head.probeCc, it.tables),
  }))
  const marked = prints.find(({ match }) => match?.worth === 'artefact')
  if (marked !== undefined && judgeAddress(it, hop, marked.answer.address) !== 'cleared')
    return finding('dns', 'interfered', 'dns.fingerprint', {
      ...detail,
      mechanism: 'dns.blockpage',
      grounds: [
        ground(
          'dns.fingerprint',
          'decisive',
          { name, address: marked.answer.address, fingerprint: marked.match?.name },
          row,
        ),
      ],
    })

  const own = prints.find(({ match }) => match?.worth === 'own-filter')
  if (own !== undefined && judgeAddress(it, hop, own.answer.address) !== 'cleared')
    return finding('dns', 'inconclusive', 'http.own-filter', {
      ...detail,
      mechanism: 'fault.client',
      grounds: [ground('http.own-filter', 'decisive', { fingerprint: own.match?.name }, row)],
      settled: true,
    })

  const dead = trusted.length === 0 && isUnknown(control)
  const bogon = answers.find(
    (answer) =>
      isBogon(answer.address) &&
      !trusted.some((one) => sameAddress(one.address, answer.address)) &&
      !isBesideGenuine(it, hop, answer, rows),
  )
  if (bogon !== undefined && judgeAddress(it, hop, bogon.address) !== 'cleared') {
    const opened = trusted.length === 0 && hop.index > 0 && controlPageOpens(it.control)
    const outside = opened || trusted.some((one) => !isBogon(one.address))
    const later = opened ? laterHop(it, hop) : { grounds: [], halvings: [] }
    const said = ground('dns.bogon', 'decisive', { name, address: bogon.address }, row)
    if (dead && isHomeAddress(bogon.address)) return unknownAbroad(it, hop, row, answered)
    if (dead)
      return finding('dns', 'interfered', 'dns.forged-for-dead-name', {
        ...detail,
        mechanism: 'dns.forged',
        grounds: [said, ground('dns.control-nxdomain', 'control', { name }, control)],
        halvings: isOwnMachine(bogon.address) ? ['household-answer'] : ['dead-name'],
      })
    if (!outside && !it.control.present && isPortalAddress(it, hop, bogon.address))
      return portalFinding(hop, [said], bogon.address, row)
    if (outside || it.service !== undefined)
      return finding('dns', 'interfered', 'dns.bogon', {
        ...detail,
        mechanism: 'dns.bogon',
        grounds: [
          said,
          ...controlSays(name, control, encrypted),
          ...(opened
            ? [ground('http.control-answered', 'control', { status: it.control.http?.status }, it.control.http)]
            : []),
          ...later.grounds,
        ],
        halvings: [...later.halvings, ...householdHalving(bogon.address)],
      })
    return finding('dns', 'inconclusive', 'dns.no-control', { ...detail, grounds: [said], missing: ['control.dns'] })
  }
  if (dead) return judgeDeadName(it, hop, row, answered)
  if (trusted.length === 0)
    return finding('dns', 'inconclusive', 'dns.no-control', {
      ...detail,
      grounds: [answered],
      missing: [it.control.present ? 'control.dns' : 'control'],
    })
  return judgeNetworks(it, hop, { rows, answers, trusted, control, encrypted })
}

/**
 * An address of the same answer, and of the same family, proved the name: the site itself lists the other one, too.
 * Wrong when: a resolver adds addresses to an answer and leaves the genuine ones.
 */
const isBesideGenuine = (it: Case, hop: Hop, { family, address }: Address, rows: readonly DnsObservation[]): boolean =>
  rows.some(
    ({ answers }) =>
      answers.some((one) => one.address === address) &&
      answers.some(
        (one) => one.family === family && !isBogon(one.address) && judgeAddress(it, hop, one.address) === 'cleared',
      ),
  )

/** The control says that there is no such name. */
const isUnknown = (control: DnsObservation | undefined): boolean =>
  control?.failure?.code === 'dns_nxdomain_error' || control?.failure?.code === 'dns_no_answer'

/**
 * Filters of a household answer with the machine itself, with no address or with the router's, and so do resolvers that
 * restrict.
 */
export const householdHalving = (address: string): readonly Halving[] =>
  isOwnMachine(address) || isHomeAddress(address) ? ['household-answer'] : []

/**
 * A sign-in page is on another machine of the connection, and shows the certificate of that. A router without a
 * connection answers every name with its own address, whether or not it answers TLS.
 */
const isPortalAddress = (it: Case, hop: Hop, address: string): boolean =>
  isHomeAddress(address) || (!isOwnMachine(address) && judgeAddress(it, hop, address) === 'refused')

/**
 * Nothing from outside was reached, and a private address answers TLS with a certificate for another name: the
 * sign-in page of the line, not a forgery on the way. National block addresses of that kind do not speak TLS.
 */
export function portalFinding(
  hop: Pick<Hop, 'index'>,
  grounds: Finding['grounds'],
  host: string,
  row: DnsObservation,
): Finding {
  return finding('dns', 'inconclusive', 'line.captive-portal', {
    hop: hop.index,
    mechanism: 'fault.client',
    grounds: [
      ground('line.captive-portal', 'decisive', { host }, row),
      ...grounds.map((one) => ({ ...one, role: 'context' as const })),
    ],
    settled: true,
  })
}

const sameAddress = (a: string, b: string): boolean => a === b || addressKey(a) === addressKey(b)

interface Answers {
  readonly rows: readonly DnsObservation[]
  readonly answers: readonly Address[]
  readonly trusted: readonly Address[]
  readonly control: DnsObservation | undefined
  readonly encrypted: readonly DnsObservation[]
}

/** Worst fate first: what is read from an address that no one else got. */
const FATES = {
  refused: { rule: 'dns.unmatched-refused' },
  page: { rule: 'dns.unmatched-page' },
  dead: { rule: 'dns.unmatched-dead' },
  broken: { rule: 'dns.unmatched-dead' },
} as const

function judgeNetworks(it: Case, hop: Hop, seen: Answers): Finding {
  const name = hop.host! // judgeDns() has seen to it
  const row = seen.rows.find((one) => one.answers.length > 0)! // the caller found answers
  const detail = { hop: hop.index }
  const control = controlSays(name, seen.control, seen.encrypted)
  let compared = seen.answers.some((answer) => isTranslated(answer.address))
  for (const family of [4, 6] as const) {
    const ours = seen.answers.filter((answer) => answer.family === family && !isTranslated(answer.address))
    const theirs = seen.trusted.filter((answer) => answer.family === family)
    if (ours.length === 0 || theirs.length === 0) continue
    compared = true
    const kin = ours.flatMap((a) => theirs.map((b) => kinship(a, b, it.tables)))
    if (kin.includes('same')) {
      const foreign = foreignTo(it, hop, ours, theirs)
      if (foreign === undefined) continue
      return finding('dns', 'interfered', 'dns.unmatched-refused', {
        ...detail,
        mechanism: 'dns.forged',
        grounds: [ground('dns.unmatched', 'decisive', { name, address: foreign.address }, row), ...control],
      })
    }
    const fates = ours.map((answer) => judgeAddress(it, hop, answer.address))
    const first = ours[0]! // not empty
    if (fates.includes('cleared')) {
      const at = ours[fates.indexOf('cleared')] ?? first
      return finding('dns', 'reachable', 'dns.cleared', {
        ...detail,
        mechanism: 'dns.unexpected',
        grounds: [
          ground('dns.unmatched', 'context', { name, address: at.address }, row),
          ground('dns.cleared-by-certificate', 'against', { name, address: at.address }),
        ],
      })
    }
    const print = ours
      .map((answer) => fingerprintOfAddress(answer.address, it.head.probeCc, it.tables))
      .find((match) => match !== undefined)
    if (print !== undefined)
      return finding('dns', 'interfered', 'dns.fingerprint', {
        ...detail,
        mechanism: 'dns.blockpage',
        grounds: [
          ground('dns.fingerprint', 'decisive', { name, address: first.address, fingerprint: print.name }, row),
          ...control,
        ],
        halvings: ['weak-fingerprint'],
      })
    if (shareCanonicalName(name, seen.rows, seen.control)) continue
    // Where the control knows no such name, a stale answer of an encrypted resolver is no control until it is proved.
    if (isUnknown(seen.control) && !theirs.some(({ address }) => judgeAddress(it, hop, address) === 'cleared'))
      return unknownAbroad(it, hop, row, ground('dns.unmatched', 'context', { name, address: first.address }, row))
    const worst = (['refused', 'page', 'dead', 'broken'] as const).find((one) => fates.includes(one as AddressFate))
    // Where nothing tells the networks, an address that connects and then breaks may be the service's own.
    const fate = worst === 'broken' && !kin.includes('different') ? undefined : worst
    const said = ground('dns.unmatched', 'decisive', { name, address: first.address }, row)
    const told =
      fate === 'page' ||
      (fate !== undefined &&
        controlCompleted(it, hop, { fate, at: theirs }) &&
        !(fate === 'dead' && isDeadAbroad(it, hop, ours)))
    if (fate === undefined || !told)
      return finding('dns', 'inconclusive', 'dns.unmatched-untested', {
        ...detail,
        mechanism: 'dns.unexpected',
        grounds: [said, ...control],
        missing: ['handshake-rows'],
        halvings: ['no-fingerprint'],
      })
    return finding('dns', 'interfered', FATES[fate].rule, {
      ...detail,
      mechanism: 'dns.forged',
      grounds: [said, ...control],
    })
  }
  if (!compared) {
    const grounds = [ground('dns.answered', 'context', { name, addresses: list(seen.answers) }, row), ...control]
    return finding('dns', 'inconclusive', 'dns.no-control', { ...detail, grounds, missing: ['control.dns'] })
  }
  const matched = ground('dns.matches', 'context', { name }, row)
  return finding('dns', 'reachable', 'dns.matches', { ...detail, grounds: [matched, ...control] })
}

/**
 * The line's resolver and the control follow the name to the same canonical name: the address then is one that its
 * operator chose for this place. Wrong when: a resolver follows the name first and exchanges the address only; then the
 * handshake or the page at the address differs, and that layer tells.
 */
function shareCanonicalName(
  name: string,
  rows: readonly DnsObservation[],
  control: DnsObservation | undefined,
): boolean {
  const theirs = new Set(control?.canonicalNames)
  return rows.some((row) => row.canonicalNames.some((one) => one !== name && theirs.has(one)))
}

/**
 * The first of answers that are next to the genuine ones in a network, and yet are addresses of someone else: each
 * shows a certificate for other names, here and to the control, while the name is proved at an address that the control
 * or an encrypted resolver names. Where the control gets a valid one there, the certificate was exchanged on the way,
 * which is no matter of names. Wrong when: a resolver remembers an address that the service has given up.
 */
function foreignTo(it: Case, hop: Hop, ours: readonly Address[], theirs: readonly Address[]): Address | undefined {
  if (ours.some((answer) => theirs.some((one) => sameAddress(one.address, answer.address)))) return undefined
  const isForeign = ({ address }: Address): boolean => {
    const code = it.control.tls.get(endpointKey(address, 443))?.failure?.code
    return code !== undefined && isCertificateRefusal(code) && judgeAddress(it, hop, address) === 'refused'
  }
  const isProved = ({ address }: Address): boolean => judgeAddress(it, hop, address) === 'cleared'
  return ours.every(isForeign) && theirs.some(isProved) ? ours[0] : undefined
}

/**
 * The control completed, at an address of its own, what failed at the answer: the handshake, and where the answer is
 * `dead` the connection to the same port, too (in cleartext the page). A service that refuses ordinary clients
 * everywhere, shows a wrong certificate everywhere, or is down, fails the control there too. Its page tells only where
 * its own rows of that layer do not; a name that this run proved at such an address needs no control.
 */
function controlCompleted(
  it: Case,
  hop: Hop,
  { fate, at }: { readonly fate: 'refused' | 'dead' | 'broken'; readonly at: readonly Address[] },
): boolean {
  // In cleartext a certificate has been read only if the control got a valid one.
  if (fate === 'refused' && hop.scheme === 'http') return true
  if (fate === 'refused' && at.some(({ address }) => judgeAddress(it, hop, address) === 'cleared')) return true
  // The helper reports nothing of a later hop but the last page.
  if (hop.index > 0) return controlPageOpens(it.control)
  const known = new Set(at.map(({ address }) => addressKey(address)))
  const isOwn = (row: TcpObservation | TlsObservation): boolean =>
    row.address !== undefined && known.has(addressKey(row.address)) && (hop.port === undefined || row.port === hop.port)
  const connects = fate === 'dead' ? [...it.control.tcp.values()] : []
  const handshakes = hop.scheme === 'http' ? [] : [...it.control.tls.values()]
  const layers = [connects.filter(isOwn), handshakes.filter(isOwn)].filter((rows) => rows.length > 0)
  return layers.length > 0
    ? layers.every((rows) => rows.some(({ failure }) => failure === undefined))
    : controlAnswered(it.control)
}

/** The control connects to no dead address of the answer either: a node that is down says nothing of who gave it. */
const isDeadAbroad = (it: Case, hop: Hop, ours: readonly Address[]): boolean =>
  ours
    .filter(({ address }) => judgeAddress(it, hop, address) === 'dead')
    .every(({ address }) => it.control.tcp.get(endpointKey(address, hop.port ?? 443))?.failure !== undefined)

/** Addresses made by a network that translates IPv4 for IPv6-only lines (RFC 6052): no difference. */
const isTranslated = (address: string): boolean => addressKey(address).startsWith('64:ff9b:0:0:')
