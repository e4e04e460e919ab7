import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { startS3Server, type S3Fault, type S3Server } from '../../../test/kit/servers/s3-server.ts'
import { itStoresObjects, allObjects, unlikeBytes } from '../../../test/kit/stores/objects-contract.ts'
import { instant, millis, type Millis } from '../../core/model/units.ts'
import { takeLock } from '../files/data-folder.ts'
import type { ObjectStore, PutCondition } from './contract.ts'
import { openObjects } from './open-objects.ts'

const WORLD_END = instant(4e12)

describe('objects in a folder', () => {
  let root = ''
  let nth = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-objects-'))))
  after(() => rm(root, { recursive: true }))
  const open = async (): Promise<ObjectStore> => openObjects(join(root, `${nth++}`), {})
  itStoresObjects(open)

  it('asks before each change whether it may still write', async () => {
    const folder = join(root, 'asks')
    let may = true
    await using store = openObjects(
      folder,
      {},
      {
        beforeWrite: () => {
          if (!may) throw new Error('the lease is over')
        },
      },
    )
    await store.put('a', Buffer.from('whole'))
    may = false
    const other = Buffer.from('other')
    for (const act of [
      () => store.put('a', other),
      () => store.patch('a', [{ at: 0, bytes: other }]),
      () => store.remove('a'),
    ])
      await assert.rejects(act)
    assert.equal((await store.get('a'))?.bytes.toString(), 'whole')
    assert.deepEqual(await readdir(folder), ['a'])
  })

  it('shows nothing of what was half stored, and removes it', async () => {
    const folder = join(root, 'half')
    await using store = openObjects(`file://${folder}`, {})
    await store.put('a', Buffer.from('whole'))
    await writeFile(join(folder, 'a.0123.unfinished'), 'ha')
    assert.equal((await allObjects(store.list(''))).length, 1)
    assert.equal(await store.sweep(instant(0)), 0)
    assert.equal(await store.sweep(WORLD_END), 1)
    assert.deepEqual(await readdir(folder), ['a'])
  })

  it('are compared and swapped in one step of the process: one that is paused has no lock that others need', async () => {
    const folder = await mkdtemp(join(root, 'folder-'))
    await using store = openObjects(folder, {})
    const swap = async (content: string, condition: PutCondition): Promise<string> => {
      const put = await store.put('state', Buffer.from(content), condition)
      return put.kind === 'stored' ? put.etag : assert.fail('refused')
    }
    let etag = await swap('0', { absent: true })
    let [isOver, looked, held] = [false, 0, 0]
    const look = (): void => {
      const lock = takeLock(join(folder, '.swap.sqlite'))
      if (lock === undefined) held++
      lock?.close()
      looked++
      if (!isOver) setImmediate(look)
    }
    look()
    for (let count = 1; count <= 20; count++) etag = await swap(`${count}`, { etag })
    isOver = true
    assert.ok(looked > 20)
    assert.equal(held, 0)
  })
})

