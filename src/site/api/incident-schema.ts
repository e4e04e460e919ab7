import { z } from 'zod'
import {
  BLOCKING_GROUNDS,
  CAUSE_ITEMS,
  CAUSE_WORDS,
  OPPONENTS,
  CAUSES,
  SUPPORT,
  type CauseItem,
} from '../../core/model/incident/cause.ts'
import { INCIDENT_STATES, REVISION_REASONS } from '../../core/model/incident/incident.ts'
import { OUTAGE_SCOPES } from '../../core/model/tables/others.ts'
import { rowCorrectionSchema } from '../../core/model/tables/record.ts'
import { MECHANISMS } from '../../core/model/measured/mechanism.ts'
import { count, digest, measurementId, network, next, service, simulated, time } from './field.ts'
import { actSchema } from './review-route.ts'

// Incidents as `encodeIncident` of incident/incident-wire.ts writes them; docs/formats/incidents.md says what
// each part means.

const log10 = z.number().describe('log10 of a likelihood ratio, interference against a fault')
const item = z.enum(Object.keys(CAUSE_ITEMS) as [CauseItem, ...CauseItem[]])

/** One side of an incident or of an episode. */
export const edge = z.strictObject({
  median_utc: time.nullable(),
  lo95_utc: time.nullable(),
  hi95_utc: time.nullable(),
  lo50_utc: time.nullable(),
  hi50_utc: time.nullable(),
  bracket_utc: z
    .tuple([time.nullable(), time.nullable()])
    .describe('The single measurements on both sides of the change'),
  flat_median_utc: time.nullable().describe('The median without regard to the hour of the day'),
  open: z.boolean().describe('Not dated: the series begins or ends inside the incident'),
})

const pooledStart = z.strictObject({
  together: z.number().describe('Probability that it is shared with one of the incidents at least'),
  median_utc: time,
  lo95_utc: time,
  hi95_utc: time,
  lo50_utc: time,
  hi50_utc: time,
  incidents: z.array(z.string()).describe('Incidents that it takes into account'),
})

const outage = z.strictObject({
  by: z.enum(['ioda', 'radar']),
  scope: z.enum(OUTAGE_SCOPES).describe('Of the network, or of the whole country'),
  from_utc: time,
  until_utc: time,
  source: z.string(),
  url: z.string().nullable(),
  retrieved: z.iso.date(),
  retrieved_at_utc: time.nullable(),
  sha256: digest.nullable().describe('Of the bytes of the answer'),
})

const cause = z.strictObject({
  word: z.enum(CAUSE_WORDS).describe('What the word rule allows to be said (docs/methods/cause.md)'),
  log10_lr: log10,
  lo95: z.number(),
  hi95: z.number(),
  quoted: z
    .strictObject({ log10_lr: log10, lo95: z.number(), hi95: z.number(), against: z.enum(OPPONENTS) })
    .optional()
    .describe('The ratio to quote, and what it is taken against; absent in revisions of earlier rules'),
  pairs: z
    .strictObject({ named: count, discordant: count, log10_e: z.number() })
    .optional()
    .describe('What the pairs alone show (docs/methods/cause.md); absent where no pair was discordant'),
  support: z.enum(SUPPORT),
  leading: z.enum(CAUSES).describe('Most likely interference'),
  rival: z.strictObject({ cause: z.enum(CAUSES), log10_lr: log10 }).describe('Most likely fault'),
  grounds: z.array(z.enum(BLOCKING_GROUNDS)),
  items: z
    .array(
      z.strictObject({
        item,
        outcome: z.string(),
        log10_lr: log10,
        alone_log10_lr: log10,
        lo95: z.number(),
        hi95: z.number(),
        k: count,
        n: count,
        probes: count,
        source: z.string(),
      }),
    )
    .describe('Every item that was looked at, on both sides; their log10_lr sum to that of the whole'),
  unseen: z
    .array(
      z.strictObject({
        item,
        after: z.array(z.strictObject({ outcome: z.string(), log10_lr: log10, word: z.enum(CAUSE_WORDS) })),
      }),
    )
    .describe('Evidence that was not collected, with what each outcome would make of the finding'),
  table: digest.describe('SHA-256 of the table of causes'),
})

const impact = z.strictObject({
  atLeast: z.number(),
  atMost: z.number(),
  personHours: z.strictObject({ atLeast: z.number(), atMost: z.number() }),
  basis: z.enum(['enough', 'thin']),
  inputs: z.array(z.strictObject({ what: z.string(), value: z.number(), source: z.string(), asOf: z.string() })),
})

/** An incident in a list: without the ids of its measurements, which would outweigh everything else. */
export const listedIncidentSchema = z.strictObject({
  id: z.string().describe('Never changes'),
  service,
  network,
  mechanism: z.enum(MECHANISMS).nullable(),
  state: z.enum(INCIDENT_STATES),
  running: z.boolean().describe('Not over when it was revised'),
  start: edge,
  end: edge,
  episodes: count.describe('Most likely number of separate restrictions'),
  p_one_episode: z.number(),
  probes: count,
  probes_failed: count,
  readings: count,
  bursts: count,
  bursts_failed: count,
  share: z.number().describe('Share of exchanges that failed, or were slow'),
  share_lo95: z.number(),
  share_hi95: z.number(),
  peak: z.number(),
  slowdown: z.strictObject({ value: z.number(), lo95: z.number(), hi95: z.number() }).nullable(),
  alarm: z.strictObject({ raised_at_utc: time, cleared_at_utc: time.nullable(), floor_met: z.boolean() }).nullable(),
  second_opinions: z.array(
    z.strictObject({
      method: z.enum(['cusum', 'pelt', 'bocpd', 'four-failed']),
      start_utc: time.nullable(),
      end_utc: time.nullable(),
    }),
  ),
  gaps: z.array(z.strictObject({ from_utc: time, until_utc: time, could_hide_minutes: z.number() })),
  seed: z.number(),
  pooled_start: pooledStart
    .optional()
    .describe('The start with other networks and services taken into account; absent where none began near it'),
  outages: z
    .array(outage)
    .optional()
    .describe('Outages near it that others measured, in which failures count as not measured; absent: none'),
  cause,
  impact: impact.nullable(),
  episode: z.string().nullable(),
  revision: count,
  revised_at_utc: time,
  reason: z.enum(REVISION_REASONS).describe('Why there is this revision'),
  note: z.string().nullable(),
  withdrawn: z.boolean(),
  simulated,
  rules_version: z.string(),
})

/** One revision of an incident, whole. */
export const incidentSchema = z.strictObject({
  ...listedIncidentSchema.shape,
  measurements: z.array(measurementId).describe('Measurements in its widest window, at most 2,000'),
})

export const incidentsSchema = z.strictObject({ simulated, incidents: z.array(listedIncidentSchema), next })

/** A revision after the first, as the page of corrections has it. */
const correction = z.strictObject({
  ...listedIncidentSchema.shape,
  before: listedIncidentSchema.nullable().describe('The revision before it'),
})
const correctedRow = z.strictObject({
  kind: z.enum(['statement', 'order']),
  id: z.string().describe('As /api/v1/claims or /api/v1/orders has it'),
  simulated,
  ...rowCorrectionSchema.shape,
})
export const correctionsSchema = z.strictObject({
  simulated,
  corrections: z.array(correction),
  acts: z
    .array(actSchema)
    .describe('Holds and withdrawals of incidents, those that are over too, newest first; in the first part only'),
  record: z
    .array(correctedRow)
    .describe('Corrections of statements and legal acts, newest first; in the first part only'),
  next,
})
