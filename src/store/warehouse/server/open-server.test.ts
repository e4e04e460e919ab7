import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { until } from '../../../../test/kit/crash/eventually.ts'
import { DAY, idOf, judged } from '../../../../test/kit/measured/judged.ts'
import { startClickHouse, type ClickHouseServer } from '../../../../test/kit/stores/clickhouse-server.ts'
import { InputError } from '../../../core/model/errors.ts'
import { instant, parseAsn } from '../../../core/model/units.ts'
import { isWarehouseAway, unlessAway } from '../away.ts'
import type { Warehouse } from '../contract.ts'
import { openWarehouse } from '../open.ts'
import { openServerForReading } from './read-server.ts'
import { encodeRows } from '../rows.ts'
import { parseWarehouseAddress } from './address.ts'
import { openClickHouse } from './clickhouse.ts'
import { BEAT_MS } from './owner.ts'
import type { WarehouseOwner } from './owner.ts'

const WEEK = { since: DAY, until: instant(DAY + 7 * 86_400_000) }
const HERE: WarehouseOwner = { folder: 'a folder', holder: 'this machine' }

const opened = (address: string, owner = HERE, mayBeAway = false): Promise<Warehouse> =>
  openWarehouse('unused', { server: { address: parseWarehouseAddress(address), owner, mayBeAway } })

const total = async (warehouse: Pick<Warehouse, 'matrix'>): Promise<number> =>
  (await warehouse.matrix(WEEK)).flatMap(({ kinds }) => Object.values(kinds)).reduce((sum, n) => sum + n, 0)

