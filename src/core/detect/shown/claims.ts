import { HOUR_MS } from '../../model/duration.ts'
import type { ClaimReason, CoverageDay, JudgedClaim } from '../../model/incident/claim.ts'
import type { Incident } from '../../model/incident/incident.ts'
import { momentBounds } from '../../model/moment.ts'
import type { Claim, ClaimFinding, Statement } from '../../model/tables/record.ts'
import type { Asn, Instant } from '../../model/units.ts'
import { isWatched } from './claim-coverage.ts'
import { localDayEnd, localDayStart } from './local-day.ts'
import { localHours } from './local-hours.ts'

/** What of an incident a claim is compared with. */
export type ClaimIncident = Pick<
  Incident,
  'id' | 'service' | 'state' | 'running' | 'start' | 'end' | 'probesFailed' | 'withdrawn' | 'simulated'
> & { readonly cause: Pick<Incident['cause'], 'word'> }

export interface ClaimOptions {
  /** Zone of the days and hours a claim names. */
  readonly zone: string
  readonly owner: (asn: Asn) => string
  /** Services that are VPNs themselves; the sites of their vendors are not. */
  readonly vpn: readonly string[]
  /** Which world the statements are of: only incidents and coverage of the same world count. */
  readonly simulated: boolean
}

/** What was measured: current revisions of incidents, and how well the services were watched. */
export interface MeasuredRecord {
  readonly incidents: readonly ClaimIncident[]
  readonly coverage: readonly CoverageDay[]
}

/** Failed probes behind an incident for it to count either way; dated starts, their share, the width of a start and how near two are one, ms. */
const LEAST_PROBES = 2
const HOURS_RULE = { starts: 5, share: 0.8, widest: 2 * HOUR_MS, together: HOUR_MS } as const

/**
 * Compares every claim of every statement with the measurements. Pure; the same rule applies to every speaker.
 * The rules, and when each is wrong: docs/methods/claims.md.
 */
export function judgeClaims(
  statements: readonly Statement[],
  measured: MeasuredRecord,
  options: ClaimOptions,
): readonly JudgedClaim[] {
  const world: MeasuredRecord = {
    incidents: measured.incidents.filter((one) => one.simulated === options.simulated && !one.withdrawn),
    coverage: measured.coverage.filter((row) => row.simulated === options.simulated),
  }
  return statements.flatMap((statement) =>
    statement.claims.map((claim) => {
      const period = periodOf(statement, claim, options.zone)
      const answer = answerClaim({ claim, period, options, world })
      return {
        statement: statement.id,
        claim: claim.id,
        finding: answer.finding,
        reason: answer.reason,
        period,
        incidents: answer.incidents
          .toSorted((a, b) => spanOf(a).from - spanOf(b).from || (a.id < b.id ? -1 : 1))
          .map(({ id }) => id),
      }
    }),
  )
}

interface Period {
  readonly from: Instant
  readonly until: Instant
}
interface Question {
  readonly claim: Claim
  readonly period: Period
  readonly options: ClaimOptions
  readonly world: MeasuredRecord
}
interface Answer {
  readonly finding: ClaimFinding
  readonly reason: ClaimReason
  readonly incidents: readonly ClaimIncident[]
}

const answer = (finding: ClaimFinding, reason: ClaimReason, incidents: readonly ClaimIncident[] = []): Answer => ({
  finding,
  reason,
  incidents,
})

/**
 * Days of the claim in the zone; without them what the date of the statement spans. A statement does not speak of what
 * comes later.
 */
function periodOf(statement: Statement, { since, until }: Claim, zone: string): Period {
  const said = momentBounds(statement.at)
  const from = since === undefined ? said.from : localDayStart(since, zone)
  const last = until ?? (said.until <= from ? since : undefined)
  if (last === undefined) return { from, until: said.until }
  return { from, until: localDayEnd(last, zone) }
}

/** Medians where dated, else what was seen: first failed to last failed; without an end while it runs. */
function spanOf({ start, end, running }: ClaimIncident): { readonly from: number; readonly until: number } {
  const from = start.median ?? start.bracket[1] ?? start.lo95 ?? -Infinity
  return { from, until: running ? Infinity : (end.median ?? end.bracket[0] ?? end.hi95 ?? from) }
}

function answerClaim(question: Question): Answer {
  const { test, services } = question.claim
  switch (test) {
    case 'none':
      return answer('not-testable', 'not-a-measurement')
    case 'coincides':
      return answer('not-testable', 'needs-coincidence')
    case 'service-restricted':
      return answerRestricted(question, services)
    case 'vpn-restricted': {
      const { vpn } = question.options
      const asked = services.length === 0 ? vpn : services.filter((service) => vpn.includes(service))
      return asked.length === 0 ? answer('no-data', 'no-vpn') : answerRestricted(question, asked)
    }
    case 'no-measures':
      return answerNoMeasures(question)
    case 'blocking':
      return answerExplanation(question, 'blocking')
    case 'technical-fault':
      return answerExplanation(question, 'fault')
    case 'evening-window':
      return answerHours(question)
  }
}

/** Incidents of the services (all where the list is empty) that overlap the period. */
const within = ({ period, world }: Question, services: readonly string[]): readonly ClaimIncident[] =>
  world.incidents.filter((one) => {
    const { from, until } = spanOf(one)
    return (services.length === 0 || services.includes(one.service)) && from < period.until && until > period.from
  })

