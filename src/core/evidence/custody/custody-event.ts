import { defined } from '../../model/defined.ts'
import { InputError } from '../../model/errors.ts'
import { custodyEventSchema, type CustodyEvent } from '../../model/custody.ts'
import { formatInstantUtc, type Instant } from '../../model/units.ts'
import { decodeBase64, encodeBase64 } from '../base64.ts'
import { encodeCanonical } from '../canonical-json.ts'
import { formatVerifierKey, parseVerifierKey, type NoteTools, type VerifierKey } from '../log/signed-note.ts'

// Events of custody: docs/formats/custody.md.

/** What was done, before it is signed. */
export type CustodyDraft = Pick<CustodyEvent, 'type' | 'evidence' | 'actor' | 'reason' | 'detail'> &
  Partial<Pick<CustodyEvent, 'authority' | 'place'>>

/** The place of an event in the chain of its folder. */
export interface CustodyPlace {
  /** Random, 16 bytes in hexadecimal. */
  readonly id: string
  readonly at: Instant
  /** SHA-256 of the bytes of the event before, in hexadecimal; null for the first. */
  readonly prev: string | null
}

export interface CustodySigner {
  readonly key: VerifierKey
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** An event longer than this is refused unread: it is an entry of the log as well. */
export const MOST_EVENT_BYTES = 65_536

const ENCODER = new TextEncoder()
const ED25519_BYTES = 64

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read custody event: expected ${expected}`, { code: 'custody.invalid', path, expected })

/** Bytes that are signed: the canonical JSON of everything but the signature. */
export function custodyMessage(event: CustodyEvent): Uint8Array {
  const { signature: _, ...signed } = event
  return ENCODER.encode(encodeCanonical(signed))
}

/** Bytes of an event as it is kept and logged. */
export const encodeCustodyEvent = (event: CustodyEvent): Uint8Array => ENCODER.encode(encodeCanonical(event))

/** Signs an event into its place. Throws InputError for a draft that is not of the form of docs/formats/custody.md. */
export function signCustodyEvent(draft: CustodyDraft, place: CustodyPlace, signer: CustodySigner): CustodyEvent {
  const { id, at, prev } = place
  const { type, evidence, actor, reason, authority, place: where, detail } = draft
  const event = checkForm({
    format: 'kuager-custody/1',
    id,
    type,
    evidence,
    at: formatInstantUtc(at),
    actor,
    reason,
    ...defined({ authority, place: where }),
    prev,
    detail,
    key: formatVerifierKey(signer.key),
    signature: encodeBase64(new Uint8Array(ED25519_BYTES)),
  })
  const signed = { ...event, signature: encodeBase64(signer.sign(custodyMessage(event))) }
  if (encodeCustodyEvent(signed).length > MOST_EVENT_BYTES) throw refuse('detail', `at most ${MOST_EVENT_BYTES} bytes`)
  return signed
}

function checkForm(value: unknown): CustodyEvent {
  const parsed = custodyEventSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const path = issue?.path.join('/') ?? ''
  throw refuse(path, `the form of docs/formats/custody.md at "${path}" (${issue?.message ?? 'another form'})`)
}

/** Reads an event. Throws InputError for anything but the canonical bytes of one; its signature is not checked. */
export function parseCustodyEvent(bytes: Uint8Array): CustodyEvent {
  if (bytes.length > MOST_EVENT_BYTES) throw refuse('', `at most ${MOST_EVENT_BYTES} bytes`)
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    value = JSON.parse(text)
  } catch {
    throw refuse('', 'JSON in UTF-8')
  }
  const event = checkForm(value)
  if (encodeCanonical(event) !== text) throw refuse('', 'canonical JSON')
  return event
}

/** Key that an event names, if its signature is of that key; undefined where key or signature are false. */
export function custodySignedBy(event: CustodyEvent, { digest, verify }: NoteTools): VerifierKey | undefined {
  const signature = decodeBase64(event.signature)
  let key: VerifierKey
  try {
    key = parseVerifierKey(event.key, digest)
  } catch {
    return undefined
  }
  const good = signature?.length === ED25519_BYTES && verify(key.publicKey, custodyMessage(event), signature)
  return good ? key : undefined
}
