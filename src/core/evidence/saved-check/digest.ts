import type { SavedCheck } from '../../model/people/saved-check.ts'
import { parseSha256, type Sha256 } from '../../model/units.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { encodeHex } from '../hex.ts'
import type { NoteTools } from '../log/signed-note.ts'

// What is logged of a check that a person keeps: docs/formats/saved-check.md. No parser here, so that a page stays small.

export const SALT_BYTES = 16
const ENCODER = new TextEncoder()

/** SHA-256 of the salt followed by the canonical JSON of the check: all that is sent of it. */
export function digestSavedCheck(
  { check, salt }: Pick<SavedCheck, 'check' | 'salt'>,
  { digest }: Pick<NoteTools, 'digest'>,
): Sha256 {
  const text = ENCODER.encode(encodeCanonical(check))
  const bytes = new Uint8Array(SALT_BYTES + text.length)
  for (let at = 0; at < SALT_BYTES; at++) bytes[at] = Number.parseInt(salt.slice(2 * at, 2 * at + 2), 16)
  bytes.set(text, SALT_BYTES)
  return parseSha256(encodeHex(digest(bytes)))
}

/** The entry of the log for a digest, the one text of it. */
export const savedCheckEntry = (sha256: Sha256): string => encodeCanonical({ format: 'kuager-saved-check/1', sha256 })

/** The file: canonical JSON. */
export const formatSavedCheck = (saved: SavedCheck): string => encodeCanonical(saved)
