import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { emptyWarehouse } from '../../../../test/kit/measured/empty-warehouse.ts'
import { idOf, judged } from '../../../../test/kit/measured/judged.ts'
import { openChdb } from '../chdb.ts'
import type { SeriesKey, Warehouse } from '../contract.ts'
import { decodeSeriesKey } from '../decode-readings.ts'
import type { Row } from '../engine.ts'
import { openWarehouse } from '../open.ts'
import { loadQueries } from '../schema.ts'

const LIMITS = { memoryBytes: 2 ** 29, threads: 1 }

describe('What is kept of all rows', () => {
  let folder: string
  let warehouse: Warehouse
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-kept-'))
    warehouse = await openWarehouse(folder)
  })
  afterEach(async () => {
    await warehouse[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  /** Has the engine alone answer, between two openings of the warehouse. */
  const asked = async (sql: string, params = {}): Promise<readonly Row[]> => {
    await warehouse[Symbol.asyncDispose]()
    const engine = await openChdb(folder, LIMITS)
    try {
      return await engine.query(sql, params)
    } finally {
      await engine[Symbol.asyncDispose]()
      warehouse = await openWarehouse(folder)
    }
  }
  const ofAllRows = async (): Promise<readonly SeriesKey[]> =>
    (await asked((await loadQueries())['series-keys'], { after: 0 })).map(decodeSeriesKey)

  it('is what all rows say, after insertions, restarts, removals and an exchange', async () => {
    await warehouse.insert([judged({ leafIndex: 0 }), judged({ leafIndex: 1, service: 'telegram' })])
    assert.deepEqual(await warehouse.seriesKeys(), await ofAllRows())
    await warehouse.insert([judged({ leafIndex: 2 }), judged({ leafIndex: 3, service: 'facebook', asn: 'AS64500' })])
    assert.deepEqual(await warehouse.seriesKeys(), await ofAllRows())
    await warehouse.insert([judged({ leafIndex: 4, service: 'facebook', asn: 'AS64500', simulated: true })])
    const keys = await ofAllRows()
    assert.equal(keys.length, 4)
    assert.deepEqual(await warehouse.seriesKeys(), keys)
    await warehouse.remove(idOf(3))
    assert.deepEqual(await warehouse.seriesKeys(), await ofAllRows())
    assert.equal((await warehouse.seriesKeys()).length, 3)
    await emptyWarehouse(warehouse)
    assert.deepEqual(await warehouse.seriesKeys(), [])
    await warehouse.insert([judged({ leafIndex: 0, service: 'facebook' })])
    assert.deepEqual(await warehouse.seriesKeys(), await ofAllRows())
  })

  it('is read by the next start, which asks only for what came later', async () => {
    await warehouse.insert([judged({ leafIndex: 0 })])
    await warehouse.seriesKeys()
    await warehouse.insert([judged({ leafIndex: 1, service: 'telegram' })])
    const [kept] = await asked('SELECT upto, n, any_real, any_simulated FROM kept_series')
    assert.deepEqual(kept, { upto: 1, n: 1, any_real: 1, any_simulated: 0 })
    // Rows that it holds are not read again: what a hand takes from the table is still there.
    await asked(`INSERT INTO kept_series SELECT * REPLACE (7 AS n) FROM kept_series`)
    await asked(`ALTER TABLE kept_series DELETE WHERE n = 1 SETTINGS mutations_sync = 2`)
    assert.deepEqual(
      (await warehouse.seriesKeys()).map(({ service, count }) => [service, count]),
      [
        ['telegram', 1],
        ['youtube', 7],
      ],
    )
  })

  it('knows both realms, and no longer one whose last row was removed', async () => {
    assert.deepEqual([await warehouse.hasReal(), await warehouse.hasSimulated()], [false, false])
    await warehouse.insert([judged({ leafIndex: 0 })])
    assert.deepEqual([await warehouse.hasReal(), await warehouse.hasSimulated()], [true, false])
    await warehouse.insert([judged({ leafIndex: 1, simulated: true })])
    assert.deepEqual([await warehouse.hasReal(), await warehouse.hasSimulated()], [true, true])
    await asked('SELECT 1')
    assert.deepEqual([await warehouse.hasReal(), await warehouse.hasSimulated()], [true, true])
    await warehouse.remove(idOf(0))
    assert.deepEqual([await warehouse.hasReal(), await warehouse.hasSimulated()], [false, true])
  })

  it('never hides a leaf that a crash during a removal left unknown', async () => {
    await warehouse.insert([0, 1, 2].map((leafIndex) => judged({ leafIndex })))
    assert.deepEqual(await warehouse.missingLeaves(3), [])
    await warehouse.seriesKeys()
    assert.deepEqual(
      (await asked('SELECT whole FROM kept_series')).map((row) => row['whole']),
      [3],
    )
    assert.deepEqual(await warehouse.missingLeaves(5), [{ from: 3, until: 5 }])
    // As `remove` begins: what is kept is forgotten, rows are taken away, and there the process ends.
    const queries = await loadQueries()
    await asked(queries['drop-kept'])
    for (const sql of queries['erase-leaves']) await asked(sql, { leaves: [1] })
    assert.deepEqual(await warehouse.missingLeaves(3), [{ from: 1, until: 2 }])
  })

  it('adds leaves that a crash kept out, also of insertions after the kept ones', async () => {
    await warehouse.insert([judged({ leafIndex: 0 })])
    await warehouse.missingLeaves(1)
    await warehouse.seriesKeys()
    await warehouse.insert([judged({ leafIndex: 1 })])
    await asked('ALTER TABLE leaves DELETE WHERE leaf_index = 1 SETTINGS mutations_sync = 2')
    assert.deepEqual(await warehouse.missingLeaves(2), [])
    await warehouse.insert([judged({ leafIndex: 2, service: 'telegram' })])
    assert.deepEqual(await warehouse.seriesKeys(), await ofAllRows())
  })
})
