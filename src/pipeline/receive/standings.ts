import { hash } from 'node:crypto'
import type { Standing, SubmittedBy } from '../../model/standing.ts'
import type { Asn, Instant } from '../../model/units.ts'
import type { KeyRow, Registry } from '../../store/registry/contract.ts'
import { isSignedBy, readPublicKey } from './read-signature.ts'
import { readVouch } from './vouch.ts'

const DAY_MS = 86_400_000
/** A key is known after so many days, on so many of which it came from the network it claims. */
export const KNOWN_AFTER_DAYS = 7
export const KNOWN_MATCHED_DAYS = 3
/** New keys of one network, and of one prefix of addresses, on one day; one more and all of them are a crowd. */
const MOST_BORN = { network: 12, prefix: 5 } as const
/** Keys of a network and day that are written down at most: a crowd must not fill the disk. */
const MOST_KEPT = 100
/** How long a key still counts that has vouched for its successor: what lies in its spool is on its way. */
const GRACE_DAYS = 7
/** Keys not seen for so long are forgotten: probes forget theirs after three months. */
export const FORGET_DAYS = 100

export const dayOf = (at: Instant): number => Math.floor(at / DAY_MS)

/** SHA-256 of an invitation, which is all that is kept of it. */
export const invitationHash = (code: string): string => hash('sha256', `kuager-invitation\n${code.trim()}`)

/** What a measurement and its connection say of who sent it. */
export interface Claimed {
  readonly asn: Asn
  readonly key?: string
  readonly pseudonym?: string
  /** Network of the sender's address, where a table knows it. */
  readonly senderAsn?: Asn
  /** Stands for the prefix of the sender's address for a day, in memory; see rate.ts. */
  readonly senderPrefix?: string
  readonly invitation?: string
  readonly vouch?: string
}

export interface StandingTools {
  readonly registry: Registry
  /** Whether two networks belong to one operator. */
  readonly sameOwner: (a: Asn, b: Asn) => boolean
}

/** Knows the keys of submitters, and learns. Rules and why: docs/formats/collector.md, "Standing". */
export class Standings {
  readonly #tools: StandingTools
  #today = -1
  /** New keys by prefix, of today alone. */
  #births = new Map<string, Set<string>>()

  constructor(tools: StandingTools) {
    this.#tools = tools
  }

  /**
   * The standing of a measurement received at an instant; `undefined` where it came with an invitation that is none.
   * What it learns is on disk when it returns.
   */
  of(claimed: Claimed, at: Instant): SubmittedBy | undefined {
    this.#turnDay(dayOf(at))
    const { pseudonym, key } = claimed
    if (pseudonym === undefined || key === undefined) return { standing: 'unsigned' }
    const matches = this.#matches(claimed)
    const row = this.#enrolled({ ...claimed, pseudonym, key }, matches)
    if (row === 'bad-invitation') return undefined
    return { pseudonym, standing: this.#standingOf(row, claimed, matches) }
  }

  #standingOf(row: KeyRow | undefined, { asn }: Claimed, matches: boolean | undefined): Standing {
    const today = this.#today
    if (row === undefined) return matches === false ? 'mismatched' : 'new'
    if (row.asn !== asn) return 'mismatched'
    const counts = row.endsOn === undefined || today <= row.endsOn
    // An invited person's spool, proxy or Tor may bring it from anywhere: then the operator's trust stands.
    if (row.grade === 'enrolled' && counts) return 'enrolled'
    if (matches === false) return 'mismatched'
    return row.grade !== 'revoked' && counts && isKnown(row, today) ? 'known' : 'new'
  }

