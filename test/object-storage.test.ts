// Object storage of a real Ceph cluster, also over a network that fails.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import dns from 'node:dns'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it, mock } from 'node:test'
import tls from 'node:tls'
import { fileURLToPath } from 'node:url'
import { LEAF_CODEC } from '../src/core/evidence/log/leaf-record.ts'
import type { ObjectStore } from '../src/runtime/objects/contract.ts'
import { openObjects } from '../src/runtime/objects/open-objects.ts'
import { openArchive } from '../src/store/archive/open.ts'
import { openReadArchive } from '../src/store/archive/read-segments.ts'
import { ArchiveShipper } from '../src/store/archive/ship/archive-shipper.ts'
import { StoreDisk } from '../src/store/archive/ship/store-disk.ts'
import { startCeph, WITHOUT_CEPH, type Ceph } from './kit/ceph/ceph.ts'
import { eventually } from './kit/crash/eventually.ts'
import { startFaultyProxy, type ConnectionFault } from './kit/net/faulty-proxy.ts'
import { lifeItem } from './kit/stores/archive-life.ts'
import { BackupWorld, bulkyMeasurement } from './kit/stores/backup-world.ts'
import { itStoresObjects, unlikeBytes } from './kit/stores/objects-contract.ts'
import { bytesOf, checkShipped, SHIPPED_SEGMENT_BYTES } from './kit/stores/shipped-archive.ts'

const SLOW_DOWN =
  'HTTP/1.1 503 Slow Down\r\ncontent-length: 53\r\nconnection: close\r\n\r\n<?xml version="1.0"?><Error><Code>SlowDown</Code></Er'

const SHIP_CHILD = fileURLToPath(new URL('kit/crash/ship-child.ts', import.meta.url))
const RANDOM_FAULTS: readonly ConnectionFault[] = [
  { kind: 'cut-request', after: 300 },
  { kind: 'cut-answer', after: 0 },
  { kind: 'cut-answer', after: 250 },
  { kind: 'damage-request', at: 900 },
  { kind: 'answer', text: SLOW_DOWN },
]

