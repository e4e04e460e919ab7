import { DAY_MS } from '../../../core/model/duration.ts'
import { COUNTED_STANDINGS, type Standing, type SubmittedBy } from '../../../core/model/standing.ts'
import type { Asn, Instant } from '../../../core/model/units.ts'
import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { enrolKey } from './enrol.ts'
import { isKnownKey } from '../known.ts'
import { deviceLabel, lineageOfHeir } from './lineage.ts'
import { Newcomers } from './newcomers.ts'
import { isSignedBy, readPublicKey } from '../read-signature.ts'
import { readVouch } from './vouch.ts'

/** Keys not seen for so long are forgotten: probes forget theirs after three months. */
export const FORGET_DAYS = 100
/** The same of uninvited keys that came on only one day: the cheapest rows that an unknown sender can make. */
const FORGET_ONCE_DAYS = 35

export const dayNumber = (at: Instant): number => Math.floor(at / DAY_MS)

/** What a measurement and its connection say of its sender. */
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

/** A claim with a valid signature. */
type Signed = Claimed & Required<Pick<Claimed, 'key' | 'pseudonym'>>

export interface StandingTools {
  readonly registry: Registry
  /** Whether two networks belong to one operator. */
  readonly sameOwner: (a: Asn, b: Asn) => boolean
}

/** Knows the keys of submitters, and learns. Rules and why: docs/formats/collector.md, "Standing". */
export class Standings {
  readonly #tools: StandingTools
  readonly #newcomers: Newcomers
  #today = -1

  constructor(tools: StandingTools) {
    this.#tools = tools
    this.#newcomers = new Newcomers(tools.registry)
  }

  /**
   * The standing of a measurement received at an instant; `undefined` where it came with an invitation that does not
   * hold. What it learns is on disk when `durable` resolves.
   */
  of(claimed: Claimed, at: Instant): SubmittedBy | undefined {
    this.#turnDay(dayNumber(at))
    const { pseudonym, key } = claimed
    if (pseudonym === undefined || key === undefined) return { standing: 'unsigned' }
    const signed = { ...claimed, pseudonym, key }
    const matches = this.#matches(claimed)
    const row = this.#learn(signed, matches)
    if (row === 'bad-invitation') return undefined
    const standing = this.#standingOf(row, signed, matches)
    const counted = COUNTED_STANDINGS.some((one) => one === standing)
    const lineage = counted ? row?.lineage : undefined
    return { pseudonym, standing, ...(lineage === undefined ? {} : { device: deviceLabel(lineage, claimed.asn) }) }
  }

  /** Resolves when all that was learned is on disk. Throws Fault where it could not be written. */
  durable(): Promise<void> {
    return this.#tools.registry.durable()
  }

  #standingOf(row: KeyRow | undefined, { asn, senderPrefix }: Signed, matches: boolean | undefined): Standing {
    if (row === undefined) return matches === false ? 'mismatched' : 'new'
    if (row.asn !== asn) return 'mismatched'
    // An invited person's spool, proxy or Tor may bring it from anywhere: then the operator's trust counts.
    if (row.grade === 'enrolled' && this.#lasts(row)) return 'enrolled'
    if (matches === false) return 'mismatched'
    if (row.grade === 'revoked' || !this.#lasts(row) || !isKnownKey(row, this.#today)) return 'new'
    // A second uninvited device behind one sender may be the same person: it does not count today.
    return this.#newcomers.counts(row.lineage ?? row.pseudonym, senderPrefix ?? '') ? 'known' : 'new'
  }

  #lasts({ endsOn }: KeyRow): boolean {
    return endsOn === undefined || this.#today <= endsOn
  }

  /** The row of the key after this measurement; undefined where it is not written down. */
  #learn(signed: Signed, matches: boolean | undefined): KeyRow | 'bad-invitation' | undefined {
    const { registry } = this.#tools
    const { pseudonym, asn, key, invitation, vouch } = signed
    const today = this.#today
    const found = registry.key(pseudonym)
    const row = seen(found ?? newRow(pseudonym, asn, today), today, matches === true && (found?.asn ?? asn) === asn)
    if (vouch !== undefined && row.asn === asn && row.grade === 'plain' && !isKnownKey(row, today)) {
      const heir = succeedKey(registry, { key, vouch }, { row, today })
      if (heir !== undefined) return heir
    }
    const enrols = row.asn === asn && row.grade !== 'revoked' && !(row.grade === 'enrolled' && this.#lasts(row))
    if (invitation !== undefined && enrols) return enrolKey(registry, invitation, { row, today }) ?? 'bad-invitation'
    if (found !== undefined) {
      if (row !== found) registry.save(row)
      return row
    }
    // From elsewhere, or from where no table knows, it never becomes known: a row would only fill the disk.
    return matches === true ? this.#newcomers.born(row, signed.senderPrefix ?? '') : undefined
  }

  #turnDay(day: number): void {
    if (day === this.#today) return
    this.#today = day
    this.#tools.registry.forget({ seen: day - FORGET_DAYS, seenOnce: day - FORGET_ONCE_DAYS })
    this.#newcomers.turnDay(day)
  }

  /** Whether the claimed network is the sender's; undefined where no table knows the address. */
  #matches({ asn, senderAsn }: Claimed): boolean | undefined {
    if (senderAsn === undefined) return undefined
    return senderAsn === asn || this.#tools.sameOwner(senderAsn, asn)
  }
}

const newRow = (pseudonym: string, asn: Asn, today: number): KeyRow => ({
  pseudonym,
  asn,
  grade: 'plain',
  bornOn: today,
  seenOn: -1,
  matchedDays: 0,
  matchedOn: -1,
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

/** How long a key still counts that has vouched for its successor: what waits in its spool is on its way. */
const GRACE_DAYS = 7

/**
 * A new key takes over the standing of last month's key of the same network that vouches for it. A key does so once, and
 * a lineage has one heir for each network and month: a thief of a key can follow it, but not multiply it. Undefined where
 * nothing is taken over.
 */
function succeedKey(
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
