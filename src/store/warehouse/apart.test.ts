import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehouseOfRows } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { COUNTED_STANDINGS, formatSubmittedBy, STANDINGS } from '../../core/model/standing.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { Judged, Warehouse } from './contract.ts'

const AS = parseAsn('AS9198')
const period = { since: DAY, until: instant(DAY + 86_400_000), simulated: false }
const from = (leafIndex: number, provenance: Partial<Provenance>): Judged => {
  const row = judged({ leafIndex, verdict: { kind: 'reachable' } })
  return {
    ...row,
    head: { ...row.head, probe: `probe-${leafIndex}` },
    provenance: { ...row.provenance, ...provenance },
  }
}
/** One of each standing, one by another way, and one whose origin is nothing that a collector writes. */
const ROWS: readonly Judged[] = [
  ...STANDINGS.map((standing, nth) =>
    from(nth, { channel: 'collector', origin: formatSubmittedBy({ standing, pseudonym: '0123456789abcdef' }) }),
  ),
  from(10, { channel: 'file', origin: 'unsigned:' }),
  from(11, { channel: 'collector', origin: '' }),
]
const COUNTED = COUNTED_STANDINGS.length + 1

for (const kind of WAREHOUSE_KINDS)
  describe(`submissions of unknown senders, ${kind}`, () => {
    let warehouse: Warehouse
    warehouseOfRows(kind, ROWS, (opened) => (warehouse = opened))

    it('are in no series, readings, verdicts or counts, and are counted separately', async () => {
      assert.equal((await warehouse.series('youtube', AS, period)).length, COUNTED)
      const names = [{ service: 'youtube', asn: AS }]
      assert.equal((await warehouse.readings('youtube', AS, period)).length, COUNTED)
      assert.equal((await warehouse.readingColumns(names, period))[0]?.columns.size, COUNTED)
      assert.equal((await warehouse.verdicts('youtube', AS, { ...period, most: 100 })).length, COUNTED)
      assert.equal((await warehouse.counts(names, period))[0]?.ok, COUNTED)
      assert.equal((await warehouse.matrix(period))[0]?.kinds.reachable, COUNTED)
      assert.equal((await warehouse.matrix(period))[0]?.probes, COUNTED)
      assert.equal((await warehouse.seriesKeys())[0]?.count, COUNTED)
      assert.equal(await warehouse.apart('youtube', AS, period), ROWS.length - COUNTED)
      assert.equal(await warehouse.apart('youtube', AS, { ...period, simulated: true }), 0)
    })

    it('are shown one by one', async () => {
      const { total, newest } = await warehouse.keptApart('youtube', AS, { ...period, most: 2 })
      assert.equal(total, ROWS.length - COUNTED)
      assert.deepEqual(
        newest.map(({ id, standing }) => ({ id, standing })),
        [ROWS.at(-1), ROWS.at(-3)].map((row, nth) => ({
          id: row?.provenance.id,
          standing: [undefined, 'revoked'][nth],
        })),
      )
      for (const { provenance } of ROWS)
        assert.deepEqual((await warehouse.measurement(provenance.id))?.provenance, provenance)
    })

    it('are distinguished by a warehouse of memory as by the tables', async () => {
      const memory = memoryWarehouse(ROWS)
      assert.equal(await memory.apart('youtube', AS, period), await warehouse.apart('youtube', AS, period))
      assert.equal((await memory.readings('youtube', AS, period)).length, COUNTED)
      assert.deepEqual(await memory.series('youtube', AS, period), await warehouse.series('youtube', AS, period))
      const most = { ...period, most: 3 }
      assert.deepEqual(await memory.keptApart('youtube', AS, most), await warehouse.keptApart('youtube', AS, most))
      assert.deepEqual(await memory.matrix(period), await warehouse.matrix(period))
      assert.deepEqual((await memory.matrix(period))[0]?.kinds, (await warehouse.matrix(period))[0]?.kinds)
    })
  })