/**
 * An incident that enough devices support. One below the floor supports no claim, and rules out the claim of "nothing".
 */
const counts = (one: ClaimIncident): boolean => one.state !== 'insufficient' && one.probesFailed >= LEAST_PROBES

/** Every service named was watched; an empty list names more than can be watched. */
const watched = ({ period, options, world }: Question, services: readonly string[]): boolean =>
  services.length > 0 &&
  services.every((service) => isWatched(service, world.coverage, { ...period, owner: options.owner }))

/** Services that were watched and had no incident, not even one below the floor. */
function stayedOpen(
  question: Question,
  services: readonly string[],
  found: readonly ClaimIncident[],
): readonly string[] {
  const touched = new Set(found.map(({ service }) => service))
  return services.filter((service) => !touched.has(service) && watched(question, [service]))
}

/** Services did not open: restrictions of any cause, service by service. */
function answerRestricted(question: Question, services: readonly string[]): Answer {
  const found = within(question, services)
  const solid = found.filter(counts)
  const failed = new Set(solid.map(({ service }) => service))
  const open = stayedOpen(question, services, found)
  if (failed.size > 0)
    return open.length > 0
      ? answer('not-testable', 'services-differ', solid)
      : answer('supported', 'restricted-seen', solid)
  if (found.length > 0) return answer('not-testable', 'too-few-probes', found)
  return services.length > 0 && open.length === services.length
    ? answer('contradicted', 'nothing-seen')
    : answer('no-data', 'not-watched')
}

/**
 * The claim that no one interfered: one blocking finding speaks against it, only a watched period without any speaks
 * for it.
 */
function answerNoMeasures(question: Question): Answer {
  const { services } = question.claim
  const found = within(question, services)
  const blocking = found.filter((one) => counts(one) && one.cause.word === 'blocking')
  if (blocking.length > 0) return answer('contradicted', 'cause-blocking', blocking)
  const open = found.filter((one) => !counts(one) || one.cause.word !== 'fault')
  if (open.length > 0) return answer('not-testable', open.some(counts) ? 'cause-open' : 'too-few-probes', found)
  if (!watched(question, services)) return answer('no-data', 'not-watched', found)
  return answer('supported', found.length === 0 ? 'nothing-seen' : 'no-restriction-seen', found)
}

const REASON_OF = { blocking: 'cause-blocking', fault: 'cause-fault' } as const

/** One cause explains what failed: the same rule for blocking and for a fault, with the words changed over. */
function answerExplanation(question: Question, word: 'blocking' | 'fault'): Answer {
  const { services } = question.claim
  const rival = word === 'blocking' ? 'fault' : 'blocking'
  const found = within(question, services)
  const solid = found.filter(counts)
  const own = solid.filter((one) => one.cause.word === word)
  const other = solid.filter((one) => one.cause.word === rival)
  if (own.length > 0 && other.length > 0) return answer('not-testable', 'causes-differ', [...own, ...other])
  if (own.length > 0)
    return stayedOpen(question, services, found).length > 0
      ? answer('not-testable', 'services-differ', own)
      : answer('supported', REASON_OF[word], own)
  if (other.length > 0) return answer('contradicted', REASON_OF[rival], other)
  if (solid.length > 0) return answer('not-testable', 'cause-open', solid)
  if (found.length > 0) return answer('not-testable', 'too-few-probes', found)
  return watched(question, services) ? answer('contradicted', 'nothing-seen') : answer('no-data', 'not-watched')
}

/** Times at which something began: what begins within an hour of the first, of any service and network, began with it. */
function startsOf(times: readonly Instant[]): readonly Instant[] {
  const starts: Instant[] = []
  for (const at of times.toSorted((a, b) => a - b)) {
    const last = starts.at(-1)
    if (last === undefined || at - last > HOURS_RULE.together) starts.push(at)
  }
  return starts
}

/** Restrictions began at the hours named. Says nothing of what else happened at those hours. */
function answerHours(question: Question): Answer {
  const { hours, services } = question.claim
  if (hours === undefined) return answer('not-testable', 'not-a-measurement')
  const dated = within(question, services).flatMap((one) => {
    const { median, lo95, hi95 } = one.start
    if (!counts(one) || one.cause.word === 'fault' || median === undefined) return []
    if (lo95 === undefined || hi95 === undefined || hi95 - lo95 > HOURS_RULE.widest) return []
    return [{ one, at: median }]
  })
  const found = dated.map(({ one }) => one)
  const starts = startsOf(dated.map(({ at }) => at))
  if (starts.length === 0) return answer('no-data', 'not-watched')
  if (starts.length < HOURS_RULE.starts) return answer('no-data', 'too-few-starts', found)
  const { hourAt } = localHours(question.options.zone)
  const inside = starts.filter((at) => hourAt(at) >= hours[0] && hourAt(at) < hours[1]).length
  if (inside / starts.length >= HOURS_RULE.share) return answer('supported', 'hours-inside', found)
  return (starts.length - inside) / starts.length >= HOURS_RULE.share
    ? answer('contradicted', 'hours-outside', found)
    : answer('not-testable', 'hours-mixed', found)
}
