import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { deviceLabel, wholeLineage } from './lineage.ts'

/** What a revocation took back. */
export interface RevokedLineage {
  /** Keys that count no longer. */
  readonly keys: number
  /** Pseudonyms of these keys and labels of their devices, by which the archive names what they sent. */
  readonly names: readonly string[]
}

/**
 * Takes back a key with its whole lineage, and the invitation of it: heirs that a thief made count no longer either. With
 * `from`, what was received from that day on counts no longer (src/pipeline/receive/standing/revocations.ts).
 */
export function revokeLineage(
  registry: Registry,
  row: KeyRow,
  { from, today }: { readonly from?: number; readonly today: number },
): RevokedLineage {
  return registry.transaction(() => {
    const numbers = row.lineage === undefined ? new Set<string>() : wholeLineage(registry, row.lineage)
    const keys = new Map(
      [row, ...[...numbers].flatMap((one) => registry.keysOf(one))].map((key) => [key.pseudonym, key]),
    )
    for (const key of keys.values()) registry.save({ ...key, grade: 'revoked' })
    for (const invitation of registry.invitations())
      if (numbers.has(invitation.lineage)) registry.saveInvitation({ ...invitation, usesLeft: 0, expiresOn: today - 1 })
    const networks = new Set([...keys.values()].map(({ asn }) => asn))
    const labels = [...numbers].flatMap((number) => [...networks].map((asn) => deviceLabel(number, asn)))
    const names = [...keys.keys(), ...labels]
    if (from !== undefined) for (const name of names) registry.saveRevocation(name, from)
    return { keys: keys.size, names }
  })
}
