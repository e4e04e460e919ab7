import { hash } from 'node:crypto'
import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { beginLineage } from './lineage.ts'
import { monthOfDay } from './vouch.ts'

/** SHA-256 of an invitation, which is all that is kept of it. */
export const invitationHash = (code: string): string => hash('sha256', `kuager-invitation\n${code.trim()}`)

/**
 * Enrols a key by an invitation: one key for each network. Another key of the same network takes the place of the one
 * before, which counts no longer, once in a calendar month: a volunteer who installs the probe again has a way back.
 * Undefined where the invitation is unknown, too old or has no use left.
 */
export function enrolKey(
  registry: Registry,
  code: string,
  { row, today }: { readonly row: KeyRow; readonly today: number },
): KeyRow | undefined {
  return registry.transaction(() => {
    const invitation = registry.invitation(invitationHash(code))
    if (invitation === undefined || invitation.expiresOn < today) return undefined
    const { hash: named, lineage, usesLeft } = invitation
    const { asn } = row
    const before = registry.enrolment(named, asn)
    if (before === undefined) {
      if (usesLeft <= 0) return undefined
      registry.saveInvitation({ ...invitation, usesLeft: usesLeft - 1 })
      registry.saveEnrolment({ hash: named, asn })
      if (registry.lineage(lineage) === undefined) beginLineage(registry, today, lineage)
    } else {
      const month = monthOfDay(today)
      if (before.replacedIn === month) return undefined
      registry.saveEnrolment({ ...before, replacedIn: month })
      for (const key of registry.keysOf(lineage)) if (key.asn === asn) registry.save({ ...key, endsOn: today - 1 })
    }
    const { endsOn: _, ...lasting } = row
    const enrolled: KeyRow = { ...lasting, grade: 'enrolled', lineage }
    registry.save(enrolled)
    return enrolled
  })
}
