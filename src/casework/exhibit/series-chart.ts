import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { anchor, goesOn, lastKnown } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { edgesText, edgeText, spanText } from '../../core/text/sentence/incident.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatClock, formatDateTime, formatOffset, HOME_ZONE, offsetMinutes } from '../../core/text/time.ts'
import type { Block, Chart, Inline } from '../../documents/paper.ts'

/** Lengths of a bar, minutes; the first that gives few enough bars. */
const STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200]
const LEAST_MARGIN = HOUR_MS
/** Share of the length of an incident that is shown before and after it. */
const MARGIN = 0.3

interface Step {
  readonly at: Instant
  readonly tests: number
  readonly failed: number
  readonly controls: number
  readonly controlsFailed: number
}

/** The series of an incident as a drawing with its table; what to say where there are no readings is the caller's. */
export function seriesChart(
  lang: Lang,
  { incident, readings }: { readonly incident: Incident; readonly readings: readonly Reading[] },
  { bars, caption }: { readonly bars: number; readonly caption: string },
): Block | undefined {
  const window = windowOf(incident, readings)
  if (window === undefined) return undefined
  const { from, until, step, steps } = countSteps(window, { incident, readings, bars })
  if (steps.every(({ tests }) => tests === 0)) return undefined
  const slow = incident.state === 'throttled'
  const zone = say(lang, 'exhibit.home', { offset: formatOffset(from) })
  const length = spanText(lang, step)
  const told = (side: 'start' | 'end'): string =>
    `${say(lang, `incident.${side}`)}: ${edgeText(lang, incident[side], { side, zone: HOME_ZONE, running: goesOn(incident) })}`
  const sum = (count: (one: Step) => number): string =>
    formatNumber(
      lang,
      steps.reduce((total, one) => total + count(one), 0),
    )
  const counts = { step: length, total: sum(({ tests }) => tests), failed: sum(({ failed }) => failed) }
  return {
    kind: 'chart',
    caption,
    alt: (incident.withdrawn
      ? say(lang, 'exhibit.chart-alt-withdrawn', counts)
      : say(lang, 'exhibit.chart-alt', { ...counts, start: told('start'), end: told('end') })
    ).replaceAll(/\.\.+/g, '.'),
    chart: {
      from,
      until,
      zone: HOME_ZONE,
      step,
      bars: steps
        .filter(({ tests }) => tests > 0)
        .map(({ at, tests, failed }) => ({ at, failed, passed: tests - failed })),
      // Of a withdrawn one nothing says any longer that it began or ended.
      edges: incident.withdrawn ? [] : edgesOf(lang, incident),
      words: {
        failed: say(lang, slow ? 'incident.legend.slow' : 'incident.legend.failed'),
        passed: say(lang, 'incident.legend.passed'),
        none: say(lang, 'incident.legend.silent'),
        axis: say(lang, 'exhibit.axis', { zone, step: length }),
      },
    },
    table: {
      kind: 'table',
      caption: say(lang, 'exhibit.numbers', { step: length }),
      columns: [
        { head: `${say(lang, 'incident.table-time')}, ${formatOffset(from)}`, share: 2 },
        { head: 'UTC', share: 2 },
        { head: say(lang, 'incident.table-tests'), align: 'number' },
        { head: say(lang, slow ? 'incident.table-slow' : 'incident.table-failed'), align: 'number' },
        { head: say(lang, 'incident.table-control'), align: 'number' },
      ],
      rows: stretchesOf(steps).map((one) => rowOf(lang, one, { step, dated: until - from > DAY_MS })),
    },
  }
}

/** A step with how many follow it that hold nothing either. */
type Stretch = Step & { readonly steps: number }

/** Steps in a row without any measurement are one row of the table; each other step is its own. */
function stretchesOf(steps: readonly Step[]): readonly Stretch[] {
  const isEmpty = ({ tests, controls }: Step): boolean => tests === 0 && controls === 0
  const found: Stretch[] = []
  for (const step of steps) {
    const last = found.at(-1)
    if (last !== undefined && isEmpty(last) && isEmpty(step)) found.splice(-1, 1, { ...last, steps: last.steps + 1 })
    else found.push({ ...step, steps: 1 })
  }
  return found
}

