import { registrableDomain } from '../../model/hostname.ts'
import type { HttpObservation, Observation } from '../../model/measured/observation.ts'
import { judgeAnswer } from '../layer/answer.ts'
import { controlPageOpens, type Case, type Hop } from '../case.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { httpMechanism, judgeHttpFailure, ownHttpRow, type Passed } from '../layer/http.ts'
import { isTimeout } from '../line.ts'
import { beyondChance } from './chance.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import { comparePages, isAnswered, isOverloaded, redirectElsewhere } from '../layer/page.ts'
import { sentTo } from '../sent-to.ts'
import { silenceByName } from './silence-by-name.ts'
import type { Service } from '../../model/tables/service.ts'
import { serviceHosts } from './service-hosts.ts'

/** Judges the exchange of one endpoint, of one scheme; undefined where none was tried. `rows`: of that endpoint alone. */
export function judgePage(it: Case, hop: Hop, rows: readonly Observation[], passed: Passed): Finding | undefined {
  const row = ownHttpRow(hop)
  if (row === undefined) return undefined
  const exchanges = rows.filter((one) => one.kind === 'http')
  const pages = exchanges.filter((one) => one.kind === 'http' && one.scheme === row.scheme && !one.overQuic)
  const beside = pages.filter((one) => one.kind === 'http')
  if (!isAnswered(row)) return judgeFailure(it, hop, row, { beside, rows, passed })
  if (row.scheme === 'http') {
    const line = answersEveryHost(row, beside)
    if (line !== undefined) return line
    const crossed = crossedAlike(row, beside)
    if (crossed !== undefined) return crossed
    const sent = judgeRedirect(it, hop, row, beside)
    if (sent !== undefined) return sent
  }
  return judgeAnswer(it, hop, row)
}

interface Around {
  readonly beside: readonly HttpObservation[]
  readonly rows: readonly Observation[]
  readonly passed: Passed
}

/** A control Host was answered at the same address. */
const innocentOf = (row: HttpObservation, beside: readonly HttpObservation[]): HttpObservation | undefined =>
  beside.find(
    (one) => one.side === 'probe' && one.role === 'innocent' && one.address === row.address && isAnswered(one),
  )

const BY_HOST: ReadonlyMap<Mechanism, Mechanism> = new Map([
  ['http.timeout', 'http.timeout.host'],
  ['http.reset', 'http.reset.host'],
  ['http.close', 'http.close.host'],
])

function judgeFailure(it: Case, hop: Hop, row: HttpObservation, { beside, rows, passed }: Around): Finding | undefined {
  const code = row.failure?.code ?? 'unknown_failure'
  const host = row.host ?? ''
  const secure = row.scheme === 'https' && (passed.tls || row.status !== undefined)
  // After a verified handshake no machine on the way sees what is asked: no answer may as well mean a slow server.
  if (secure && isTimeout(code))
    return (
      silenceByName(it, row, rows) ??
      finding('http', 'inconclusive', row.status === undefined ? 'http.silence-after-tls' : 'http.page-stops', {
        mechanism: 'http.timeout',
        grounds: [ground('http.failed', 'decisive', { host, failure: code }, row)],
        missing: ['pair'],
      })
    )
  const found = judgeHttpFailure(it, hop, row, passed)
  if (secure && found?.state === 'interfered') return cutAfterTls(found, row, { beside, abroad: it.control.http })
  const innocent = row.scheme === 'http' ? innocentOf(row, beside) : undefined
  const paired = BY_HOST.get(httpMechanism(code) ?? 'http.blockpage')
  if (found === undefined || innocent === undefined || paired === undefined || found.layer !== 'http') return found
  const again =
    beside.filter(
      (one) => one.side === 'probe' && one.role === 'target' && one.status === undefined && !isAnswered(one),
    ).length >= 2
  const repeated = again || crossedFails(beside, code)
  const said = ground('http.innocent-passed', 'control', { host: innocent.host ?? '' }, innocent)
  const grounds = [...found.grounds, said]
  if (found.state === 'interfered') return { ...found, mechanism: paired, grounds }
  // Without an outside control two failures of the Host next to a control one that passes are enough.
  return found.state === 'inconclusive' && repeated && it.control.http === undefined
    ? finding('http', 'interfered', 'http.failure', { mechanism: paired, grounds, halvings: ['no-outside-control'] })
    : found
}

