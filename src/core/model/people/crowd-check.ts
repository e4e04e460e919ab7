import { z } from 'zod'
import { regionSchema } from '../region.ts'
import type { Asn, Instant } from '../units.ts'
import { workSchema } from '../work.ts'

// A check that a page makes in a reader's own browser: docs/formats/crowd-check.md. Its results are of class `crowd`:
// leads, never alone the ground of an incident.

/** How one service came out, by the rule of docs/methods/browser-check.md. */
export const CROWD_OUTCOMES = [
  'reachable',
  'slow',
  'not-the-site',
  'interference',
  'black-hole',
  'unstable',
  'unknown',
] as const
export type CrowdOutcome = (typeof CROWD_OUTCOMES)[number]

/** How one request of a page ended, as far as a page can see it. */
export const REQUEST_ENDS = ['answered', 'failed', 'timed-out'] as const
export type RequestEnd = (typeof REQUEST_ENDS)[number]

const httpsUrl = z
  .string()
  .max(300)
  .regex(/^https:\/\/[^\s"'<>]+$/)
/** A control on this very machine, for tests and test labs: pages may load it without https. */
const reachUrl = httpsUrl.or(z.string().regex(/^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?\/[a-z.]+$/))
/** A service that a demonstration invents and serves on this very machine; the network is part of its address. */
const siteUrl = httpsUrl.or(z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\/(?:AS\d+|none)\/[a-z.]+$/))
const count = z.number().int().nonnegative()

/** Control hosts of a plan: where one is blocked on a whole network, another answers. */
export const MOST_CONTROLS = 3
/** A host of ours on another network that answers pages of every site. */
const controlSchema = z
  .strictObject({ document: reachUrl, image: reachUrl })
  .refine(({ document, image }) => hostOf(document) === hostOf(image), 'must be of one host')
const hostOf = (url: string): string => (url.split('/')[2] ?? '').toLowerCase()
const areApart = (controls: readonly { readonly document: string }[]): boolean =>
  new Set(controls.map(({ document }) => hostOf(document))).size === controls.length

/** One service of a plan: a document and an image of the same host. */
const targetSchema = z.strictObject({
  service: z.string().max(64),
  name: z.string().max(100),
  document: siteUrl,
  image: siteUrl,
  /** When a control abroad last saw that both answer and that the answer may be read by other sites; null: never. */
  fresh_at_utc: z.string().nullable(),
  /** What that control saw: null where it has not looked. */
  abroad: z.enum(['usable', 'closed-to-pages', 'broken']).nullable(),
})

/** What others on the reader's network see of a service now; counts below k are left out. */
const othersSchema = z.strictObject({
  service: z.string().max(64),
  /** Devices of volunteers on which it does not open, of how many. */
  failing: count,
  of: count,
  since_utc: z.string().nullable(),
  /** Reports and checks of people, where at least five. */
  people: count.nullable(),
  /** Checks of people in which it opened, where at least five. */
  people_open: count.nullable(),
})

/** What the page contacts and how: written into the page by the server, and shown to the reader before the click. */
export const checkPlanSchema = z.strictObject({
  format: z.literal('kuager-check-plan/1'),
  made_at_utc: z.string(),
  network: z.string().max(12).nullable(),
  /** Of different hosts; empty: none was named, and then nothing is judged. */
  controls: z.array(controlSchema).max(MOST_CONTROLS).refine(areApart, 'must be of different hosts'),
  timeout_ms: count,
  between_tries_ms: count,
  targets: z.array(targetSchema).max(20),
  others: z.array(othersSchema).max(40),
})
export type CheckPlan = z.infer<typeof checkPlanSchema>
export type CheckTarget = CheckPlan['targets'][number]

const endSchema = z.enum(REQUEST_ENDS)
const trySchema = z.strictObject({
  document: endSchema,
  document_ms: count.max(60_000),
  image: endSchema,
  image_ms: count.max(60_000),
})

/** What one check found; what is kept of it on the device, and what is sent where the reader sends it. */
export const crowdCheckSchema = z.strictObject({
  format: z.literal('kuager-crowd-check/1'),
  /** Start, to the minute. */
  at_utc: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/),
  network: z
    .string()
    .regex(/^AS\d{1,10}$/)
    .nullable(),
  region: regionSchema.nullable(),
  /** Whether a control host answered; where none did, the reader's own line may be down and nothing is judged. */
  online: z.boolean(),
  results: z
    .array(
      z.strictObject({
        service: z.string().max(64),
        outcome: z.enum(CROWD_OUTCOMES),
        tries: z.array(trySchema).min(1).max(2),
      }),
    )
    .max(20),
})
export type CrowdCheck = z.infer<typeof crowdCheckSchema>

/** The checks of an hour, in their order, as one saved check holds them. */
export const crowdHourSchema = z.strictObject({
  format: z.literal('kuager-crowd-hour/1'),
  checks: z.array(crowdCheckSchema).min(1).max(20),
})
export type CrowdHour = z.infer<typeof crowdHourSchema>

export type CrowdResult = CrowdCheck['results'][number]
export type CrowdTry = CrowdResult['tries'][number]

/** What a page sends of a check: `POST /check/results`. */
export const sentCheckSchema = z.strictObject({
  check: crowdCheckSchema,
  /** 16 random bytes of the page that was opened, hexadecimal: tells two people of one address apart, and lives in its memory alone. */
  token: z.string().regex(/^[0-9a-f]{32}$/),
  work: workSchema,
})

/** What people's browsers found of one service on one network; each number is at least five, or left out. */
export interface CrowdSignal {
  readonly service: string
  readonly asn: Asn
  /** Time that the numbers are of. */
  readonly since: Instant
  readonly until: Instant
  readonly fails?: number
  readonly opens?: number
  /** Whether failures rise: twice the mean of the hour before, and more than those it opened for. */
  readonly rising: boolean
}
