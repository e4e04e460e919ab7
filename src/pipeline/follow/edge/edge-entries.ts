import { parseCustodyEvent } from '../../../core/evidence/custody/custody-event.ts'
import { verifyKeyChange } from '../../../core/evidence/log/key-change.ts'
import { formatVerifierKey } from '../../../core/evidence/log/signed-note.ts'
import { orUndefined } from '../../../core/model/errors.ts'
import { parseSubmittedBy } from '../../../core/model/standing.ts'
import { sha256, verifyEd25519 } from '../../../runtime/ed25519.ts'
import type { Archived } from '../../../store/archive/contract.ts'

/** The key that a logged change puts in the place of one of these; undefined where it changes none, or to one of them. */
export function readNextKey(bytes: Uint8Array, keys: readonly string[]): string | undefined {
  const change = verifyKeyChange(bytes, { digest: sha256, verify: verifyEd25519 })
  if (change === undefined) return undefined
  const [before, after] = [formatVerifierKey(change.before), formatVerifierKey(change.after)]
  return keys.includes(before) && !keys.includes(after) ? after : undefined
}

/** The leaf before its own one that an event of custody says was erased; undefined for every other event. */
export function readErasure(
  bytes: Uint8Array,
  before: number,
): { readonly leaf: number; readonly reason: string } | undefined {
  const event = orUndefined(() => parseCustodyEvent(bytes))
  if (event?.type !== 'erased' || event.evidence.kind !== 'measurement') return undefined
  const { evidence, reason } = event
  const leaf = Number(evidence.id)
  return /^\d{1,15}$/.test(evidence.id) && leaf < before ? { leaf, reason } : undefined
}

/**
 * Whether the edge of a mark brought what is at a leaf here. `other`: it was here before, by another edge or another way,
 * which alone may have it erased; `erased`: that was done already; `no`: there is no measurement.
 */
export function whoBrought(archived: Archived | undefined, mark: string): 'own' | 'other' | 'erased' | 'no' {
  if (archived?.kind === 'erased') return 'erased'
  if (archived === undefined || archived.kind === 'entry') return 'no'
  const { channel, origin } = archived.provenance
  return channel === 'collector' && parseSubmittedBy(origin)?.edge === mark ? 'own' : 'other'
}
