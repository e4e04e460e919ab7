import { checkpointText } from '../../../src/core/evidence/log/checkpoint.ts'
import { LEAF_CODEC } from '../../../src/core/evidence/log/leaf-record.ts'
import { encodeHex } from '../../../src/core/evidence/hex.ts'
import { hashLeaf, inclusionStretches, rootOf } from '../../../src/core/evidence/log/merkle.ts'
import { makeSavedCheck } from '../../../src/core/evidence/saved-check/saved-check.ts'
import { digestSavedCheck, savedCheckEntry } from '../../../src/core/evidence/saved-check/digest.ts'
import { keyId, signNote, type NoteTools, type VerifierKey } from '../../../src/core/evidence/log/signed-note.ts'
import { formatTlogProof } from '../../../src/core/evidence/log/tlog-proof.ts'
import type { SavedCheck } from '../../../src/core/model/people/saved-check.ts'
import { parseSha256 } from '../../../src/core/model/units.ts'
import { publicKeyOf, sha256, signEd25519, verifyEd25519 } from '../../../src/runtime/ed25519.ts'
import { inventedLeaf } from '../stores/leaf-archive.ts'

export const TOOLS: NoteTools = { digest: sha256, verify: verifyEd25519 }

/** What a page could have seen, in the order of canonical JSON; every kind of value is in it. */
export const CHECK = {
  asked_at_utc: '2026-03-05T15:02:09Z',
  network: 64_500,
  rows: [
    { answered: false, host: 'web.telegram.org', service: 'telegram', waited_ms: 10_000.5 },
    { answered: true, host: 'www.youtube.com', note: null, service: 'youtube' },
  ],
  words: 'Қосылым тексерілді',
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A key of a log, and the signature of a checkpoint by it. */
export function logKey(origin: string, secret = 'log'): { readonly key: VerifierKey; readonly seed: Uint8Array } {
  const seed = sha256(encode(`seed of ${secret}`))
  const publicKey = publicKeyOf(seed)
  return { key: { name: origin, id: keyId(origin, publicKey, sha256), publicKey }, seed }
}

export interface LoggedCheck {
  readonly saved: SavedCheck
  readonly key: VerifierKey
}

/** A check in a log of so many leaves, as the file that a person keeps of it. */
export function loggedCheck({
  check = CHECK,
  origin = 'log.example/log',
  secret = 'log',
  at = 2,
  size = 5,
}: {
  readonly check?: Readonly<Record<string, unknown>>
  readonly origin?: string
  readonly secret?: string
  readonly at?: number
  readonly size?: number
} = {}): LoggedCheck {
  const saved = makeSavedCheck(check, sha256(encode('salt')).slice(0, 16))
  const entry = savedCheckEntry(digestSavedCheck(saved, TOOLS))
  const bytes = encode(entry)
  const leaf = LEAF_CODEC.encode({
    kind: 'saved-check',
    original: parseSha256(encodeHex(sha256(encode(`of the archive ${entry}`)))),
    public: parseSha256(encodeHex(sha256(bytes))),
    size: bytes.length,
  })
  const hashes = Array.from({ length: size }, (_, nth) => hashLeaf(nth === at ? leaf : inventedLeaf(nth), sha256))
  const path = inclusionStretches(at, size).map(({ from, until }) => rootOf(hashes.slice(from, until), sha256))
  const { key, seed } = logKey(origin, secret)
  const signer = { name: origin, id: key.id, sign: (message: Uint8Array) => signEd25519(seed, message) }
  const checkpoint = signNote(checkpointText({ origin, size, root: rootOf(hashes, sha256) }), signer)
  const proof = formatTlogProof(at, path, checkpoint)
  return { key, saved: { ...saved, logged: { leaf_index: at, entry, leaf: new TextDecoder().decode(leaf), proof } } }
}
