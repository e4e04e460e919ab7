import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { idOf, judged } from '../../../../test/kit/measured/judged.ts'
import { parseSha256 } from '../../../core/model/units.ts'
import { openChdb } from '../chdb.ts'
import type { Judged, Remaking, Warehouse } from '../contract.ts'
import type { Engine } from '../engine.ts'
import { openWarehouse } from '../open.ts'
import { nextQueries } from './remade.ts'
import { encodeRows } from '../rows.ts'
import { loadQueries } from '../schema.ts'

const old = (leafIndex: number): Judged => judged({ leafIndex, verdict: { rulesVersion: '1' } })
const made = (leafIndex: number): Judged => judged({ leafIndex, service: 'telegram', verdict: { rulesVersion: '2' } })
const all = { size: 4, erasedLeaves: [], looked: 4 }

describe('Rows that are made again', () => {
  let folder: string
  let warehouse: Warehouse
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kuager-remade-'))
    warehouse = await openWarehouse(folder)
    await warehouse.insert([0, 1, 2, 3].map(old))
  })
  afterEach(async () => {
    await warehouse[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })
  const reopen = async (): Promise<void> => {
    await warehouse[Symbol.asyncDispose]()
    warehouse = await openWarehouse(folder)
  }
  const rulesOf = (leaf: number) =>
    warehouse.measurement(idOf(leaf)).then((one) => one && `${one.service} ${one.verdict.rulesVersion}`)
  const rules = () => Promise.all([0, 1, 2, 3].map(rulesOf))
  const insert = (remaking: Remaking, rows: readonly Judged[]) => remaking.insertEncoded([encodeRows(rows)])
  const tables = async (): Promise<readonly string[]> => {
    await warehouse[Symbol.asyncDispose]()
    const engine = await openChdb(folder, { memoryBytes: 2 ** 29, threads: 1 })
    try {
      return (await engine.query("SELECT name FROM system.tables WHERE database = 'default' ORDER BY name", {})).map(
        (row) => String(row['name']),
      )
    } finally {
      await engine[Symbol.asyncDispose]()
      warehouse = await openWarehouse(folder)
    }
  }

  it('are read from the exchange on, all at once, and not before', async () => {
    const before = (await warehouse.seriesKeys()).reduce((most, { insertion }) => Math.max(most, insertion), 0)
    {
      using remaking = await warehouse.remake('2')
      await insert(remaking, [0, 1].map(made))
      await insert(remaking, [2, 3].map(made))
      assert.deepEqual(await rules(), Array(4).fill('youtube 1'))
      assert.equal(await remaking.leafBound(), 4)
      await remaking.swap(all)
    }
    assert.deepEqual(await rules(), Array(4).fill('telegram 2'))
    assert.ok((await warehouse.observations(idOf(3))).length > 0)
    // A detection finds each series new.
    assert.deepEqual(
      (await warehouse.seriesKeys(before)).map(({ service, count }) => [service, count]),
      [['telegram', 4]],
    )
    await warehouse.insert([judged({ leafIndex: 4, service: 'facebook' })])
    assert.equal(await warehouse.storedLeaves(), 5)
    assert.deepEqual(await tables(), ['kept_series', 'leaves', 'migrations', 'observations', 'verdicts'])
    assert.deepEqual(await rules(), Array(4).fill('telegram 2'))
  })

  it('go on after a restart under the same rules, and begin again under others', async () => {
    {
      using remaking = await warehouse.remake('2')
      assert.equal(remaking.resumed, false)
      await insert(remaking, [0, 2].map(made))
    }
    await reopen()
    {
      using remaking = await warehouse.remake('2')
      assert.equal(remaking.resumed, true)
      assert.deepEqual(await remaking.missingLeaves(4), [
        { from: 1, until: 2 },
        { from: 3, until: 4 },
      ])
    }
    using remaking = await warehouse.remake('3')
    assert.equal(remaking.resumed, false)
    assert.deepEqual(await remaking.missingLeaves(4), [{ from: 0, until: 4 }])
    assert.deepEqual(await rules(), Array(4).fill('youtube 1'))
  })

  it('are made by one at a time', async () => {
    const first = await warehouse.remake('2')
    await assert.rejects(warehouse.remake('2'), /another rebuild is at work/)
    first[Symbol.dispose]()
    using second = await warehouse.remake('2')
    assert.equal(second.resumed, true)
  })

  it('lose what is erased meanwhile, from the disk too', async () => {
    // Ids of no pattern, which no compression takes apart.
    const idFor = (n: number) => parseSha256(createHash('sha256').update(`${n}`).digest('hex'))
    const own = (row: Judged): Judged => ({ ...row, provenance: { ...row.provenance, id: idFor(row.leafIndex) } })
    await warehouse.insert([4, 5, 6].map(old).map(own))
    {
      using remaking = await warehouse.remake('2')
      await insert(remaking, [4, 5, 6].map(made).map(own))
      assert.equal(await holders(folder, idFor(5)), 2)
      await warehouse.remove(idFor(5))
      assert.equal(await holders(folder, idFor(5)), 0)
    }
    await reopen()
    // Made by no one any longer, but left on the disk.
    await warehouse.remove(idFor(4))
    assert.equal(await holders(folder, idFor(4)), 0)
    using remaking = await warehouse.remake('2')
    assert.equal(remaking.resumed, true)
    assert.deepEqual(await remaking.missingLeaves(7), [{ from: 0, until: 4 }])
    await remaking.swap({ size: 7, erasedLeaves: [4, 5, 6], looked: 7 })
    assert.equal(await holders(folder, idFor(6)), 0)
    assert.deepEqual(await warehouse.missingLeaves(7), [{ from: 0, until: 4 }])
  })

  it('have what others judge again meanwhile', async () => {
    using remaking = await warehouse.remake('2')
    await insert(remaking, [0, 1, 2, 3].map(made))
    await warehouse.insert([judged({ leafIndex: 2, service: 'facebook', verdict: { rulesVersion: '2' } })])
    await remaking.swap(all)
    assert.deepEqual(await rules(), ['telegram 2', 'telegram 2', 'facebook 2', 'telegram 2'])
    assert.equal((await warehouse.seriesKeys()).length, 2)
  })

  it('get the rows of leaves that came after the last look, and of no others', async () => {
    await warehouse.insert([judged({ leafIndex: 4, service: 'facebook' })])
    await warehouse.setAside([{ leafIndex: 5, state: 'undecoded' }])
    await warehouse.insert([judged({ leafIndex: 6 })])
    using remaking = await warehouse.remake('2')
    await insert(remaking, [0, 1, 3].map(made))
    await remaking.swap({ size: 6, erasedLeaves: [], looked: 4 })
    assert.deepEqual(await rules(), ['telegram 2', 'telegram 2', undefined, 'telegram 2'])
    assert.equal((await warehouse.measurement(idOf(4)))?.service, 'facebook')
    assert.ok((await warehouse.observations(idOf(4))).length > 0)
    assert.equal(await warehouse.measurement(idOf(6)), undefined)
    assert.deepEqual(await warehouse.missingLeaves(7), [
      { from: 2, until: 3 },
      { from: 6, until: 7 },
    ])
  })

  it('are exchanged to the end by the next opening, wherever a crash came in', async () => {
    {
      using remaking = await warehouse.remake('2')
      await insert(remaking, [0, 1, 2, 3].map(made))
    }
    await warehouse[Symbol.asyncDispose]()
    const steps = [
      (engine: Engine) => note(engine),
      ...['observations', 'verdicts', 'leaves'].map((table) => async (engine: Engine) => {
        await engine.command(`EXCHANGE TABLES ${table} AND next_${table}`, {})
      }),
      (engine: Engine) => engine.command('DROP TABLE next_leaves SYNC', {}),
    ]
    for (let until = 1; until <= steps.length; until++) {
      const copy = await mkdtemp(join(tmpdir(), 'kuager-remade-crash-'))
      await cp(folder, copy, { recursive: true, verbatimSymlinks: true })
      const engine = await openChdb(copy, { memoryBytes: 2 ** 29, threads: 1 })
      for (const step of steps.slice(0, until)) await step(engine)
      await engine[Symbol.asyncDispose]()
      const kept = warehouse
      warehouse = await openWarehouse(copy)
      assert.deepEqual(await rules(), Array(4).fill('telegram 2'), `after step ${until}`)
      assert.ok((await warehouse.observations(idOf(0))).length > 0)
      await warehouse.insert([judged({ leafIndex: 1, service: 'facebook' })])
      assert.equal(await rulesOf(1), 'facebook 1')
      await warehouse[Symbol.asyncDispose]()
      warehouse = kept
      await rm(copy, { recursive: true, force: true })
    }
    warehouse = await openWarehouse(folder)
    assert.deepEqual(await rules(), Array(4).fill('youtube 1'))
  })

  it('are dropped when they are not wanted', async () => {
    {
      using remaking = await warehouse.remake('2')
      await insert(remaking, [made(0)])
      assert.ok((await warehouse.rowBytes()).made > 0)
      await remaking.drop()
    }
    assert.equal((await warehouse.rowBytes()).made, 0)
    assert.ok((await warehouse.rowBytes()).read > 0)
    assert.ok((await warehouse.rowBytes()).free > 0)
    assert.deepEqual(await rules(), Array(4).fill('youtube 1'))
  })

  it('are written by queries that name none of the tables that are read', async () => {
    const { 'carry-rows': _, ...queries } = nextQueries(await loadQueries())
    for (const name of ['known-leaves', 'leaf-chunks', 'leaf-gaps', 'erase-leaves', 'measurement', 'state'])
      for (const sql of [queries[name as keyof typeof queries]].flat())
        assert.doesNotMatch(
          sql.replaceAll('{leaves:', ''),
          /(?<!next_)\b(?:observations|verdicts|leaves)\b(?! AS|$)/m,
          name,
        )
  })
})

/** Notes that an exchange was begun, as `swapNext` does. */
async function note(engine: Engine): Promise<void> {
  const [row] = await engine.query("SELECT comment FROM system.tables WHERE name = 'next_leaves'", {})
  const comment = { ...(JSON.parse(String(row?.['comment'])) as object), swap: true }
  await engine.command(`ALTER TABLE next_leaves MODIFY COMMENT '${JSON.stringify(comment)}'`, {})
}

/** How many files below a folder contain an id. */
async function holders(folder: string, id: string): Promise<number> {
  const bytes = Buffer.from(id, 'hex')
  let found = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    // The engine may have deleted it meanwhile.
    const text = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0))
    if (text.includes(bytes)) found++
  }
  return found
}
