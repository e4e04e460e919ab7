import type { SiteOptions } from './site-options.ts'
import type { ReadableIncidents } from './incident/route.ts'

type SiteWarehouse = SiteOptions['warehouse']

/**
 * The warehouse as the pages of a public server see it: what is simulated is not there. A server refuses to start
 * with simulated rows; this holds while a command brings some into a folder that is already served.
 */
export const realOnly = (warehouse: SiteWarehouse): SiteWarehouse => ({
  matrix: async (period) => (await warehouse.matrix(period)).filter((cell) => !cell.simulated),
  recent: async (period) => (period.simulated ? [] : await warehouse.recent(period)),
  lastInterfered: async (period) => (period.simulated ? [] : await warehouse.lastInterfered(period)),
  measuredHours: async (period) => (period.simulated ? [] : await warehouse.measuredHours(period)),
  explored: async (service, asked) => (asked.simulated ? [] : await warehouse.explored(service, asked)),
  aggregated: async (asked) => (asked.simulated ? [] : await warehouse.aggregated(asked)),
  series: async (service, asn, period) =>
    (await warehouse.series(service, asn, period)).filter((point) => !point.simulated),
  listed: (service, period) => warehouse.listed(service, { ...period, realOnly: true }),
  readings: async (service, asn, period) =>
    period.simulated ? [] : await warehouse.readings(service, asn, { ...period, simulated: false }),
  keptApart: async (service, asn, period) => {
    const { total, newest } = await warehouse.keptApart(service, asn, period)
    const real = newest.filter((point) => !point.simulated)
    return { total: total - (newest.length - real.length), newest: real }
  },
  apart: async (service, asn, period) =>
    period.simulated ? 0 : await warehouse.apart(service, asn, { ...period, simulated: false }),
  measurement: async (id) => {
    const stored = await warehouse.measurement(id)
    return stored?.head.simulated === true ? undefined : stored
  },
  observations: (id) => warehouse.observations(id),
})

/** The journal of incidents as the pages of a public server see it: only what was measured. */
export const realIncidents = (incidents: ReadableIncidents): ReadableIncidents => {
  const real = <T extends { readonly simulated: boolean }>(list: readonly T[]): readonly T[] =>
    list.filter(({ simulated }) => !simulated)
  return {
    current: async () => real(await incidents.current()),
    revisions: async (id) => real(await incidents.revisions(id)),
    corrections: async () => real(await incidents.corrections()),
    episodes: async () => {
      const ids = new Set(real(await incidents.current()).map(({ id }) => id))
      return (await incidents.episodes()).filter((episode) => episode.incidents.every((id) => ids.has(id)))
    },
  }
}
