import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { serviceName } from '../../core/text/names.ts'
import { withoutTraces } from '../../core/model/personal-trace.ts'
import { InputError } from '../../core/model/errors.ts'
import {
  formatAsn,
  formatInstantUtc,
  instant,
  parseAsn,
  parseSha256,
  type Asn,
  type Sha256,
} from '../../core/model/units.ts'
import type { ListedPoint, ListPlace } from '../../store/warehouse/contract.ts'
import { encodeSeriesPoint } from '../../store/warehouse/series-wire.ts'
import { chooseDays } from '../last-data.ts'
import { periodOf } from '../query.ts'
import type { ChosenPeriod } from '../query.ts'
import { matrixBody, measurementBody, seriesBody } from './bodies.ts'
import { route, type ApiContext, type ApiRoute, type RouteFound, type RouteMissing } from './api-route.ts'
import { cursorOf } from './cursor.ts'
import { matrixSchema, measurementSchema, measurementsSchema, seriesSchema } from './measurement-schema.ts'
import { cursor, format, limit, measurement, network, service, since, until } from './parts.ts'

const DAYS = 'since=2026-02-27&until=2026-03-05'
/** Measurements of one part of a list: by default, and at most. */
const LISTED = { usual: 500, most: 1000 }

/** Measurements of a series that are answered at once, and of the excluded ones: an answer stays some megabytes. */
const MOST_POINTS = 20_000
const MOST_APART = 100

/** Days that may be left out. */
export const optionalDays = z.strictObject({ since: since.optional(), until: until.optional() })

/** Days of a query; both left out: the seven days up to the newest data. One alone is refused by `chooseDays`. */
export const queryDays = (asked: z.infer<typeof optionalDays>, { lastData }: ApiContext): Promise<ChosenPeriod> => {
  const given = Object.entries(asked).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return chooseDays(Object.fromEntries(given), lastData)
}

const POINT = [
  'id',
  'started_at_utc',
  'kind',
  'mechanism',
  'layer',
  'log10_lr',
  'test_name',
  'input',
  'channel',
  'probe',
]

export const matrix = route({
  id: 'matrix',
  path: '/api/v1/matrix',
  summary: 'Services by networks over days',
  about:
    'Counts of verdicts of every pair of service and network. A pair that is not listed has no data. Without days: the seven days up to the newest measurement.',
  asks: z.strictObject({ ...optionalDays.shape, format: format.optional() }),
  answer: { name: 'Matrix', schema: matrixSchema },
  csv: {
    rows: 'cells',
    columns: [
      ...['service', 'service_name', 'network', 'network_name', 'state', 'reachable', 'interfered', 'unreachable'],
      ...['inconclusive', 'not_judged', 'mechanism', 'devices', 'latest_at_utc', 'simulated'],
    ],
  },
  cost: 2,
  example: `/api/v1/matrix?${DAYS}`,
  file: () => 'matrix',
  async find({ since: first, until: last }, context) {
    const { warehouse, names } = context.options
    const days = defined({ since: first, until: last })
    const chosen = await queryDays(days, context)
    return { kind: 'body', body: matrixBody(await warehouse.matrix(chosen), chosen, names) }
  },
})

export const series = route({
  id: 'series',
  path: '/api/v1/series',
  summary: 'Measurements of one service on one network',
  about:
    'All measurements of the days, by time, at most 20,000; next to them, and counted nowhere, the newest from unknown senders. For long periods take /api/v1/measurements, which comes in parts.',
  asks: z.strictObject({ service, network, since, until, format: format.optional() }),
  answer: { name: 'Series', schema: seriesSchema },
  csv: { rows: 'points', columns: [...POINT, 'simulated'] },
  cost: 2,
  example: `/api/v1/series?service=youtube&network=AS64496&${DAYS}`,
  file: (asked) => `series-${asked.service}-${asked.network}`,
  async find(asked, { options }) {
    const chosen = { ...periodOf(asked), service: asked.service, asn: parseAsn(asked.network) }
    const { warehouse } = options
    const { since: from, until: before } = chosen
    const [points, apart] = await Promise.all([
      warehouse.listed(asked.service, { since: from, until: before, asn: chosen.asn, most: MOST_POINTS + 1 }),
      warehouse.keptApart(asked.service, chosen.asn, { since: from, until: before, most: MOST_APART }),
    ])
    if (points.length > MOST_POINTS)
      throw new InputError(`Cannot answer a series of more than ${MOST_POINTS} measurements at once`, {
        code: 'query.too-much',
        path: 'until',
        expected: 'fewer days, or /api/v1/measurements, which comes in parts',
      })
    return { kind: 'body', body: seriesBody({ points, apart }, chosen, options.names) }
  },
})

const places = cursorOf('m', z.tuple([z.int().min(0).max(0xffff_ffff), z.int().min(0).max(8.64e15), z.int().min(0)]))

