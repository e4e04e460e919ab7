import type { Asn } from '../../core/model/units.ts'

/**
 * `plain`: no one vouches for it. `trusted`: a key that was known vouched for it. `enrolled`: invited by the operator.
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
  /** Has vouched for its successor or was replaced: counts until this day, and never vouches again. */
  readonly endsOn?: number
  /** Number of its lineage; absent of a key that is older than lineages, which is a device by its pseudonym. */
  readonly lineage?: string
}

/** Keys that count as one person: those of one invitation or first key, and their successors. */
export interface Lineage {
  /** 128 random bits in hexadecimal digits. */
  readonly number: string
  readonly bornOn: number
  /** The lineage that its keys went on as, when it was too old. */
  readonly next?: string
}

export interface Invitation {
  /** SHA-256 of the code; the code itself is nowhere. */
  readonly hash: string
  readonly expiresOn: number
  /** Networks for which it may still enrol a key. */
  readonly usesLeft: number
  /** Lineage of the keys that it enrols. */
  readonly lineage: string
}

/** A network for which an invitation enrolled a key. Months are counted from year 0. */
export interface Enrolment {
  readonly hash: string
  readonly asn: Asn
  /** Month in which another key took the place of the one before; absent before that. */
  readonly replacedIn?: number
}

/**
 * Keys of submitters and invitations. Every write holds at once for every reader of this process; it is on disk when
 * `durable` resolves, and until then no answer may say so.
 */
export interface Registry extends AsyncDisposable {
  key(pseudonym: string): KeyRow | undefined
  keys(): readonly KeyRow[]
  /** Keys of a lineage. */
  keysOf(lineage: string): readonly KeyRow[]
  save(row: KeyRow): void
  /** Number of keys first seen on a day that are neither invited nor vouched for. */
  bornOn(day: number): number
  lineage(number: string): Lineage | undefined
  lineages(): readonly Lineage[]
  saveLineage(lineage: Lineage): void
  /** Notes that a lineage had its heir of a month on a network; false if it had one already. */
  addHeir(heir: { readonly lineage: string; readonly asn: Asn; readonly month: number }): boolean
  invitation(hash: string): Invitation | undefined
  invitations(): readonly Invitation[]
  saveInvitation(invitation: Invitation): void
  enrolment(hash: string, asn: Asn): Enrolment | undefined
  saveEnrolment(enrolment: Enrolment): void
  /** By pseudonym or label of a device, the first day of receipt whose measurements no longer count; kept permanently. */
  revocations(): ReadonlyMap<string, number>
  /** Adds a revocation; of two of one name the earlier day holds. */
  saveRevocation(name: string, fromDay: number): void
  /** Forgets keys last seen before a day, plain ones that came on one day alone before another, and what belonged to them. */
  forget(days: { readonly seen: number; readonly seenOnce: number }): void
  /** All writes of `work` or none of them, as one act of the disk. Throws what `work` throws. */
  transaction<T>(work: () => T): T
  /** Resolves when all that was written is on disk. Throws Fault where it could not be: it is tried again the next time. */
  durable(): Promise<void>
  /** Takes what was written in the last transaction out of the write-ahead log. */
  checkpoint(): void
}
