import type { Asn } from '../../model/units.ts'

/**
 * `plain`: nobody vouches for it. `trusted`: a key that was known vouched for it. `enrolled`: invited by the operator.
 * `revoked`: taken back by the operator.
 */
export const GRADES = ['plain', 'trusted', 'enrolled', 'revoked'] as const
export type Grade = (typeof GRADES)[number]

/** What is kept of a key: no address, no time finer than a day, no other key. Days are counted from 1970-01-01 in UTC. */
export interface KeyRow {
  /** First 16 hexadecimal digits of SHA-256 of the public key. */
  readonly pseudonym: string
  /** The network it was first used for; it counts for no other. */
  readonly asn: Asn
  readonly grade: Grade
  readonly bornOn: number
  readonly seenOn: number
  /** Distinct days on which it came from the network it claims, and the last of them. */
  readonly matchedDays: number
  readonly matchedOn: number
  /** Appeared in a crowd of new keys. */
  readonly burst: boolean
  /** Has vouched for its successor: counts until this day, and never vouches again. */
  readonly endsOn?: number
}

export interface Invitation {
  /** SHA-256 of the code; the code itself is nowhere. */
  readonly hash: string
  readonly expiresOn: number
  readonly usesLeft: number
}

/** Keys of submitters and invitations. Every write is on disk when it returns. */
export interface Registry extends Disposable {
  key(pseudonym: string): KeyRow | undefined
  keys(): readonly KeyRow[]
  save(row: KeyRow): void
  /** New keys of a network on a day that nobody vouched for or invited. */
  bornOn(asn: Asn, day: number): number
  /** Marks such keys as a crowd: they never become known by waiting. */
  markBurst(asn: Asn, day: number): void
  /** Forgets keys not seen since a day, and invitations that expired before it. */
  forget(day: number): void
  invite(invitations: readonly Invitation[]): void
  invitations(): readonly Invitation[]
  /** Takes one use of an invitation and saves the key, both or neither; false where none is left. */
  enrol(hash: string, day: number, row: KeyRow): boolean
  /** Saves successor and predecessor in one act. */
  succeed(successor: KeyRow, predecessor: KeyRow): void
}
