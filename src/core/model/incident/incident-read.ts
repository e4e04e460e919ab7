import { z } from 'zod'
import { BLOCKING_GROUNDS, CAUSE_ITEMS, CAUSE_WORDS, CAUSES, OPPONENTS, SUPPORT } from './cause.ts'
import { InputError } from '../errors.ts'
import { INCIDENT_STATES, REVISION_REASONS, type Edge, type Impact, type PooledStart } from './incident.ts'
import type { ToldCause, ToldIncident } from './incident-wire.ts'
import { outagesSchema } from './outage-wire.ts'
import type { KnownOutage } from '../tables/others.ts'
import { MECHANISMS } from '../measured/mechanism.ts'
import { instant, parseAsn, type Asn, type Instant } from '../units.ts'

// The JSON form of an incident (docs/formats/incidents.md), read by anyone who has it as a file.

const count = z.int().min(0)
const short = z.string().max(300)
const time = z.iso.datetime().transform((text): Instant => instant(Date.parse(text)))
/** Absent is null in JSON and undefined here. */
const orAbsent = <S extends z.ZodType>(schema: S) => schema.nullable().transform((value) => value ?? undefined)

const edgeShape = z.strictObject({
  median_utc: orAbsent(time),
  lo95_utc: orAbsent(time),
  hi95_utc: orAbsent(time),
  lo50_utc: orAbsent(time),
  hi50_utc: orAbsent(time),
  bracket_utc: z.tuple([orAbsent(time), orAbsent(time)]),
  flat_median_utc: orAbsent(time),
  open: z.boolean(),
})

/** One side of an incident. */
export const edgeSchema = edgeShape.transform((edge): Edge => ({
  kind: edge.open ? 'open' : 'dated',
  ...known('median', edge.median_utc),
  ...known('lo95', edge.lo95_utc),
  ...known('hi95', edge.hi95_utc),
  ...known('lo50', edge.lo50_utc),
  ...known('hi50', edge.hi50_utc),
  ...known('flatMedian', edge.flat_median_utc),
  bracket: [edge.bracket_utc[0], edge.bracket_utc[1]],
}))

function known<N extends string, T>(name: N, value: T | undefined): { readonly [K in N]?: T } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [K in N]: T })
}

const pooledSchema = z
  .strictObject({
    together: z.number().min(0).max(1),
    median_utc: time,
    lo95_utc: time,
    hi95_utc: time,
    lo50_utc: time,
    hi50_utc: time,
    incidents: z.array(short).max(100),
  })
  .transform((pooled): PooledStart => ({
    together: pooled.together,
    median: pooled.median_utc,
    lo50: pooled.lo50_utc,
    hi50: pooled.hi50_utc,
    lo95: pooled.lo95_utc,
    hi95: pooled.hi95_utc,
    incidents: pooled.incidents,
  }))

const rangeSchema = z.strictObject({ value: z.number(), lo95: z.number(), hi95: z.number() })

const detectedShape = z.object({
  mechanism: orAbsent(z.enum(MECHANISMS)),
  state: z.enum(INCIDENT_STATES),
  running: z.boolean(),
  start: edgeSchema,
  end: edgeSchema,
  episodes: count,
  p_one_episode: z.number(),
  probes: count,
  probes_failed: count,
  readings: count,
  bursts: count,
  bursts_failed: count,
  share: z.number(),
  share_lo95: z.number(),
  share_hi95: z.number(),
  peak: z.number(),
  contradicted: z.literal(true).optional(),
  slowdown: orAbsent(rangeSchema),
  alarm: orAbsent(z.strictObject({ raised_at_utc: time, cleared_at_utc: orAbsent(time), floor_met: z.boolean() })),
  second_opinions: z
    .array(
      z.strictObject({
        method: z.enum(['cusum', 'pelt', 'bocpd', 'four-failed']),
        start_utc: orAbsent(time),
        end_utc: orAbsent(time),
      }),
    )
    .max(20),
  gaps: z.array(z.strictObject({ from_utc: time, until_utc: time, could_hide_minutes: z.number() })).max(100_000),
  seed: z.int(),
})

const outcomes = Object.values(CAUSE_ITEMS).flat()
const itemSchema = z.enum(Object.keys(CAUSE_ITEMS) as [keyof typeof CAUSE_ITEMS])
const outcomeSchema = z.enum(outcomes as [(typeof outcomes)[number]])

const causeShape = z.strictObject({
  word: z.enum(CAUSE_WORDS),
  log10_lr: z.number(),
  lo95: z.number(),
  hi95: z.number(),
  quoted: z
    .strictObject({ log10_lr: z.number(), lo95: z.number(), hi95: z.number(), against: z.enum(OPPONENTS) })
    .optional(),
  pairs: z.strictObject({ named: count, discordant: count, log10_e: z.number() }).optional(),
  support: z.enum(SUPPORT),
  leading: z.enum(CAUSES),
  rival: z.strictObject({ cause: z.enum(CAUSES), log10_lr: z.number() }),
  grounds: z.array(z.enum(BLOCKING_GROUNDS)).max(20),
  items: z
    .array(
      z.strictObject({
        item: itemSchema,
        outcome: outcomeSchema,
        log10_lr: z.number(),
        alone_log10_lr: z.number(),
        lo95: z.number(),
        hi95: z.number(),
        k: count,
        n: count,
        probes: count,
        source: short,
      }),
    )
    .max(100),
  unseen: z
    .array(
      z.strictObject({
        item: itemSchema,
        after: z
          .array(z.strictObject({ outcome: outcomeSchema, log10_lr: z.number(), word: z.enum(CAUSE_WORDS) }))
          .max(20),
      }),
    )
    .max(100),
  table: short,
})

