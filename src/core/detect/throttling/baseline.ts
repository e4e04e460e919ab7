import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { lowerBound } from '../chain/columns.ts'
import { median, quantile } from '../statistics/quantile.ts'
import type { ProbeRounds } from './rounds.ts'

/** Days a baseline rests on, the least it must span, and how far back it may reach past days that were set aside. */
export const BASELINE_DAYS = 14
export const LEAST_DAYS = 7
const FARTHEST_DAYS = 120
export const LEAST_ROUNDS = 24
const OWN_QUANTILE = 0.99
/**
 * Evenings vary more than nights: a window is compared with those of its own time of the day too, at a lower quantile,
 * because fourteen days hold few of them.
 */
const NEAR_HOURS = 3
const SAME_HOURS_QUANTILE = 0.95
/** No line is steadier than this; made-up series without noise are, and nothing may be divided by zero. */
const LEAST_SPREAD = 0.01

/** What is usual for one probe: its median ratio, and how far medians of several rounds stray from it. */
export interface Baseline {
  readonly median: number
  medianControl(): number
  /** Mean distance of a single round from the median. */
  spread(): number
  /**
   * The own 99 % of the medians of `count` rounds in a row, as a difference from `median`: the larger of that of all
   * hours and the own 95 % of the hours of the day within three of `hour` (UTC).
   */
  usualExcess(count: number, hour: number): number
  usualControlExcess(count: number, hour: number): number
}

/**
 * The baseline of a probe from its 14 days before `until` (milliseconds). Rounds in `aside` (one byte a round) are left
 * out, and as many earlier ones taken instead, so that a long slowness never becomes its own baseline. Undefined with
 * less than 7 days or 24 rounds.
 */
export function baselineBefore(rounds: ProbeRounds, until: number, aside: Uint8Array): Baseline | undefined {
  const last = lowerBound(rounds.at, until)
  const wanted = last - lowerBound(rounds.at, until - BASELINE_DAYS * DAY_MS)
  const kept = new Int32Array(last)
  let first = last
  for (let k = last - 1; k >= 0; k--) {
    const age = until - rounds.at[k]! // k is at least 0
    if (age > FARTHEST_DAYS * DAY_MS || (age > BASELINE_DAYS * DAY_MS && last - first >= wanted)) break
    if (aside[k] !== 1) kept[--first] = k
  }
  const oldest = kept[first]
  // `oldest` is one of the rounds kept.
  if (oldest === undefined || last - first < LEAST_ROUNDS || until - rounds.at[oldest]! < LEAST_DAYS * DAY_MS)
    return undefined
  return baselineOf(rounds, kept.subarray(first))
}

/**
 * Whether the baseline before `until` would take earlier rounds than those at hand, in place of rounds set aside: then a
 * series that was read in part gives another baseline than the whole of it.
 */
export function wantsEarlier(rounds: ProbeRounds, until: number, aside: Uint8Array): boolean {
  const last = lowerBound(rounds.at, until)
  const wanted = last - lowerBound(rounds.at, until - BASELINE_DAYS * DAY_MS)
  let kept = 0
  for (let k = 0; k < last; k++) if (aside[k] !== 1) kept++
  return kept < wanted
}

function baselineOf({ at, lnRatio, lnControl }: ProbeRounds, kept: Int32Array): Baseline {
  const usual = excesses(at, lnRatio, kept)
  // Most days no window comes so far that the control is asked for.
  let known: Excesses | undefined
  const control = (): Excesses =>
    (known ??= excesses(
      at,
      lnControl,
      kept.filter((k) => Number.isFinite(lnControl[k])),
    ))
  return {
    median: usual.median,
    spread: () => {
      const centre = usual.median
      const distance = kept.reduce((sum, k) => sum + Math.abs(lnRatio[k]! - centre), 0) // kept indices are in the rounds
      return Math.max(LEAST_SPREAD, distance / kept.length)
    },
    medianControl: () => control().median,
    usualExcess: usual.of,
    usualControlExcess: (count, hour) => control().of(count, hour),
  }
}

interface Excesses {
  readonly median: number
  readonly of: (count: number, hour: number) => number
}

/** Quantiles are found when they are first asked for: most days nothing is slow. */
function excesses(at: Float64Array, values: Float64Array, kept: Int32Array): Excesses {
  const chosen = (from: Float64Array): Float64Array => {
    const found = new Float64Array(kept.length)
    for (let k = 0; k < kept.length; k++) found[k] = from[kept[k]!]! // kept indices are in the rounds
    return found
  }
  const own = chosen(values)
  const centre = median(own)
  const known = new Map<number, number>()
  const groupsOf = new Map<number, readonly Group[]>()
  return {
    median: centre,
    of(count, hour) {
      const key = count * 24 + Math.floor(hour)
      const stored = known.get(key)
      if (stored !== undefined) return stored
      const groups = groupsOf.get(count) ?? mediansOf(chosen(at), own, count)
      groupsOf.set(count, groups)
      const near = groups.filter((group) => hoursApart(group.hour, Math.floor(hour) + 0.5) <= NEAR_HOURS)
      const all = quantile(
        Float64Array.from(groups, ({ middle }) => middle),
        OWN_QUANTILE,
      )
      const sameHours = quantile(
        Float64Array.from(near, ({ middle }) => middle),
        SAME_HOURS_QUANTILE,
      )
      const found = Math.max(all, Number.isNaN(sameHours) ? -Infinity : sameHours) - centre
      known.set(key, found)
      return found
    },
  }
}

interface Group {
  readonly middle: number
  /** Hour of the day, UTC, of its middle round. */
  readonly hour: number
}

/** Hour of the day, UTC, of an instant in milliseconds. */
export const hourOf = (at: number): number => (at % DAY_MS) / HOUR_MS
const hoursApart = (a: number, b: number): number => Math.min(Math.abs(a - b), 24 - Math.abs(a - b))

/** Medians of `count` values in a row, groups side by side; the values before the first full group are left out. */
function mediansOf(at: Float64Array, values: Float64Array, count: number): readonly Group[] {
  const groups = Math.floor(values.length / count)
  const first = values.length - groups * count
  return Array.from({ length: groups }, (_, group) => {
    const from = first + group * count
    return {
      middle: median(values.subarray(from, from + count)),
      hour: hourOf(at[from + Math.floor(count / 2)]!), // inside the group
    }
  })
}
