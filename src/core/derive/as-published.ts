import { MINUTE_MS } from '../model/duration.ts'
import type { DetectedIncident, Edge } from '../model/incident/incident.ts'
import { instant, type Instant } from '../model/units.ts'

/**
 * What is published of a detected incident, no finer than the draws behind it can tell: times of intervals to the minute,
 * outwards, so that they cover no less; medians to the nearest one; probabilities to three digits. Brackets are times of
 * measurements and stay. The same readings then give the same bytes, whichever way they came.
 */
export const asPublished = (detected: DetectedIncident): DetectedIncident => ({
  ...detected,
  start: publishedEdge(detected.start),
  end: publishedEdge(detected.end),
  pOneEpisode: toDigits(detected.pOneEpisode, 3),
  peak: toDigits(detected.peak, 3),
  curve: detected.curve.map(({ at, p }) => ({ at, p: toDigits(p, 9) })),
})

const toDigits = (p: number, digits: number): number => Math.round(p * 10 ** digits) / 10 ** digits

function publishedEdge(edge: Edge): Edge {
  const { median, lo50, hi50, lo95, hi95, flatMedian } = edge
  return {
    ...edge,
    ...toMinute({ median, flatMedian }, Math.round),
    ...toMinute({ lo50, lo95 }, Math.floor),
    ...toMinute({ hi50, hi95 }, Math.ceil),
  }
}

/** Times that are there, each to a whole minute. */
function toMinute(
  times: Readonly<Record<string, Instant | undefined>>,
  round: (minutes: number) => number,
): Record<string, Instant> {
  const found = Object.entries(times).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, instant(round(at / MINUTE_MS) * MINUTE_MS)] as const],
  )
  return Object.fromEntries(found)
}
