import type { HttpObservation } from '../../model/measured/observation.ts'
import { controlAnswered, controlPageOpens, type Case, type Hop } from '../case.ts'
import { laterHop } from './later-hop.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { fingerprintOfPage } from './fingerprint.ts'
import { ownHttpRow } from './http.ts'
import { sameNetwork } from '../network.ts'
import { captivePortal, comparePages, isAnswered, isChallenge, redirectElsewhere, redirectToNowhere } from './page.ts'
import { addressFamily } from '../../model/address.ts'

/** A cleartext step at which someone other than the server may have answered. */
interface Detour {
  readonly hop: Hop
  readonly row: HttpObservation
  readonly location: string
}

/** First cleartext redirect of the chain to another owner's host. */
function detour(it: Case): Detour | undefined {
  for (const hop of it.hops) {
    const row = ownHttpRow(hop)
    if (row === undefined || !isAnswered(row)) continue
    const location = redirectElsewhere(row)
    if (location !== undefined) return { hop, row, location }
  }
  return undefined
}

/** A captive portal anywhere in the chain: the connection's own, independent of what came before or after it. */
export function judgePortal(it: Case): Finding | undefined {
  for (const hop of it.hops)
    for (const row of hop.http) {
      const host = captivePortal(row)
      if (host !== undefined)
        return finding('http', 'inconclusive', 'line.captive-portal', {
          hop: hop.index,
          mechanism: 'fault.client',
          grounds: [ground('line.captive-portal', 'decisive', { host }, row)],
          settled: true,
        })
    }
  return undefined
}

/** A cleartext answer that leads to a private address, on a line that reached the helper, whose own page opened. */
export function judgeDetour(it: Case, hop: Hop, row: HttpObservation): Finding | undefined {
  const status = row.status ?? 0
  const nowhere = status >= 300 && status < 400 ? redirectToNowhere(row) : undefined
  const control = it.control.http
  if (nowhere === undefined || !controlPageOpens(it.control)) return undefined
  const host = row.host ?? hop.host ?? ''
  return finding('http', 'interfered', 'http.redirected', {
    hop: hop.index,
    mechanism: 'http.redirect.host',
    grounds: [
      ground('http.redirected-elsewhere', 'decisive', { host, location: nowhere }, row),
      ground('http.control-answered', 'control', { status: control?.status }, control),
    ],
    halvings: ['no-fingerprint'],
  })
}

/**
 * Judges the last page of the chain. Over TLS with a valid certificate the server itself answered, with any content; in
 * cleartext it is unknown who answered, so the page must agree with the control's.
 */
export function judgeAnswer(it: Case, hop: Hop, row: HttpObservation): Finding {
  const status = row.status ?? 0
  const host = row.host ?? hop.host ?? ''
  const answered = ground('http.answered', 'context', { host, status }, row)
  const aside = detour(it)
  if (row.scheme === 'https' && aside === undefined) return judgeAuthenticated(hop, row, answered)
  // A request whose URL was lost, where the hop is not cleartext: nothing tells who answered.
  if (row.scheme === undefined && hop.scheme !== 'http')
    return finding('http', 'inconclusive', 'http.cleartext-alone', {
      hop: hop.index,
      grounds: [{ ...answered, role: 'decisive' }],
      missing: ['operations'],
    })
  const print = judgeFingerprint(it, hop, row)
  if (print !== undefined) return print
  const control = it.control.http
  if (control === undefined || !controlAnswered(it.control)) {
    if (row.scheme === 'https') return judgeAuthenticated(hop, row, answered)
    return finding('http', 'inconclusive', 'http.cleartext-alone', {
      hop: hop.index,
      grounds: [{ ...answered, role: 'decisive' }],
      missing: [it.control.present ? 'control.http' : 'control'],
    })
  }
  const controlSaid = ground('http.control-answered', 'control', { status: control.status }, control)
  const redirects = status >= 300 && status < 400
  const nowhere = judgeDetour(it, hop, row)
  if (nowhere !== undefined) return nowhere
  const compared = controlPageOpens(it.control) && !redirects ? comparePages(row, control) : 'unclear'
  // Under a certificate of its own a host itself refuses or fails, no matter what led the connection there.
  const ownRefusal = row.scheme === 'https' && (status === 403 || status >= 500 || isChallenge(row))
  if (compared !== 'differs' || ownRefusal) {
    if (row.scheme === 'https') return judgeAuthenticated(hop, row, answered)
    const fact = compared === 'alike' ? [ground('http.page-alike', 'control', { host }, control)] : [controlSaid]
    return finding('http', 'reachable', compared === 'alike' ? 'http.page-alike' : 'http.answers', {
      hop: hop.index,
      grounds: [answered, ...fact],
      missing: compared === 'alike' ? [] : ['control.http'],
    })
  }
  const differs = ground('http.page-differs', 'decisive', { host }, row)
  if (aside !== undefined)
    return finding('http', 'interfered', 'http.redirected', {
      hop: aside.hop.index,
      mechanism: 'http.redirect.host',
      grounds: [
        ground('http.redirected-elsewhere', 'decisive', { host: aside.row.host, location: aside.location }, aside.row),
        differs,
        controlSaid,
      ],
      halvings: ['no-fingerprint'],
    })
  return judgeDifferentPage(it, hop, row, [differs, controlSaid])
}

