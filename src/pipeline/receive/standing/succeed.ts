import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { isKnownKey } from '../known.ts'
import { lineageOfHeir } from './lineage.ts'
import { isSignedBy, readPublicKey } from '../read-signature.ts'
import { readVouch } from './vouch.ts'

/** How long a key still counts that has vouched for its successor: what waits in its spool is on its way. */
const GRACE_DAYS = 7

/**
 * A new key takes over the standing of last month's key of the same network that vouches for it. A key does so once, and
 * a lineage has one heir for each network and month: a thief of a key can follow it, but not multiply it. Undefined where
 * nothing is taken over.
 */
export function succeedKey(
  registry: Registry,
  vouched: { readonly key: string; readonly vouch: string },
  { row, today }: { readonly row: KeyRow; readonly today: number },
): KeyRow | undefined {
  const vouch = readVouch(vouched.vouch, vouched.key, today)
  const elder = vouch === undefined ? undefined : readPublicKey(vouch.key)
  if (vouch === undefined || elder === undefined) return undefined
  const old = registry.key(elder.pseudonym)
  if (old === undefined || old.asn !== row.asn || old.endsOn !== undefined || !isTrusted(old, today)) return undefined
  const signed = vouch.texts.find(({ text }) => isSignedBy(text, vouch.signature, elder))
  if (signed === undefined) return undefined
  const { month } = signed
  const heir = registry.transaction(() => {
    const { asn, lineage: from } = old
    const lineage = lineageOfHeir(registry, from, today)
    for (const one of new Set([from ?? lineage, lineage]))
      if (!registry.addHeir({ lineage: one, asn, month })) return undefined
    const grade = old.grade === 'plain' ? ('trusted' as const) : old.grade
    const succeeded: KeyRow = { ...row, grade, lineage }
    registry.save(succeeded)
    registry.save({ ...old, endsOn: today + GRACE_DAYS })
    return succeeded
  })
  if (heir !== undefined) registry.checkpoint()
  return heir
}

const isTrusted = (old: KeyRow, today: number): boolean =>
  old.grade === 'enrolled' || (old.grade !== 'revoked' && isKnownKey(old, today))
