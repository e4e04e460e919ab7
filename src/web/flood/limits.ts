import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'

/**
 * How many people may act from one part of the network: `many` behind an address of a carrier, `few` behind a rented
 * server, `some` where nothing is known.
 */
export type PeopleBehind = 'many' | 'some' | 'few'
export type Level = 'part' | 'group'

export const SLOT_MS = 10 * MINUTE_MS
const HOUR_SLOTS = 6
const DAY_SLOTS = 24 * HOUR_SLOTS
/** What is remembered of a part: a day that is examined and the day before it. */
export const KEPT_SLOTS = 2 * DAY_SLOTS

/** The spans over which acts are counted. Each begins with a whole slot, so that it is up to ten minutes longer. */
export const SPANS = ['short', 'hour', 'day'] as const
export type LimitSpan = (typeof SPANS)[number]
export const SPAN_SLOTS = { short: 2, hour: HOUR_SLOTS + 1, day: DAY_SLOTS } as const satisfies Record<
  LimitSpan,
  number
>

/** Acts in a span that are never called a flood, after any history: docs/methods/floods.md, "Limits". */
export const NEVER_A_FLOOD = {
  part: {
    many: { short: 60, hour: 150, day: 1200 },
    some: { short: 30, hour: 60, day: 120 },
    few: { short: 12, hour: 24, day: 48 },
  },
  group: {
    many: { short: 1920, hour: 4800, day: 38_400 },
    some: { short: 240, hour: 480, day: 960 },
    few: { short: 48, hour: 96, day: 192 },
  },
} as const satisfies Record<Level, Record<PeopleBehind, Record<LimitSpan, number>>>

/**
 * How long an act waits before it is judged: `soon` as one of the `first` of its part within a day, or in an hour that
 * is ordinary for it; `late` as a further one, and where its part is filling. Who floods slowly is seen while the acts
 * wait.
 */
export const WAITS = {
  many: { first: 10, soon: 10 * MINUTE_MS, late: 3 * HOUR_MS },
  some: { first: 2, soon: 10 * MINUTE_MS, late: 6 * HOUR_MS },
  few: { first: 1, soon: 10 * MINUTE_MS, late: 12 * HOUR_MS },
} as const satisfies Record<PeopleBehind, { first: number; soon: number; late: number }>

/** Of what is never a flood in a short span: a part beyond it, which does not usually send so many, may become one. */
export const FILLING = 1 / 4

/** A part may act so many times as often as before, beyond the growth that the others show. */
export const OWN_GROWTH = 3
/** Growth of everyone is believed up to here. */
export const MOST_GROWTH = 10
/** Growth is measured over parts that are expected to act so often in the span; of fewer parts it shows nothing. */
export const FEWEST_USUAL = 4
export const FEWEST_FOR_GROWTH = 10

/** A number that a Poisson variable of this mean stays below, except one time in thousands. */
export const upperOf = (mean: number): number => mean + 4 * Math.sqrt(mean) + 4
/**
 * A number that a Poisson variable of this mean stays below, except a few times in a hundred; no one has no usual
 * number.
 */
export const ordinaryOf = (mean: number): number => mean + 3 * Math.sqrt(mean)
