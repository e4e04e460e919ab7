import type {
  CoincidencePlan,
  CoincidenceReport,
  CoincidenceResult,
  Estimate,
  EveningShare,
} from '../../model/incident/coincidence.ts'
import { say } from '../format.ts'
import type { Lang } from '../lang.ts'
import { formatNumber } from '../number.ts'

/** p with as many digits as decide: three, or two figures where it is smaller. */
export const formatP = (lang: Lang, p: number): string => formatNumber(lang, p, p < 0.01 ? 4 : 3)

const percent = (lang: Lang, share: number): string => formatNumber(lang, share * 100)
const percents = (lang: Lang, low: number, high: number): string => `${percent(lang, low)}\u2013${percent(lang, high)}`

/** `−1 … +3`, signs written out. */
export function formatWindow(lang: Lang, [low, high]: readonly [number, number]): string {
  const signed = (hours: number): string => `${hours > 0 ? '+' : ''}${formatNumber(lang, hours, 2)}`
  return `${signed(low)} … ${signed(high)}`
}

/** Counts and figures of one question, each a sentence; what is not known is left out, never guessed. */
export function countSentences(lang: Lang, plan: CoincidencePlan, result: CoincidenceResult): readonly string[] {
  const { kinds } = result.hypothesis
  const kind = kinds.length === 1 && kinds[0] !== undefined ? kinds[0] : 'several'
  const share = (key: 'coincide.on-event' | 'coincide.on-matched', { k, n, lo95, hi95 }: EveningShare): string =>
    say(lang, key, {
      count: k,
      total: n,
      interval: percents(lang, lo95, hi95),
    })
  return [
    say(lang, `coincide.count.${kind}`, { count: result.events }),
    say(lang, 'coincide.window', { window: formatWindow(lang, plan.windowHours) }),
    say(lang, 'coincide.onsets', { count: result.onsets }),
    ...(result.onEvent.n === 0 ? [] : [share('coincide.on-event', result.onEvent)]),
    ...(result.onMatched.n === 0 ? [] : [share('coincide.on-matched', result.onMatched)]),
    ...estimateSentences(lang, result),
    ...left(lang, result),
  ]
}

function estimateSentences(
  lang: Lang,
  { ratio, difference, oddsRatio, crossover }: CoincidenceResult,
): readonly string[] {
  const ratioText = ({ value, lo95, hi95 }: Estimate) =>
    value === undefined || lo95 === undefined
      ? undefined
      : {
          value: formatNumber(lang, value, 1),
          interval:
            hi95 === undefined
              ? say(lang, 'coincide.at-least', { value: formatNumber(lang, lo95, 1) })
              : `${formatNumber(lang, lo95, 1)}\u2013${formatNumber(lang, hi95, 1)}`,
        }
  const points = (value: number): string => formatNumber(lang, value * 100)
  const shares = ratioText(ratio)
  const odds = ratioText(oddsRatio)
  const second = crossover === undefined ? undefined : ratioText(crossover.oddsRatio)
  const p = crossover === undefined ? '' : formatP(lang, crossover.p)
  const { value, lo95, hi95 } = difference
  return [
    ...(shares === undefined ? [] : [say(lang, 'coincide.ratio', shares)]),
    ...(value === undefined || lo95 === undefined || hi95 === undefined
      ? []
      : [say(lang, 'coincide.difference', { value: points(value), interval: `${points(lo95)} … ${points(hi95)}` })]),
    ...(odds === undefined ? [] : [say(lang, 'coincide.odds', odds)]),
    ...(crossover === undefined || crossover.onsets === 0
      ? []
      : [
          second === undefined
            ? say(lang, 'coincide.crossover-plain', { p })
            : say(lang, 'coincide.crossover', { ...second, p }),
        ]),
  ]
}

/** What did not enter. */
function left(lang: Lang, { eventsWithoutHour, openStarts }: CoincidenceResult): readonly string[] {
  const count = (number: number) => ({ count: formatNumber(lang, number) })
  return [
    ...(eventsWithoutHour === 0 ? [] : [say(lang, 'coincide.without-hour', count(eventsWithoutHour))]),
    ...(openStarts === 0 ? [] : [say(lang, 'coincide.open-starts', count(openStarts))]),
  ]
}

