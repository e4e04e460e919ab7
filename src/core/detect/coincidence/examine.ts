import { defined } from '../../model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { CauseWord } from '../../model/incident/cause.ts'
import type {
  CoincidenceFinding,
  CoincidencePlan,
  CoincidenceReport,
  CoincidenceResult,
  EventCoincidence,
  Hypothesis,
  PlaceboTest,
  ShiftTest,
} from '../../model/incident/coincidence.ts'
import type { DetectedIncident } from '../../model/incident/incident.ts'
import type { OutsideEvent } from '../../model/tables/record.ts'
import { parseInstant, type Asn } from '../../model/units.ts'
import { localDayEnd, localDayStart } from '../shown/local-day.ts'
import { createRandom } from '../chain/random.ts'
import { eventCoincidence } from '../statistics/event-coincidence.ts'
import { benjaminiHochberg } from '../statistics/multiplicity.ts'
import { byEvening, differenceOf, matchEvenings, ratioOf, shareOf } from './evenings.ts'
import { superposedEpoch } from './epoch.ts'
import { maxT } from './joint.ts'
import { crossoverTest } from './crossover.ts'
import { conditionalOdds, countStrata } from './odds.ts'
import { mergeOnsets, onsetDraws } from './onsets.ts'
import { FOUND, PLANTED_EFFECTS, plantedPower } from './planted.ts'
import { probabilityOf } from './probability.ts'
import { linearStatistics, linearTest, weekTest, type ShiftSeries } from './shift.ts'
import { dayStart, wallClock } from './wall-clock.ts'

const POWER_RUNS = 100

/** An incident as the test needs it: detected from readings of the regular schedule alone. */
export interface StudiedIncident extends Pick<DetectedIncident, 'state' | 'start' | 'end' | 'curve'> {
  readonly service: string
  readonly asn: Asn
  /** Verdict on its cause; absent if it was not weighed, which counts as `not-determined`. */
  readonly word?: CauseWord
}

/** Hours with a reading of one series, as hours since 1970. */
export interface WatchedHours {
  readonly service: string
  readonly asn: Asn
  readonly hours: ReadonlySet<number>
}

export interface StudyData {
  readonly events: readonly OutsideEvent[]
  readonly incidents: readonly StudiedIncident[]
  /** Absent: it is unknown which hours were watched, and every evening counts as watched. */
  readonly watched?: readonly WatchedHours[]
}

/** One question with everything put on the wall clock. */
interface Study {
  readonly plan: CoincidencePlan
  readonly hypothesis: Hypothesis
  readonly series: ShiftSeries
  /** The same events with the onsets of placebo services, where the question names some. */
  readonly placebo?: ShiftSeries
  /** Whether placebo services were measured near the events. */
  readonly placeboMeasured: boolean
  readonly eventsWithoutHour: number
  readonly openStarts: number
  readonly incidents: readonly StudiedIncident[]
  readonly watchedHour: (at: number) => boolean
  readonly clock: (at: number) => number
  readonly seed: number
}

/**
 * Answers every question of a pre-registered plan (docs/methods/coincidence.md). Pure: equal plan and data give equal
 * figures.
 * Throws RangeError for a zone the engine does not know. That the list was frozen before anyone looked, and that the
 * period is over, is for the caller to check.
 */
export function examineCoincidence(plan: CoincidencePlan, data: StudyData): CoincidenceReport {
  const clock = wallClock(plan.zone)
  const from = dayStart(plan.period.since)
  const days = Math.round((dayStart(plan.period.until) - from) / DAY_MS) + 1
  let place = 0
  const study = (hypothesis: Hypothesis): Study =>
    prepare(plan, hypothesis, { data, clock, from, days, place: place++ })
  const primary = answer(study(plan.primary))
  const secondaryStudies = plan.secondary.map(study)
  const secondary = adjust(secondaryStudies, secondaryStudies.map(answer))
  const negativeControls = plan.negativeControls.map((hypothesis) => answer(study(hypothesis)))
  return {
    since: localDayStart(plan.period.since, plan.zone),
    until: localDayEnd(plan.period.until, plan.zone),
    days,
    weeks: Math.floor(days / 7),
    primary,
    secondary,
    negativeControls,
  }
}

/** The same figures where nothing may be claimed, because what was asked is not what was frozen. */
export function withoutClaims(report: CoincidenceReport): CoincidenceReport {
  const plain = (result: CoincidenceResult): CoincidenceResult => ({ ...result, finding: 'not-frozen' })
  return {
    ...report,
    primary: plain(report.primary),
    secondary: report.secondary.map(plain),
    negativeControls: report.negativeControls.map(plain),
  }
}

