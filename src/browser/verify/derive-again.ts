import { sha256 } from '@noble/hashes/sha2.js'
import { rederive } from '../../core/derive/rederive.ts'
import type { DeriveAgain } from '../../core/evidence/verify/derived.ts'
import { defined } from '../../core/model/defined.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { hexText } from '../../core/x509/der-reader.ts'
import { laterCertificates } from './later-certificates.ts'
import { webCrypto } from './tools.ts'

/** Judges and derives the measurements of a bundle again in this browser. */
export const deriveInBrowser: DeriveAgain = (parts, onJudged) =>
  rederive(parts, {
    digest: (bytes) => {
      const digest = sha256(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes)
      return parseSha256(hexText(digest, 0, digest.length))
    },
    openCertificates: (roots) => laterCertificates(roots, webCrypto()),
    ...defined({ onJudged }),
  })
