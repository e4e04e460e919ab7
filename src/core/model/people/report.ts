import { z } from 'zod'
import { MINUTE_MS } from '../duration.ts'
import type { Region } from '../region.ts'
import { instant, type Asn, type Instant } from '../units.ts'
import type { Lang } from '../tables/langs.ts'

/** What does not work, as people say it. */
export const PROBLEMS = ['does-not-open', 'slow', 'video-stalls', 'upload-fails', 'calls-fail', 'vpn-fails'] as const
export type Problem = (typeof PROBLEMS)[number]
export const problemSchema = z.enum(PROBLEMS)

/** Since when, as people know it: no finer, since a person's hour is a trace of that person. */
export const SINCE = ['now', 'hour', 'today', 'yesterday', 'days'] as const
export type Since = (typeof SINCE)[number]
export const sinceSchema = z.enum(SINCE)

/**
 * `counted`: the first of its sender for the service in that time; `repeat`: one more of the same sender; `held`: its
 * part of the network sent more than people do, a person looks at it before it counts; `released`: held, and a moderator
 * said that it counts.
 */
export const REPORT_STATES = ['counted', 'repeat', 'held', 'released'] as const
export type ReportState = (typeof REPORT_STATES)[number]

/** Length of the time in which reports are counted together. */
export const SLOT_MS = 15 * MINUTE_MS
/** Start of the slot of an instant. */
export const slotOf = (at: Instant): number => Math.floor(at / SLOT_MS) * SLOT_MS

/** A person's word that something fails. No address, no time finer than a slot, nothing that two reports of one person share. */
export interface Report {
  /** Id of a service of the tables. */
  readonly service: string
  readonly problem: Problem
  readonly since?: Since
  /** Absent: not known. */
  readonly asn?: Asn
  readonly region?: Region
}

/**
 * After the end of a slot its reports are looked at together, so long, before any of them is shown. From then on nothing
 * that was shown changes, but for what a moderator releases (docs/methods/reports.md).
 */
export const SETTLE_MS = 5 * MINUTE_MS
/** Before this instant every slot is settled. */
export const settledBefore = (now: Instant): number => slotOf(instant(now - SETTLE_MS))

/** Fewest distinct reporters of a cell that is shown; smaller ones are rolled up. */
export const FEWEST_REPORTERS = 5

/** Days after which reports and checks are erased: baselines look half a year back (docs/methods/reports.md). */
export const KEPT_DAYS = 220
/** Days after which the text of a report is erased, read or not. */
export const NOTE_KEPT_DAYS = 30

/** What a person sends by the form. */
export interface GivenReport extends Omit<Report, 'asn'> {
  /** Network that the person chose; absent: it is looked up from the address. */
  readonly asn?: Asn
  /** Free text; never shown before a moderator has read it. */
  readonly note?: string
  readonly lang: Lang
}

/** What comes with a report. */
export interface SentReport {
  readonly report: GivenReport
  /** Ticket of the form that it was written into. */
  readonly ticket: string | undefined
  /** Whether a proof of work came with it: then its part of the network may send more. */
  readonly worked: boolean
}

/**
 * `taken`: durable; the same answer goes to one that is a repeat or is held. `again`: without a proof of work the form
 * was not ours, was filled in faster than people do, or is too old: a second press on a form with a new ticket is enough. `later`: too much came
 * at once, seconds to wait.
 */
export type TakenReport =
  { readonly kind: 'taken' } | { readonly kind: 'again' } | { readonly kind: 'later'; readonly wait: number }
