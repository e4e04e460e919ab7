import { HOUR_MS } from '../../core/model/duration.ts'
import type { PublishedCell, UsualHours } from '../../core/model/people/report-cell.ts'
import { FEWEST_REPORTERS } from '../../core/model/people/report.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock } from '../../core/text/time.ts'
import type { CurveHour } from '../charts/report-curve.ts'
import type { Board } from '../now/board.ts'
import { boardStrip } from '../now/strip-view.ts'
import type { MarkName } from '../parts/mark.ts'
import type { StripView } from '../parts/strips.ts'
import { urls } from '../urls.ts'
import type { CurveView } from './page/curve.ts'
import type { NamedSeries } from './page/hours.ts'

// The last 24 hours of reports against what is usual, with what probes saw in the same hours.

const HOURS = 24
const WORST_FIRST: readonly MarkName[] = ['shut', 'part', 'slow']

interface CurveParts {
  readonly board: Board
  /** Published cells of the place in these hours. */
  readonly cells: readonly PublishedCell[]
  readonly usual: UsualHours
  /** End of the last hour. */
  readonly until: Instant
  /** Start of the first slot that is not published yet. */
  readonly settled: Instant
  readonly series: readonly NamedSeries[]
}

/** Arranges the hours; undefined where there is no hour with a number, neither now nor usually. */
export function curveView(
  lang: Lang,
  { board, cells, usual, until, settled, series }: CurveParts,
): CurveView | undefined {
  const first = until - HOURS * HOUR_MS
  const sums = new Map<number, number>()
  for (const { from, count } of cells) {
    const hour = Math.floor((from - first) / HOUR_MS)
    sums.set(hour, (sums.get(hour) ?? 0) + count)
  }
  const hours = Array.from({ length: HOURS }, (_, index): CurveHour & { readonly at: Instant } => {
    const [at, count, band] = [instant(first + index * HOUR_MS), sums.get(index), usual.hours[index]]
    return {
      at,
      label: formatClock(at),
      ...(count === undefined ? {} : { count }),
      ...(band === undefined ? {} : { usual: band }),
      isOpen: at + HOUR_MS > settled,
    }
  })
  if (hours.every(({ count, usual: band }) => count === undefined && (band?.high ?? 0) < FEWEST_REPORTERS))
    return undefined
  return {
    hours,
    days: usual.days,
    lanes: series.map(({ service, asn, name }) => {
      const strip = boardStrip(lang, board, { service, asn, title: name })
      return {
        service,
        asn,
        name,
        href: urls.series(lang, service, asn),
        states: hours.map(({ at }) => stateIn(strip, at)),
      }
    }),
    asOf: board.asOf,
    simulated: board.simulated,
  }
}

/** State of one hour of a strip: the worst of its restrictions, else what was measured in it. */
function stateIn({ first, hours, incidents }: StripView, at: Instant): MarkName {
  const hour = (at - first) / HOUR_MS
  const [day, from] = [Math.floor(hour / HOURS), hour - Math.floor(hour / HOURS) * HOURS]
  const touches = (span: StripView['hours'][number]): boolean =>
    span.day === day && span.from < from + 1 && span.until > from
  const found = new Set(incidents.filter(touches).map(({ state }) => state))
  return WORST_FIRST.find((state) => found.has(state)) ?? hours.find(touches)?.state ?? 'none'
}
