import { sha256 } from '@noble/hashes/sha2.js'
import { rederive } from '../../derive/rederive.ts'
import type { DeriveAgain } from '../../evidence/verify/derived.ts'
import { parseSha256 } from '../../model/units.ts'
import { hexText } from '../../observe/der/der-reader.ts'
import { laterCertificates } from './later-certificates.ts'
import { webCrypto } from './tools.ts'

/** Judges and derives the measurements of a bundle again in this browser. */
export const deriveAgain: DeriveAgain = (parts, onJudged) =>
  rederive(parts, {
    digest: (bytes) => {
      const digest = sha256(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes)
      return parseSha256(hexText(digest, 0, digest.length))
    },
    openCertificates: (roots) => laterCertificates(roots, webCrypto()),
    ...(onJudged === undefined ? {} : { onJudged }),
  })
