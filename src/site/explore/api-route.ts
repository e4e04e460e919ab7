import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { formatAsn, formatInstantUtc, instant } from '../../core/model/units.ts'
import { readFailed } from './view.ts'
import type { ExploredBin, ExploreStep } from '../../store/warehouse/contract.ts'
import { exploreExpected, parseExplored } from './asked.ts'
import { explored as exploredBins } from './route.ts'
import { periodOf } from '../query.ts'
import { route } from '../api/api-route.ts'
import { count, service, simulated } from '../api/field.ts'
import { format } from '../api/parts.ts'

const counts = z.record(z.string(), count)
const exploredSchema = z.strictObject({
  simulated,
  since: z.iso.date().describe('First day, in Astana'),
  until: z.iso.date().describe('Last day, in Astana'),
  by: z.enum(['hour', 'day', 'week', 'clock']),
  bins: z.array(
    z.strictObject({
      service,
      network: z.string().describe('A network as AS and its number, or `all`: networks added up'),
      start_utc: z.iso.datetime().nullable().describe('Start of the bin; null where hours of the week are added up'),
      hour_of_week: z.int().min(0).max(167).nullable().describe('0 is Monday from midnight in Astana'),
      reachable: count,
      interfered: count,
      unreachable: count,
      inconclusive: count,
      devices: count.describe('Distinct devices, those unnamed left out'),
      unnamed: count.describe('Measurements that name no device'),
      failed_share: z.number().nullable().describe('(interfered + unreachable) / all but inconclusive'),
      failed_low: z.number().nullable().describe('95 % interval (Wilson), where each device counts as one witness'),
      failed_high: z.number().nullable(),
      mechanisms: counts.describe('What failed, by mechanism'),
      layers: counts.describe('What failed, by layer'),
      timed_pairs: count.describe('Pairs of which both halves were timed'),
      simulated,
      times_control: z.number().nullable().describe('Median of the time of the service over that of its control'),
    }),
  ),
})

const list = (what: string): z.ZodOptional<z.ZodString> => z.string().max(2000).describe(what).optional()

/** What the page "Explore" draws. */
export const explored = route({
  id: 'explored',
  path: '/api/v1/explored',
  summary: 'Counts of services by hours, days, weeks or hours of the week',
  about:
    'What the page "Explore" draws. Days and weeks are those of Astana. A bin that is not listed has no data. Several services or networks are separated by commas; without networks all of them are counted together.',
  asks: z.strictObject({
    service: list(exploreExpected('service')),
    network: list(exploreExpected('network')),
    since: z.iso.date().describe(exploreExpected('since')).optional(),
    until: z.iso.date().describe(exploreExpected('until')).optional(),
    by: z.enum(['hour', 'day', 'week', 'clock']).describe(exploreExpected('by')).optional(),
    format: format.optional(),
  }),
  answer: { name: 'Explored', schema: exploredSchema },
  csv: {
    rows: 'bins',
    columns: [
      ...['service', 'network', 'start_utc', 'hour_of_week', 'reachable', 'interfered', 'unreachable', 'inconclusive'],
      ...[
        'devices',
        'unnamed',
        'failed_share',
        'failed_low',
        'failed_high',
        'timed_pairs',
        'times_control',
        'simulated',
      ],
    ],
  },
  cost: 2,
  example: '/api/v1/explored?service=youtube&since=2026-02-27&until=2026-03-05&by=day',
  file: (asked) => `explored-${asked.service?.replaceAll(/[^a-z0-9-]+/g, '-') ?? 'youtube'}`,
  async find({ service: services, network: networks, since, until, by }, { options, lastData, board }) {
    const { simulated: isSimulated } = await board()
    const given = defined({ service: services?.split(','), network: networks?.split(',') })
    const single: readonly (readonly [string, readonly string[]])[] = Object.entries(defined({ since, until, by })).map(
      ([name, value]) => [name, [String(value)]],
    )
    const asked = parseExplored(
      { ...given, ...Object.fromEntries(single) },
      { service: 'youtube', last: await lastData() },
    )
    const found = await exploredBins(asked, periodOf(asked.days), {
      warehouse: options.warehouse,
      simulated: isSimulated,
    })
    return {
      kind: 'body',
      body: {
        simulated: isSimulated,
        ...asked.days,
        by: asked.by,
        bins: found.flatMap((one) =>
          one.bins.map((bin) => ({ ...binBody(one.service, bin, asked.by), simulated: isSimulated })),
        ),
      },
    }
  },
})

function binBody(name: string, bin: ExploredBin, by: ExploreStep): Readonly<Record<string, unknown>> {
  const { kinds, devices, unnamed } = bin
  const { value: share = null, interval: [low, high] = [null, null] } = readFailed(bin)
  return {
    service: name,
    network: bin.asn === undefined ? 'all' : formatAsn(bin.asn),
    start_utc: by === 'clock' ? null : formatInstantUtc(instant(bin.bin)),
    hour_of_week: by === 'clock' ? bin.bin : null,
    ...kinds,
    devices,
    unnamed,
    failed_share: share,
    failed_low: low,
    failed_high: high,
    mechanisms: bin.mechanisms,
    layers: bin.layers,
    timed_pairs: bin.timed,
    times_control: bin.lnRatio === undefined ? null : Math.exp(bin.lnRatio),
  }
}
