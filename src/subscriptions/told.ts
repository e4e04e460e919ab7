import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/model/duration.ts'
import {
  CONFIRM_HOURS,
  MOST_MAILS_A_DAY,
  MOST_WITH_WITHDRAWALS,
  REGION_AGAIN_HOURS,
  type Topics,
} from '../core/model/people/subscription.ts'
import { conclusionSchema, newsOf, wantsIncident, wantsReports, type NewsItem, type Tellable } from './news.ts'

/** What begins together comes together: the first news waits so long for others. */
export const GATHER_MS = 15 * MINUTE_MS
/** Between two mails; a withdrawal waits less, since what it takes back is believed meanwhile. */
const GAP_MS = DAY_MS / MOST_MAILS_A_DAY
const WITHDRAWAL_GAP_MS = HOUR_MS
/** Within so long what is published is noticed. */
const NOTICED_MS = 2 * MINUTE_MS
/** Incidents remembered for one subscriber, and how long: so long a correction reaches who got the first mail. */
const MOST_TOLD = 2000
const TOLD_MS = 400 * DAY_MS

const toldSchema = z.strictObject({
  /** What was published earlier is not news. */
  since: z.number(),
  incidents: z.record(z.string(), conclusionSchema.extend({ at: z.number() })),
  /** By `KZ-75 telegram`, when reports were sent. */
  regions: z.record(z.string(), z.number()),
  /** Times of the mails of the last day. */
  mails: z.array(z.number()),
  /** Since when there has been something to tell. */
  pending: z.number().optional(),
})

/** What one subscriber heard, and when. */
export type Told = z.infer<typeof toldSchema>

/** Reads what was sealed. Throws ZodError for what is of another form, which the seal excludes. */
export const parseTold = (value: unknown): Told => toldSchema.parse(value)

/** Of a subscriber who heard nothing yet. */
export const toldNothing = (since: number): Told => ({ since, incidents: {}, regions: {}, mails: [] })

const regionKey = ({ region, service }: { readonly region: string; readonly service: string }): string =>
  `${region} ${service}`

/**
 * What a subscriber who has just confirmed knows already: incidents of their topics that were running when they asked are
 * on the pages that they chose from, so that their ends and changes will be sent and their beginnings not.
 */
export function settleTold(told: Told, topics: Topics, { incidents }: Tellable, now: number): Told {
  const since = settledSince(told, now)
  const known = incidents.filter(
    (one) => told.incidents[one.id] === undefined && wantsIncident(topics, one) && one.publishedAt <= since,
  )
  const running = known.filter(({ conclusion }) => newsOf(undefined, conclusion) === 'started')
  return {
    ...told,
    since,
    incidents: {
      ...told.incidents,
      ...Object.fromEntries(running.map(({ id, conclusion }) => [id, { ...conclusion, at: now }])),
    },
  }
}

/**
 * Since when things are news: since the request; for a choice that replaces an earlier one since the first news that
 * waited to be sent, else since now.
 */
function settledSince({ since, mails, pending }: Told, now: number): number {
  if (mails.length === 0 && now - since <= CONFIRM_HOURS * HOUR_MS) return since
  return pending === undefined ? now : pending - NOTICED_MS
}

/**
 * What is to be sent now: of incidents that are wanted, those that were first published since the subscription; of
 * incidents that were sent, every change, also where the topics are others by now.
 */
export function itemsFor(told: Told, topics: Topics, { incidents, reports }: Tellable, now: number): NewsItem[] {
  const items: NewsItem[] = []
  for (const incident of incidents) {
    const before = told.incidents[incident.id]
    if (before === undefined && (incident.publishedAt <= told.since || !wantsIncident(topics, incident))) continue
    const kind = newsOf(before, incident.conclusion)
    if (kind !== undefined) items.push({ kind, incident })
  }
  for (const one of reports) {
    const last = told.regions[regionKey(one)] ?? Number.NEGATIVE_INFINITY
    if (wantsReports(topics, one) && now - last >= REGION_AGAIN_HOURS * HOUR_MS)
      items.push({ kind: 'reports', reports: one })
  }
  return items
}

/** When these items may go out, by what was sent in the last day and since when there is something to tell. */
export function mailDueAt(told: Told, items: readonly NewsItem[], pending: number): number {
  const isWithdrawal = items.some(({ kind }) => kind === 'withdrawn')
  const gathered = pending + GATHER_MS
  const last = told.mails.at(-1)
  if (last === undefined) return gathered
  if (!isWithdrawal) return Math.max(gathered, last + GAP_MS)
  const oldest = told.mails.at(-MOST_WITH_WITHDRAWALS)
  return Math.max(gathered, last + WITHDRAWAL_GAP_MS, oldest === undefined ? 0 : oldest + DAY_MS)
}

/** What is known as told when these items were written into a mail. */
export function afterMail(told: Told, items: readonly NewsItem[], now: number): Told {
  const { pending: _, ...rest } = told
  const incidents = { ...told.incidents }
  const regions = { ...told.regions }
  for (const item of items)
    if (item.kind === 'reports') regions[regionKey(item.reports)] = now
    else incidents[item.incident.id] = { ...item.incident.conclusion, at: now }
  const kept = Object.entries(incidents)
    .filter(([, { at }]) => now - at < TOLD_MS)
    .toSorted(([, one], [, other]) => other.at - one.at)
    .slice(0, MOST_TOLD)
  return {
    ...rest,
    incidents: Object.fromEntries(kept),
    regions: Object.fromEntries(Object.entries(regions).filter(([, at]) => now - at < DAY_MS)),
    mails: [...told.mails.filter((at) => now - at < DAY_MS), now],
  }
}
