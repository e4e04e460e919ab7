import { MINUTE_MS } from '../core/model/duration.ts'
import { instant, type Instant } from '../core/model/units.ts'
import type { MatrixCell } from '../store/warehouse/contract.ts'
import { lastDays, parseDays, type ChosenPeriod } from './query.ts'
import type { SiteOptions } from './site-options.ts'

/** How long the day of the newest data is remembered: a page may lag behind it by as much. */
const LAST_DATA_MS = MINUTE_MS

export type LastData = () => Promise<Instant>

/** Time of the newest measurement; now where there is none. One that claims a time still to come is not counted. */
export function rememberLastData({ warehouse, clock }: Pick<SiteOptions, 'warehouse' | 'clock'>): LastData {
  let known: { readonly at: Instant; readonly until: number } | undefined
  return async () => {
    const now = clock.now()
    if (known !== undefined && clock.monotonic() < known.until) return known.at
    const until = instant(now + 1)
    const newest = (cells: readonly MatrixCell[]): number =>
      cells.reduce((most, cell) => Math.max(most, cell.latest), 0)
    const recent = newest(await warehouse.matrix({ since: lastDays(now, 7).since, until }))
    const found = recent > 0 ? recent : newest(await warehouse.matrix({ since: instant(0), until }))
    const at = found > 0 ? instant(found) : now
    known = { at, until: clock.monotonic() + LAST_DATA_MS }
    return at
  }
}

/** Days of a query; where it names none, the seven days up to the newest data. */
export const chooseDays = async (
  query: Readonly<Record<string, string>>,
  lastData: LastData,
): Promise<ChosenPeriod> => {
  const last = Object.keys(query).length === 0 ? await lastData() : instant(0)
  return parseDays(query, () => lastDays(last, 7))
}
