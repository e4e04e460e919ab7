import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehouseOfRows } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { defined } from '../../core/model/defined.ts'
import { formatSubmittedBy } from '../../core/model/standing.ts'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import type { Kind, Verdict } from '../../core/model/measured/verdict.ts'
import { COUNT_STEPS, type ExploredBin, type Judged, type Warehouse } from './contract.ts'

let leaf = 0
interface Wanted {
  readonly probe?: string
  readonly service?: string
  readonly asn?: string
  readonly mechanism?: Verdict['mechanism']
  readonly layer?: Verdict['layer']
  readonly simulated?: boolean
}
function row(at: string, kind: Kind, { probe, mechanism, layer, ...rest }: Wanted = {}): Judged {
  const verdict = { kind, ...defined({ mechanism, layer }) }
  const one = judged({ leafIndex: leaf++, at: parseInstant(at), verdict, ...rest })
  return { ...one, head: { ...one.head, ...defined({ probe }) } }
}

const stranger = row('2024-03-05T10:00:00Z', 'interfered', { probe: 'stranger' })
const newcomer = formatSubmittedBy({ standing: 'new', pseudonym: '0123456789abcdef' })
const ROWS: readonly Judged[] = [
  // Clocks of Astana were six hours ahead until 2024-02-29T18:00Z, and five hours from then on: that day had 25 hours.
  row('2024-02-29T17:59:59Z', 'reachable', { probe: 'a' }),
  row('2024-02-29T18:00:00Z', 'interfered', { probe: 'a', mechanism: 'tls.reset.sni', layer: 'tls' }),
  row('2024-03-01T18:30:00Z', 'interfered', { probe: 'b', mechanism: 'tls.reset.sni', layer: 'tls' }),
  row('2024-03-01T18:59:59Z', 'unreachable', { probe: 'b', mechanism: 'dns.nxdomain', layer: 'dns' }),
  row('2024-03-01T19:00:00Z', 'reachable', { probe: 'b' }),
  row('2024-03-03T18:59:59Z', 'inconclusive'),
  row('2024-03-03T19:00:00Z', 'reachable'),
  row('2024-03-05T10:10:00Z', 'reachable', { asn: 'AS64500', probe: 'c' }),
  row('2024-03-05T10:20:00Z', 'reachable', { probe: 'a' }),
  // Not counted: says nothing, another service, simulated, sender unknown, outside.
  row('2024-03-05T10:30:00Z', 'not-judged', { probe: 'd' }),
  row('2024-03-05T10:30:00Z', 'reachable', { probe: 'd', service: 'telegram' }),
  row('2024-03-05T10:30:00Z', 'interfered', { probe: 'd', simulated: true }),
  { ...stranger, provenance: { ...stranger.provenance, channel: 'collector', origin: newcomer } },
  row('2024-03-06T00:00:00Z', 'reachable', { probe: 'a' }),
]
const period = {
  since: parseInstant('2024-02-29'),
  until: parseInstant('2024-03-06'),
  simulated: false,
}

const counts = (bins: readonly ExploredBin[]): readonly string[] =>
  bins.map(
    ({ asn, bin, kinds, devices, unnamed }) =>
      `${asn ?? 'all'} ${bin < 168 ? bin : new Date(bin).toISOString().slice(0, 13)} ${Object.values(kinds).join('/')} ${devices}+${unnamed}`,
  )

for (const kind of WAREHOUSE_KINDS)
  describe(`counts of a service by bins, ${kind}`, () => {
    let warehouse: Warehouse
    warehouseOfRows(kind, ROWS, (opened) => (warehouse = opened))

    it('are of days of Astana, also where its clocks changed', async () => {
      assert.deepEqual(counts(await warehouse.explored('youtube', { ...period, step: 'day' })), [
        'all 2024-02-28T18 1/1/0/0 1+0',
        'all 2024-02-29T19 0/1/1/0 1+0',
        'all 2024-03-01T19 1/0/0/0 1+0',
        'all 2024-03-02T19 0/0/0/1 0+1',
        'all 2024-03-03T19 1/0/0/0 0+1',
        'all 2024-03-04T19 2/0/0/0 2+0',
      ])
    })

    it('add up the hours of the day in Astana, each device once', async () => {
      const asked = { ...period, step: 'day-hour' } as const
      assert.deepEqual(counts(await warehouse.explored('youtube', asked)), [
        'all 0 2/0/0/0 1+1',
        'all 15 2/0/0/0 2+0',
        'all 23 1/2/1/1 2+1',
      ])
    })

    it('name what failed, by mechanism and layer', async () => {
      const [week] = await warehouse.explored('youtube', { ...period, step: 'week' })
      assert.deepEqual(week?.mechanisms, { 'tls.reset.sni': 2, 'dns.nxdomain': 1 })
      assert.deepEqual(week?.layers, { tls: 2, dns: 1 })
    })

    it('are of the networks that were asked for, one by one, or of all together', async () => {
      const asns = [parseAsn(64500), parseAsn(9198)]
      const alone = await warehouse.explored('youtube', { ...period, step: 'week', asns })
      assert.deepEqual(
        alone.map(({ asn }) => asn),
        [9198, 9198, 64500],
      )
      assert.deepEqual(await warehouse.explored('youtube', { ...period, step: 'week', asns: [] }), [])
    })

    it('are answered by the warehouse of the tests as by the real one', async () => {
      const stand = memoryWarehouse(ROWS)
      for (const step of COUNT_STEPS)
        for (const asns of [undefined, [parseAsn(9198)], [parseAsn(9198), parseAsn(64500)]])
          for (const simulated of [false, true]) {
            const asked = { ...period, step, simulated, ...defined({ asns }) }
            const real = await warehouse.explored('youtube', asked)
            assert.deepEqual(await stand.explored('youtube', asked), real, `${step} ${String(asns)}`)
            assert.ok(real.length > 0)
          }
    })
  })
