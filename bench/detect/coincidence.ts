// Size and power of the combined rule of docs/methods/coincidence.md on half-years whose link is known.
import { createRandom } from '../../src/core/detect/chain/random.ts'
import { crossoverTest } from '../../src/core/detect/coincidence/crossover.ts'
import { chooseShifts, linearTest, weekTest } from '../../src/core/detect/coincidence/shift.ts'
import { circularShift } from '../../src/core/detect/statistics/circular-shift.ts'
import { eventCoincidence } from '../../src/core/detect/statistics/event-coincidence.ts'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import type { Figure } from '../run.ts'
import { HALF_A_YEAR, makeEvenings, type World } from './evenings.ts'

const LEVEL = 0.05

interface Rates {
  readonly weeks: number
  readonly linear: number
  readonly both: number
}

/** Shares of runs in which each test, and both, reach 5 %. */
function rates(world: World, runs: number, shifts = chooseShifts(world.days)): Rates {
  const counts = { weeks: 0, linear: 0, both: 0 }
  for (let run = 0; run < runs; run++) {
    const series = makeEvenings(world, run + 1)
    const weeks = weekTest(series).p <= LEVEL
    const linear = linearTest(series, { step: 'day', shifts }).p <= LEVEL
    if (weeks) counts.weeks++
    if (linear) counts.linear++
    if (weeks && linear) counts.both++
  }
  return { weeks: counts.weeks / runs, linear: counts.linear / runs, both: counts.both / runs }
}

/** Worlds in which events and restrictions share hours of the day, and whatever the name says, but no link. */
const WORLDS = {
  'independent days': {},
  campaigns: { campaigns: true },
  'weekdays of their own': { weekdays: 'own' },
  'the same weekdays': { weekdays: 'shared' },
  'rising trend': { growth: 'rising' },
  'threefold step': { growth: 'step' },
  'weekdays and trend': { weekdays: 'own', growth: 'rising' },
  'the same weekdays and trend': { weekdays: 'shared', growth: 'rising' },
  'the same weekdays and step': { weekdays: 'shared', growth: 'step' },
  'working days, three weeks of rest': { weekdays: 'working', restWeeks: 3 },
  'weeks busier for both, .5': { weekly: 0.5 },
  'a fortnight three times as busy for both': { fortnight: 3 },
  'campaigns, the same weekdays and trend': { campaigns: true, weekdays: 'shared', growth: 'rising' },
} satisfies Record<string, Partial<World>>

const SETTINGS = {
  'one event a week': { eventsPerWeek: 1 },
  '5 % of evenings restricted anyway': { base: 0.05 },
  '30 % of evenings restricted anyway': { base: 0.3 },
  'most working days, three weeks of rest': { weekdays: 'working', restWeeks: 3, eventsPerWeek: 4, base: 0.43 },
  'one event a week, 5 %': { eventsPerWeek: 1, base: 0.05 },
  'a whole year': { days: 364 },
  '93 % found, dated to 20 minutes': { found: 0.93, blurMinutes: 20 },
  '93 % found, 20 minutes, the same weekdays and step': {
    found: 0.93,
    blurMinutes: 20,
    weekdays: 'shared',
    growth: 'step',
  },
  'beyond the method: weeks busier for both, 1': { weekly: 1 },
  'beyond the method: both change weekdays at mid-period': { weekdays: 'changing' },
  'plain count of onsets with an event': { statistic: 'onsets-with-event' },
  'plain count, 93 % found, 20 minutes, the same weekdays and step': {
    statistic: 'onsets-with-event',
    found: 0.93,
    blurMinutes: 20,
    weekdays: 'shared',
    growth: 'step',
  },
} satisfies Record<string, Partial<World>>

/** What textbook tests alarm at 5 % where nothing links events and restrictions: why they are not used. */
function textbook(world: World, runs: number): { readonly poisson: number; readonly hourly: number } {
  const alarms = { poisson: 0, hourly: 0 }
  const steps = world.days * 24
  const grid = (hours: readonly number[]): readonly number[] => {
    const near = new Set(hours)
    return Array.from({ length: steps }, (_, hour) => (near.has(hour) ? 1 : 0))
  }
  for (let run = 0; run < runs; run++) {
    const series = makeEvenings(world, run + 1)
    const onsets = series.onsets.map((draws) => Math.floor((draws[0] ?? 0) / HOUR_MS))
    const events = series.events.map((event) => Math.floor(event / HOUR_MS))
    const analysis = eventCoincidence(grid(onsets), grid(events), { window: 4, lag: -1, form: 'series' })
    if (analysis.precursor.p <= LEVEL) alarms.poisson++
    if (circularShift(onsets, events, { steps, window: [-1, 3], every: 1 }).p <= LEVEL) alarms.hourly++
  }
  return { poisson: alarms.poisson / runs, hourly: alarms.hourly / runs }
}

