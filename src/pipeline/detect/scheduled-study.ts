import type { StudiedIncident, WatchedHours } from '../../core/detect/coincidence/examine.ts'
import { scheduledColumns } from '../../core/detect/coincidence/onsets.ts'
import { columnsOf } from '../../core/detect/chain/columns.ts'
import { detectPaired } from '../../core/detect/series/detect-paired.ts'
import { localDayEnd, localDayStart } from '../../core/detect/shown/local-day.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { CoincidencePlan } from '../../core/model/incident/coincidence.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { SeriesName, Warehouse } from '../../store/warehouse/contract.ts'
import { canariesOf, canaryToleranceMs, withCanaries } from '../../core/derive/with-canaries.ts'

export interface StudySources {
  readonly warehouse: Pick<Warehouse, 'seriesKeys' | 'readingColumns'>
  /** Published incidents, only for their conclusions about the cause. */
  readonly published: readonly Incident[]
  readonly comparisons: readonly string[]
  readonly settings: DetectSettings
  readonly simulated: boolean
  readonly signal: AbortSignal
}

/** What a coincidence is tested on: incidents of readings on the regular schedule, and the hours these cover. */
export interface ScheduledStudy {
  readonly incidents: readonly StudiedIncident[]
  readonly watched: readonly WatchedHours[]
  /** Time of the last scheduled reading of any series; absent without readings. */
  readonly last?: Instant
}

/**
 * Detects again the incidents of every series that a plan asks about, only from readings on the regular schedule: the
 * published ones rest on every reading, and people test more when something is on. The word of cause comes from the
 * published incident of the same series that begins or lasts at the same time.
 */
export async function readScheduledStudy(plan: CoincidencePlan, sources: StudySources): Promise<ScheduledStudy> {
  const period = {
    since: instant(localDayStart(plan.period.since, plan.zone) - 2 * DAY_MS),
    until: instant(localDayEnd(plan.period.until, plan.zone) + 2 * DAY_MS),
    simulated: sources.simulated,
  }
  const incidents: StudiedIncident[] = []
  const watched: WatchedHours[] = []
  let last = Number.NEGATIVE_INFINITY
  for (const series of await askedSeries(plan, sources)) {
    sources.signal.throwIfAborted()
    const found = await detectScheduled(series, period, sources)
    if (found === undefined) continue
    incidents.push(...found.incidents)
    watched.push({ ...series, hours: found.hours })
    last = Math.max(last, found.last)
  }
  return { incidents, watched, ...(Number.isFinite(last) ? { last: instant(last) } : {}) }
}

/** Series of the folder that any question of the plan asks about. */
async function askedSeries(plan: CoincidencePlan, sources: StudySources): Promise<readonly SeriesName[]> {
  const questions = [plan.primary, ...plan.secondary, ...plan.negativeControls]
  const keys = await sources.warehouse.seriesKeys()
  return keys
    .filter(({ simulated }) => simulated === sources.simulated)
    .filter(({ service, asn }) =>
      questions.some(
        ({ services, placebos = [], networks }) =>
          (services.includes(service) || placebos.includes(service)) &&
          (networks.length === 0 || networks.some((one) => one === asn)),
      ),
    )
    .map(({ service, asn }) => ({ service, asn }))
}

async function detectScheduled(
  series: SeriesName,
  period: { readonly since: Instant; readonly until: Instant; readonly simulated: boolean },
  { warehouse, comparisons, settings, published }: StudySources,
): Promise<{ incidents: readonly StudiedIncident[]; hours: ReadonlySet<number>; last: number } | undefined> {
  const names = comparisons.filter((service) => service !== series.service).map((service) => ({ ...series, service }))
  const [own] = await warehouse.readingColumns([series], period)
  const columns = scheduledColumns(own?.columns ?? columnsOf([]))
  if (columns.size === 0) return undefined
  const compared = names.length === 0 ? [] : await warehouse.readingColumns(names, period)
  // A comparison of the same probe within this time is its canary, as in the detection that publishes.
  const tolerance = canaryToleranceMs(settings.scheduleMinutes)
  const line = canariesOf(compared.map((one) => one.columns))
  const seen = comparisons.includes(series.service) ? columns : withCanaries(columns, line, tolerance)
  const { incidents } = detectPaired(seen, settings, { until: period.until })
  return {
    incidents: incidents.map((incident) => {
      const word = wordOf(series, incident.start, published)
      return { ...incident, ...series, ...defined({ word }) }
    }),
    hours: new Set(Array.from(columns.at, (at) => Math.floor(at / HOUR_MS))),
    last: columns.at.at(-1) ?? Number.NEGATIVE_INFINITY,
  }
}

/** Word of the published incident that lasts, or begins within three hours, when this one begins. */
function wordOf(
  series: SeriesName,
  start: Edge,
  published: readonly Incident[],
): Incident['cause']['word'] | undefined {
  const at = start.median ?? start.bracket[1]
  if (at === undefined) return undefined
  return published.find((one) => {
    if (one.withdrawn || one.service !== series.service || one.asn !== series.asn) return false
    const from = one.start.lo95 ?? one.start.median ?? one.start.bracket[0] ?? at
    const until = one.running ? Number.POSITIVE_INFINITY : (one.end.hi95 ?? one.end.median ?? at)
    return at >= from - 3 * HOUR_MS && at <= until
  })?.cause.word
}