/** Both tests with their floors, the line of sensitivity, and what these data could have shown. */
export function testSentences(lang: Lang, plan: CoincidencePlan, result: CoincidenceResult): readonly string[] {
  const { weeks, linear, sensitivity, placebo } = result
  const p = (value: number): string => formatP(lang, value)
  return [
    say(lang, 'coincide.weeks', { p: p(weeks.p), floor: p(weeks.floor) }),
    say(lang, `coincide.linear-${plan.linear.step}`, {
      p: p(linear.p),
      shifts: plan.linear.shifts,
      floor: p(linear.floor),
    }),
    ...(result.finding !== 'cannot-show' && (weeks.p === weeks.floor || linear.p === linear.floor)
      ? [say(lang, 'coincide.at-floor')]
      : []),
    ...(result.finding === 'cannot-show' ? [] : [boundSentence(lang, Math.max(weeks.p, linear.p))]),
    ...(placebo === undefined
      ? []
      : [
          say(lang, 'coincide.placebo', {
            weeks: p(placebo.weeks.p),
            linear: p(placebo.linear.p),
            count: placebo.onsets,
          }),
        ]),
    say(lang, 'coincide.sensitivity', {
      window: formatWindow(lang, plan.sensitivityHours),
      weeks: p(sensitivity.weeks.p),
      linear: p(sensitivity.linear.p),
    }),
    ...peakSentence(lang, result),
    ...result.power.map(({ effect, claimed, exact, runs }) =>
      say(lang, 'coincide.power', {
        effect: percent(lang, effect),
        count: Math.round(claimed * runs),
        runs,
        exact: exact === undefined ? '\u2013' : formatNumber(lang, Math.round(exact * runs)),
      }),
    ),
  ]
}

/**
 * The most that a p-value lets any Bayes factor be: 1 / (−e p ln p) for p < 1/e. Source: Sellke, Bayarri and Berger,
 * The American Statistician 55 (2001) 62.
 */
function boundSentence(lang: Lang, p: number): string {
  if (p >= 1 / Math.E) return say(lang, 'coincide.bound-none')
  return say(lang, 'coincide.bound', { bound: formatNumber(lang, -1 / (Math.E * p * Math.log(p)), 1) })
}

function peakSentence(lang: Lang, { epoch }: CoincidenceResult): readonly string[] {
  const [first, ...rest] = epoch
  if (first === undefined) return []
  const peak = rest.reduce((most, point) => (point.difference > most.difference ? point : most), first)
  if (peak.difference <= 0) return []
  const hours = `${peak.hours > 0 ? '+' : ''}${formatNumber(lang, peak.hours, 2)}`
  return [say(lang, 'coincide.peak', { value: peak.difference * 100, hours })]
}

/** A test whose floor is at least this cannot give more than a weak answer. */
const WEAK_FLOOR = 1 / 20

/** The finding of a question, how weak it can only be, and always that a coincidence shows no cause. */
export const findingSentences = (lang: Lang, { finding, weeks, linear }: CoincidenceResult): readonly string[] => [
  say(lang, `coincide.finding.${finding}`),
  ...(finding === 'link' && Math.max(weeks.floor, linear.floor) >= WEAK_FLOOR
    ? [say(lang, 'coincide.weak', { floor: formatP(lang, Math.max(weeks.floor, linear.floor)) })]
    : []),
  say(lang, 'coincide.no-cause'),
]

/** A row a question: heads and cells of the table below the sentences. Joint figures stand for secondary questions. */
export function questionTable(
  lang: Lang,
  results: readonly CoincidenceResult[],
): { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } {
  const adjusted = results.some((result) => result.adjusted !== undefined)
  const head = (['question', 'events', 'onsets', 'weeks', 'linear'] as const).map((column) =>
    say(lang, `coincide.column.${column}`),
  )
  const more = adjusted ? [say(lang, 'coincide.column.adjusted'), say(lang, 'coincide.column.joint')] : []
  const rows = results.map((result) => [
    result.hypothesis.label[lang],
    formatNumber(lang, result.events),
    formatNumber(lang, result.onsets),
    formatP(lang, result.weeks.p),
    formatP(lang, result.linear.p),
    ...(adjusted
      ? [formatP(lang, result.adjusted?.benjaminiHochberg ?? 1), formatP(lang, result.adjusted?.maxT ?? 1)]
      : []),
    say(lang, `coincide.short.${result.finding}`),
  ])
  return { head: [...head, ...more, say(lang, 'coincide.column.finding')], rows }
}

/** Period and whole weeks of a report. */
export const periodSentence = (lang: Lang, { period }: CoincidencePlan, { weeks }: CoincidenceReport): string =>
  say(lang, 'coincide.period', { period: `${period.since} \u2013 ${period.until}`, weeks })
