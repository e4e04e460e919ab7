import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import type { OperationFailure } from '../../core/model/measured/operation.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { chainFailure, checkPeer, type PeerCheck } from '../tls/verify.ts'

type Certificates = ReturnType<typeof openCertificates>
/** One set for each list of additional roots: decoding about 150 takes milliseconds. */
const sets = new WeakMap<readonly string[], Certificates>()
const NONE: readonly string[] = []

function trusting(extraRoots: readonly string[]): Certificates {
  const known = sets.get(extraRoots) ?? openCertificates([...rootCertificates, ...extraRoots])
  sets.set(extraRoots, known)
  return known
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_PURPOSE = '2.5.29.37.0'

/** Whether the leaf's purposes, where it names any, hold that of a server. RFC 5280 §4.2.1.12. */
function isForServers(leaf: Uint8Array): boolean {
  const purposes: readonly string[] | undefined = new X509Certificate(leaf).keyUsage
  return purposes === undefined || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE)
}

/**
 * Checks a chain as it came over QUIC, whose library lets every chain pass: date and name of the leaf and the order of
 * faults as over TCP (`checkPeer`), then a path to a root. `extraRoots` are PEM, trusted besides Mozilla's.
 * BUG: constraints on names and path lengths are not checked (see sys/certificates.ts). Consequence: a chain
 * that breaks only those passes here and would fail in a browser.
 */
export function verifyChain(peer: PeerCheck, extraRoots = NONE): OperationFailure | undefined {
  return checkPeer(peer) ?? pathFault(peer, extraRoots)
}

function pathFault({ chain, at }: PeerCheck, extraRoots: readonly string[]): OperationFailure | undefined {
  const leaf = chain[0]
  if (leaf !== undefined && !isForServers(leaf))
    return chainFailure('ssl_invalid_certificate', 'leaf is not for servers')
  const state = trusting(extraRoots).chainState(
    chain.map((der) => Buffer.from(der).toString('base64')),
    at,
  )
  switch (state) {
    case 'trusted':
      return undefined
    case 'expired':
      return chainFailure('ssl_invalid_certificate', 'an authority of the chain has expired')
    case 'broken':
      return chainFailure('ssl_unknown_authority', 'a signature of the chain is not that of its issuer')
    case 'unchecked':
    case 'unanchored':
    case 'none':
      return chainFailure('ssl_unknown_authority', 'chain reaches no trusted root')
  }
}
