import { canonicalAddress } from '../model/address.ts'
import { controlAnswered, endpointKey, onOwnPath, type Case, type Hop } from './case.ts'
import { interceptionOf } from './interception.ts'
import { isCertificateRefusal, isNetworkFailure } from './line.ts'
import { comparePages } from './page.ts'

/**
 * What became of an address that only the person's resolver gave: `cleared` it proved the name (a valid
 * certificate, here or at the control) or served the same page; `refused` it showed a foreign certificate;
 * `page` it served another page; `dead` it does not answer; `untested` nothing was tried on it.
 */
export type AddressFate = 'cleared' | 'refused' | 'page' | 'dead' | 'untested'

/** Reads the fate of one address from every row of the hop that used it. */
export function judgeAddress(it: Case, hop: Hop, address: string): AddressFate {
  const wanted = canonicalAddress(address) ?? address
  const at = (row: { address?: string }): boolean =>
    row.address !== undefined && (canonicalAddress(row.address) ?? row.address) === wanted
  if (
    it.control.tls.get(endpointKey(address, 443))?.failure === undefined &&
    it.control.tls.has(endpointKey(address, 443))
  )
    return 'cleared'
  const tls = [...hop.tls, ...hop.quic].filter((row) => at(row) && row.role === 'target')
  if (
    tls.some(
      (row) =>
        row.failure === undefined &&
        (row.verified || (row.chain === 'trusted' && row.nameMatches === true)) &&
        interceptionOf(row.certificates, it.tables) === undefined,
    )
  )
    return 'cleared'
  if (tls.some((row) => row.failure !== undefined && isCertificateRefusal(row.failure.code))) return 'refused'
  if (tls.some((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))) return 'dead'
  const tcp = hop.tcp.filter(at)
  if (tcp.length > 0 && tcp.every((row) => row.failure !== undefined)) return 'dead'
  return fateByPage(it, hop, at)
}

/** Where no handshake was recorded: the request itself, when it went to this address or to one not told. */
function fateByPage(it: Case, hop: Hop, at: (row: { address?: string }) => boolean): AddressFate {
  const page = hop.http.find((row) => at(row)) ?? hop.http.find((row) => row.address === undefined && onOwnPath(row))
  if (page === undefined) return 'untested'
  if (page.failure !== undefined) {
    if (isCertificateRefusal(page.failure.code)) return 'refused'
    return isNetworkFailure(page.failure.code) ? 'dead' : 'untested'
  }
  if (page.status === undefined) return 'untested'
  if (page.scheme === 'https') return 'cleared'
  const control = it.control.http
  if (control === undefined || !controlAnswered(it.control)) return 'untested'
  if (page.status >= 300 && page.status < 400) return fateByNextHop(it, hop)
  const compared = comparePages(page, control)
  return compared === 'alike' ? 'cleared' : compared === 'differs' ? 'page' : 'untested'
}

/** A cleartext redirect is judged by where it leads: the same page in the end clears the address that sent it. */
function fateByNextHop(it: Case, hop: Hop): AddressFate {
  const last = it.hops.at(-1)
  const page = last?.http.find((row) => row.status !== undefined && row.failure === undefined)
  if (last === undefined || last.index <= hop.index || page === undefined || it.control.http === undefined)
    return 'untested'
  const compared = comparePages(page, it.control.http)
  return compared === 'alike' ? 'cleared' : compared === 'differs' ? 'page' : 'untested'
}
