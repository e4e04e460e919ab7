import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { addressFamily } from '../model/address.ts'
import type { OperationFailure } from '../model/operation.ts'
import type { FailureCode } from '../model/failure.ts'
import type { Instant } from '../model/units.ts'
import { openCertificates } from '../sys/certificates.ts'

/** For what a chain must hold. */
export interface ExpectedPeer {
  /** Name, or address, for which the leaf must stand. */
  readonly host: string
  readonly at: Instant
  /** PEM, trusted besides Mozilla's. */
  readonly extraRoots: readonly string[]
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_PURPOSE = '2.5.29.37.0'

type Certificates = ReturnType<typeof openCertificates>
const mozilla: { certificates?: Certificates } = {}

function trusting(extraRoots: readonly string[]): Certificates {
  if (extraRoots.length === 0) return (mozilla.certificates ??= openCertificates())
  return openCertificates([...rootCertificates, ...extraRoots])
}

/**
 * Checks a chain as it came: dates of the leaf, name, path to a root; undefined where all hold. Of several faults the
 * first in that order is named, as Go's verifier does, from which OONI's words come.
 * BUG: constraints on names and path lengths are not checked (see sys/certificates.ts). Consequence: a chain that
 * breaks only those passes here and would fail in a browser.
 */
export function verifyChain(chain: readonly Uint8Array[], expected: ExpectedPeer): OperationFailure | undefined {
  const leaf = openLeaf(chain[0])
  if (leaf === undefined) return failed('ssl_invalid_certificate', 'no certificate that can be read')
  const now = expected.at
  if (now < leaf.validFromDate.getTime()) return failed('ssl_invalid_certificate', 'leaf is not valid yet')
  if (now > leaf.validToDate.getTime()) return failed('ssl_invalid_certificate', 'leaf has expired')
  if (!standsFor(leaf, expected.host)) return failed('ssl_invalid_hostname', 'leaf does not carry the name')
  const purposes: readonly string[] | undefined = leaf.keyUsage
  if (purposes !== undefined && !purposes.includes(SERVER_AUTH) && !purposes.includes(ANY_PURPOSE))
    return failed('ssl_invalid_certificate', 'leaf is not for servers')
  const state = trusting(expected.extraRoots).chainState(
    chain.map((der) => Buffer.from(der).toString('base64')),
    now,
  )
  switch (state) {
    case 'trusted':
      return undefined
    case 'expired':
      return failed('ssl_invalid_certificate', 'an authority of the chain has expired')
    case 'broken':
      return failed('ssl_unknown_authority', 'a signature of the chain is not that of its issuer')
    case 'unchecked':
    case 'unanchored':
    case 'none':
      return failed('ssl_unknown_authority', 'chain reaches no trusted root')
  }
}

function openLeaf(der: Uint8Array | undefined): X509Certificate | undefined {
  try {
    return der === undefined ? undefined : new X509Certificate(der)
  } catch {
    return undefined
  }
}

const standsFor = (leaf: X509Certificate, host: string): boolean =>
  addressFamily(host) === undefined
    ? leaf.checkHost(host, { subject: 'never', partialWildcards: false }) !== undefined
    : leaf.checkIP(host) !== undefined

const failed = (code: FailureCode, detail: string): OperationFailure => ({ code, stage: 'verify', detail })
