import { X509Certificate } from 'node:crypto'
import { addressFamily } from '../../core/model/address.ts'
import type { FailureCode } from '../../core/model/measured/failure.ts'
import type { OperationFailure } from '../../core/model/measured/operation.ts'
import type { Instant } from '../../core/model/units.ts'
import { classifyError } from '../classify-error.ts'

/** What is asked of a server's certificates. */
export interface PeerCheck {
  /** As the server sent them, leaf first. */
  readonly chain: readonly Uint8Array[]
  /** Name, or address where the ClientHello carried no name, for which the leaf must stand. */
  readonly host: string
  readonly at: Instant
  /** Word of OpenSSL's own verification (`CERT_HAS_EXPIRED` …); absent where it found nothing. */
  readonly library?: string
}

/** What is wrong with a chain, as a failure. */
export const chainFailure = (code: FailureCode, detail: string): OperationFailure => ({ code, stage: 'verify', detail })

/**
 * The one failure that a chain amounts to; undefined if it is valid. Several faults often hold at once, an expired
 * certificate of an unknown authority under another name among them; the first of this order is reported, the order of
 * Go's verifier, from which OONI's words come:
 * 1. the leaf is out of date → `ssl_invalid_certificate`
 * 2. the leaf does not carry the name → `ssl_invalid_hostname` (alternative names alone; a subject's name counts not)
 * 3. OpenSSL found no path to a trusted root → `ssl_unknown_authority`; another fault, such as an expired authority or
 *    a wrong purpose → `ssl_invalid_certificate`
 */
export function checkPeer({ chain, host, at, library }: PeerCheck): OperationFailure | undefined {
  const leaf = openLeaf(chain[0])
  if (leaf === undefined) return chainFailure('ssl_invalid_certificate', 'no certificate that can be read')
  if (at < leaf.validFromDate.getTime()) return chainFailure('ssl_invalid_certificate', 'leaf is not valid yet')
  if (at > leaf.validToDate.getTime()) return chainFailure('ssl_invalid_certificate', 'leaf has expired')
  if (!standsFor(leaf, host)) return chainFailure('ssl_invalid_hostname', 'leaf does not carry the name')
  if (library === undefined) return undefined
  const told = classifyError(Object.assign(new Error(''), { code: library }), 'verify')
  return told.code === 'ssl_unknown_authority' ? told : chainFailure('ssl_invalid_certificate', library)
}

function openLeaf(der: Uint8Array | undefined): X509Certificate | undefined {
  try {
    return der === undefined ? undefined : new X509Certificate(der)
  } catch {
    return undefined
  }
}

function standsFor(leaf: X509Certificate, host: string): boolean {
  if (addressFamily(host) !== undefined) return leaf.checkIP(host) !== undefined
  return leaf.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined
}
