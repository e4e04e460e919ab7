import type { SiteOptions } from './app.ts'

type SiteWarehouse = SiteOptions['warehouse']

/**
 * The warehouse as the pages of a public server see it: what is simulated is not there. A server refuses to start
 * with simulated rows; this holds while a command brings some into a folder that is already served.
 */
export const realOnly = (warehouse: SiteWarehouse): SiteWarehouse => ({
  matrix: async (period) => (await warehouse.matrix(period)).filter((cell) => !cell.simulated),
  series: async (service, asn, period) =>
    (await warehouse.series(service, asn, period)).filter((point) => !point.simulated),
  measurement: async (id) => {
    const stored = await warehouse.measurement(id)
    return stored?.head.simulated === true ? undefined : stored
  },
  observations: (id) => warehouse.observations(id),
})
