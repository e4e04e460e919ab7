import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { emptyWarehouse } from '../../../test/kit/measured/empty-warehouse.ts'
import { DAY, after as secondsAfter, idOf, judged } from '../../../test/kit/measured/judged.ts'
import { WAREHOUSE_KINDS, warehousesOf } from '../../../test/kit/stores/clickhouse-server.ts'
import { instant, parseAsn, parseSha256 } from '../../core/model/units.ts'
import { MOST_OBSERVATIONS, type Warehouse } from './contract.ts'
import { encodeRows } from './rows.ts'

const NETWORK = parseAsn('AS9198')
const WEEK = { since: DAY, until: instant(DAY + 7 * 86_400_000) }
const REMADE = { rulesVersion: '2' }

/** Bytes of a file; none where the engine has deleted it meanwhile. */
const readIfThere = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })

for (const kind of WAREHOUSE_KINDS)
  describe(`warehouse, ${kind}`, () => {
    const warehouses = warehousesOf(kind)
    let folder: string
    let warehouse: Warehouse
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'kuager-warehouse-'))
      await warehouses.begin()
      warehouse = await warehouses.open(folder)
    })
    after(async () => {
      await warehouse[Symbol.asyncDispose]()
      await warehouses.end()
      await rm(folder, { recursive: true, force: true })
    })
    const counts = async (): Promise<Record<string, number>> =>
      Object.fromEntries(
        (await warehouse.matrix(WEEK)).map((cell) => [
          `${cell.service} AS${cell.asn}`,
          Object.values(cell.kinds).reduce((sum, n) => sum + n),
        ]),
      )
    const fill = async (): Promise<void> => {
      await emptyWarehouse(warehouse)
      await warehouse.insert([
        judged({ leafIndex: 0 }),
        judged({ leafIndex: 1, verdict: { kind: 'interfered', mechanism: 'tls.timeout.sni', layer: 'tls' } }),
        judged({ leafIndex: 2, service: 'telegram', asn: 'AS64500', simulated: true }),
      ])
    }

    it('gives back a measurement as it was judged', async () => {
      await fill()
      const { observations: _, ...expected } = judged({ leafIndex: 0 })
      assert.deepEqual(await warehouse.measurement(idOf(0)), expected)
      assert.equal(await warehouse.measurement(idOf(9)), undefined)
    })

    it('gives a series in the order of time, with its end left out', async () => {
      await fill()
      const points = await warehouse.series('youtube', NETWORK, { since: DAY, until: secondsAfter(2) })
      assert.deepEqual(
        points.map(({ id, kind, mechanism }) => ({ id, kind, mechanism })),
        [
          { id: idOf(0), kind: 'reachable', mechanism: undefined },
          { id: idOf(1), kind: 'interfered', mechanism: 'tls.timeout.sni' },
        ],
      )
      assert.equal((await warehouse.series('youtube', NETWORK, { since: DAY, until: secondsAfter(1) })).length, 1)
    })

    it('counts by kind and names the commonest mechanism in the matrix', async () => {
      await fill()
      const [telegram, youtube] = await warehouse.matrix(WEEK)
      assert.deepEqual(youtube, {
        service: 'youtube',
        asn: NETWORK,
        kinds: { reachable: 1, interfered: 1, unreachable: 0, inconclusive: 0, 'not-judged': 0 },
        probes: 0,
        simulated: false,
        latest: secondsAfter(1),
        mechanism: 'tls.timeout.sni',
      })
      assert.equal(telegram?.simulated, true)
    })

    it('counts a measurement once after it was judged again', async () => {
      await fill()
      await warehouse.insert([judged({ leafIndex: 1, verdict: REMADE })])
      assert.equal((await counts())['youtube AS9198'], 2)
      assert.equal((await warehouse.measurement(idOf(1)))?.verdict.rulesVersion, '2')
    })

    it('shows a measurement only under its new service, network and time when these change, also back and forth', async () => {
      await fill()
      await warehouse.insert([judged({ leafIndex: 1, service: 'web:example.org', verdict: REMADE })])
      assert.deepEqual(await counts(), { 'youtube AS9198': 1, 'web:example.org AS9198': 1, 'telegram AS64500': 1 })
      await warehouse.insert([judged({ leafIndex: 1, asn: 'AS48716', at: secondsAfter(90) })])
      assert.deepEqual(await counts(), { 'youtube AS9198': 1, 'youtube AS48716': 1, 'telegram AS64500': 1 })
      await warehouse.insert([judged({ leafIndex: 1 })])
      assert.deepEqual(await counts(), { 'youtube AS9198': 2, 'telegram AS64500': 1 })
      assert.equal((await warehouse.measurement(idOf(1)))?.head.startedAt, secondsAfter(1))
    })

    it('lets the later of two batches with the same measurement stand', async () => {
      await fill()
      await warehouse.insertEncoded([
        encodeRows([judged({ leafIndex: 7, service: 'signal' })]),
        encodeRows([judged({ leafIndex: 7, service: 'instagram' }), judged({ leafIndex: 8, service: 'signal' })]),
      ])
      const { 'signal AS9198': signal, 'instagram AS9198': instagram } = await counts()
      assert.deepEqual({ signal, instagram }, { signal: 1, instagram: 1 })
    })

    it('gives the observations of the verdict that stands, and no older ones', async () => {
      await fill()
      assert.deepEqual(
        (await warehouse.observations(idOf(1))).map(({ kind, failure, port }) => ({ kind, failure, port })),
        [
          { kind: 'dns', failure: null, port: null },
          { kind: 'tcp', failure: 'generic_timeout_error', port: 443 },
        ],
      )
      await warehouse.insert([
        judged({ leafIndex: 1, observations: judged({ leafIndex: 1 }).observations.slice(0, 1) }),
      ])
      assert.equal((await warehouse.observations(idOf(1))).length, 1)
    })

    it('gives no more observations of a measurement than a page reads', async () => {
      const [row] = judged({ leafIndex: 1 }).observations
      assert.ok(row !== undefined)
      const many = Array.from({ length: MOST_OBSERVATIONS + 500 }, () => row)
      await warehouse.insert([judged({ leafIndex: 1, observations: many })])
      assert.equal((await warehouse.observations(idOf(1))).length, MOST_OBSERVATIONS)
    })

    it('names the leaves it does not know, and stops at those set aside', async () => {
      await fill()
      await warehouse.insert([judged({ leafIndex: 5 })])
      assert.deepEqual(await warehouse.missingLeaves(8), [
        { from: 3, until: 5 },
        { from: 6, until: 8 },
      ])
      assert.deepEqual(await warehouse.missingLeaves(4), [{ from: 3, until: 4 }], 'a gap that goes on behind the end')
      assert.deepEqual(await warehouse.missingLeaves(8, 4), [
        { from: 4, until: 5 },
        { from: 6, until: 8 },
      ])
      assert.deepEqual(await warehouse.missingLeaves(9, 7), [{ from: 7, until: 9 }])
      for (const [size, from] of [
        [6, 5],
        [5, 5],
        [3, 7],
      ] as const)
        // prettier-ignore
        assert.deepEqual(await warehouse.missingLeaves(size, from), [])
      assert.equal(await warehouse.storedLeaves(), 3)
      await warehouse.setAside([
        { leafIndex: 3, state: 'undecoded' },
        { leafIndex: 4, state: 'erased' },
      ])
      assert.deepEqual(await warehouse.missingLeaves(6), [])
      assert.equal(await warehouse.storedLeaves(), 6)
    })

    it('forgets a removed measurement and keeps its leaf known', async () => {
      await fill()
      await warehouse.remove(idOf(1))
      assert.equal(await warehouse.measurement(idOf(1)), undefined)
      assert.deepEqual(await warehouse.observations(idOf(1)), [])
      assert.equal((await counts())['youtube AS9198'], 1)
      assert.deepEqual(await warehouse.missingLeaves(3), [])
    })

    it('leaves no file with the id of a removed measurement', async () => {
      await fill()
      const id = parseSha256(createHash('sha256').update('a measurement').digest('hex')) // nothing in it compresses
      const made = judged({ leafIndex: 3 })
      await warehouse.insert([{ ...made, provenance: { ...made.provenance, id } }])
      const holders = async (): Promise<number> => {
        const files = await readdir(warehouses.files(folder), { recursive: true, withFileTypes: true })
        const texts = files.filter((file) => file.isFile()).map((file) => readIfThere(join(file.parentPath, file.name)))
        return (await Promise.all(texts)).filter((text) => text.includes(Buffer.from(id, 'hex'))).length
      }
      assert.notEqual(await holders(), 0)
      await warehouse.remove(id)
      assert.equal(await holders(), 0)
    })

    it('knows after a crash between verdicts and leaves which leaves it holds', async () => {
      await fill()
      await warehouse[Symbol.asyncDispose]()
      await warehouses.command(folder, 'TRUNCATE TABLE leaves')
      warehouse = await warehouses.open(folder)
      assert.equal(await warehouse.storedLeaves(), 3)
      await warehouse.insert([judged({ leafIndex: 2, service: 'signal', verdict: REMADE })])
      assert.deepEqual(await counts(), { 'signal AS9198': 1, 'youtube AS9198': 2 })
    })

    it('says whether anything simulated stands', async () => {
      await fill()
      assert.equal(await warehouse.hasSimulated(), true)
      await warehouse.remove(idOf(2))
      assert.equal(await warehouse.hasSimulated(), false)
      assert.equal(await warehouse.hasReal(), true)
    })

    it('says whether anything real stands', async () => {
      await emptyWarehouse(warehouse)
      assert.equal(await warehouse.hasReal(), false)
      await fill()
      assert.equal(await warehouse.hasReal(), true)
    })

    it('keeps everything over a restart and goes on superseding', async () => {
      await fill()
      await warehouse[Symbol.asyncDispose]()
      warehouse = await warehouses.open(folder)
      assert.equal(await warehouse.storedLeaves(), 3)
      await warehouse.insert([judged({ leafIndex: 0, service: 'facebook' })])
      assert.deepEqual(await counts(), { 'facebook AS9198': 1, 'youtube AS9198': 1, 'telegram AS64500': 1 })
    })

    it('takes no part of a hostile name for SQL', async () => {
      await fill()
      const name = "x' OR 1=1 --\t\n\\"
      await warehouse.insert([judged({ leafIndex: 3, service: name })])
      assert.equal((await warehouse.series(name, NETWORK, WEEK)).length, 1)
    })

    it('does not open on damaged files, and says what to do', async () => {
      await fill()
      await warehouse[Symbol.asyncDispose]()
      await warehouses.whileClosed(async () => {
        const files = await readdir(join(warehouses.files(folder), 'store'), { recursive: true, withFileTypes: true })
        const data = files.filter(({ name, parentPath }) => name === 'data.bin' && parentPath.includes('202501'))
        for (const { name, parentPath } of data) await truncate(join(parentPath, name), 10)
      })
      await assert.rejects(warehouses.open(folder), /damaged.*nothing is lost/)
      await warehouses.drop(folder)
      warehouse = await warehouses.open(folder)
      assert.equal(await warehouse.storedLeaves(), 0)
    })
  })
