// One made world through the real steps: detector on every series, then what the real weighing observes of the incident.
import { slowKey, type ShownIncident, type StandingOf } from '../../src/core/derive/shown.ts'
import { MOST_VERDICTS, weighPeriods, weighShown, type WeighTables } from '../../src/core/derive/weigh-shown.ts'
import { overlap, windowOf } from '../../src/core/derive/window.ts'
import type { CauseTable } from '../../src/core/detect/cause/table.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectPaired } from '../../src/core/detect/series/detect-paired.ts'
import type { SeriesResult } from '../../src/core/detect/series/series-result.ts'
import { seriesId, type SeriesOf } from '../../src/core/model/measured/series.ts'
import { instant } from '../../src/core/model/units.ts'
import type { CauseFinding } from '../../src/core/model/incident/cause.ts'
import type { SeenItem } from './cause-incident.ts'
import { COMPARISON, type MadeWorld } from './raised-world.ts'

/** Dating is not what is measured here: few draws are enough for the bounds of an onset. */
const SETTINGS = defaultSettings({ draws: 300 })
const ALL = { since: instant(0), until: instant(Date.UTC(2100, 0, 1)) }

/** What was published of a world. */
export interface Raised {
  readonly items: readonly SeenItem[]
  readonly cause: CauseFinding
}

/** The incident that overlaps the cause most and meets the floor of evidence, as it is weighed; undefined: none was raised. */
export function observeWorld(world: MadeWorld, causes: CauseTable): Raised | undefined {
  const { set, series, target } = world
  const until = instant(world.until)
  const detect = (one: SeriesOf): SeriesResult => detectPaired(set.columns(one, ALL), SETTINGS, { until })
  const own = detect(target)
  const during = { from: instant(world.span.from), until: instant(world.span.until) }
  const [detected] = own.incidents
    .filter((one) => one.state !== 'insufficient' && overlap(windowOf(one), during) > 0)
    .toSorted((a, b) => overlap(windowOf(b), during) - overlap(windowOf(a), during))
  if (detected === undefined) return undefined
  const tables: WeighTables = {
    causes,
    serviceOwner: (service) => service,
    networkOwner: (asn) => `owner of ${asn}`,
    comparisons: [COMPARISON],
  }
  const others = new Map<string, readonly StandingOf[]>(
    series.map((one) => [
      seriesId(one),
      (one === target ? own : detect(one)).incidents.map((found) => ({ series: one, detected: found })),
    ]),
  )
  const slow = new Set((own.slow ?? []).map(({ at, probe }) => slowKey(at, probe)))
  const shown: ShownIncident = { series: target, detected, slow }
  const periods = weighPeriods(shown, until)
  const { cause } = weighShown(shown, {
    periods,
    verdicts: set.verdicts(target, periods.verdicts, MOST_VERDICTS),
    watched: set.watched(target, periods.watched),
    beside: set.counts(set.series, periods.beside),
    others,
    tables,
    scheduleMinutes: SETTINGS.scheduleMinutes,
  })
  return { items: cause.items.map(({ item, outcome }) => ({ item, outcome })), cause }
}