describe('a warehouse on a server', () => {
  let server: ClickHouseServer
  before(async () => {
    server = await startClickHouse()
  })
  after(() => server[Symbol.asyncDispose]())

  it('is made at need, and found again', async () => {
    const address = server.address()
    {
      await using warehouse = await opened(address)
      await warehouse.insert([judged({ leafIndex: 0 }), judged({ leafIndex: 1 })])
    }
    await using again = await opened(address)
    assert.equal(await again.storedLeaves(), 2)
    assert.equal(await total(again), 2)
  })

  it('never shows user or password when it cannot be used', async () => {
    const [good] = [server.address()]
    const wrong = good.replace(/:[^:@/]+@/, ':guessed-secret@')
    for (const [address, expected] of [
      [wrong, /user or password is wrong/],
      [
        good.replace(/127\.0\.0\.1:\d+/, '127.0.0.1:1'),
        /Cannot reach the warehouse http:\/\/127\.0\.0\.1:1\/t[0-9a-f]+: ECONNREFUSED/,
      ],
    ] as const)
      await assert.rejects(opened(address), (error: Error) => {
        const { password, user } = parseWarehouseAddress(address)
        assert.match(error.message, expected)
        for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
          assert.ok(!`${cause.message}${cause.stack ?? ''}`.includes(password), user)
        return true
      })
  })

  it('is refused to another folder, and to a copy of the folder that is served elsewhere', async () => {
    const address = server.address()
    await using warehouse = await opened(address)
    await warehouse.insert([judged({ leafIndex: 0 })])
    const refused = (owner: WarehouseOwner): Promise<void> =>
      assert.rejects(opened(address, owner), (error) => error instanceof InputError && error.code === 'warehouse.owner')
    await refused({ folder: 'another folder', holder: 'this machine' })
    await refused({ ...HERE, holder: 'another machine' })
    // The same one again, after a crash say, goes on.
    await using again = await opened(address)
    assert.equal(await again.storedLeaves(), 1)
  })

  it('is taken over by another holder when the first has ended, and the first writes nothing any more', async () => {
    const address = server.address()
    const first = await opened(address)
    await first.insert([judged({ leafIndex: 0 })])
    await first[Symbol.asyncDispose]()
    await assert.rejects(opened(address, { ...HERE, holder: 'a copy', takesOver: false }), /in use by another server/)
    await using second = await opened(address, { ...HERE, holder: 'another machine' })
    await second.insert([judged({ leafIndex: 1 })])
    assert.equal(await total(second), 2)
    await assert.rejects(opened(address), /in use by another server/)
  })

  it('is written by no holder that was overtaken while it was silent', async () => {
    const address = server.address()
    await using first = await opened(address)
    await first.insert([judged({ leafIndex: 0 })])
    await using other = await openClickHouse(parseWarehouseAddress(address), { readOnly: false, uses: new Map() })
    // As another would after a minute of silence.
    await other.command(
      "INSERT INTO owner (generation, folder, holder, since) SELECT max(generation) + 1, any(folder), 'another', now64(3) FROM owner",
      {},
    )
    await assert.rejects(first.insert([judged({ leafIndex: 1 })]), /another server has taken it over/)
    await assert.rejects(first.remove(idOf(0)), /another server has taken it over/)
    assert.equal(await total(first), 1)
  })

  it('is written again after a sign of life that failed for another reason', async () => {
    const address = server.address()
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      await using warehouse = await opened(address)
      await using other = await openClickHouse(parseWarehouseAddress(address), { readOnly: false, uses: new Map() })
      await other.command('RENAME TABLE owner TO aside', {})
      const { statements } = await server.seen()
      mock.timers.tick(BEAT_MS)
      await until(async () => (await server.seen()).statements > statements)
      await other.command('RENAME TABLE aside TO owner', {})
      await warehouse.insert([judged({ leafIndex: 0 })])
      assert.equal(await total(warehouse), 1)
    } finally {
      mock.timers.reset()
    }
  })

  it('has the rows that were made again where the answer to their exchange is lost at any of its steps', async () => {
    for (const begins of [
      'ALTER TABLE next_leaves',
      'EXCHANGE TABLES observations',
      'EXCHANGE TABLES verdicts',
      'EXCHANGE TABLES leaves',
    ]) {
      await using warehouse = await opened(server.address())
      await warehouse.insert([judged({ leafIndex: 0 }), judged({ leafIndex: 1 })])
      using remaking = await warehouse.remake('2')
      const again = [0, 1].map((leafIndex) => judged({ leafIndex, service: 'made again' }))
      await remaking.insertEncoded([encodeRows(again)])
      await server.lose(1, begins)
      await remaking.swap({ size: 2, looked: 2, erasedLeaves: [] })
      assert.equal((await warehouse.measurement(idOf(0)))?.service, 'made again', begins)
      // What comes afterwards is above the new rows.
      await warehouse.insert([judged({ leafIndex: 0, service: 'later' }), judged({ leafIndex: 2 })])
      assert.equal((await warehouse.measurement(idOf(0)))?.service, 'later', begins)
      assert.equal((await warehouse.observations(idOf(0))).length, judged({ leafIndex: 0 }).observations.length)
      assert.equal(await total(warehouse), 3, begins)
    }
  })

  it('takes and asks for lists of any length, in the body and in pieces', async () => {
    const address = server.address()
    await using warehouse = await opened(address)
    const services = Array.from({ length: 6000 }, (_, nth) => `web:'\\\n${String(nth).padStart(40, 'x')}.example`)
    await warehouse.insert([judged({ leafIndex: 0, service: services[5999] ?? '' })])
    const names = services.map((service) => ({ service, asn: parseAsn('AS9198') }))
    const found = await warehouse.counts(names, { ...WEEK, simulated: false })
    assert.deepEqual(
      found.map(({ service }) => service),
      [services[5999]],
    )
    const leaves = Array.from({ length: 30_000 }, (_, nth) => ({
      leafIndex: nth + 1_000_000_000,
      state: 'undecoded' as const,
    }))
    await warehouse.setAside(leaves)
    await warehouse.setAside(leaves) // now all of them are looked up
    assert.equal(await warehouse.leafBound(), 1_000_030_000)
    const { longestAddress, longestField, gzipped, times } = await server.seen()
    assert.ok(longestAddress < 2000, String(longestAddress))
    assert.ok(longestField > 32_000 && longestField <= 128 * 1024, String(longestField))
    assert.ok(gzipped > 0)
    assert.deepEqual([...times].sort(), ['20', '300', '3600'])
  })

  it('has a measurement once, and right, where the answer to an insertion is lost at any of its steps', async () => {
    const address = server.address()
    await using warehouse = await opened(address)
    await warehouse.insert([judged({ leafIndex: 0 }), judged({ leafIndex: 1 })])
    for (const [nth, table] of ['observations', 'verdicts', 'leaves'].entries()) {
      await server.lose(1, `INSERT INTO ${table}`)
      // The service changes, so that a row has to move, while a new leaf is added.
      const service = `service ${nth}`
      await warehouse.insert([judged({ leafIndex: 0, service }), judged({ leafIndex: 2 + nth })])
      assert.equal(await total(warehouse), 3 + nth)
      assert.equal((await warehouse.measurement(idOf(0)))?.service, service)
      assert.equal((await warehouse.observations(idOf(0))).length, judged({ leafIndex: 0 }).observations.length)
    }
    await server.lose(1, 'ALTER TABLE verdicts')
    await warehouse.remove(idOf(0))
    assert.equal(await warehouse.measurement(idOf(0)), undefined)
    assert.equal(await warehouse.storedLeaves(), 5)
  })

  it('gives an error that says it is away, and goes on when it is back', async () => {
    const address = server.address()
    await using warehouse = await opened(address)
    await warehouse.insert([judged({ leafIndex: 0 })])
    await server.kill()
    await assert.rejects(warehouse.insert([judged({ leafIndex: 1 })]), isWarehouseAway)
    await assert.rejects(warehouse.reach(), isWarehouseAway)
    await assert.rejects(opened(address), isWarehouseAway)
    await using waiting = await opened(address, HERE, true)
    await assert.rejects(waiting.hasReal(), isWarehouseAway)
    await server.begin()
    await warehouse.insert([judged({ leafIndex: 1 })])
    assert.equal(await warehouse.storedLeaves(), 2)
    await until(() =>
      unlessAway(
        waiting.reach().then(() => true),
        false,
      ),
    )
    assert.equal(await total(waiting), 2)
  })

  it('is read by a user who may not write, and only when its tables are of this version', async () => {
    const address = server.address('shared')
    await assert.rejects(openServerForReading(parseWarehouseAddress(server.address('shared', 'reader'))))
    await using warehouse = await opened(address)
    await warehouse.insert([judged({ leafIndex: 0 })])
    await using reader = await openServerForReading(parseWarehouseAddress(server.address('shared', 'reader')))
    assert.equal(await total(reader), 1)
    await warehouse.insert([judged({ leafIndex: 1 })])
    assert.equal(await total(reader), 2)
    await assert.rejects(opened(server.address('shared', 'reader')), /may not write/)
    await using other = await openClickHouse(parseWarehouseAddress(address), { readOnly: false, uses: new Map() })
    await other.command("INSERT INTO migrations (version, name) VALUES (99, 'of later')", {})
    await assert.rejects(
      openServerForReading(parseWarehouseAddress(server.address('shared', 'reader'))),
      /its tables are of version 99, this program knows \d+; start the reader with the version of the centre/,
    )
  })
})