describe('objects of a real Ceph cluster', { skip: WITHOUT_CEPH }, () => {
  let ceph: Ceph
  before(async () => (ceph = await startCeph()))
  after(() => ceph?.[Symbol.asyncDispose]())
  const open = async (env: Record<string, string> = {}): Promise<ObjectStore> =>
    openObjects(`s3://${await ceph.bucket()}/some/prefix`, { ...ceph.env, ...env })
  itStoresObjects(open)

  it('stores and reads over connections that are cut, damaged and refused', async () => {
    await using proxy = await startFaultyProxy(Number(new URL(ceph.endpoint).port))
    const bytes = unlikeBytes(100_000)
    const faults: readonly ConnectionFault[] = [
      { kind: 'cut-request', after: 500 },
      { kind: 'cut-request', after: 50_000 },
      { kind: 'cut-answer', after: 0 },
      { kind: 'cut-answer', after: 20 },
      { kind: 'damage-request', at: 60_000 },
      { kind: 'answer', text: SLOW_DOWN },
    ]
    for (const [nth, fault] of faults.entries()) {
      await using store = await open({ KUAGER_S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` })
      await using direct = openObjects(store.name.split(' ')[0] ?? '', ceph.env)
      const key = `k${nth}`
      proxy.next(fault)
      assert.equal((await store.put(key, bytes, { absent: true })).kind, 'stored', fault.kind)
      assert.ok((await direct.get(key))?.bytes.equals(bytes), fault.kind)
      proxy.next(fault.kind === 'damage-request' ? { kind: 'cut-answer', after: 40_000 } : fault)
      assert.ok((await store.get(key))?.bytes.equals(bytes), fault.kind)
    }
    assert.equal(proxy.done, 2 * faults.length)
  })

  it('holds an archive byte for byte though its shipper is killed again and again over a network that fails', async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'kuager-killed-shipper-'))
    t.after(() => rm(folder, { recursive: true }))
    await using proxy = await startFaultyProxy(Number(new URL(ceph.endpoint).port))
    const bucket = await ceph.bucket()
    const env = { ...process.env, ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` }
    const [acked, erased] = [new Set<number>(), new Set<number>()]
    let shipped = 0
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, [SHIP_CHILD, folder, `s3://${bucket}/it`], {
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const ended = once(child, 'close')
      const killAfter = 8 + Math.floor(Math.random() * 30)
      let lines = 0
      for await (const line of createInterface({ input: child.stdout })) {
        const said = JSON.parse(line) as Partial<Record<'acked' | 'erased' | 'shipped', number>>
        if (said.acked !== undefined) acked.add(said.acked)
        if (said.erased !== undefined) erased.add(said.erased)
        shipped = Math.max(shipped, said.shipped ?? 0)
        lines++
        if (lines % 7 === 0) proxy.next(RANDOM_FAULTS[Math.floor(Math.random() * RANDOM_FAULTS.length)]!) // one of them
        if (lines === killAfter) child.kill('SIGKILL')
      }
      await ended
    }
    await using store = openObjects(`s3://${bucket}/it`, ceph.env)
    await using archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: SHIPPED_SEGMENT_BYTES })
    assert.ok(shipped <= archive.size && acked.size <= archive.size)
    await new ArchiveShipper({ store, folder, size: () => archive.size }).shipAll()
    await checkShipped(store, folder)
    const remote = await openReadArchive('archive', new StoreDisk(store))
    assert.equal(remote.size, archive.size)
    let leaf = 0
    for await (const one of remote.scan(0)) assert.deepEqual(one, await archive.readLeaf(leaf++))
    for (const nth of acked) assert.equal(await archive.has(lifeItem(nth).provenance.id), true)
    const there = await bytesOf(store)
    for (const nth of erased) assert.ok(!there.includes(Buffer.from(lifeItem(nth).provenance.id, 'hex')), `${nth}`)
    t.diagnostic(`${acked.size} added, ${erased.size} erased, ${proxy.done} faults of the network`)
  })

  it('says that the bucket is full, and stores again when there is space', async () => {
    await using store = await open()
    const bucket = /^s3:\/\/([^/]+)/.exec(store.name)?.[1] ?? ''
    const limit = async (...more: readonly string[]): Promise<unknown> =>
      ceph.admin('quota', ...more, '--quota-scope', 'bucket', '--uid', 'kuager', '--bucket', bucket)
    await store.put('first', Buffer.alloc(1000))
    await limit('set', '--max-objects', '1')
    await limit('enable')
    await assert.rejects(
      store.put('second', Buffer.alloc(1000)),
      /Cannot PUT "second" .*: the store is full \(QuotaExceeded\)/,
    )
    await limit('disable')
    const stored = await eventually(() => store.put('second', Buffer.alloc(1000)).catch(() => undefined))
    assert.equal(stored.kind, 'stored')
  })

  it('takes backups, of which the newest is checked, proved by a drill and restored', async () => {
    await using world = await BackupWorld.make()
    world.env = ceph.env
    const target = `s3://${await ceph.bucket()}/backups`
    for (const keep of ['2', '1']) {
      {
        await using open = await world.open()
        await (await open.archive()).append([bulkyMeasurement(1_000_000)])
      }
      const args = ['--folder', 'data', '--to', target, '--recipient', world.key.recipient]
      await world.good('backup', ...args, '--keep', keep)
    }
    assert.match(await world.good('backup', 'check', '--from', target), /^1 generations, .*; 0 wrong$/m)
    const from = ['--from', target, '--identity', 'id.txt']
    assert.match(await world.good('backup', 'drill', ...from), /^generation 2 of .*: it can be restored$/m)
    await world.good('restore', ...from, '--folder', 'restored')
    assert.match(await world.good('archive', 'verify', '--folder', 'restored'), /^ok 2, erased 0, corrupt 0$/m)
  })

  it('says that the clock is off, the key is wrong, the bucket is not there or not ours', async () => {
    await using store = await open()
    const address = store.name.split(' ')[0] ?? ''
    await using wrong = openObjects(address, { ...ceph.env, AWS_SECRET_ACCESS_KEY: 'wrong' })
    await assert.rejects(wrong.put('a', Buffer.alloc(1)), /AWS_SECRET_ACCESS_KEY or KUAGER_S3_REGION is wrong/)
    await using unknown = openObjects(address, { ...ceph.env, AWS_ACCESS_KEY_ID: 'UNKNOWN' })
    await assert.rejects(unknown.put('a', Buffer.alloc(1)), /does not know the access key/)
    await using none = openObjects('s3://there-is-none', ceph.env)
    await assert.rejects(none.put('a', Buffer.alloc(1)), /there is no bucket "there-is-none"/)
    const later = openObjects(address, ceph.env)
    const { now } = Date
    const RealDate = globalThis.Date
    try {
      globalThis.Date = class extends RealDate {
        constructor(...args: []) {
          super(...((args.length > 0 ? args : [now() + 3_600_000]) as []))
        }
        static override now = (): number => now() + 3_600_000
      } as DateConstructor
      await assert.rejects(
        later.put('a', Buffer.alloc(1)),
        /the clocks differ: this machine is 3[56]\d\d seconds ahead/,
      )
    } finally {
      globalThis.Date = RealDate
    }
  })

  describe('by the name of the bucket, over TLS with a certificate of its own authority', () => {
    const env = (): Record<string, string> => ({ KUAGER_S3_ENDPOINT: ceph.named, KUAGER_S3_STYLE: 'host' })
    const known = tls.getCACertificates('default')
    before(() => mock.method(dns, 'lookup', lookUpLoopback))
    after(() => {
      mock.restoreAll()
      tls.setDefaultCACertificates(known)
    })

    it('stores nothing while the authority is unknown', async () => {
      const bucket = await ceph.bucket()
      await using store = openObjects(`s3://${bucket}`, { ...ceph.env, ...env() })
      await assert.rejects(store.put('a', Buffer.from('a')), /certificate/)
      await using direct = openObjects(`s3://${bucket}`, ceph.env)
      assert.equal(await direct.head('a'), undefined)
      tls.setDefaultCACertificates([...known, ceph.authority])
    })

    itStoresObjects(() => open(env()))
  })
})

/** Every name is this machine's, as a resolver of the operator's own would say it of the gateway's. */
function lookUpLoopback(
  _name: string,
  options: dns.LookupAllOptions,
  found: (error: null, addresses: string | readonly dns.LookupAddress[], family?: number) => void,
): void {
  if (options.all) found(null, [{ address: '127.0.0.1', family: 4 }])
  else found(null, '127.0.0.1', 4)
}
