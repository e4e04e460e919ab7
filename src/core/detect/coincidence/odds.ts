import { HOUR_MS } from '../../model/duration.ts'
import type { Estimate } from '../../model/incident/coincidence.ts'
import { lnChoose } from '../statistics/gamma.ts'

/** One stratum (an hour of the day in one week): `n` watched hours, `exposed` of them near an event, `cases` with an onset. */
export interface Stratum {
  readonly week: number
  readonly n: number
  readonly exposed: number
  readonly cases: number
  readonly exposedCases: number
}

/** Odds beyond this, as a logarithm, are taken for infinite: no stratum holds a case on the other side. */
const MOST = 12

/** Mean and variance of the exposed cases of a stratum at ln odds ratio β (Fisher's noncentral hypergeometric law). */
function moments({ n, exposed, cases }: Stratum, beta: number): { readonly mean: number; readonly variance: number } {
  let [total, first, second] = [0, 0, 0]
  for (let j = Math.max(0, cases - (n - exposed)); j <= Math.min(exposed, cases); j++) {
    const weight = Math.exp(lnChoose(exposed, j) + lnChoose(n - exposed, cases - j) + beta * j)
    total += weight
    first += weight * j
    second += weight * j * j
  }
  return { mean: first / total, variance: second / total - (first / total) ** 2 }
}

const score = (strata: readonly Stratum[], beta: number): number =>
  strata.reduce((sum, stratum) => sum + stratum.exposedCases - moments(stratum, beta).mean, 0)

/**
 * Odds ratio of an onset in hours near an event against the other days of the same week at the same hour, by
 * conditional logistic regression; its interval by the sandwich over weeks, because days of a week hang together.
 * Empty where no stratum tells the two apart. Source: Breslow and Day, Statistical Methods in Cancer Research I (1980).
 */
export function conditionalOdds(all: readonly Stratum[]): Estimate {
  const strata = all.filter(({ n, exposed, cases }) => cases > 0 && cases < n && exposed > 0 && exposed < n)
  if (strata.length === 0) return {}
  if (score(strata, -MOST) <= 0) return { value: 0 }
  if (score(strata, MOST) >= 0) return {}
  let [low, high] = [-MOST, MOST]
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (score(strata, middle) > 0) low = middle
    else high = middle
  }
  const beta = (low + high) / 2
  const byWeek = new Map<number, number>()
  let information = 0
  for (const stratum of strata) {
    const { mean, variance } = moments(stratum, beta)
    information += variance
    byWeek.set(stratum.week, (byWeek.get(stratum.week) ?? 0) + stratum.exposedCases - mean)
  }
  const spread = Math.sqrt([...byWeek.values()].reduce((sum, one) => sum + one * one, 0)) / information
  return { value: Math.exp(beta), lo95: Math.exp(beta - 1.96 * spread), hi95: Math.exp(beta + 1.96 * spread) }
}

/** What the strata are counted from; all times on the wall clock. */
export interface HourlyStudy {
  readonly onsets: readonly ArrayLike<number>[]
  readonly events: readonly number[]
  readonly from: number
  readonly days: number
  readonly windowHours: readonly [number, number]
  /** Whether the hour that begins then was watched. */
  readonly watchedHour: (at: number) => boolean
}

/** Hours of a study, counted from its start, whose middle is near an event. */
export function hoursNear(study: HourlyStudy): ReadonlySet<number> {
  const [low, high] = study.windowHours
  const near = new Set<number>()
  const hourOf = (at: number): number => Math.floor((at - study.from) / HOUR_MS)
  for (const event of study.events)
    for (let hour = hourOf(event + low * HOUR_MS); hour <= hourOf(event + high * HOUR_MS); hour++) {
      const middle = study.from + (hour + 0.5) * HOUR_MS - event
      if (middle >= low * HOUR_MS && middle <= high * HOUR_MS) near.add(hour)
    }
  return near
}

/** Counts the hours of a study into strata week × hour of the day. */
export function countStrata(study: HourlyStudy): readonly Stratum[] {
  const near = hoursNear(study)
  const hourOf = (at: number): number => Math.floor((at - study.from) / HOUR_MS)
  const begun = new Set(study.onsets.map((draws) => hourOf(draws[draws.length >> 1] ?? Number.NaN)))
  const strata: Stratum[] = []
  for (let week = 0; week * 7 < study.days; week++)
    for (let clock = 0; clock < 24; clock++) {
      const hours = Array.from(
        { length: Math.min(7, study.days - week * 7) },
        (_, day) => (week * 7 + day) * 24 + clock,
      )
      const watched = hours.filter((hour) => study.watchedHour(study.from + hour * HOUR_MS))
      const exposed = watched.filter((hour) => near.has(hour))
      strata.push({
        week,
        n: watched.length,
        exposed: exposed.length,
        cases: watched.filter((hour) => begun.has(hour)).length,
        exposedCases: exposed.filter((hour) => begun.has(hour)).length,
      })
    }
  return strata
}