interface Frame {
  readonly data: StudyData
  readonly clock: (at: number) => number
  readonly from: number
  readonly days: number
  readonly place: number
}

function prepare(plan: CoincidencePlan, hypothesis: Hypothesis, frame: Frame): Study {
  const { data, clock, from, days } = frame
  const inPeriod = (at: number): boolean => at >= from && at < from + days * DAY_MS
  const asked = data.events.filter(
    ({ kind, channel }) =>
      hypothesis.kinds.includes(kind) &&
      (hypothesis.channels === undefined || (channel !== undefined && hypothesis.channels.includes(channel))),
  )
  const timed = asked.filter(({ start }) => start.includes('T'))
  const events = timed.map(({ start }) => clock(parseInstant(start))).filter(inPeriod)
  const { services, networks, placebos } = hypothesis
  const meant =
    (names: readonly string[]) =>
    (one: { readonly service: string; readonly asn: Asn }): boolean =>
      names.includes(one.service) && (networks.length === 0 || networks.some((asn) => asn === one.asn))
  const drawn = (names: readonly string[]) => {
    const incidents = data.incidents
      .filter(meant(names))
      .filter(({ state, word }) => plan.states.includes(state) && plan.words.includes(word ?? 'not-determined'))
    const draws = incidents.map(({ start }) => onsetDraws(start, plan.imputations)?.map(clock))
    const dated = draws.filter((one) => one !== undefined)
    const onsets = mergeOnsets(dated, plan.mergeMinutes).filter((one) => inPeriod(one[one.length >> 1] ?? Number.NaN))
    return { incidents, onsets, openStarts: draws.length - dated.length }
  }
  const { incidents, onsets, openStarts } = drawn(services)
  const series: ShiftSeries = {
    statistic: plan.statistic,
    onsets,
    events: events.toSorted((a, b) => a - b),
    from,
    days,
    windowHours: plan.windowHours,
  }
  const named = placebos ?? []
  const placeboHour = hoursWatched(data.watched?.filter(meant(named)), clock)
  const near = series.events.flatMap((at) => windowHours(at, plan))
  return {
    plan,
    hypothesis,
    series,
    // Where it is unknown which hours were watched, one incident of them shows that they were measured at all.
    placeboMeasured:
      data.watched === undefined
        ? data.incidents.some(meant(named))
        : near.length > 0 && near.filter(placeboHour).length >= plan.watchedShare * near.length,
    ...(placebos === undefined ? {} : { placebo: { ...series, onsets: drawn(placebos).onsets } }),
    eventsWithoutHour: asked.filter(({ start }) => !start.includes('T') && start <= plan.period.until).length,
    openStarts,
    incidents,
    watchedHour: hoursWatched(data.watched?.filter(meant(services)), clock),
    clock,
    seed: plan.seed + frame.place,
  }
}

/** The hours of the window of an event, each by its first instant. */
function windowHours(event: number, { windowHours: [low, high] }: Pick<CoincidencePlan, 'windowHours'>): number[] {
  const hours: number[] = []
  for (let at = event + low * HOUR_MS; at < event + high * HOUR_MS; at += HOUR_MS) hours.push(at)
  return hours
}

/** Whether an hour of the wall clock was watched in any of the series. */
function hoursWatched(
  series: readonly WatchedHours[] | undefined,
  clock: (at: number) => number,
): (at: number) => boolean {
  if (series === undefined) return () => true
  const hours = new Set<number>()
  for (const one of series) for (const hour of one.hours) hours.add(Math.floor(clock(hour * HOUR_MS) / HOUR_MS))
  return (at) => hours.has(Math.floor(at / HOUR_MS))
}

