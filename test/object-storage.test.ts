// Object storage of a real Ceph cluster, also over a network that fails.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { ObjectStore } from '../src/runtime/objects/contract.ts'
import { openObjects } from '../src/runtime/objects/open-objects.ts'
import { startCeph, WITHOUT_CEPH, type Ceph } from './kit/ceph/ceph.ts'
import { eventually } from './kit/crash/eventually.ts'
import { startFaultyProxy, type ConnectionFault } from './kit/net/faulty-proxy.ts'
import { itStoresObjects, unlikeBytes } from './kit/stores/objects-contract.ts'

const SLOW_DOWN =
  'HTTP/1.1 503 Slow Down\r\ncontent-length: 53\r\nconnection: close\r\n\r\n<?xml version="1.0"?><Error><Code>SlowDown</Code></Er'

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

  it('says that the bucket is full, and stores again when there is room', async () => {
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
})
