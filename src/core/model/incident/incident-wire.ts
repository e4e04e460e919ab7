import type { CauseFinding } from './cause.ts'
import type { DetectedIncident, Edge, Incident, PooledStart } from './incident.ts'
import { encodeOutages } from './outage-wire.ts'
import { formatAsn, formatInstantUtc, type Instant } from '../units.ts'

const time = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstantUtc(at))

/** One side of an incident as JSON for programs. */
export const encodeEdge = (edge: Edge): Record<string, unknown> => ({
  median_utc: time(edge.median),
  lo95_utc: time(edge.lo95),
  hi95_utc: time(edge.hi95),
  lo50_utc: time(edge.lo50),
  hi50_utc: time(edge.hi50),
  bracket_utc: edge.bracket.map(time),
  flat_median_utc: time(edge.flatMedian),
  open: edge.kind === 'open',
})

/** What the JSON form of an incident says of a detected one: its curve is drawn, not told. */
export type ToldIncident = Omit<DetectedIncident, 'curve' | 'slowAbove'>
/** What the JSON form says of the weight of evidence. */
export type ToldCause = Omit<CauseFinding, 'posterior'>

/** A detected incident as JSON for programs, without what only the observatory knows. Absent is null. */
export const encodeDetected = (found: ToldIncident): Record<string, unknown> => ({
  mechanism: found.mechanism ?? null,
  state: found.state,
  running: found.running,
  start: encodeEdge(found.start),
  end: encodeEdge(found.end),
  episodes: found.episodes,
  p_one_episode: found.pOneEpisode,
  probes: found.probes,
  probes_failed: found.probesFailed,
  readings: found.readings,
  bursts: found.bursts,
  bursts_failed: found.burstsFailed,
  share: found.share.value,
  share_lo95: found.share.lo95,
  share_hi95: found.share.hi95,
  peak: found.peak,
  ...(found.contradicted === true ? { contradicted: true } : {}),
  slowdown: found.slowdown ?? null,
  alarm:
    found.alarm === undefined
      ? null
      : {
          raised_at_utc: time(found.alarm.raisedAt),
          cleared_at_utc: time(found.alarm.clearedAt),
          floor_met: found.alarm.floorMet,
        },
  second_opinions: found.opinions.map(({ method, start, end }) => ({
    method,
    start_utc: time(start),
    end_utc: time(end),
  })),
  gaps: found.gaps.map(({ from, until, couldHideMinutes }) => ({
    from_utc: time(from),
    until_utc: time(until),
    could_hide_minutes: couldHideMinutes,
  })),
  seed: found.seed,
})

/** The weight of evidence as JSON for programs. Absent is null. */
export const encodeCause = (cause: ToldCause): Record<string, unknown> => ({
  word: cause.word,
  log10_lr: cause.log10Lr,
  lo95: cause.lo95,
  hi95: cause.hi95,
  ...(cause.quoted && {
    quoted: {
      log10_lr: cause.quoted.log10Lr,
      lo95: cause.quoted.lo95,
      hi95: cause.quoted.hi95,
      against: cause.quoted.against,
    },
  }),
  ...(cause.pairs && {
    pairs: { named: cause.pairs.named, discordant: cause.pairs.discordant, log10_e: cause.pairs.log10E },
  }),
  support: cause.support,
  leading: cause.leading,
  rival: { cause: cause.rival.cause, log10_lr: cause.rival.log10Lr },
  grounds: cause.grounds,
  items: cause.items.map(({ item, outcome, log10Lr, alone, count, source }) => ({
    item,
    outcome,
    log10_lr: log10Lr,
    alone_log10_lr: alone.log10Lr,
    lo95: alone.lo95,
    hi95: alone.hi95,
    ...count,
    source,
  })),
  unseen: cause.unseen.map(({ item, after }) => ({
    item,
    after: after.map(({ outcome, log10Lr, word }) => ({ outcome, log10_lr: log10Lr, word })),
  })),
  table: cause.table,
})

/** The start with others taken into account, as JSON; no member where no other incident began near it. */
export const encodePooled = ({
  pooledStart: pooled,
}: {
  readonly pooledStart?: PooledStart
}): Record<string, unknown> =>
  pooled === undefined
    ? {}
    : {
        pooled_start: {
          together: pooled.together,
          median_utc: time(pooled.median),
          lo95_utc: time(pooled.lo95),
          hi95_utc: time(pooled.hi95),
          lo50_utc: time(pooled.lo50),
          hi50_utc: time(pooled.hi50),
          incidents: pooled.incidents,
        },
      }

/** A published incident as JSON for programs: the same in the command line, the API and bundles. Absent is null. */
export const encodeIncident = (incident: Incident): Record<string, unknown> => ({
  id: incident.id,
  service: incident.service,
  network: formatAsn(incident.asn),
  ...encodeDetected(incident),
  ...encodePooled(incident),
  ...encodeOutages(incident),
  cause: encodeCause(incident.cause),
  impact: incident.impact ?? null,
  episode: incident.episode ?? null,
  revision: incident.revision,
  revised_at_utc: time(incident.revisedAt),
  reason: incident.reason,
  note: incident.note ?? null,
  withdrawn: incident.withdrawn,
  simulated: incident.simulated,
  rules_version: incident.rulesVersion,
  measurements: incident.measurements,
})
