import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehouseOfRows } from '../../../test/kit/stores/clickhouse-server.ts'
import { memoryWarehouse } from '../../../test/kit/stores/memory-warehouse.ts'
import { defined } from '../../core/model/defined.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import type { Judged, ListedPeriod, ListedPoint, Warehouse } from './contract.ts'

const ASNS = [9198, 21_299, 206_026].map(parseAsn)

/** Three networks, four measurements each, two of them in the same millisecond; the last of each is simulated. */
const row = (leafIndex: number): Judged => {
  const made = judged({ leafIndex, verdict: { kind: 'reachable' } })
  const turn = Math.floor(leafIndex / 3)
  return {
    ...made,
    head: {
      ...made.head,
      probeAsn: ASNS[leafIndex % 3] ?? parseAsn(0),
      startedAt: instant(DAY + (turn < 2 ? 1 : turn) * HOUR_MS),
      simulated: turn === 3,
    },
  }
}
const ROWS = Array.from({ length: 12 }, (_, leafIndex) => row(leafIndex))
const period = { since: DAY, until: instant(DAY + DAY_MS) }

async function pages(
  warehouse: Pick<Warehouse, 'listed'>,
  asked: Omit<ListedPeriod, 'after'>,
  between: (page: number) => Promise<void> = async () => {},
): Promise<readonly ListedPoint[]> {
  const all: ListedPoint[] = []
  for (let page = 0; ; page++) {
    const last = all.at(-1)
    const found = await warehouse.listed('youtube', { ...asked, ...defined({ after: last }) })
    if (found.length === 0) return all
    all.push(...found)
    await between(page)
  }
}

for (const kind of WAREHOUSE_KINDS)
  describe(`measurements of a service, page by page, ${kind}`, () => {
    let warehouse: Warehouse
    warehouseOfRows(kind, ROWS, (opened) => (warehouse = opened))

    it('are each there once, by network, time and leaf, with any length of a page', async () => {
      const whole = await warehouse.listed('youtube', { ...period, most: 100 })
      assert.deepEqual(
        whole.map(({ leafIndex }) => leafIndex),
        [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11],
      )
      for (const most of [1, 2, 5]) assert.deepEqual(await pages(warehouse, { ...period, most }), whole)
    })

    it('are of one network if one is named, and without simulated ones unless they are asked for', async () => {
      const asn = parseAsn(21_299)
      const of = async (more: Partial<ListedPeriod>): Promise<readonly number[]> =>
        (await pages(warehouse, { ...period, most: 3, ...more })).map(({ leafIndex }) => leafIndex)
      assert.deepEqual(await of({ asn }), [1, 4, 7, 10])
      assert.deepEqual(await of({ asn, realOnly: true }), [1, 4, 7])
      assert.deepEqual(await of({ since: instant(DAY + 3 * HOUR_MS) }), [9, 10, 11])
    })

    it('are the same from a warehouse of memory', async () => {
      const memory = memoryWarehouse(ROWS)
      for (const more of [{}, { realOnly: true }, { asn: parseAsn(9198) }])
        assert.deepEqual(
          await pages(memory, { ...period, most: 2, ...more }),
          await pages(warehouse, { ...period, most: 2, ...more }),
        )
    })

    it('are neither moved nor repeated by what is inserted meanwhile', async () => {
      const before = await pages(warehouse, { ...period, most: 3 })
      let leaf = 100
      const during = await pages(warehouse, { ...period, most: 3 }, async () => {
        await warehouse.insert([row(leaf), row(leaf + 1)])
        leaf += 2
      })
      const ids = during.map(({ leafIndex }) => leafIndex)
      assert.equal(new Set(ids).size, ids.length)
      for (const { leafIndex } of before) assert.ok(ids.includes(leafIndex), String(leafIndex))
    })
  })
