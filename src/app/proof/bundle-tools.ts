import { createHash, hash, webcrypto, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { rederive } from '../../core/derive/rederive.ts'
import type { DeriveAgain } from '../../core/evidence/verify/derived.ts'
import type { VerifyBundleTools } from '../../core/evidence/verify/verify-bundle.ts'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { readDerivationFiles } from '../../runtime/tables/derivation-files.ts'
import { NOTE_TOOLS } from './mirror-key.ts'

/** Cryptography of this machine for a verifier of bundles. */
export const BUNDLE_TOOLS = {
  ...NOTE_TOOLS,
  digest: (bytes: Uint8Array): Uint8Array => hash('sha256', bytes, 'buffer'),
  openDigest: (name) => {
    const running = createHash(name)
    return {
      update: (bytes) => {
        running.update(bytes)
      },
      digest: () => running.digest(),
    }
  },
  digestWhole: (name, bytes) => Promise.resolve(hash(name, bytes, 'buffer')),
  subtle: webcrypto.subtle,
  isKnownRoot: (pem) => knownRoots().has(fingerprintOf(pem) ?? ''),
  isKnownTable: (name, bytes) => {
    const own = knownTables().get(name)
    return own !== undefined && Buffer.compare(own, bytes) === 0
  },
} satisfies Partial<VerifyBundleTools>

let known: ReadonlySet<string> | undefined
const knownRoots = (): ReadonlySet<string> =>
  (known ??= new Set(rootCertificates.map((pem) => new X509Certificate(pem).fingerprint256)))

let tables: ReadonlyMap<string, Uint8Array> | undefined
const knownTables = (): ReadonlyMap<string, Uint8Array> => (tables ??= readDerivationFiles())

function fingerprintOf(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256
  } catch {
    return undefined // not a certificate
  }
}

/** Judges and derives the measurements of a bundle again on this machine. */
export const deriveInNode: DeriveAgain = (parts, onJudged) =>
  rederive(parts, {
    digest: (bytes) => parseSha256(hash('sha256', bytes)),
    openCertificates: (roots) => {
      const broken = roots.findIndex((pem) => fingerprintOf(pem) === undefined)
      if (broken === -1) return openCertificates(roots)
      throw new InputError('Cannot read roots: one is no certificate', {
        code: 'bundle.roots',
        path: `roots.pem ${broken + 1}`,
        expected: 'certificates in PEM',
      })
    },
    ...defined({ onJudged }),
  })