function answer(study: Study): CoincidenceResult {
  const { plan, series, hypothesis } = study
  const watched = (start: number): boolean => {
    const hours = windowHours(start, plan)
    return hours.filter(study.watchedHour).length >= plan.watchedShare * hours.length
  }
  const evenings = matchEvenings(series.events, { from: series.from, days: series.days, watched })
  const onEvent = shareOf(byEvening(evenings.events), series.onsets, plan.windowHours)
  const onMatched = shareOf(byEvening(evenings.matched.flat()), series.onsets, plan.windowHours)
  const weeks = weekTest(series)
  const linear = linearTest(series, plan.linear)
  const wide: ShiftSeries = { ...series, windowHours: plan.sensitivityHours }
  const description = describe(series)
  const chance = probabilityOf(study.incidents, study.clock)
  const placebo = study.placebo === undefined ? undefined : placeboTest(series, study.placebo, plan)
  const hourly = { ...series, watchedHour: study.watchedHour }
  const planted = (effect: number, found: number): number =>
    plantedPower(series, {
      effect,
      found,
      watched: found < 1 ? study.watchedHour : () => true,
      linear: plan.linear,
      level: plan.level,
      runs: POWER_RUNS,
      random: createRandom(study.seed),
    })
  return {
    hypothesis,
    finding: findingOf(series, {
      weeks,
      linear,
      level: plan.level,
      measured: study.placeboMeasured,
      ...defined({ placebo }),
    }),
    events: series.events.length,
    eventsWithoutHour: study.eventsWithoutHour,
    onsets: series.onsets.length,
    openStarts: study.openStarts,
    weeks,
    linear,
    sensitivity: { weeks: weekTest(wide), linear: linearTest(wide, plan.linear) },
    onEvent,
    onMatched,
    ratio: ratioOf(onEvent, onMatched),
    difference: differenceOf(onEvent, onMatched),
    oddsRatio: conditionalOdds(countStrata(hourly)),
    ...defined({ placebo }),
    crossover: crossoverTest(hourly, createRandom(study.seed)),
    power: PLANTED_EFFECTS.map((effect) => ({
      effect,
      runs: POWER_RUNS,
      claimed: planted(effect, FOUND),
      exact: planted(effect, 1),
    })),
    epoch: superposedEpoch(evenings, chance, createRandom(study.seed)),
    ...(description === undefined ? {} : { description }),
  }
}

const placeboTest = (series: ShiftSeries, placebo: ShiftSeries, { linear }: CoincidencePlan): PlaceboTest => ({
  weeks: weekTest(series, placebo),
  linear: linearTest(series, linear, placebo),
  onsets: placebo.onsets.length,
})

interface Tests {
  readonly weeks: ShiftTest
  readonly linear: ShiftTest
  readonly level: number
  readonly placebo?: PlaceboTest
  /** Whether the placebo services were measured. */
  readonly measured: boolean
}

/**
 * The combined rule: a link only where both tests reach the level, and nothing where one of them never could. Where
 * placebo services are named, both tests of the difference from them must reach it too: what measuring or the day does
 * to every service is no link. Placebo services that were not measured near the events show nothing of that.
 */
function findingOf(
  { events, onsets }: ShiftSeries,
  { weeks, linear, level, placebo, measured }: Tests,
): CoincidenceFinding {
  if (events.length === 0 || onsets.length === 0 || linear.onsets === 0) return 'cannot-show'
  if (weeks.floor > level || linear.floor > level) return 'cannot-show'
  const reached = [weeks, linear].filter(({ p }) => p <= level).length
  if (reached < 2) return reached === 1 ? 'tests-differ' : 'not-shown'
  if (placebo !== undefined && !measured) return 'placebo-unmeasured'
  return placebo === undefined || (placebo.weeks.p <= level && placebo.linear.p <= level) ? 'link' : 'placebo-too'
}

/** Event coincidence analysis on steps of an hour: a description, because its p takes evenings for chance. */
function describe({ onsets, events, from, days, windowHours }: ShiftSeries): EventCoincidence | undefined {
  if (onsets.length === 0 || events.length === 0) return undefined
  const steps = (times: readonly number[]): number[] => {
    const grid = Array.from({ length: days * 24 }, () => 0)
    for (const at of times) grid[Math.floor((at - from) / HOUR_MS)] = 1
    return grid
  }
  const middles = onsets.map((draws) => draws[draws.length >> 1] ?? Number.NaN)
  const [low, high] = [Math.round(windowHours[0]), Math.round(windowHours[1])]
  const found = eventCoincidence(steps(middles), steps(events), { window: high - low, lag: low, form: 'series' })
  return { precursorRate: found.precursor.rate, triggerRate: found.trigger.rate, p: found.precursor.p }
}

/** Adds to each secondary result what remains of it beside the others. */
function adjust(studies: readonly Study[], results: readonly CoincidenceResult[]): readonly CoincidenceResult[] {
  const first = studies[0]
  if (first === undefined) return results
  const { linear } = first.plan
  const byRate = benjaminiHochberg(results.map((result) => Math.max(result.weeks.p, result.linear.p)))
  const jointly = maxT(
    studies.map(({ series }) => linearStatistics(series, linear)),
    linear.shifts,
  )
  return results.map((result, index) => {
    const adjusted = { benjaminiHochberg: byRate[index] ?? 1, maxT: jointly[index] ?? 1 }
    const alone = result.finding === 'link' && adjusted.benjaminiHochberg > first.plan.level
    return { ...result, adjusted, finding: alone ? 'link-alone' : result.finding }
  })
}
