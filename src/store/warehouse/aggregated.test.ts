import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehouseOfRows } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { defined } from '../../core/model/defined.ts'
import { formatSubmittedBy } from '../../core/model/standing.ts'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import type { Kind, Verdict } from '../../core/model/measured/verdict.ts'
import { AGGREGATION_AXES, AGGREGATION_GRAINS, type AggregationAsked, type Judged, type Warehouse } from './contract.ts'

let leaf = 0
function row(
  at: string,
  kind: Kind,
  {
    mechanism,
    input,
    ...rest
  }: { mechanism?: Verdict['mechanism']; input?: string; asn?: string; simulated?: boolean } = {},
): Judged {
  const one = judged({ leafIndex: leaf++, at: parseInstant(at), verdict: { kind, ...defined({ mechanism }) }, ...rest })
  return { ...one, head: { ...one.head, ...defined({ input }) } }
}

const stranger = row('2024-03-05T10:00:00Z', 'interfered')
const newcomer = formatSubmittedBy({ standing: 'new', pseudonym: '0123456789abcdef' })
const ROWS: readonly Judged[] = [
  // The day is that of UTC: in Astana it is the next one.
  row('2024-03-04T23:59:59Z', 'reachable', { input: 'https://www.example.org/a' }),
  row('2024-03-05T00:00:00Z', 'interfered', { mechanism: 'tls.reset.sni', input: 'https://www.example.org/b' }),
  row('2024-03-05T01:00:00Z', 'interfered', { mechanism: 'http.blockpage', input: 'https://example.net/' }),
  row('2024-03-05T02:00:00Z', 'unreachable', { asn: 'AS64500' }),
  row('2024-03-05T03:00:00Z', 'inconclusive', { asn: 'AS64500' }),
  row('2024-03-20T03:00:00Z', 'reachable', { asn: 'AS64500' }),
  // Not counted: judged as nothing, simulated, sender unknown, outside.
  row('2024-03-05T10:30:00Z', 'not-judged'),
  row('2024-03-05T10:30:00Z', 'interfered', { simulated: true }),
  { ...stranger, provenance: { ...stranger.provenance, channel: 'collector', origin: newcomer } },
  row('2024-04-01T00:00:00Z', 'reachable'),
]
const ASKED: AggregationAsked = {
  since: parseInstant('2024-03-01'),
  until: parseInstant('2024-04-01'),
  simulated: false,
  ...{ axes: [], grain: 'day', countries: [], asns: [], tests: [], inputs: [], domains: [], most: 100 },
}

for (const kind of WAREHOUSE_KINDS)
  describe(`aggregated(), ${kind}`, () => {
    let warehouse: Warehouse
    warehouseOfRows(kind, ROWS, (opened) => (warehouse = opened))
    const memory = memoryWarehouse(ROWS)
    const lines = async (change: Partial<AggregationAsked>): Promise<readonly string[]> =>
      (await warehouse.aggregated({ ...ASKED, ...change })).map(
        ({ keys, ok, anomaly, confirmed, failure }) => `${keys.join(' ')}: ${ok}/${anomaly}/${confirmed}/${failure}`,
      )

    it('counts what was judged of known senders, block pages separately, by days of UTC', async () => {
      assert.deepEqual(await lines({}), [': 2/1/1/2'])
      assert.deepEqual(await lines({ axes: ['measurement_start_day'] }), [
        '2024-03-04: 1/0/0/0',
        '2024-03-05: 0/1/1/2',
        '2024-03-20: 1/0/0/0',
      ])
    })

    it('takes filters together', async () => {
      assert.deepEqual(await lines({ axes: ['domain'], domains: ['www.example.org', 'example.net'] }), [
        'example.net: 0/0/1/0',
        'www.example.org: 1/1/0/0',
      ])
      assert.deepEqual(await lines({ asns: [parseAsn('AS64500')], inputs: ['https://example.net/'] }), [])
      assert.deepEqual(await lines({ most: 1, axes: ['measurement_start_day'] }), ['2024-03-04: 1/0/0/0'])
    })

    it('gives what the warehouse of the tests gives, for every pair of axes and every bin of time', async () => {
      for (const grain of AGGREGATION_GRAINS)
        for (const x of AGGREGATION_AXES)
          for (const y of AGGREGATION_AXES) {
            const asked: AggregationAsked = { ...ASKED, grain, axes: x === y ? [x] : [x, y] }
            assert.deepEqual(await warehouse.aggregated(asked), await memory.aggregated(asked), `${grain} ${x} ${y}`)
          }
    })
  })