describe('objects of S3', () => {
  let server: S3Server
  const waits: Millis[] = []
  before(async () => (server = await startS3Server()))
  after(() => server[Symbol.asyncDispose]())
  afterEach(() => {
    server.objects.clear()
    server.uploads.clear()
    server.faults.length = waits.length = server.requests.length = 0
    server.pageSize = 1000
    server.versioning = ''
  })
  const at = (address: string, env: Record<string, string> = {}): ObjectStore =>
    openObjects(address, { ...server.env, ...env }, { wait: async (pause) => void waits.push(pause) })
  const open = async (): Promise<ObjectStore> => at('s3://bucket/with/prefix')
  const fault = (on: RegExp, does: S3Fault['does'], times = 1): void => void server.faults.push({ on, does, times })
  itStoresObjects(open)

  it('lists over many pages', async () => {
    await using store = await open()
    server.pageSize = 2
    for (let nth = 0; nth < 7; nth++) await store.put(`k/${nth}`, Buffer.from('x'))
    server.objects.set('with/other', Buffer.from('x'))
    assert.deepEqual((await allObjects(store.list('k/'))).map(({ key }) => key).join(), 'k/0,k/1,k/2,k/3,k/4,k/5,k/6')
  })

  for (const does of ['cut', 'slow-down', 'error', 'half'] as const)
    it(`tries again after ${does}, with growing pauses`, async () => {
      await using store = await open()
      server.objects.set('with/prefix/a', Buffer.from('content'))
      fault(/^GET .*\/a$/, does, 3)
      assert.equal(String((await store.get('a'))?.bytes), 'content')
      assert.equal(waits.length, 3)
      assert.ok(waits[0]! >= 100 && waits[2]! >= 400 && waits[2]! <= 1200)
    })

  it('gives up after five tries and says what it found', async () => {
    await using store = await open()
    fault(/^PUT/, 'slow-down', 9)
    await assert.rejects(store.put('a', Buffer.from('x')), {
      name: 'Fault',
      message: `Cannot PUT "a" of s3://bucket/with/prefix at ${server.endpoint}: the store answered 503 SlowDown, 5 times`,
    })
  })

  it('repeats no key that could not be sent', () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      assert.throws(
        () => at('s3://bucket', { [name]: 'hidden\nword' }),
        (error: Error) => /not one word/.test(error.message) && !error.message.includes('hidden'),
      )
  })

  it('gives up on a store that does not answer', async () => {
    await using store = openObjects('s3://bucket', server.env, {
      tries: 2,
      limit: millis(50),
      wait: async () => undefined,
    })
    fault(/^GET/, 'hang', 2)
    await assert.rejects(store.get('a'), /Cannot GET "a" .*: GET a: no end after \d+ ms, 2 times/)
  })

  it('finds what it stored itself when the answer was lost', async () => {
    await using store = await open()
    fault(/^PUT/, 'lost')
    const first = await store.put('fence', Buffer.from('generation 1'), { absent: true })
    assert.equal(first.kind, 'stored')
    fault(/^PUT/, 'lost')
    const etag = first.kind === 'stored' ? first.etag : ''
    const second = await store.put('fence', Buffer.from('generation 2'), { etag })
    assert.deepEqual(second, { kind: 'stored', etag: (await store.head('fence'))?.etag })
    assert.equal(server.requests.filter((line) => line.startsWith('PUT')).length, 4)
  })

  it('is refused when another stored while the answer was lost', async () => {
    await using store = await open()
    fault(/^PUT/, 'cut')
    server.objects.set('with/prefix/fence', Buffer.from('of another'))
    assert.deepEqual(await store.put('fence', Buffer.from('mine'), { absent: true }), { kind: 'refused' })
  })

  it('ends what a process that died left of an upload of the same object, and of no other', async () => {
    await using store = await open()
    const bytes = unlikeBytes(17 * 1024 * 1024)
    for (const key of ['with/prefix/large', 'with/prefix/larger'])
      server.uploads.set(key.slice(-3), { key, begun: new Date(), parts: new Map([[1, Buffer.from('erased since')]]) })
    await store.put('large', bytes)
    assert.deepEqual(
      [...server.uploads.values()].map(({ key }) => key),
      ['with/prefix/larger'],
    )
  })

  it('stores in parts though every kind of answer is lost, and leaves no part behind', async () => {
    await using store = await open()
    const bytes = unlikeBytes(33 * 1024 * 1024)
    fault(/partNumber=2/, 'lost')
    fault(/^POST .*uploadId/, 'lost')
    await store.put('large', bytes)
    assert.ok(server.objects.get('with/prefix/large')?.equals(bytes))
    assert.equal(server.uploads.size, 0)
    fault(/partNumber=2/, 'denied')
    await assert.rejects(store.put('other', bytes), /access is denied/)
    assert.equal(server.uploads.size, 0)
  })

  it('asks before each part, each further try of one, and completing whether it may still write', async () => {
    const bytes = unlikeBytes(33 * 1024 * 1024) // three parts
    const writes = async (most: number): Promise<number> => {
      let left = most
      await using store = openObjects('s3://bucket/with/prefix', server.env, {
        wait: async (pause) => void waits.push(pause),
        beforeWrite: () => {
          if (left-- <= 0) throw new Error('the lease is over')
        },
      })
      const put = store.put('large', bytes)
      if (most === Infinity) await put
      else await assert.rejects(put, /the lease is over/)
      return server.requests.splice(0).filter((line) => /^(?:PUT|POST|DELETE)/.test(line)).length
    }
    // One begins, three are parts, one completes: of a write that may not be ended nothing is there.
    for (const most of [0, 1, 2, 3, 4]) {
      assert.equal(await writes(most), most)
      assert.ok(!server.objects.has('with/prefix/large'))
    }
    fault(/partNumber=2/, 'error')
    assert.equal(await writes(3), 3)
    server.faults.length = 0
    assert.equal(await writes(Infinity), 6) // an upload that was left is ended first
  })

  it('does not take the old object for the new one when completing is lost', async () => {
    await using store = await open()
    const bytes = unlikeBytes(17 * 1024 * 1024)
    await store.put('large', bytes)
    fault(/^POST .*uploadId/, 'gone')
    const patched = store.patch('large', [{ at: 1, bytes: Buffer.from('erased') }])
    await assert.rejects(patched, /the store lost an upload in parts/)
    assert.ok(server.objects.get('with/prefix/large')?.equals(bytes))
  })

  it('ends uploads that a dead process left', async () => {
    await using store = await open()
    const parts = new Map<number, Buffer>()
    server.uploads.set('old', { key: 'with/prefix/x', begun: new Date(1000), parts })
    server.uploads.set('of another', { key: 'else/x', begun: new Date(1000), parts })
    assert.equal(await store.sweep(instant(500)), 0)
    assert.equal(await store.sweep(instant(2000)), 1)
    assert.deepEqual([...server.uploads.keys()], ['of another'])
  })

  it('sends again what was damaged on the way, which the store refuses', async () => {
    await using store = await open()
    fault(/^PUT/, 'damaged')
    await store.put('a', Buffer.from('whole'))
    assert.equal(String(server.objects.get('with/prefix/a')), 'whole')
    assert.equal(waits.length, 1)
  })

  const sentences = [
    ['denied', /: access is denied \(AccessDenied\): the key may not do this in bucket "bucket"$/],
    ['full', /: the store is full \(QuotaExceeded\): its quota or its disks$/],
    ['skewed', /: the clocks differ: this machine is 3[56]\d\d seconds ahead of the store$/],
  ] as const
  for (const [does, sentence] of sentences)
    it(`says what to do when a request is ${does}, at once`, async () => {
      await using store = await open()
      fault(/^PUT/, does, 9)
      await assert.rejects(store.put('a', Buffer.from('x')), (error: Error) => {
        assert.match(error.message, sentence)
        assert.ok(!error.message.includes('local-secret'))
        return true
      })
      assert.equal(waits.length, 0)
    })

  it('says that there is no such bucket, and that a key is wrong', async () => {
    await using none = at('s3://none')
    await assert.rejects(none.get('a'), /there is no such bucket/)
    await assert.rejects(none.put('a', Buffer.from('x'), { absent: true }), /there is no such bucket/)
    await assert.rejects(allObjects(none.list('')), /there is no bucket "none"/)
    await using wrong = at('s3://bucket', { AWS_SECRET_ACCESS_KEY: 'other' })
    await assert.rejects(wrong.get('a'), /AWS_SECRET_ACCESS_KEY or KUAGER_S3_REGION is wrong/)
  })

  it('tells a bucket that keeps versions, or once did', async () => {
    await using store = await open()
    for (const status of ['Enabled', 'Suspended']) {
      server.versioning = `<Status>${status}</Status>`
      assert.equal(await store.keepsVersions(), 'yes')
    }
    fault(/versioning/, 'denied')
    assert.equal(await store.keepsVersions(), 'unknown')
  })
})

describe('openObjects()', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }
  it('names where it stores', () => {
    assert.equal(
      openObjects('s3://some-bucket/a/b/', env).name,
      's3://some-bucket/a/b at https://s3.us-east-1.amazonaws.com',
    )
    assert.equal(openObjects('/srv/store/', {}).name, '/srv/store')
  })

  it('refuses what cannot be used', () => {
    for (const [address, more] of [
      ['relative/folder', {}],
      ['s3://', {}],
      ['s3://B_cket', {}],
      ['s3://bucket/../a', {}],
      ['s3://bucket', { AWS_SECRET_ACCESS_KEY: undefined }],
      ['s3://bucket', { KUAGER_S3_ENDPOINT: 'http://store.example' }],
      ['s3://bucket', { KUAGER_S3_ENDPOINT: 'https://user:pass@store.example' }],
      ['s3://bucket', { KUAGER_S3_STYLE: 'other' }],
    ] as const)
      assert.throws(() => openObjects(address, { ...env, ...more }), { code: /^obj/ })
  })
})
