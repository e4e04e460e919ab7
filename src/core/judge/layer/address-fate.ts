import type { HttpObservation } from '../../model/measured/observation.ts'
import { addressKey, controlAnswered, endpointKey, onOwnPath, type Case, type Hop } from '../case.ts'
import { isGenuine } from './certificate-dates.ts'
import { provesName } from './interception.ts'
import { isCertificateRefusal, isNetworkFailure } from '../line.ts'
import { comparePages, redirectElsewhere } from './page.ts'
import { isOneOwner, sentTo } from '../sent-to.ts'

/**
 * What became of an address that only the person's resolver gave: `cleared` it proved the name (a valid
 * certificate, here or at the control, or one that is only out of date) or served the same page; `refused` it showed a foreign certificate;
 * `page` it served another page; `dead` it does not connect; `broken` it connects, and the exchange then fails;
 * `untested` nothing was tried on it.
 */
export type AddressFate = 'cleared' | 'refused' | 'page' | 'dead' | 'broken' | 'untested'

/** Reads the fate of one address from every row of the hop that used it. */
export function judgeAddress(it: Case, hop: Hop, address: string): AddressFate {
  const wanted = addressKey(address)
  const at = (row: { address?: string }): boolean =>
    row.address !== undefined && (row.address === address || addressKey(row.address) === wanted)
  const control = it.control.tls.get(endpointKey(address, 443))
  if (control !== undefined && control.failure === undefined) return 'cleared'
  const tls = [...hop.tls, ...hop.quic].filter((row) => at(row) && row.role === 'target')
  if (tls.some((row) => provesName(row, it.tables) || isGenuine(row, it.head, it.tables))) return 'cleared'
  const refusals = tls.filter((row) => row.failure !== undefined && isCertificateRefusal(row.failure.code))
  // A certificate that cannot be read is not another certificate.
  const refused = refusals.some((row) => row.unreadable !== true)
  const tcp = hop.tcp.filter((row) => at(row) && (hop.scheme !== 'http' || row.port === hop.port))
  const dead = tcp.length > 0 && tcp.every((row) => row.failure !== undefined)
  if (hop.scheme === 'http') {
    // Many cleartext sites have nothing of their own on port 443: the page comes first, and a certificate only
    // tells something where the control got a valid one.
    const fate = dead ? 'dead' : fateByPage(it, hop, at)
    const expected = [...it.control.tls.values()].some((row) => row.failure === undefined)
    return fate === 'cleared' || fate === 'page' || !refused || !expected ? fate : 'refused'
  }
  if (refused) return 'refused'
  if (refusals.length > 0) return 'untested'
  if (tls.some((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))) return 'broken'
  return dead ? 'dead' : fateByPage(it, hop, at)
}

/** Where no handshake was recorded: the request itself, when it went to this address or to one not told. */
function fateByPage(it: Case, hop: Hop, at: (row: { address?: string }) => boolean): AddressFate {
  const page = hop.http.find((row) => at(row)) ?? hop.http.find((row) => row.address === undefined && onOwnPath(row))
  if (page === undefined) return 'untested'
  if (page.failure !== undefined) {
    if (isCertificateRefusal(page.failure.code)) return 'refused'
    if (!isNetworkFailure(page.failure.code)) return 'untested'
    return hop.tcp.some((row) => at(row) && row.failure === undefined) ? 'broken' : 'dead'
  }
  if (page.status === undefined) return 'untested'
  if (page.scheme === 'https') return 'cleared'
  const control = it.control.http
  if (control === undefined || !controlAnswered(it.control)) return 'untested'
  if (page.status >= 300 && page.status < 400) return fateByNextHop(it, hop)
  return byComparison(page, control)
}

function byComparison(page: HttpObservation, control: HttpObservation): AddressFate {
  const compared = comparePages(page, control)
  return compared === 'alike' ? 'cleared' : compared === 'differs' ? 'page' : 'untested'
}

/**
 * A cleartext redirect is judged by where it leads: the same page in the end clears the address that sent it, and so does
 * any page of the same owner under a verified certificate. Without a readable place in each cleartext redirect it is not
 * known who led the connection there.
 */
function fateByNextHop(it: Case, hop: Hop): AddressFate {
  const last = it.hops.at(-1)
  const page = last?.http.find((row) => row.status !== undefined && row.failure === undefined)
  if (last === undefined || last.index <= hop.index || page === undefined || it.control.http === undefined)
    return 'untested'
  return page.scheme === 'https' && isLedByOwner(it, hop) ? 'cleared' : byComparison(page, it.control.http)
}

/** All cleartext redirects stay with one owner, and the first page under a verified certificate is that owner's too. */
function isLedByOwner(it: Case, hop: Hop): boolean {
  const secure = it.hops
    .filter(({ index }) => index > hop.index)
    .flatMap(({ http }) => http)
    .find((row) => row.scheme === 'https' && row.status !== undefined && row.failure === undefined)
  const isKnown = it.hops.every(({ http }) => http.every((row) => !isRedirect(row) || isWithinOwner(row)))
  return isKnown && hop.host !== undefined && secure?.host !== undefined && isOneOwner(secure.host, hop.host)
}

/** Answers in cleartext that lead on to another URL. */
const isRedirect = ({ scheme, status = 0 }: HttpObservation): boolean =>
  scheme === 'http' && status >= 300 && status < 400
const isWithinOwner = (row: HttpObservation): boolean =>
  sentTo(row) !== undefined && redirectElsewhere(row) === undefined
