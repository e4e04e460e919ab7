import { DAY_MS, MINUTE_MS, WEEK_MS } from '../../model/duration.ts'
import type { SecondOpinion } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'
import { type Columns, lowerBound } from '../chain/columns.ts'
import { hazardOf, likeliestChanges } from './bocpd.ts'
import { cusum, failureHours } from './cusum.ts'
import { fourFailed } from './four-failed.ts'
import { pelt } from './pelt.ts'
import { failingStretch, segmentsBetween, type TrialStretch } from './segment.ts'
import { burstsOf, rangeOf, sliceTrials, type Trials, trialsOf } from './trials.ts'

/** What is looked at around a window: enough for the sums of CUSUM to forget where they began. */
const BEFORE = 30 * DAY_MS
const AFTER = 3 * DAY_MS
/** Bursts are made of this much before a window, which is more than the change points look at. */
const BURSTS_BEFORE = WEEK_MS
const BURST_GAP = 5 * MINUTE_MS
/** Expected delay of CUSUM, hours, as OONI runs it. */
const EDD = 10
/** Mean time between changes for the Bayesian method. */
const TAU = 3 * DAY_MS
/** Bursts taken on each side of each edge of the about. */
const PELT_SIDE = 1250
const BOCPD_SIDE = 300

interface Window {
  readonly from: number
  readonly until: number
}

/**
 * What other methods say of the window of an incident, one opinion a method, always in the same order. Without start
 * and end: the method sees nothing there. A start or end alone is absent where the method takes the stretch to reach
 * beyond what it looked at; where both would be, the start is the first trial. Agreement proves little (all see the same measurements); disagreement is printed.
 * Method: docs/methods/second-opinions.md.
 */
export function opine(columns: Columns, about: Window): readonly SecondOpinion[] {
  const trials = trialsOf(columns, rangeOf(columns, about.from - BEFORE, about.until + AFTER))
  const recent = lowerBound(trials.at, about.from - BURSTS_BEFORE)
  const bursts = burstsOf(sliceTrials(trials, recent, trials.at.length), BURST_GAP)
  const byPelt = aroundEdges(bursts, about, { side: PELT_SIDE, changesOf: ({ fail }) => pelt(fail) })
  const byBocpd = aroundEdges(bursts, about, {
    side: BOCPD_SIDE,
    changesOf: ({ at, fail }) => likeliestChanges(fail, { prior: [1, 1], hazard: hazardOf(at, TAU) }),
  })
  const [first] = trials.at
  return [
    opinion('cusum', stretchOfCusum(trials, about), first),
    opinion('pelt', byPelt, first),
    opinion('bocpd', byBocpd, first),
    opinion('four-failed', stretchOfFourFailed(trials, about), first),
  ]
}

/** A stretch that fills all that was looked at begins with the first trial: without start and end it would be none. */
function opinion(
  method: SecondOpinion['method'],
  stretch: TrialStretch | undefined,
  first: number | undefined,
): SecondOpinion {
  const start = stretch !== undefined && stretch.end === undefined ? (stretch.start ?? first) : stretch?.start
  return {
    method,
    ...(start !== undefined && { start: instant(start) }),
    ...(stretch?.end !== undefined && { end: instant(stretch.end) }),
  }
}

const overlap = (a: Window, b: Window): number => Math.min(a.until, b.until) - Math.max(a.from, b.from)

/** Of several intervals the one that shares most time with the window, if any touches it. */
function nearest<T extends Window>(found: readonly T[], about: Window): T | undefined {
  return found
    .filter((interval) => overlap(interval, about) >= 0)
    .reduce<T | undefined>(
      (best, next) => (best === undefined || overlap(next, about) > overlap(best, about) ? next : best),
      undefined,
    )
}

function stretchOfCusum(trials: Trials, about: Window): TrialStretch | undefined {
  const crossings = cusum(failureHours(trials), { edd: EDD })
  const intervals = crossings.flatMap(({ at, to, silent }, k) =>
    to === 'restricted' ? [{ from: silent ? -Infinity : at, until: crossings[k + 1]?.at ?? Infinity }] : [],
  )
  const found = nearest(intervals, about)
  return found === undefined ? undefined : stretchFrom(found)
}

function stretchOfFourFailed(trials: Trials, about: Window): TrialStretch | undefined {
  const found = nearest(fourFailed(trials), about)
  return found === undefined ? undefined : stretchFrom(found)
}

const stretchFrom = ({ from, until }: Window): TrialStretch => ({
  ...(Number.isFinite(from) && { start: from }),
  ...(Number.isFinite(until) && { end: until }),
})

interface Segmenting {
  readonly side: number
  readonly changesOf: (trials: Trials) => readonly number[]
}

/**
 * Segments the bursts around both edges of the about. Where the window holds more than two sides, each edge is looked
 * at alone: the start comes from the first piece, the end from the second.
 */
function aroundEdges(bursts: Trials, about: Window, { side, changesOf }: Segmenting): TrialStretch | undefined {
  const first = lowerBound(bursts.at, about.from)
  const last = lowerBound(bursts.at, about.until)
  const piece = (from: number, until: number): TrialStretch | undefined => {
    const trials = sliceTrials(bursts, Math.max(0, from), until)
    return failingStretch(segmentsBetween(changesOf(trials), trials.fail), trials, about)
  }
  if (last - first <= 2 * side) return piece(first - side, last + side)
  const start = piece(first - side, first + side)?.start
  const end = piece(last - side, last + side)?.end
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) }
}