/**
 * A page that was cut off under a verified handshake: a difference where it was so each time, and exchanges under a
 * control name at the same address were not, more often than chance. Servers and routers cut connections too; so does
 * a server that is in trouble abroad.
 */
function cutAfterTls(
  found: Finding,
  row: HttpObservation,
  { beside, abroad }: { readonly beside: readonly HttpObservation[]; readonly abroad: HttpObservation | undefined },
): Finding {
  const here = beside.filter((one) => one.side === 'probe' && one.address === row.address)
  const of = (role: HttpObservation['role']): readonly HttpObservation[] =>
    here.filter((one) => (one.role ?? 'target') === role)
  const innocent = of('innocent')
  const passed = innocent.find(isAnswered)
  const tally = { tried: innocent.length, failed: innocent.filter((one) => !isAnswered(one)).length }
  const cut = of('target').filter((one) => !isAnswered(one)).length
  const isWellAbroad = abroad === undefined || !isOverloaded(abroad)
  if (passed !== undefined && isWellAbroad && beyondChance(cut, tally))
    return {
      ...found,
      grounds: [...found.grounds, ground('http.innocent-passed', 'control', { host: passed.host ?? '' }, passed)],
    }
  return finding('http', 'inconclusive', 'http.cut-unconfirmed', {
    mechanism: found.mechanism,
    grounds: found.grounds.filter(({ fact }) => fact !== 'ratio.halved'),
    missing: ['pair'],
  })
}

const crossedFails = (beside: readonly HttpObservation[], code: string): boolean =>
  beside.some((one) => one.side === 'probe' && one.role === 'crossed' && one.failure?.code === code)

/**
 * The Host under test, asked of the control name's own server, brings the same redirect or page as at the service's
 * address, while the control Host brings another: the answer comes from neither server.
 */
function crossedAlike(row: HttpObservation, beside: readonly HttpObservation[]): Finding | undefined {
  const crossed = beside.find((one) => one.side === 'probe' && one.role === 'crossed' && isAnswered(one))
  if (crossed === undefined || crossed.address === row.address) return undefined
  const innocent = innocentOf(crossed, beside)
  if (innocent === undefined) return undefined
  if (!isSame(row, crossed) || isSame(row, innocent)) return undefined
  const host = row.host ?? ''
  const redirects = (row.status ?? 0) >= 300 && (row.status ?? 0) < 400
  const location = redirectElsewhere(row)
  if (redirects && location === undefined) return undefined
  return finding('http', 'interfered', redirects ? 'http.redirected' : 'http.page-differs', {
    mechanism: redirects ? 'http.redirect.host' : 'http.blockpage.host',
    grounds: [
      redirects
        ? ground('http.redirected-elsewhere', 'decisive', { host, location: location ?? '' }, row)
        : ground('http.page-elsewhere', 'decisive', { host }, row),
      ground('http.crossed-alike', 'control', { host }, crossed),
      ground('http.innocent-passed', 'control', { host: innocent.host ?? '' }, innocent),
    ],
  })
}

/**
 * The control Host, asked of its own server, brings the very answer that the Host under test brings: all cleartext of
 * the line is answered so, as when a subscription has run out or a company filters.
 */
function answersEveryHost(row: HttpObservation, beside: readonly HttpObservation[]): Finding | undefined {
  const innocent = beside.find(
    (one) =>
      one.side === 'probe' &&
      one.role === 'innocent' &&
      one.address !== row.address &&
      isAnswered(one) &&
      isSame(row, one),
  )
  if (innocent === undefined) return undefined
  return finding('http', 'inconclusive', 'http.every-host', {
    mechanism: 'fault.client',
    grounds: [
      ground('http.page-elsewhere', 'decisive', { host: row.host ?? '' }, row),
      ground('http.innocent-passed', 'control', { host: innocent.host ?? '' }, innocent),
    ],
  })
}

