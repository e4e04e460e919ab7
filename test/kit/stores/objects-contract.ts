import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import type { ListedObject, ObjectStore } from '../../../src/runtime/objects/contract.ts'

const MIB = 1024 * 1024

/** Bytes of which no two stretches are alike. */
export function unlikeBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let at = 0; at + 4 <= length; at += 4) bytes.writeUInt32BE((at * 2_654_435_761) % 2 ** 32, at)
  return bytes
}

/** Every object that a list gives. */
export async function allObjects(objects: AsyncIterable<ListedObject>): Promise<readonly ListedObject[]> {
  const all: ListedObject[] = []
  for await (const object of objects) all.push(object)
  return all
}

/** What every object storage must do; `open` gives one that is empty. */
export function itStoresObjects(open: () => Promise<ObjectStore>): void {
  it('gives back what was stored, whole and by range', async () => {
    await using store = await open()
    const bytes = unlikeBytes(1000)
    const put = await store.put('a/b', bytes)
    const got = await store.get('a/b')
    assert.deepEqual(got?.bytes, bytes)
    assert.equal(put.kind === 'stored' && put.etag, got.etag)
    assert.deepEqual(await store.head('a/b'), { key: 'a/b', size: 1000, etag: got.etag })
    const range = await store.get('a/b', { from: 10, length: 5 })
    assert.deepEqual(range, { bytes: bytes.subarray(10, 15), etag: got.etag, size: 1000 })
    assert.deepEqual((await store.get('a/b', { from: 990, length: 50 }))?.bytes, bytes.subarray(990))
    assert.equal((await store.get('a/b', { from: 1000, length: 5 }))?.bytes.length, 0)
    assert.equal((await store.get('a/b', { from: 3, length: 0 }))?.size, 1000)
  })

  it('knows nothing of what is not there', async () => {
    await using store = await open()
    assert.equal(await store.get('none'), undefined)
    assert.equal(await store.get('none', { from: 0, length: 1 }), undefined)
    assert.equal(await store.head('none/at/all'), undefined)
    await store.remove('none')
    assert.deepEqual(await allObjects(store.list('')), [])
  })

  it('stores an empty object and replaces one', async () => {
    await using store = await open()
    await store.put('a', Buffer.alloc(0))
    const first = await store.get('a')
    assert.equal(first?.bytes.length, 0)
    await store.put('a', Buffer.from('second'))
    const second = await store.get('a')
    assert.equal(String(second?.bytes), 'second')
    assert.notEqual(first.etag, second?.etag)
  })

  it('stores only where there is none, or only over the state that was read', async () => {
    await using store = await open()
    const first = await store.put('state', Buffer.from('1'), { absent: true })
    assert.equal(first.kind, 'stored')
    assert.deepEqual(await store.put('state', Buffer.from('other'), { absent: true }), { kind: 'refused' })
    const etag = first.kind === 'stored' ? first.etag : ''
    assert.equal((await store.put('state', Buffer.from('2'), { etag })).kind, 'stored')
    assert.deepEqual(await store.put('state', Buffer.from('3'), { etag }), { kind: 'refused' })
    assert.equal(String((await store.get('state'))?.bytes), '2')
    await store.remove('state')
    assert.deepEqual(await store.put('state', Buffer.from('4'), { etag }), { kind: 'refused' })
    assert.equal(await store.get('state'), undefined)
  })

  it('lets one of many win, each time', async () => {
    await using store = await open()
    const racers = Array.from({ length: 6 }, (_, nth) => Buffer.from(`racer ${nth}`))
    const made = await Promise.all(racers.map((body) => store.put('race', body, { absent: true })))
    assert.equal(made.filter(({ kind }) => kind === 'stored').length, 1)
    for (let round = 0; round < 3; round++) {
      const etag = (await store.head('race'))?.etag ?? ''
      const swapped = await Promise.all(
        racers.map((body) => store.put('race', Buffer.concat([body, Buffer.from(` of round ${round}`)]), { etag })),
      )
      assert.equal(swapped.filter(({ kind }) => kind === 'stored').length, 1)
    }
  })

  it('lists by prefix in the order of bytes', async () => {
    await using store = await open()
    const keys = ['a-/b', 'a.b', 'a/b', 'a/bc/c', 'a0', 'b/1', 'b/10', 'b/2', 'b1']
    for (const key of keys) await store.put(key, Buffer.from(key))
    const names = async (prefix: string, after?: string): Promise<readonly string[]> =>
      (await allObjects(store.list(prefix, after))).map(({ key }) => key)
    assert.deepEqual(await names(''), [...keys].sort())
    assert.deepEqual(await names('a/'), ['a/b', 'a/bc/c'])
    assert.deepEqual(await names('b'), ['b/1', 'b/10', 'b/2', 'b1'])
    assert.deepEqual(await names('b/1'), ['b/1', 'b/10'])
    assert.deepEqual(await names('', 'a/b'), ['a/bc/c', 'a0', 'b/1', 'b/10', 'b/2', 'b1'])
    assert.deepEqual(await names('b/', 'b/1'), ['b/10', 'b/2'])
    const [first] = await allObjects(store.list('a/bc/'))
    assert.deepEqual(first, await store.head('a/bc/c'))
    await store.remove('a/b')
    assert.deepEqual(await names('a/'), ['a/bc/c'])
  })

  it('stores a file of many parts as long as it was said to be, and overwrites stretches of it', async () => {
    await using store = await open()
    const folder = await mkdtemp(join(tmpdir(), 'kuager-body-'))
    try {
      const bytes = unlikeBytes(37 * MIB + 5)
      const path = join(folder, 'file')
      await writeFile(path, Buffer.concat([bytes, Buffer.from('written later')]))
      const put = await store.put('large', { path, size: bytes.length })
      assert.deepEqual((await store.get('large'))?.bytes, bytes)
      const head = await store.head('large')
      assert.equal(put.kind === 'stored' && put.etag, head?.etag)
      const patches = [
        { at: 16 * MIB - 2, bytes: Buffer.alloc(4, 1) },
        { at: bytes.length - 3, bytes: Buffer.alloc(3, 2) },
      ]
      await store.patch('large', patches)
      for (const patch of patches) bytes.set(patch.bytes, patch.at)
      assert.deepEqual((await store.get('large'))?.bytes, bytes)
      await store.put('small', Buffer.from('abcdef'))
      await store.patch('small', [{ at: 2, bytes: Buffer.from('xy') }])
      assert.equal(String((await store.get('small'))?.bytes), 'abxyef')
      await assert.rejects(store.patch('none', patches), /Cannot overwrite "none" in .*: it is not there/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('refuses keys that are no plain relative path', async () => {
    await using store = await open()
    for (const key of ['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a b', 'a\\b', 'ä', `${'a'.repeat(600)}`])
      await assert.rejects(store.put(key, Buffer.alloc(1)), { code: 'object.key' })
  })

  it('keeps no versions', async () => {
    await using store = await open()
    assert.equal(await store.keepsVersions(), 'no')
  })
}