/** Cursor of the place after a measurement. */
export const placeCursor = ({ asn, at, leafIndex }: ListPlace): string => places.encode([asn, at, leafIndex])

/** Reads a cursor of a list of measurements. Throws InputError. */
export function parsePlace(text: string): ListPlace {
  const [asn, at, leafIndex] = places.decode(text)
  return { asn: parseAsn(asn), at: instant(at), leafIndex }
}

export interface ListedQuery {
  readonly service: string
  readonly network?: string | undefined
  readonly since: string
  readonly until: string
  readonly cursor?: string | undefined
}

/** One part of the measurements of a service, and the cursor of the next. Throws InputError. */
export async function listedPart(
  asked: ListedQuery,
  most: number,
  { options }: ApiContext,
): Promise<{ readonly chosen: ChosenPeriod; readonly points: readonly ListedPoint[]; readonly next: string | null }> {
  const chosen = periodOf(asked)
  const asn: Asn | undefined = asked.network === undefined ? undefined : parseAsn(asked.network)
  const found = await options.warehouse.listed(asked.service, {
    since: chosen.since,
    until: chosen.until,
    most: most + 1, // one more tells whether there is a next part
    ...defined({ asn }),
    ...(asked.cursor === undefined ? {} : { after: parsePlace(asked.cursor) }),
  })
  const points = found.slice(0, most)
  const last = points.at(-1)
  return { chosen, points, next: found.length > most && last !== undefined ? placeCursor(last) : null }
}

export const measurements = route({
  id: 'measurements',
  path: '/api/v1/measurements',
  summary: 'Measurements of a service, in parts',
  about:
    'By network, then by time, then by place in the log. `next` is the cursor of the next part; measurements that arrive between two parts neither move nor repeat any.',
  asks: z.strictObject({
    service,
    network: network.optional(),
    since,
    until,
    cursor: cursor.optional(),
    limit: limit(LISTED.most).optional(),
    format: format.optional(),
  }),
  answer: { name: 'Measurements', schema: measurementsSchema },
  csv: { rows: 'measurements', columns: ['network', ...POINT, 'leaf_index', 'simulated'] },
  cost: 2,
  example: `/api/v1/measurements?service=youtube&${DAYS}&limit=2`,
  file: (asked) => `measurements-${asked.service}`,
  async find(asked, context) {
    const { points, next } = await listedPart(asked, Number(asked.limit ?? LISTED.usual), context)
    return {
      kind: 'body',
      body: {
        simulated: points.some((point) => point.simulated),
        since: asked.since,
        until: asked.until,
        service: asked.service,
        service_name: serviceName(context.options.names, asked.service),
        measurements: points.map(encodeListedPoint),
        next,
      },
    }
  },
})

/** A measurement in a list over networks, as JSON for programs. */
export const encodeListedPoint = (point: ListedPoint): Record<string, unknown> => ({
  network: formatAsn(point.asn),
  ...encodeSeriesPoint(point),
  leaf_index: point.leafIndex,
})

/** Says of a measurement that it is not here: erased, with day and reason, or never accepted. */
export async function missingMeasurement(
  id: Sha256,
  { options }: { readonly options: Pick<ApiContext['options'], 'archive'> },
): Promise<RouteMissing> {
  const archived = await options.archive.read(id)
  const expected = 'the id of a measurement, as /api/v1/measurements lists it'
  if (archived?.kind !== 'erased') {
    const message = 'There is no measurement of this id here'
    return { kind: 'missing', status: 404, code: 'measurement.unknown', path: 'id', expected, message }
  }
  const message = `The measurement was erased on ${formatInstantUtc(archived.erasedAt)}: ${withoutTraces(archived.reason)}`
  return { kind: 'missing', status: 410, code: 'measurement.erased', path: 'id', expected, message }
}

export const oneMeasurement = route({
  id: 'measurement',
  path: '/api/v1/measurement/{id}',
  summary: 'One measurement with its verdict and grounds',
  about: 'What was judged of it and by which rule. The measurement itself, scrubbed, is at /m/{id}.json.',
  asks: z.strictObject({ id: measurement }),
  answer: { name: 'Measurement', schema: measurementSchema },
  cost: 1,
  example: '/api/v1/measurement/76fd8db0108ee140597665920af0bbee08541c066a4d14c717cff85ab771081a',
  async find(asked, context): Promise<RouteFound> {
    const id = parseSha256(asked.id)
    const stored = await context.options.warehouse.measurement(id)
    if (stored === undefined) return missingMeasurement(id, context)
    return { kind: 'body', body: measurementBody(stored, context.options.names) }
  },
})

export const MEASUREMENT_ROUTES: readonly ApiRoute[] = [matrix, series, measurements, oneMeasurement]