const impactSchema = z.strictObject({
  atLeast: z.number(),
  atMost: z.number(),
  personHours: z.strictObject({ atLeast: z.number(), atMost: z.number() }),
  basis: z.enum(['enough', 'thin']),
  inputs: z
    .array(z.strictObject({ what: short, value: z.number(), source: z.string().max(2000), asOf: short }))
    .max(10_000),
})

/** What an incident says, without its place among the published ones. */
const toldShape = detectedShape.extend({
  service: short,
  network: z.string().regex(/^AS\d{1,10}$/),
  pooled_start: pooledSchema.optional(),
  outages: outagesSchema.optional(),
  cause: causeShape,
  simulated: z.boolean(),
  rules_version: short,
  /** Ids, or leaves of the log. */
  measurements: z.array(z.union([z.string().max(64), count])).max(2000),
})

const incidentShape = toldShape.extend({
  id: short,
  impact: orAbsent(impactSchema),
  episode: orAbsent(short),
  revision: z.int().min(1),
  revised_at_utc: time,
  reason: z.enum(REVISION_REASONS),
  note: orAbsent(z.string().max(10_000)),
  withdrawn: z.boolean(),
})

/** An incident as a file tells it: what can be derived of it. */
export interface ReadDraft extends ToldIncident {
  readonly service: string
  readonly asn: Asn
  readonly simulated: boolean
  readonly cause: ToldCause
  readonly pooledStart?: PooledStart
  readonly outages?: readonly KnownOutage[]
  readonly rulesVersion: string
  /** Ids, or leaves of the log, as the file has them. */
  readonly measurements: readonly (string | number)[]
}

/** One revision of an incident as a file tells it. */
export interface ReadIncident extends ReadDraft {
  readonly id: string
  readonly revision: number
  readonly revisedAt: Instant
  readonly withdrawn: boolean
  readonly impact?: Impact
}

/** Reads one revision in its JSON form. Throws InputError with the place of what is not as the format has it. */
export function readIncident(value: unknown): ReadIncident {
  const told = parsed(incidentShape.strict(), value)
  const { id, revision, withdrawn, impact } = told
  return {
    ...draftOf(told),
    id,
    revision,
    revisedAt: told.revised_at_utc,
    withdrawn,
    ...known('impact', impact),
  }
}

/** Reads an incident that was derived and not published. Throws InputError like `readIncident`. */
export const readDraft = (value: unknown): ReadDraft => draftOf(parsed(toldShape.strict(), value))

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.infer<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  throw new InputError(`Cannot read incident, "/${issue?.path.join('/') ?? ''}": ${issue?.message ?? 'wrong form'}`, {
    code: 'incident.invalid',
    path: `/${issue?.path.join('/') ?? ''}`,
    expected: 'an incident in the form of docs/formats/incidents.md',
  })
}

function draftOf(told: z.infer<typeof toldShape>): ReadDraft {
  const { cause } = told
  return {
    state: told.state,
    running: told.running,
    start: told.start,
    end: told.end,
    episodes: told.episodes,
    pOneEpisode: told.p_one_episode,
    ...known('mechanism', told.mechanism),
    probes: told.probes,
    probesFailed: told.probes_failed,
    readings: told.readings,
    bursts: told.bursts,
    burstsFailed: told.bursts_failed,
    share: { value: told.share, lo95: told.share_lo95, hi95: told.share_hi95 },
    peak: told.peak,
    ...known('contradicted', told.contradicted),
    ...known('slowdown', told.slowdown),
    ...known(
      'alarm',
      told.alarm && {
        raisedAt: told.alarm.raised_at_utc,
        ...known('clearedAt', told.alarm.cleared_at_utc),
        floorMet: told.alarm.floor_met,
      },
    ),
    opinions: told.second_opinions.map(({ method, start_utc: start, end_utc: end }) => ({
      method,
      ...known('start', start),
      ...known('end', end),
    })),
    gaps: told.gaps.map((gap) => ({
      from: gap.from_utc,
      until: gap.until_utc,
      couldHideMinutes: gap.could_hide_minutes,
    })),
    seed: told.seed,
    service: told.service,
    asn: parseAsn(told.network),
    simulated: told.simulated,
    ...known('pooledStart', told.pooled_start),
    ...known('outages', told.outages),
    rulesVersion: told.rules_version,
    measurements: told.measurements,
    cause: {
      word: cause.word,
      log10Lr: cause.log10_lr,
      lo95: cause.lo95,
      hi95: cause.hi95,
      ...known(
        'quoted',
        cause.quoted && {
          log10Lr: cause.quoted.log10_lr,
          lo95: cause.quoted.lo95,
          hi95: cause.quoted.hi95,
          against: cause.quoted.against,
        },
      ),
      ...known(
        'pairs',
        cause.pairs && {
          named: cause.pairs.named,
          discordant: cause.pairs.discordant,
          log10E: cause.pairs.log10_e,
        },
      ),
      support: cause.support,
      leading: cause.leading,
      rival: { cause: cause.rival.cause, log10Lr: cause.rival.log10_lr },
      grounds: cause.grounds,
      items: cause.items.map(({ item, outcome, source, ...one }) => ({
        item,
        outcome,
        log10Lr: one.log10_lr,
        alone: { log10Lr: one.alone_log10_lr, lo95: one.lo95, hi95: one.hi95 },
        count: { k: one.k, n: one.n, probes: one.probes },
        source,
      })),
      unseen: cause.unseen.map(({ item, after }) => ({
        item,
        after: after.map(({ outcome, log10_lr: log10Lr, word }) => ({ outcome, log10Lr, word })),
      })),
      table: cause.table,
    },
  }
}