const rowOf = (
  lang: Lang,
  one: Stretch,
  { step, dated }: { readonly step: number; readonly dated: boolean },
): readonly Inline[] => {
  const show = (at: Instant, zone: string): string => (dated ? formatDateTime(lang, at, zone) : formatClock(at, zone))
  const between = dated ? ' \u2013 ' : '\u2013'
  const times = (zone: string): string =>
    one.steps === 1
      ? show(one.at, zone)
      : `${show(one.at, zone)}${between}${show(instant(one.at + one.steps * step), zone)}`
  const silent = say(lang, 'incident.legend.silent')
  return [
    times(HOME_ZONE),
    times('UTC'),
    one.tests === 0 ? silent : formatNumber(lang, one.tests),
    one.tests === 0 ? silent : formatNumber(lang, one.failed),
    one.controls === 0 ? silent : formatNumber(lang, one.controlsFailed),
  ]
}

/** The incident with a margin on both sides, as far as there are readings. */
function windowOf(
  incident: Incident,
  readings: readonly Reading[],
): { readonly from: number; readonly until: number } | undefined {
  const first = incident.start.lo95 ?? anchor(incident)
  const last = incident.end.hi95 ?? lastKnown(incident)
  if (first === undefined || last === undefined || readings.length === 0) return undefined
  const margin = Math.max(LEAST_MARGIN, (last - first) * MARGIN)
  const times = readings.map(({ at }) => at).filter((at) => at >= first - margin && at <= last + margin)
  if (times.length === 0) return undefined
  const [from, until] = times.reduce(
    ([low, high], at) => [Math.min(low, at), Math.max(high, at)],
    [Infinity, -Infinity],
  )
  return { from: Math.min(from, first), until: Math.max(until, last) + MINUTE_MS }
}

/** Equal steps over a window, at most so many, beginning at a round time of the country. */
export function stepsWithin(
  window: { readonly from: number; readonly until: number },
  bars: number,
): { readonly from: number; readonly step: number; readonly count: number } {
  const minutes = STEPS.find((one) => (window.until - window.from) / (one * MINUTE_MS) <= bars - 1) ?? 525_600
  const step = minutes * MINUTE_MS
  const offset = offsetMinutes(instant(window.from)) * MINUTE_MS
  const from = Math.floor((window.from + offset) / step) * step - offset
  return { from, step, count: Math.ceil((window.until - from) / step) }
}

function countSteps(
  window: { readonly from: number; readonly until: number },
  {
    incident,
    readings,
    bars,
  }: { readonly incident: Incident; readonly readings: readonly Reading[]; readonly bars: number },
): Pick<Chart, 'from' | 'until' | 'step'> & { readonly steps: readonly Step[] } {
  const { from, step, count } = stepsWithin(window, bars)
  const found: { tests: number; failed: number; controls: number; controlsFailed: number }[] = Array.from(
    { length: count },
    () => ({ tests: 0, failed: 0, controls: 0, controlsFailed: 0 }),
  )
  const slow = incident.state === 'throttled'
  for (const { at, target, control } of readings) {
    const one = found[Math.floor((at - from) / step)]
    if (one === undefined) continue
    if (target !== 'none') one.tests += 1
    if (target === 'fail' || (slow && target === 'slow')) one.failed += 1
    if (control !== 'none') one.controls += 1
    if (control === 'fail') one.controlsFailed += 1
  }
  return {
    from: instant(from),
    until: instant(from + count * step),
    step,
    steps: found.map((one, at) => ({ at: instant(from + at * step), ...one })),
  }
}

/** Both edges as clocks with their intervals: the date is in the title, and here if they are on different days. */
const edgesOf = (lang: Lang, incident: Incident): Chart['edges'] => {
  const texts = edgesText(lang, incident)
  return (['start', 'end'] as const).map((side) => {
    const { median, lo95, hi95 } = incident[side]
    const { value, interval } = texts[side]
    const text = interval === undefined ? value : say(lang, 'incident.interval', { value, interval })
    return {
      label: `${say(lang, `incident.${side}`)}: ${text}`,
      ...defined({ at: median, lo: lo95, hi: hi95 }),
    }
  })
}
