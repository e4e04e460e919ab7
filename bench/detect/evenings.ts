// Half a year of evenings with restrictions and events whose link is known, for the benchmark of coincidence.
import { createRandom, type Random } from '../../src/core/detect/chain/random.ts'
import type { ShiftSeries } from '../../src/core/detect/coincidence/shift.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'

/** A world in which evenings are restricted and events happen; only `effect` links the two. */
export interface World {
  readonly days: number
  /** Share of evenings restricted anyway. */
  readonly base: number
  readonly eventsPerWeek: number
  /** Share of events that are followed, within the hour, by an additional restriction. */
  readonly effect: number
  /** Restrictions come as three days in a row. */
  readonly campaigns: boolean
  /**
   * Weekdays of restrictions: `even`; `own`, a rhythm of theirs; `shared`, the very rhythm of the events; `working`, both
   * on working days alone; `changing`, both on the first half of the week, from mid-period on the second.
   */
  readonly weekdays: 'even' | 'own' | 'shared' | 'working' | 'changing'
  /** Weeks, anywhere, in which neither happens. */
  readonly restWeeks: number
  /** Standard deviation of the logarithm by which single weeks are busier for both. */
  readonly weekly: number
  /** How much likelier both are in one fortnight, anywhere. */
  readonly fortnight: number
  /** How events and restrictions alike change over the days; the mean is 1. */
  readonly growth: 'none' | 'rising' | 'step'
  /** Share of restrictions that are detected, and standard deviation of their dated starts, minutes. */
  readonly found: number
  readonly blurMinutes: number
  /** What the tests count. */
  readonly statistic: ShiftSeries['statistic']
}

export const HALF_A_YEAR: World = {
  days: 182,
  base: 0.15,
  eventsPerWeek: 2.5,
  effect: 0,
  campaigns: false,
  weekdays: 'even',
  growth: 'none',
  restWeeks: 0,
  weekly: 0,
  fortnight: 1,
  found: 1,
  blurMinutes: 0,
  statistic: 'excess-of-onsets',
}

/** Weights of weekdays, mean 1. */
const EVENT_WEEK = [0.1, 0.5, 0.2, 0.6, 0.2, 0.5, 0.4].map((weight) => (weight * 7) / 2.5)
const OWN_WEEK = [0.6, 0.8, 0.8, 1, 1.6, 1.4, 0.8]

const rate = ({ days, growth }: World, day: number): number => {
  if (growth === 'rising') return 0.4 + (1.2 * day) / (days - 1)
  return growth === 'step' ? (day < days / 2 ? 0.5 : 1.5) : 1
}

const weekday = (world: World, day: number): number => {
  const { weekdays } = world
  if (weekdays === 'working') return (day % 7 < 5 ? 7 : 0) / 5
  if (weekdays === 'own') return OWN_WEEK[day % 7] ?? 1
  if (world.weekdays === 'changing') return inHalf(world, day)
  return weekdays === 'shared' ? (EVENT_WEEK[day % 7] ?? 1) : 1
}

/** Half of the week in which both happen, where it changes at mid-period. */
const inHalf = ({ days }: World, day: number): number => (day % 7 < 3 === day < days / 2 && day % 7 < 6 ? 7 / 3 : 0)

const eventWeekday = (world: World, day: number): number => {
  if (world.weekdays === 'working') return weekday(world, day)
  return world.weekdays === 'changing' ? inHalf(world, day) : (EVENT_WEEK[day % 7] ?? 1)
}

/** By how much each day is busier for both, from a generator of its own. */
function busyDays({ days, restWeeks, weekly, fortnight }: World, seed: number): Float64Array {
  const random = createRandom(seed + 1_000_000)
  const weeks = Math.ceil(days / 7)
  const rest = new Set(Array.from({ length: restWeeks }, () => Math.floor(random.next() * weeks)))
  const busy = Array.from({ length: weeks }, (_, week) =>
    rest.has(week) ? 0 : Math.exp(weekly * normal(random) - weekly ** 2 / 2),
  )
  const first = Math.floor(random.next() * (days - 13))
  return Float64Array.from(
    { length: days },
    (_, day) => (busy[Math.floor(day / 7)] ?? 1) * (day >= first && day < first + 14 ? fortnight : 1),
  )
}

const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())

function restrictedDays(world: World, random: Random, busy: Float64Array): readonly boolean[] {
  const restricted = Array.from({ length: world.days }, () => false)
  for (let day = 0; day < world.days; day++) {
    const share = world.base * rate(world, day) * weekday(world, day) * (busy[day] ?? 1)
    if (!world.campaigns) restricted[day] = random.next() < Math.min(1, share)
    else if (random.next() < share / 3) {
      restricted.fill(true, day, day + 3)
      day += 2
    }
  }
  return restricted
}

/** Draws of a start that was dated about as far from the truth as its interval says. */
function blurred(at: number, minutes: number, random: Random): readonly number[] {
  const dated = at + minutes * MINUTE_MS * normal(random)
  return Array.from({ length: 20 }, () => dated + minutes * MINUTE_MS * normal(random))
}

/** One half-year: events about 19:30, restrictions about 20:00, both on the clock of the place. */
export function makeEvenings(world: World, seed: number): ShiftSeries {
  const random = createRandom(seed)
  const busy = busyDays(world, seed)
  const events = Array.from({ length: world.days }, (_, day) => {
    const share = (eventWeekday(world, day) * world.eventsPerWeek * rate(world, day) * (busy[day] ?? 1)) / 7
    return random.next() < Math.min(0.95, share) ? (19.5 + 0.5 * normal(random)) * HOUR_MS + day * DAY_MS : undefined
  })
  const restricted = restrictedDays(world, random, busy)
  const onsets = events.flatMap((event, day) => {
    const own = restricted[day] === true ? day * DAY_MS + (20 + 0.75 * normal(random)) * HOUR_MS : undefined
    const at = event !== undefined && random.next() < world.effect ? event + random.next() * HOUR_MS : own
    if (at === undefined || (world.found < 1 && random.next() >= world.found)) return []
    return [world.blurMinutes === 0 ? [at] : blurred(at, world.blurMinutes, random)]
  })
  const held = events.filter((event) => event !== undefined)
  return { statistic: world.statistic, onsets, events: held, from: 0, days: world.days, windowHours: [-1, 3] }
}
