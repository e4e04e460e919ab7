import { InputError } from '../../model/errors.ts'
import { encodeHex } from '../hex.ts'
import type { NoteTools } from '../log/signed-note.ts'
import { readPem } from './certificate.ts'
import { sameContent } from './der.ts'

/**
 * SHA-256 of each root in a text of PEM, in hexadecimal; certificates between a root and a signer may be among them and
 * are passed over. Throws InputError where there is no root: a file that names none would check nothing.
 */
export function readTrustedRoots(pem: string, digest: NoteTools['digest']): readonly string[] {
  const roots = readPem(pem).filter(({ subject, issuer }) => sameContent(subject, issuer))
  if (roots.length > 0) return roots.map(({ der }) => encodeHex(digest(der)))
  throw new InputError('Cannot read trusted roots: there is no certificate that signs itself', {
    code: 'roots.none',
    path: '',
    expected: 'a root of a time-stamping authority in PEM, from the page of the authority',
  })
}
