import { z } from 'zod'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc, instant, parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import {
  AGGREGATION_AXES,
  AGGREGATION_GRAINS,
  type AggregatedRow,
  type AggregationGrain,
} from '../../store/warehouse/contract.ts'
import { route } from './api-route.ts'
import { count, simulated } from './field.ts'

/** Longest period of one question, and its cells. */
const MOST_DAYS = 1100
const MOST_CELLS = 20_000
/** Asked for where no day is named. */
const USUAL_DAYS = 30
/** Values of one filter. */
const MOST_VALUES = 100

const counts = {
  measurement_count: count,
  ok_count: count.describe('reachable'),
  anomaly_count: count.describe('interfered, without direct evidence of a block page'),
  confirmed_count: count.describe('interfered, with a block page'),
  failure_count: count.describe('inconclusive, and unreachable for the control too'),
  simulated,
}
const cell = z.strictObject({
  ...counts,
  measurement_start_day: z.string().optional(),
  probe_cc: z.string().optional(),
  probe_asn: z.int().optional(),
  test_name: z.string().optional(),
  input: z.string().optional(),
  domain: z.string().optional(),
})

const list = (of: RegExp, what: string): z.ZodOptional<z.ZodString> =>
  z
    .string()
    .max(8000)
    .refine((text) => text.split(',').length <= MOST_VALUES && text.split(',').every((one) => of.test(one)))
    .describe(what)
    .optional()
const axis = z
  .enum(AGGREGATION_AXES)
  .describe(`one of ${AGGREGATION_AXES.join(', ')}`)
  .optional()
const day = z.iso.date()

/** Measurements counted as OONI's aggregation counts them, with its names of parameters and members. */
export const aggregation = route({
  id: 'aggregation',
  path: '/api/v1/aggregation',
  summary: 'Counts by up to two axes, in the shape of OONI’s aggregation',
  about:
    'Takes the parameters of api.ooni.io/api/v1/aggregation, so that programs written for it can ask here. Days are those of UTC, and until is not included, as there. An empty parameter means all. A list is separated by commas. Without an axis result is one object. Counts follow our verdicts, whose rules are stricter than the flags of OONI: compare shares, not counts.',
  asks: z.strictObject({
    probe_cc: list(/^(?:[A-Z]{2})?$/, 'countries such as KZ'),
    probe_asn: list(/^(?:(?:AS)?\d{1,10})?$/i, 'networks such as AS9198 or 9198'),
    test_name: list(/^[a-z0-9_]{0,80}$/, 'tests such as web_connectivity'),
    input: z.string().max(2000).describe('one input, such as https://example.org/').optional(),
    domain: list(/^[\w.-]{0,253}$/, 'hosts of inputs, such as www.example.org'),
    since: day.describe('first day, UTC, YYYY-MM-DD').optional(),
    until: day.describe('day after the last, UTC, YYYY-MM-DD, at most three years after since').optional(),
    axis_x: axis,
    axis_y: axis,
    time_grain: z
      .enum([...AGGREGATION_GRAINS, 'auto'])
      .describe(`one of ${AGGREGATION_GRAINS.join(', ')}, auto`)
      .optional(),
    format: z.enum(['JSON', 'CSV', 'json', 'csv']).describe('JSON or CSV').optional(),
  }),
  answer: {
    name: 'Aggregation',
    schema: z.strictObject({
      v: z.literal(0),
      dimension_count: z.int().min(0).max(2),
      result: z.union([z.array(cell), cell]),
      simulated,
    }),
  },
  csv: { rows: 'result', columns: [...AGGREGATION_AXES, ...Object.keys(counts)] },
  cost: 2,
  example: '/api/v1/aggregation?probe_cc=KZ&since=2026-03-01&until=2026-03-06&axis_x=measurement_start_day',
  file: () => 'aggregation',
  async find(asked, { options, lastData, board }) {
    const { simulated: isSimulated } = await board()
    const until = asked.until === undefined ? instant(startOfDay(await lastData()) + DAY_MS) : parseInstant(asked.until)
    const since = asked.since === undefined ? instant(until - USUAL_DAYS * DAY_MS) : parseInstant(asked.since)
    const days = (until - since) / DAY_MS
    if (days <= 0 || days > MOST_DAYS) throw refuse('until', 'a day after since, at most three years after it')
    const axes = [asked.axis_x, asked.axis_y].filter((one) => one !== undefined)
    if (new Set(axes).size < axes.length) throw refuse('axis_y', 'another axis than axis_x')
    const rows = await options.warehouse.aggregated({
      ...{ since, until, simulated: isSimulated, axes, most: MOST_CELLS + 1 },
      grain: asked.time_grain === undefined || asked.time_grain === 'auto' ? grainOf(days) : asked.time_grain,
      countries: valuesOf(asked.probe_cc),
      asns: valuesOf(asked.probe_asn).map((text) => parseAsn(Number(text.replace(/^AS/i, '')))),
      tests: valuesOf(asked.test_name),
      inputs: asked.input === undefined || asked.input === '' ? [] : [asked.input],
      domains: valuesOf(asked.domain),
    })
    if (rows.length > MOST_CELLS) throw refuse('axis_x', `axes that give at most ${MOST_CELLS} cells`)
    const cells = rows.map((row) => encodeCell(row, axes, isSimulated))
    const none = { keys: [], ok: 0, anomaly: 0, confirmed: 0, failure: 0 }
    const isTable = asked.format?.toLowerCase() === 'csv'
    const only = cells[0] ?? encodeCell(none, axes, isSimulated)
    return {
      kind: 'body',
      body: {
        v: 0,
        dimension_count: axes.length,
        result: axes.length > 0 ? cells : isTable ? [only] : only,
        simulated: isSimulated,
      },
    }
  },
})

const startOfDay = (at: Instant): Instant => parseInstant(formatInstantUtc(at).slice(0, 10))

/** Bins that a chart of so many days can show. */
const grainOf = (days: number): AggregationGrain =>
  days <= 2 ? 'hour' : days <= 62 ? 'day' : days <= 400 ? 'week' : 'month'

const valuesOf = (text: string | undefined): readonly string[] => (text ?? '').split(',').filter((one) => one !== '')

const refuse = (path: string, expected: string): InputError =>
  new InputError(`Cannot read ${path}: not as expected`, { code: 'query.invalid', path, expected })

function encodeCell(
  { keys, ok, anomaly, confirmed, failure }: AggregatedRow,
  axes: readonly (typeof AGGREGATION_AXES)[number][],
  isSimulated: boolean,
): z.infer<typeof cell> {
  const named = axes.map((name, at) => [name, name === 'probe_asn' ? Number(keys[at]) : (keys[at] ?? '')] as const)
  return {
    ...Object.fromEntries(named),
    measurement_count: ok + anomaly + confirmed + failure,
    ok_count: ok,
    anomaly_count: anomaly,
    confirmed_count: confirmed,
    failure_count: failure,
    simulated: isSimulated,
  }
}
