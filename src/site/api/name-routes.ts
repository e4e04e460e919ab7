import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { formatAsn, formatInstantUtc, instant } from '../../core/model/units.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { route, type ApiRoute } from './api-route.ts'
import { queryDays, optionalDays } from './measurement-routes.ts'
import { networksSchema, servicesSchema } from './measurement-schema.ts'
import { format } from './parts.ts'

export const services = route({
  id: 'services',
  path: '/api/v1/services',
  summary: 'Services that are measured by name',
  about: 'Besides these, sites are measured as `web:<host>` and tests that are about no service as `test:<name>`.',
  asks: z.strictObject({ format: format.optional() }),
  answer: { name: 'Services', schema: servicesSchema },
  csv: { rows: 'services', columns: ['service', 'name', 'tier'] },
  cost: 1,
  example: '/api/v1/services',
  find: async (_, { options }) => ({
    kind: 'body',
    body: { services: options.names.services.map(({ id, name, tier = 'A' }) => ({ service: id, name, tier })) },
  }),
})

const judgedOf = ({ kinds }: MatrixCell): number =>
  kinds.reachable + kinds.interfered + kinds.unreachable + kinds.inconclusive

export const networks = route({
  id: 'networks',
  path: '/api/v1/networks',
  summary: 'Networks with measurements in the days',
  about: 'Most measurements first. Without days: the seven days up to the newest measurement.',
  asks: z.strictObject({ ...optionalDays.shape, format: format.optional() }),
  answer: { name: 'Networks', schema: networksSchema },
  csv: {
    rows: 'networks',
    columns: ['network', 'name', 'services', 'measurements', 'devices', 'latest_at_utc', 'simulated'],
  },
  cost: 2,
  example: '/api/v1/networks?since=2026-02-27&until=2026-03-05',
  async find({ since: first, until: last }, context) {
    const days = defined({ since: first, until: last })
    const chosen = await queryDays(days, context)
    const { warehouse, names } = context.options
    const cells = await warehouse.matrix(chosen)
    const rows = [...Map.groupBy(cells, ({ asn }) => asn)].map(([asn, own]) => ({
      network: formatAsn(asn),
      name: names.networkName(asn) ?? null,
      services: own.length,
      measurements: own.reduce((sum, cell) => sum + judgedOf(cell), 0),
      devices: own.reduce((most, cell) => Math.max(most, cell.probes), 0),
      latest_at_utc: formatInstantUtc(instant(Math.max(...own.map(({ latest }) => latest)))),
      simulated: own.some((cell) => cell.simulated),
    }))
    return {
      kind: 'body',
      body: {
        simulated: cells.some((cell) => cell.simulated),
        ...chosen.days,
        networks: rows.toSorted((a, b) => b.measurements - a.measurements || (a.network < b.network ? -1 : 1)),
      },
    }
  },
})

export const NAME_ROUTES: readonly ApiRoute[] = [services, networks]