/** The same answer: status and place to which it sends, or status and body. */
function isSame(a: HttpObservation, b: HttpObservation): boolean {
  if (a.status !== b.status) return false
  if (a.read !== undefined && b.read !== undefined) return a.read.same !== undefined && a.read.same === b.read.same
  const said = substanceOf(a)
  return said !== undefined && said === substanceOf(b)
}

/** What two answers must have in common to be the same: the place to which they send, else a body worth comparing. */
export function substanceOf(row: HttpObservation): string | undefined {
  const { location, body } = row
  if (location !== undefined) return sentTo(row) && `location ${location}`
  return body !== undefined && body.length >= 40 ? `body ${body}` : undefined
}

/**
 * A cleartext redirect to someone else's site. The probe follows none, so that the page behind it is not known: the
 * helper's first answer tells whether the site itself sends people there. Where the helper does not say that, a redirect
 * to a bare address or to another owner's site in cleartext counts, of a listed service, beside the helper's own page.
 * Wrong when: a site sends visitors of one country elsewhere.
 */
function judgeRedirect(
  it: Case,
  hop: Hop,
  row: HttpObservation,
  beside: readonly HttpObservation[],
): Finding | undefined {
  const target = redirectElsewhere(row)
  const sent = sentTo(row)
  if (target === undefined || sent === undefined || isOwn(it.service, row, target)) return undefined
  const first = firstOfControl(beside)
  const host = row.host ?? ''
  const said = ground('http.redirected-elsewhere', 'decisive', { host, location: target }, row)
  const detail = { hop: hop.index, mechanism: 'http.redirect.host' } as const
  if (first !== undefined) {
    // It is not known what the site itself answers abroad: no difference.
    if (!isPlaceKnown(first, row) || sendsThere(first, row, target)) return undefined
    return finding('http', 'interfered', 'http.redirected', {
      ...detail,
      grounds: [said, ground('http.control-first', 'control', { status: first.status }, first)],
      halvings: ['no-fingerprint'],
    })
  }
  const { http } = it.control
  if (http === undefined || !controlPageOpens(it.control) || it.service === undefined) return undefined
  if (!sent.is('cleartext') && !sent.is('address')) return undefined
  if (comparePages(row, http) === 'alike') return undefined
  return finding('http', 'interfered', 'http.redirected', {
    ...detail,
    grounds: [said, ground('http.control-answered', 'control', { status: http.status }, http)],
    halvings: ['no-fingerprint', 'inferred-control'],
  })
}

/** The control's answer before it followed any redirect. */
export const firstOfControl = (rows: readonly HttpObservation[]): HttpObservation | undefined =>
  rows.find((one) => one.side === 'control' && one.first === true)

/** Whether an answer sends to a host of the service itself. */
export const isOwn = (service: Service | undefined, row: HttpObservation, host: string): boolean =>
  row.read?.location === undefined
    ? service !== undefined && serviceHosts(service).has(registrableDomain(host))
    : row.read.location.includes('own')

/**
 * Whether it is known what the site itself answers: by a page, or a redirect with a readable place. Servers refuse helpers,
 * and not people.
 */
const isPlaceKnown = ({ status = 0, location }: HttpObservation, { url }: HttpObservation): boolean =>
  (status >= 200 && status < 300) ||
  (status >= 300 && status < 400 && location !== undefined && URL.canParse(location, url))

/** Whether the control's first answer sends to the site to which this one does. */
export function sendsThere(first: HttpObservation, row: HttpObservation, host: string): boolean {
  if (first.location === undefined) return false
  if (row.read?.location !== undefined) return row.read.location.includes('as-control')
  const theirs = URL.parse(first.location, row.url)?.hostname
  return theirs !== undefined && registrableDomain(theirs) === registrableDomain(host)
}
