import { z } from 'zod'
import { regionSchema, type Region } from '../region.ts'
import type { Asn } from '../units.ts'
import type { Lang } from '../tables/langs.ts'

/** Services, networks or regions of one subscription, of each kind. */
export const MOST_TOPICS = 30
/** Hours after which a request that no one confirmed is erased. */
export const CONFIRM_HOURS = 24
/** Mails to one subscriber in a day, and with those about something that was withdrawn. */
export const MOST_MAILS_A_DAY = 4
export const MOST_WITH_WITHDRAWALS = 6
/** After so many mails in a row that the server of the mailbox refused, the subscription is erased. */
export const MOST_REFUSALS = 3
/** Reports from one region about one service in `REGION_HOURS` that a mail is sent for, once in `REGION_AGAIN_HOURS`. */
export const FEWEST_REGION_REPORTS = 10
export const REGION_HOURS = 3
export const REGION_AGAIN_HOURS = 24

/** What a person wants to hear of. */
export interface Topics {
  /** Ids of services; none: all of them. */
  readonly services: readonly string[]
  /** None: all of them, unless only regions were chosen. */
  readonly networks: readonly Asn[]
  /** Reports of people from there; none: no reports. */
  readonly regions: readonly Region[]
}

export const topicsSchema = z.strictObject({
  services: z.array(z.string().min(1).max(300)).max(MOST_TOPICS),
  networks: z
    .array(
      z
        .int()
        .min(1)
        .max(0xffff_ffff)
        .transform((asn) => asn as Asn),
    )
    .max(MOST_TOPICS),
  regions: z.array(regionSchema).max(MOST_TOPICS),
})

/** What a person sends by the form. */
export interface GivenSubscription {
  /** As it was typed. */
  readonly mail: string
  readonly topics: Topics
  readonly lang: Lang
}

export interface SentSubscription {
  readonly subscription: GivenSubscription
  /** Ticket of the form that it was written into. */
  readonly ticket: string | undefined
  /** Whether a proof of work came with it. */
  readonly worked: boolean
}

/**
 * `taken`: durable; the same answer goes to a mailbox that is known, to one that is not and to one that was asked too
 * often. `mail`: the text is not an address. `again` and `later` as with a report.
 */
export type TakenSubscription =
  { readonly kind: 'taken' | 'again' | 'mail' } | { readonly kind: 'later'; readonly wait: number }

/** What happened to an incident since a receiver last heard of it. */
export const NEWS_KINDS = ['started', 'found', 'changed', 'ended', 'unseen', 'withdrawn', 'restored'] as const
export type NewsKind = (typeof NEWS_KINDS)[number]
