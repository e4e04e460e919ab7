import { HOUR_MS } from '../core/model/duration.ts'
import type { Incident } from '../core/model/incident/incident.ts'
import type { Reading } from '../core/model/measured/reading.ts'
import { instant, type Instant } from '../core/model/units.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Warehouse } from '../store/warehouse/contract.ts'

// A restriction that continues makes few revisions: what is measured meanwhile says until when it is known to.

/**
 * Last failed measurement of running incidents, by `revisionKey`; absent where it is no later than the revision says.
 */
export type LastFailed = ReadonlyMap<string, Instant>

export const revisionKey = ({ id, revision }: Pick<Incident, 'id' | 'revision'>): string => `${id} ${revision}`

/** A running incident with its last failed measurement; only the revision that stands now knows of any. */
export function withLastFailed(incident: Incident, known: LastFailed): Incident {
  const last = known.get(revisionKey(incident))
  const { end } = incident
  return last === undefined ? incident : { ...incident, end: { ...end, bracket: [last, end.bracket[1]] } }
}

/** Incidents as they are, the running ones with the last failed measurement that the board knows of. */
export const knownNow = (
  incidents: { readonly current: () => Promise<readonly Incident[]> },
  board: () => Promise<{ readonly lastFailed: LastFailed }>,
): { readonly current: () => Promise<Incident[]> } => ({
  current: async () => {
    const [current, { lastFailed }] = await Promise.all([incidents.current(), board()])
    return current.map((one) => withLastFailed(one, lastFailed))
  },
})

type Asked = Pick<Warehouse, 'lastInterfered' | 'readings'>

/** What was slower than its probe was used to when the slowness began; the warehouse knows times, no baselines. */
export const slowMarked = (readings: readonly Reading[], { slowAbove }: Incident): readonly Reading[] =>
  slowAbove === undefined
    ? readings
    : readings.map((one): Reading => {
        const slow =
          one.target === 'ok' && one.lnRatio !== undefined && one.lnRatio > (slowAbove[one.probe] ?? Infinity)
        return slow ? { ...one, target: 'slow' } : one
      })

/**
 * Asks until when each running incident is known to go on, up to `until`, which is exclusive; from `since` on alone
 * where it is given.
 */
export async function lastFailedOf(
  incidents: readonly Incident[],
  warehouse: Asked,
  { since, until }: { readonly since?: Instant; readonly until: Instant },
): Promise<LastFailed> {
  const known = new Map<string, Instant>()
  const take = (incident: Incident, at: Instant | undefined): void => {
    if (at !== undefined && at > (incident.end.bracket[0] ?? at)) known.set(revisionKey(incident), at)
  }
  const running = incidents.filter((one) => one.running && !one.withdrawn && one.end.bracket[0] !== undefined)
  for (const simulated of [false, true]) {
    const own = running.filter((one) => one.simulated === simulated)
    const failing = own.filter(({ state }) => state !== 'throttled')
    if (failing.length > 0) {
      const from = since ?? instant(Math.min(...failing.map(({ end }) => end.bracket[0] ?? until)))
      const rows = await warehouse.lastInterfered({ since: from, until, simulated })
      const bySeries = new Map(rows.map(({ service, asn, latest }) => [`${service} ${asn}`, latest]))
      for (const one of failing) take(one, bySeries.get(`${one.service} ${one.asn}`))
    }
    for (const one of own.filter(({ state }) => state === 'throttled')) {
      const from = instant(Math.max(since ?? 0, one.end.bracket[0] ?? 0))
      const readings = await warehouse.readings(one.service, one.asn, { since: from, until, simulated })
      take(one, slowMarked(readings, one).findLast(({ target }) => target === 'slow')?.at)
    }
  }
  return known
}

/** All of it is asked for so seldom; between, what the newest hours add: late measurements alone change the rest. */
const WHOLE_MS = 600_000
const NEWEST_MS = 3 * HOUR_MS

/** `lastFailedOf`, remembered: a block of years is not read through for every reader. */
export function rememberLastFailed(
  warehouse: Asked,
  clock: Pick<Clock, 'monotonic'>,
): (incidents: readonly Incident[], until: Instant) => Promise<LastFailed> {
  let whole: { readonly of: string; readonly known: LastFailed; readonly until: number } | undefined
  return async (incidents, until) => {
    const of = incidents
      .filter(({ running }) => running)
      .map(revisionKey)
      .join('\n')
    if (whole?.of !== of || clock.monotonic() >= whole.until) {
      const known = await lastFailedOf(incidents, warehouse, { until })
      whole = { of, known, until: clock.monotonic() + WHOLE_MS }
      return known
    }
    const newest = await lastFailedOf(incidents, warehouse, { since: instant(until - NEWEST_MS), until })
    return new Map([...whole.known, ...newest])
  }
}
