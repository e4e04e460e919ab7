import type { Subtle } from './subtle.ts'
import { authorityOf, KEY_CERT_SIGN, keyUsageOf, purposesOf, type Certificate } from './certificate.ts'
import { sameContent } from './der.ts'
import { OID } from './oids.ts'
import { checkSignature } from './signature.ts'
import { refuseStamp } from './stamp-problem.ts'

/** Certificates from the signer to the root, and signatures checked until one is found; more are refused. */
const MOST_CERTIFICATES = 8
const MOST_CHECKS = 32

/** Critical extensions that are understood or have no bearing here; any other one ends a chain. */
const UNDERSTOOD = new Set<string>([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extendedKeyUsage,
  OID.subjectAltName,
  OID.certificatePolicies,
  '2.5.29.14', // subject key identifier
  '2.5.29.35', // authority key identifier
  '2.5.29.31', // where lists of revoked certificates are
])

export interface ChainParts {
  readonly signer: Certificate
  /** Certificates that may stand between; nothing is trusted of them. */
  readonly between: readonly Certificate[]
  /** The one that is trusted. */
  readonly root: Certificate
  /** Milliseconds since 1970: when all of them have to be valid. */
  readonly at: number
}

/**
 * Looks for a chain from a signer to the pinned root: each certificate signed by the next one, which may issue it, and
 * all valid at a time. Revocation is not asked: that takes a network, and a list that was true at the time.
 *
 * Throws InputError with the problem `chain` where there is none, `expired` where one was not valid at the time.
 */
export async function checkChain({ signer, between, root, at }: ChainParts, subtle: Subtle): Promise<void> {
  let checks = 0
  let expired = false
  const valid = (path: readonly Certificate[]): boolean =>
    path.every(({ notBefore, notAfter }) => at >= notBefore && at <= notAfter)
  const leads = async (path: readonly Certificate[]): Promise<boolean> => {
    const last = path.at(-1) ?? signer
    if (sameContent(last.der, root.der)) {
      const good = valid(path)
      expired ||= !good
      return good
    }
    if (path.length === MOST_CERTIFICATES || hasUnknown(last)) return false
    for (const issuer of [root, ...between]) {
      if (!sameContent(issuer.subject, last.issuer) || path.some(({ der }) => sameContent(der, issuer.der))) continue
      if (!mayIssue(issuer, path, root)) continue
      if (checks++ === MOST_CHECKS) throw refuseStamp('chain', 'too many certificates that might belong to the chain')
      const { publicKey } = issuer
      const { algorithm, signature, signed: message } = last
      if (!(await checkSignature({ publicKey, algorithm, signature, message }, subtle))) continue
      if (await leads([...path, issuer])) return true
    }
    return false
  }
  if (await leads([signer])) return
  if (expired) throw refuseStamp('expired', 'a certificate of the chain was not valid at the time of the stamp')
  throw refuseStamp('chain', 'no chain of certificates leads to the pinned root')
}

const hasUnknown = ({ extensions }: Certificate): boolean =>
  [...extensions].some(([oid, { critical }]) => critical && !UNDERSTOOD.has(oid))

/** Whether a certificate may stand above a path: an authority, allowed to sign certificates, so many below it, for time stamps. */
function mayIssue(issuer: Certificate, below: readonly Certificate[], root: Certificate): boolean {
  const isRoot = sameContent(issuer.der, root.der)
  // A root of the time before extensions says nothing of itself: it was pinned by hand.
  if (isRoot && issuer.extensions.size === 0) return true
  const usage = keyUsageOf(issuer)
  const purposes = purposesOf(issuer)
  const authorities = below.slice(1).filter(({ subject, issuer: by }) => !sameContent(subject, by)).length
  return (
    (authorityOf(issuer)?.below ?? -1) >= authorities &&
    (usage === undefined || (usage & KEY_CERT_SIGN) !== 0) &&
    (isRoot || purposes === undefined || purposes.some((one) => one === OID.timeStamping || one === OID.anyPurpose))
  )
}
