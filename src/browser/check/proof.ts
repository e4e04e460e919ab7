import { sha256 } from '@noble/hashes/sha2.js'
import { encodeHex } from '../../core/evidence/hex.ts'
import { digestSavedCheck, formatSavedCheck, savedCheckEntry } from '../../core/evidence/saved-check/digest.ts'
import { defined } from '../../core/model/defined.ts'
import type { CrowdCheck, CrowdHour } from '../../core/model/people/crowd-check.ts'
import type { SavedCheck } from '../../core/model/people/saved-check.ts'
import { pauseFor } from './run-check.ts'
import { post, waitOf, type SendOutcome } from './send.ts'

const SALT_BYTES = 16
/** A proof is there some seconds after its entry: as soon as the log has signed its next checkpoint. */
const MOST_ASKED = 12

export interface ProofOptions {
  readonly signal: AbortSignal
  /** Told when the entry is logged and its proof is waited for. */
  readonly onWait: (seconds: number) => void
}

/** A check with a salt of its own, not logged yet. */
export const unlogged = (check: CrowdCheck | CrowdHour): SavedCheck => ({
  format: 'kuager-saved-check-file/1',
  check,
  salt: encodeHex(crypto.getRandomValues(new Uint8Array(SALT_BYTES))),
})

/**
 * Logs the digest of a check and fetches the proof, as docs/formats/saved-check.md has it; only what is missing is
 * done. The answer has no `proof` where that did not come in time. Rejects only where the signal aborts.
 */
export async function logCheck(saved: SavedCheck, { signal, onWait }: ProofOptions): Promise<SendOutcome<SavedCheck>> {
  const entry = savedCheckEntry(digestSavedCheck(saved, { digest: sha256 }))
  const logged = saved.logged ?? (await logEntry(saved, entry, signal))
  if ('kind' in logged) return logged
  const proof = logged.proof ?? (await fetchProof(logged.leaf_index, { signal, onWait }))
  return { kind: 'taken', answer: { ...saved, logged: { ...logged, ...defined({ proof }) } } }
}

type Logged = NonNullable<SavedCheck['logged']>

async function logEntry(saved: SavedCheck, entry: string, signal: AbortSignal): Promise<Logged | SendOutcome<never>> {
  const digest = digestSavedCheck(saved, { digest: sha256 })
  const sent = await post('/log/saved-checks', { sha256: digest }, { purpose: 'saved-check', signal })
  if (sent.kind !== 'taken') return sent
  const logged = loggedOf(sent.answer)
  // Another entry than that of this check would make a file that cannot be verified.
  return logged?.entry === entry ? logged : { kind: 'refused' }
}

function loggedOf(answer: unknown): Logged | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined
  const { leaf_index: leafIndex, entry, leaf } = answer as Readonly<Record<string, unknown>> // looked at below
  if (typeof leafIndex !== 'number' || typeof entry !== 'string' || typeof leaf !== 'string') return undefined
  return { leaf_index: leafIndex, entry, leaf }
}

async function fetchProof(leafIndex: number, { signal, onWait }: ProofOptions): Promise<string | undefined> {
  for (let asked = 0; asked < MOST_ASKED; asked++) {
    try {
      const answer = await fetch(`/log/proof/${leafIndex}`, { cache: 'no-store', credentials: 'omit', signal })
      if (answer.ok) return await answer.text()
      const seconds = waitOf(answer.headers)
      onWait(seconds)
      await pauseFor(seconds * 1000, signal)
    } catch {
      signal.throwIfAborted()
      return undefined
    }
  }
  return undefined
}

/** The file and a name that says nothing but the day. */
export function fileOf(saved: SavedCheck, day: string): { readonly name: string; readonly file: Blob } {
  return { name: `check-${day}.json`, file: new Blob([formatSavedCheck(saved)], { type: 'application/json' }) }
}
