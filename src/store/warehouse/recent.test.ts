import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY, after, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehouseOfRows } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { defined } from '../../core/model/defined.ts'
import { formatSubmittedBy } from '../../core/model/standing.ts'
import { instant } from '../../core/model/units.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import type { Judged, Warehouse } from './contract.ts'

const HOUR = 3600
const period = { since: DAY, until: instant(DAY + 2 * 24 * HOUR * 1000), simulated: false }

let leaf = 0
const row = (hours: number, kind: Kind, wanted: { probe?: string; service?: string; asn?: string } = {}): Judged => {
  const { probe, ...rest } = wanted
  const one = judged({ leafIndex: leaf++, at: after(hours * HOUR), verdict: { kind }, ...rest })
  return { ...one, head: { ...one.head, ...defined({ probe }) } }
}

const apart = formatSubmittedBy({ standing: 'new', pseudonym: '0123456789abcdef' })
const unknown = row(5, 'interfered', { probe: 'stranger' })
const ROWS: readonly Judged[] = [
  // Of one device the newest that settled anything counts.
  row(1, 'interfered', { probe: 'a' }),
  row(2, 'reachable', { probe: 'a' }),
  row(3, 'inconclusive', { probe: 'a' }),
  row(2.5, 'interfered', { probe: 'b' }),
  row(4, 'inconclusive', { probe: 'c' }),
  // It is unknown who measured: each counts on its own, and as no device.
  row(4.2, 'unreachable'),
  row(4.3, 'unreachable'),
  // Says nothing of the service.
  row(6, 'not-judged', { probe: 'd' }),
  // Excluded, simulated, before and after the period.
  { ...unknown, provenance: { ...unknown.provenance, channel: 'collector', origin: apart } },
  judged({ leafIndex: leaf++, at: after(7 * HOUR), simulated: true, verdict: { kind: 'interfered' } }),
  row(-1, 'interfered', { probe: 'e' }),
  row(48, 'interfered', { probe: 'e' }),
  row(30, 'reachable', { probe: 'f', service: 'telegram' }),
  row(47.99, 'inconclusive', { probe: 'f', service: 'telegram', asn: 'AS64500' }),
]

for (const kind of WAREHOUSE_KINDS)
  describe(`questions of the first screen, ${kind}`, () => {
    let warehouse: Warehouse
    warehouseOfRows(kind, ROWS, (opened) => (warehouse = opened))

    it('count each device by its newest verdict that settled anything', async () => {
      const youtube = (await warehouse.recent(period)).find(({ service }) => service === 'youtube')
      assert.deepEqual(youtube, {
        service: 'youtube',
        asn: 9198,
        kinds: { reachable: 1, interfered: 1, unreachable: 2, inconclusive: 1 },
        devices: 3,
        measurements: 7,
        latest: after(4.3 * HOUR),
      })
    })

    it('tell the hours of each day with data, and those that were unreachable, or in which interference kept pace with reaching', async () => {
      const days = (await warehouse.measuredHours(period)).map(
        ({ service, asn, day, measured, unreached, unsettled }) => [
          `${service} AS${asn} ${day}`,
          { measured, unreached, unsettled },
        ],
      )
      assert.deepEqual(Object.fromEntries(days), {
        'youtube AS9198 0': { measured: 0b11110, unreached: 0b10000, unsettled: 0b01110 },
        'telegram AS9198 1': { measured: 1 << 6, unreached: 0, unsettled: 0 },
        'telegram AS64500 1': { measured: 1 << 23, unreached: 0, unsettled: 1 << 23 },
      })
    })

    it('are answered by the warehouse of the tests as by the real one', async () => {
      const stand = memoryWarehouse(ROWS)
      const key = (one: { service: string; asn: number }): string => `${one.service} ${one.asn}`
      const sorted = <T extends { service: string; asn: number }>(list: readonly T[]): readonly T[] =>
        list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
      for (const simulated of [false, true]) {
        const asked = { ...period, simulated }
        assert.deepEqual(sorted(await stand.recent(asked)), sorted(await warehouse.recent(asked)))
        assert.deepEqual(sorted(await stand.lastInterfered(asked)), sorted(await warehouse.lastInterfered(asked)))
        assert.deepEqual(sorted(await stand.measuredHours(asked)), sorted(await warehouse.measuredHours(asked)))
      }
    })
  })