/** Shares of runs in which the case-crossover reaches 5 %, and in which both tests of the difference from a placebo do. */
function secondAnswers(world: World, runs: number): { readonly crossover: number; readonly placebo: number } {
  const reached = { crossover: 0, placebo: 0 }
  const linear = { step: 'day', shifts: chooseShifts(world.days) } as const
  for (let run = 0; run < runs; run++) {
    const series = makeEvenings(world, run + 1)
    const others = { ...series, onsets: makeEvenings({ ...world, effect: 0 }, run + 100_001).onsets }
    if (crossoverTest({ ...series, watchedHour: () => true }, createRandom(run + 1)).p <= LEVEL) reached.crossover++
    if (weekTest(series, others).p <= LEVEL && linearTest(series, linear, others).p <= LEVEL) reached.placebo++
  }
  return { crossover: reached.crossover / runs, placebo: reached.placebo / runs }
}

/** Worlds of `secondAnswers`, also such as break the permutation of weeks. */
const SECOND = ['independent days', 'the same weekdays and trend', 'weeks busier for both, .5'] as const

const share = (value: number): string => value.toFixed(3)
const shown = ({ weeks, linear, both }: Rates): string =>
  `${share(both)} (weeks ${share(weeks)}, linear ${share(linear)})`

/** The figures of this part; bench/detect.ts prints them beside the others. */
export async function run({ quick }: { readonly quick: boolean }): Promise<{
  readonly table: readonly Figure[]
  readonly json: Readonly<Record<string, unknown>>
}> {
  const runs = quick ? 40 : 1000
  const table: Figure[] = []
  const measured = Object.entries(WORLDS).map(([name, change]) => {
    const world: World = { ...HALF_A_YEAR, ...change }
    const size = rates(world, runs)
    const power35 = rates({ ...world, effect: 0.35 }, runs)
    const power70 = rates({ ...world, effect: 0.7 }, runs)
    table.push(
      { figure: `no link, ${name}`, value: shown(size), target: '≤ 0.05', met: size.both <= LEVEL },
      { figure: `35 % effect, ${name}`, value: shown(power35), target: '≥ 0.6', met: power35.both >= 0.6 },
      { figure: `70 % effect, ${name}`, value: shown(power70), target: '≥ 0.95', met: power70.both >= 0.95 },
    )
    return { name, size, power35, power70 }
  })
  for (const [name, change] of Object.entries(SETTINGS))
    for (const effect of [0, 0.35, 0.7])
      table.push({
        figure: `${effect * 100} % effect, ${name}`,
        value: shown(rates({ ...HALF_A_YEAR, ...change, effect }, Math.max(100, runs / 2))),
      })
  for (const effect of [0, 0.35])
    table.push({
      figure: `${effect * 100} % effect, N = 39`,
      value: shown(rates({ ...HALF_A_YEAR, effect }, runs, 39)),
    })
  for (const [name, change] of [
    ['independent days', {}],
    ['campaigns', { campaigns: true }],
  ] as const) {
    const { poisson, hourly } = textbook({ ...HALF_A_YEAR, ...change }, Math.max(50, runs / 10))
    table.push(
      { figure: `not used: Poisson event coincidence analysis, no link, ${name}`, value: share(poisson) },
      { figure: `not used: circular shift by hours, no link, ${name}`, value: share(hourly) },
    )
  }
  for (const name of SECOND)
    for (const effect of [0, 0.35]) {
      const found = secondAnswers({ ...HALF_A_YEAR, ...WORLDS[name], effect }, Math.max(40, runs / 2))
      table.push(
        { figure: `case-crossover, ${effect * 100} % effect, ${name}`, value: share(found.crossover) },
        { figure: `difference from a placebo, ${effect * 100} % effect, ${name}`, value: share(found.placebo) },
      )
    }
  return { table, json: figures(measured, runs) }
}

type Measured = { readonly name: string; readonly size: Rates; readonly power35: Rates; readonly power70: Rates }

/** The worst over all worlds is what is promised: the largest size and the least power. */
const figures = (measured: readonly Measured[], runs: number): Readonly<Record<string, unknown>> => ({
  size: Math.max(...measured.map(({ size }) => size.both)),
  power35: Math.min(...measured.map(({ power35 }) => power35.both)),
  power70: Math.min(...measured.map(({ power70 }) => power70.both)),
  runs,
  worlds: Object.fromEntries(
    measured.map(({ name, size, power35, power70 }) => [
      name,
      { size: size.both, power35: power35.both, power70: power70.both },
    ]),
  ),
})