  /** The row of the key as it stands after this measurement; undefined where it is not written down. */
  #enrolled(
    claimed: Claimed & { pseudonym: string; key: string },
    matches: boolean | undefined,
  ): KeyRow | 'bad-invitation' | undefined {
    const { registry } = this.#tools
    const { pseudonym, asn, invitation } = claimed
    const found = registry.key(pseudonym)
    const met = seen(
      found ?? newRow(pseudonym, asn, this.#today),
      this.#today,
      matches === true && (found?.asn ?? asn) === asn,
    )
    if (invitation !== undefined && found?.grade !== 'enrolled' && found?.grade !== 'revoked') {
      const row = { ...met, grade: 'enrolled' as const, burst: false }
      return registry.enrol(invitationHash(invitation), this.#today, row) ? row : 'bad-invitation'
    }
    if (found !== undefined) {
      if (met !== found) registry.save(met)
      return met
    }
    return this.#inherited(claimed, met) ?? this.#born(met, claimed.senderPrefix)
  }

  /** A new key that last month's key of the same network vouches for takes over its grade, once. */
  #inherited(claimed: Claimed & { pseudonym: string; key: string }, row: KeyRow): KeyRow | undefined {
    const { registry } = this.#tools
    const vouch = claimed.vouch === undefined ? undefined : readVouch(claimed.vouch, claimed.key, this.#today)
    const elder = vouch === undefined ? undefined : readPublicKey(vouch.key)
    if (vouch === undefined || elder === undefined) return undefined
    const old = registry.key(elder.pseudonym)
    if (old === undefined || old.asn !== row.asn || old.endsOn !== undefined || old.grade === 'revoked')
      return undefined
    if (!vouch.texts.some((text) => isSignedBy(text, vouch.signature, elder))) return undefined
    const grade = old.grade === 'plain' && isKnown(old, this.#today) ? 'trusted' : old.grade
    const heir = { ...row, grade, burst: old.burst }
    registry.succeed(heir, { ...old, endsOn: this.#today + GRACE_DAYS })
    return heir
  }

  /** Writes a new key down, unless it is one of a crowd that is too large to be. */
  #born(row: KeyRow, prefix: string | undefined): KeyRow | undefined {
    const { registry } = this.#tools
    const before = registry.bornOn(row.asn, this.#today)
    if (before >= MOST_KEPT) return undefined
    const ofNetwork = before >= MOST_BORN.network
    const ofPrefix = this.#crowdOf(prefix, row.pseudonym)
    const born = { ...row, burst: ofNetwork || ofPrefix.length > 0 }
    registry.save(born)
    if (ofNetwork) registry.markBurst(row.asn, this.#today)
    for (const pseudonym of ofPrefix) {
      const other = registry.key(pseudonym)
      if (other?.grade === 'plain' && !other.burst) registry.save({ ...other, burst: true })
    }
    return born
  }

  /** The keys born behind a prefix today, where they are a crowd with this one. */
  #crowdOf(prefix: string | undefined, pseudonym: string): readonly string[] {
    if (prefix === undefined) return []
    const keys = this.#births.get(prefix) ?? new Set()
    keys.add(pseudonym)
    this.#births.set(prefix, keys)
    return keys.size > MOST_BORN.prefix ? [...keys] : []
  }

  #turnDay(day: number): void {
    if (day === this.#today) return
    this.#today = day
    this.#births = new Map()
    this.#tools.registry.forget(day - FORGET_DAYS)
  }

  /** Whether the claimed network is the sender's; undefined where no table knows the address. */
  #matches({ asn, senderAsn }: Claimed): boolean | undefined {
    if (senderAsn === undefined) return undefined
    return senderAsn === asn || this.#tools.sameOwner(senderAsn, asn)
  }
}

/** Whether a key that nobody revoked has been here long enough, or was vouched for by one that had. */
export const isKnown = (row: KeyRow, today: number): boolean =>
  row.grade === 'trusted' ||
  (!row.burst && today - row.bornOn >= KNOWN_AFTER_DAYS && row.matchedDays >= KNOWN_MATCHED_DAYS)

const newRow = (pseudonym: string, asn: Asn, today: number): KeyRow => ({
  pseudonym,
  asn,
  grade: 'plain',
  bornOn: today,
  seenOn: -1,
  matchedDays: 0,
  matchedOn: -1,
  burst: false,
})

/** The same row where today was noted already: a key is written once a day, not with each measurement. */
function seen(row: KeyRow, today: number, matched: boolean): KeyRow {
  const again = matched && row.matchedOn !== today
  if (row.seenOn === today && !again) return row
  return {
    ...row,
    seenOn: today,
    ...(again ? { matchedOn: today, matchedDays: row.matchedDays + 1 } : {}),
  }
}
