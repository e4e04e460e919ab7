import { InputError } from '../../model/errors.ts'
import { savedCheckSchema, type SavedCheck } from '../../model/people/saved-check.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { encodeHex } from '../hex.ts'
import { formatSavedCheck, SALT_BYTES } from './digest.ts'
import { isDeeper, parseBoundedJson } from '../verify/source/bounded-json.ts'

// The file that a person keeps of a check: docs/formats/saved-check.md. Its digest is made in digest.ts.

export const MOST_CHECK_BYTES = 128 * 1024
export const MOST_SAVED_CHECK_BYTES = 512 * 1024
const MOST_LEVELS = 32
const FORM = 'the form of docs/formats/saved-check.md'
const ENCODER = new TextEncoder()

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read saved check: expected ${expected}`, { code: 'saved-check.invalid', path, expected })

/** A check with its salt of 16 random bytes, not logged yet. Throws InputError for what is no bounded JSON object. */
export function makeSavedCheck(check: Readonly<Record<string, unknown>>, salt: Uint8Array): SavedCheck {
  if (salt.length !== SALT_BYTES) throw refuse('salt', `${SALT_BYTES} bytes of salt`)
  return checked({ format: 'kuager-saved-check-file/1', check, salt: encodeHex(salt) })
}

/**
 * Reads a file. Throws InputError for anything but the canonical bytes of a saved check; whether the log holds it is said
 * by `verifySavedCheck()`.
 */
export function parseSavedCheck(bytes: Uint8Array): SavedCheck {
  if (bytes.length > MOST_SAVED_CHECK_BYTES) throw refuse('', `at most ${MOST_SAVED_CHECK_BYTES} bytes`)
  const saved = checked(parseBoundedJson(bytes))
  if (formatSavedCheck(saved) !== new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes))
    throw refuse('', 'canonical JSON, unaltered')
  return saved
}

function checked(value: unknown): SavedCheck {
  const parsed = savedCheckSchema.safeParse(value)
  if (!parsed.success) throw refuse(parsed.error.issues[0]?.path.map(String).join('/') ?? '', FORM)
  const text = ENCODER.encode(encodeCanonical(parsed.data.check))
  if (text.length > MOST_CHECK_BYTES) throw refuse('check', `a check of at most ${MOST_CHECK_BYTES} bytes`)
  if (isDeeper(text, MOST_LEVELS)) throw refuse('check', `a check of at most ${MOST_LEVELS} levels`)
  return parsed.data
}
