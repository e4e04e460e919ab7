import { z } from 'zod'
import { formatAsn, formatInstantUtc } from '../../core/model/units.ts'
import { CELL_STATES } from '../../core/model/cell-state.ts'
import { route } from './api-route.ts'
import { count, network, service, simulated, time } from './field.ts'
import { format } from './parts.ts'

const boardSchema = z.strictObject({
  simulated,
  as_of_utc: time.describe(
    'The present that the states speak of: now; of a simulated folder the time of its newest data',
  ),
  newest_utc: time.nullable().describe('Newest measurement'),
  networks: z.array(z.strictObject({ network, name: z.string().nullable() })),
  services: z.array(z.strictObject({ service, name: z.string() })),
  cells: z.array(
    z.strictObject({
      service,
      network,
      state: z
        .enum([...CELL_STATES, 'slow'])
        .describe(
          'What a person sees: open, slow, part, shut, fault (out of reach, cause unknown), unkn, none (no data)',
        ),
      incident: z.string().nullable().describe('Incident that the state comes from'),
      devices: count.describe('Distinct devices of the three hours before'),
      measurements: count,
      latest_at_utc: time.nullable().describe('Newest measurement of this pair'),
      simulated,
    }),
  ),
})

/** What the first page says, of all networks at once. */
export const board = route({
  id: 'board',
  path: '/api/v1/board',
  summary: 'State of every service on every network now',
  about:
    'What the first page says: by incidents that go on, else by the measurements of the last three hours. `none` is no data, which is not the same as "works". Made again at most every half minute.',
  asks: z.strictObject({ format: format.optional() }),
  answer: { name: 'Board', schema: boardSchema },
  csv: {
    rows: 'cells',
    columns: ['service', 'network', 'state', 'incident', 'devices', 'measurements', 'latest_at_utc', 'simulated'],
  },
  cost: 1,
  example: '/api/v1/board',
  file: () => 'board',
  async find(_, context) {
    const found = await context.board()
    const { services, networks, newest } = found
    return {
      kind: 'body',
      body: {
        simulated: found.simulated,
        as_of_utc: formatInstantUtc(found.asOf),
        newest_utc: newest === undefined ? null : formatInstantUtc(newest),
        networks: networks.map(({ asn, name }) => ({ network: formatAsn(asn), name: name === '' ? null : name })),
        services: services.map(({ id, name }) => ({ service: id, name })),
        cells: services.flatMap(({ id }) =>
          networks.map(({ asn }) => {
            const { state, incident, devices, measurements, latest } = found.cell(id, asn)
            return {
              service: id,
              network: formatAsn(asn),
              state,
              incident: incident?.id ?? null,
              devices,
              measurements,
              latest_at_utc: latest === undefined ? null : formatInstantUtc(latest),
              simulated: found.simulated,
            }
          }),
        ),
      },
    }
  },
})