describe('an address of a warehouse', () => {
  it('says where, who and how', () => {
    assert.deepEqual(parseWarehouseAddress('https://me:p%40ss@db.example/kuager?replicated=1&ca=/etc/ca.pem'), {
      url: 'https://db.example:8443',
      user: 'me',
      password: 'p@ss',
      database: 'kuager',
      replicated: true,
      ca: '/etc/ca.pem',
      shown: 'https://db.example:8443/kuager',
    })
    assert.equal(parseWarehouseAddress('http://[::1]/k').url, 'http://[::1]:8123')
  })

  it('is refused without being repeated', () => {
    for (const text of [
      '',
      'db.example',
      'ftp://a:secret@db/k',
      'https://a:secret@db.example/',
      'https://a:secret@db.example/k;DROP',
      'https://a:secret@db.example/a/b',
      'https://a:secret@db.example/k?password=secret',
      'https://a:secret@db.example/k?replicated=yes',
      'https://a:secret@db.example/k?ca=relative.pem',
      'http://a:secret@db.example/k?ca=/ca.pem',
      'https://a:secret%zz@db.example/k',
      'https://a:secret@db.example/k#x',
    ])
      assert.throws(
        () => parseWarehouseAddress(text),
        (error) => error instanceof InputError && !error.message.includes('secret'),
        text,
      )
  })
})
