import { eBenjaminiHochberg } from '../../core/detect/statistics/pair-process.ts'
import { defined } from '../../core/model/defined.ts'
import { WEEK_MS } from '../../core/model/duration.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { WatchedCounts } from '../../core/model/incident/watched.ts'
import type { SeriesKey } from '../../store/warehouse/contract.ts'

/** False incidents of a quiet simulated series and year, the largest of what was measured (docs/methods/simulated-series.md). */
const FALSE_A_SERIES_YEAR = 0.44
/** Share of false ones among the series that are said to stand. */
const FALSE_DISCOVERY = 0.05

/** Weeks of UTC that a stretch touches. */
const weeksOf = ({ earliest, latest }: Pick<SeriesKey, 'earliest' | 'latest'>): number =>
  Math.floor(latest / WEEK_MS) - Math.floor(earliest / WEEK_MS) + 1

/** Counts what is watched and what was raised, for incidents as they are published now. */
export function countWatched(
  keys: readonly SeriesKey[],
  incidents: readonly Incident[],
  alarmsAlone?: number,
): WatchedCounts {
  const seriesWeeks = keys.reduce((sum, key) => sum + weeksOf(key), 0)
  const alarmed = incidents.filter(({ alarm }) => alarm !== undefined)
  // Of the incidents of a series and week the strongest: each start of that week has paid its share.
  const strongest = new Map<string, number>()
  for (const one of incidents) {
    const at = anchor(one)
    const { pairs } = one.cause
    if (one.withdrawn || pairs === undefined || at === undefined) continue
    const key = `${one.service} ${one.asn} ${Math.floor(at / WEEK_MS)}`
    strongest.set(key, Math.max(strongest.get(key) ?? -Infinity, pairs.log10E))
  }
  const watched = Math.max(seriesWeeks, strongest.size)
  return {
    series: keys.length,
    seriesWeeks,
    alarms: alarmed.length,
    alarmsWithdrawn: alarmed.filter(({ withdrawn }) => withdrawn).length,
    ...defined({ alarmsAlone }),
    falseAYear: keys.length * FALSE_A_SERIES_YEAR,
    pairsStanding: eBenjaminiHochberg([...strongest.values()], watched, FALSE_DISCOVERY).filter(Boolean).length,
  }
}
