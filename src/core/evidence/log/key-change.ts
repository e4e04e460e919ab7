import { keyChangeSchema, type KeyChange } from '../../model/key-change.ts'
import { formatInstantUtc, type Instant } from '../../model/units.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { formatVerifierKey, parseVerifierKey, type NoteTools, type VerifierKey } from './signed-note.ts'

/** A key that signs and its public half. */
export interface SigningKey {
  readonly key: VerifierKey
  readonly sign: (message: Uint8Array) => Uint8Array
}

const ENCODER = new TextEncoder()

/** Entry of a log by which its old key names the new one: bytes as logged, the same for the same keys and time. */
export function encodeKeyChange(before: SigningKey, after: SigningKey, at: Instant): Uint8Array {
  const unsigned = {
    format: 'kuager-key-change/1',
    origin: after.key.name,
    at: formatInstantUtc(at),
    old: formatVerifierKey(before.key),
    new: formatVerifierKey(after.key),
  }
  const message = ENCODER.encode(encodeCanonical(unsigned))
  return ENCODER.encode(
    encodeCanonical({
      ...unsigned,
      old_signature: encodeBase64(before.sign(message)),
      new_signature: encodeBase64(after.sign(message)),
    }),
  )
}

/** The keys of a change whose form and both signatures hold; undefined for any other bytes. */
export function verifyKeyChange(
  bytes: Uint8Array,
  { digest, verify }: NoteTools,
): { readonly before: VerifierKey; readonly after: VerifierKey; readonly change: KeyChange } | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const change = keyChangeSchema.parse(JSON.parse(text))
    const { old_signature: old, new_signature: own, ...unsigned } = change
    const [before, after] = [parseVerifierKey(change.old, digest), parseVerifierKey(change.new, digest)]
    const message = ENCODER.encode(encodeCanonical(unsigned))
    const holds =
      encodeCanonical(change) === text &&
      before.name === change.origin &&
      after.name === change.origin &&
      signed(before, message, old, verify) &&
      signed(after, message, own, verify)
    return holds ? { before, after, change } : undefined
  } catch {
    return undefined
  }
}

function signed(key: VerifierKey, message: Uint8Array, text: string, verify: NoteTools['verify']): boolean {
  const signature = decodeBase64(text)
  return signature?.length === 64 && verify(key.publicKey, message, signature)
}
