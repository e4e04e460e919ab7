import { DAY_MS, HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { EveningShare, Estimate } from '../../model/incident/coincidence.ts'
import { jeffreys } from '../statistics/binomial.ts'

const WEEKS = [-4, -3, -2, -1, 1, 2, 3, 4] as const

/** What evenings are compared on; all times on the wall clock. */
export interface Evenings {
  readonly events: readonly number[]
  /** Starts of the same clock time on the same weekday, up to four weeks away, without an event within twelve hours. */
  readonly matched: readonly (readonly number[])[]
}

/** Whether the hours around a start were watched well enough to say that nothing happened. */
export type IsWatched = (start: number) => boolean

/** Gives each watched event its matched evenings, those of the study that were watched. */
export function matchEvenings(
  all: readonly number[],
  study: { readonly from: number; readonly days: number; readonly watched: IsWatched },
): Evenings {
  const inside = (at: number): boolean => at >= study.from && at < study.from + study.days * DAY_MS
  const free = (at: number): boolean => all.every((event) => Math.abs(event - at) >= 12 * HOUR_MS)
  const events = all.filter((event) => inside(event) && study.watched(event))
  const matched = events.map((event) =>
    WEEKS.map((week) => event + week * WEEK_MS).filter((at) => inside(at) && free(at) && study.watched(at)),
  )
  return { events, matched }
}

/** Starts of one evening stand together: two events of an evening, or two that match it, make no two evenings. */
export function byEvening(starts: readonly number[]): readonly (readonly number[])[] {
  const evenings = new Map<number, number[]>()
  for (const at of starts.toSorted((a, b) => a - b)) {
    const evening = Math.floor((at - 12 * HOUR_MS) / DAY_MS) // noon to noon, so that midnight parts no evening
    const known = evenings.get(evening)
    if (known === undefined) evenings.set(evening, [at])
    else known.push(at)
  }
  return [...evenings.values()]
}

/**
 * k of n evenings with an onset in the window of a start that is more likely there than not, with the Jeffreys
 * interval.
 */
export function shareOf(
  evenings: readonly (readonly number[])[],
  onsets: readonly ArrayLike<number>[],
  [low, high]: readonly [number, number],
): EveningShare {
  const near = (start: number): boolean =>
    onsets.some((draws) => {
      const hits = Array.from(draws).filter((at) => at >= start + low * HOUR_MS && at <= start + high * HOUR_MS).length
      return hits * 2 >= draws.length && draws.length > 0
    })
  const k = evenings.filter((starts) => starts.some(near)).length
  const [lo95, hi95] = jeffreys(k, evenings.length)
  return { k, n: evenings.length, lo95, hi95 }
}

/**
 * Difference of two shares with its interval from the intervals of both (MOVER; Newcombe, Statistics in Medicine 17
 * (1998)). Evenings of one campaign are not independent, so the interval is rather too short than too long.
 */
export function differenceOf(a: EveningShare, b: EveningShare): Estimate {
  if (a.n === 0 || b.n === 0) return {}
  const [p, q] = [a.k / a.n, b.k / b.n]
  return {
    value: p - q,
    lo95: p - q - Math.hypot(p - a.lo95, b.hi95 - q),
    hi95: p - q + Math.hypot(a.hi95 - p, q - b.lo95),
  }
}

/**
 * Ratio of two shares with its interval from the intervals of both (Donner and Zou, Statistical Methods in Medical
 * Research 21 (2012)). Without a restricted matched evening there is no ratio and no upper bound.
 */
export function ratioOf(a: EveningShare, b: EveningShare): Estimate {
  if (a.n === 0 || b.n === 0 || (a.k === 0 && b.k === 0)) return {}
  const [p, q] = [a.k / a.n, b.k / b.n]
  if (q === 0) return { lo95: a.lo95 / b.hi95 }
  const root = (near: number, far: number): number =>
    Math.sqrt(Math.max(0, (p * q) ** 2 - near * far * (2 * p - near) * (2 * q - far)))
  // The lower bound in the form whose denominator cannot vanish.
  const lo95 = (a.lo95 * (2 * p - a.lo95)) / (p * q + root(a.lo95, b.hi95))
  const hi95 = (p * q + root(a.hi95, b.lo95)) / (b.lo95 * (2 * q - b.lo95))
  return { value: p / q, lo95: p === 0 ? 0 : lo95, ...(b.lo95 > 0 ? { hi95 } : {}) }
}