/** The server proved its name: even a refusal is an answer of its own. */
function judgeAuthenticated(hop: Hop, row: HttpObservation, answered: Finding['grounds'][number]): Finding {
  const status = row.status ?? 0
  const host = row.host ?? hop.host ?? ''
  const challenge = isChallenge(row)
  if (status !== 403 && status !== 451 && !challenge)
    return finding('http', 'reachable', 'http.answers', { hop: hop.index, grounds: [answered] })
  const why = challenge
    ? ground('http.challenge', 'decisive', { host }, row)
    : ground('http.server-refuses', 'decisive', { host, status }, row)
  return finding('http', 'reachable', 'http.server-refuses', {
    hop: hop.index,
    mechanism: 'fault.geoblock',
    grounds: [why, answered],
  })
}

function judgeFingerprint(it: Case, hop: Hop, row: HttpObservation): Finding | undefined {
  const pages = it.hops.flatMap((one) => one.http).filter((page) => page.scheme === 'http' || page === row)
  const control = it.control.http
  for (const page of pages) {
    if (page.status === undefined) continue
    const redirects = page.status >= 300 && page.status < 400
    if (!redirects && control !== undefined && controlPageOpens(it.control) && comparePages(page, control) === 'alike')
      continue
    const print = fingerprintOfPage(page, it.head.probeCc, it.tables)
    if (print === undefined) continue
    const said = ground('http.fingerprint', 'decisive', { fingerprint: print.name }, page)
    const mechanism = redirects ? 'http.redirect.host' : 'http.blockpage.host'
    if (print.worth === 'own-filter')
      return finding('http', 'inconclusive', 'http.own-filter', {
        hop: hop.index,
        mechanism: 'fault.client',
        grounds: [ground('http.own-filter', 'decisive', { fingerprint: print.name }, page)],
        settled: true,
      })
    if (print.worth === 'artefact')
      return finding('http', 'interfered', 'http.fingerprint', { hop: page.hop, mechanism, grounds: [said] })
    if (controlPageOpens(it.control))
      return finding('http', 'interfered', 'http.fingerprint', {
        hop: page.hop,
        mechanism,
        grounds: [said, ground('http.control-answered', 'control', { status: control?.status }, control)],
        halvings: ['weak-fingerprint'],
      })
  }
  return undefined
}

/** Errors that an overloaded or broken origin sends itself: no sign of a machine in between. */
const isServerError = (status: number): boolean => status === 500 || (status >= 502 && status <= 504) || status >= 520

function judgeDifferentPage(it: Case, hop: Hop, row: HttpObservation, grounds: Finding['grounds']): Finding {
  const status = row.status ?? 0
  const host = row.host ?? hop.host ?? ''
  if (isChallenge(row) && fromChallengingProvider(it, row))
    return finding('http', 'inconclusive', 'http.challenge', {
      hop: hop.index,
      mechanism: 'fault.geoblock',
      grounds: [ground('http.challenge', 'decisive', { host }, row), ...grounds.slice(1)],
      settled: true,
    })
  if (isServerError(status))
    return finding('http', 'inconclusive', 'http.server-error', {
      hop: hop.index,
      mechanism: 'fault.service',
      grounds: [ground('http.server-refuses', 'decisive', { host, status }, row), ...grounds.slice(1)],
      settled: true,
    })
  const later = laterHop(it, hop)
  return finding('http', 'interfered', 'http.page-differs', {
    hop: hop.index,
    mechanism: 'http.blockpage.host',
    grounds: [...grounds, ...later.grounds],
    halvings: ['no-fingerprint', ...later.halvings],
  })
}

/** Whether the page came from a network whose customers' visitors are challenged, as far as the measurement tells. */
function fromChallengingProvider(it: Case, row: HttpObservation): boolean {
  const addresses =
    row.address === undefined ? it.hops.flatMap((hop) => hop.tcp.map((one) => one.address)) : [row.address]
  const known = [...it.hops.flatMap((hop) => hop.dns), ...it.control.dns].flatMap((one) => one.answers)
  return addresses.some((address) => {
    const family = addressFamily(address)
    if (family === undefined) return false
    const answer = known.find((one) => one.address === address)
    const provider = answer?.asn === undefined ? undefined : it.tables.providers.get(answer.asn)
    if (provider?.challenges === true) return true
    return (
      answer?.asn === undefined &&
      it.control.dns.some((one) => one.answers.some((other) => sameNetwork(other, { family, address }, it.tables)))
    )
  })
}
