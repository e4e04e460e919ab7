import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { InputError } from '../../core/model/errors.ts'
import { MOST_OBJECT_BYTES, openHttpObjects, TOKEN_FILE } from '../../runtime/objects/http-objects.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { listen, type Listening } from '../listen.ts'
import { objectSite } from './object-site.ts'

const TOKEN = 'a'.repeat(40)
const SEGMENT = 'archive/segments/00000001.segment'

describe('objects of an edge over HTTP', () => {
  let root = ''
  let server: Listening
  const data = (): string => join(root, 'data')
  const put = async (key: string, bytes: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(data(), key)), { recursive: true })
    await writeFile(join(data(), key), bytes)
  }
  const tokens = async (text: string): Promise<string> => {
    const path = join(root, `token-${Math.random()}`)
    await writeFile(path, text)
    return path
  }
  const open = async (text = `${TOKEN}\n`): Promise<ObjectStore> =>
    openHttpObjects(server.url.replace(/\/$/, ''), { [TOKEN_FILE]: await tokens(text) })
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-objects-'))
    await put(SEGMENT, Buffer.from('0123456789'))
    await put('archive/segments/empty.segment', '')
    for (const key of ['archive/erasure.key', 'log/keys/aa.seed', 'registry/keys.sqlite', 'about.json', 'warehouse/x'])
      await put(key, 'secret')
    for (let nth = 0; nth < 1100; nth++) await put(`log/public/tile/0/${String(nth).padStart(4, '0')}`, 'x')
    server = await listen(objectSite(openObjects(data(), {}), TOKEN), { host: '127.0.0.1', port: 0 })
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  it('gives an object whole and in ranges, with its length and a tag that is that of its state', async () => {
    await using store = await open()
    const whole = await store.get(SEGMENT)
    assert.deepEqual([whole?.bytes.toString(), whole?.size], ['0123456789', 10])
    const part = await store.get(SEGMENT, { from: 8, length: 100 })
    assert.deepEqual([part?.bytes.toString(), part?.size, part?.etag], ['89', 10, whole?.etag])
    assert.deepEqual((await store.get(SEGMENT, { from: 10, length: 5 }))?.bytes.length, 0)
    const head = await store.head(SEGMENT)
    assert.deepEqual([head?.size, head?.etag], [10, whole?.etag])
    assert.equal((await store.head('archive/segments/empty.segment'))?.size, 0)
    assert.equal(await store.get('archive/segments/00000002.segment'), undefined)
    assert.equal(await store.head('archive/segments/00000002.segment'), undefined)
  })

  it('lists over as many answers as it takes, in the order of keys', async () => {
    await using store = await open()
    const keys: string[] = []
    for await (const { key } of store.list('log/public/')) keys.push(key)
    assert.equal(keys.length, 1100)
    assert.deepEqual(keys, keys.toSorted())
  })

  it('gives and lists no key, no seed, no registry, and nothing outside of the folder', async () => {
    await using store = await open()
    for (const key of ['archive/erasure.key', 'log/keys/aa.seed', 'registry/keys.sqlite', 'about.json', 'warehouse/x'])
      assert.equal(await store.get(key), undefined, key)
    const keys: string[] = []
    for await (const { key } of store.list('')) keys.push(key)
    assert.deepEqual(
      keys.filter((key) => !/^(archive\/segments|log\/public)\//.test(key)),
      [],
    )
    for (const path of [
      'objects/log/public/../keys/aa.seed',
      'objects/log/public/%2e%2e/keys/aa.seed',
      'objects//etc/passwd',
    ]) {
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })
      assert.ok(answer.status >= 400, `${path} ${answer.status}`)
      assert.doesNotMatch(await answer.text(), /secret|root:/)
    }
  })

  it('answers nothing without the token, and changes nothing with it', async () => {
    for (const authorization of ['', 'Bearer', `Bearer ${TOKEN}b`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`])
      for (const path of [`objects/${SEGMENT}`, 'list?prefix=', 'nothing'])
        assert.equal((await fetch(`${server.url}${path}`, { headers: { authorization } })).status, 401)
    await using wrong = await open('b'.repeat(40))
    await assert.rejects(wrong.get(SEGMENT), { code: 'objects.token' })
    for (const method of ['PUT', 'POST', 'DELETE'])
      assert.equal(
        (await fetch(`${server.url}objects/${SEGMENT}`, { method, headers: { authorization: `Bearer ${TOKEN}` } }))
          .status,
        404,
      )
    await using store = await open()
    await assert.rejects(store.put(SEGMENT, Buffer.from('x')), /only read/)
    await assert.rejects(store.remove(SEGMENT), /only read/)
  })

  it('reads the token of its address, and refuses one that could be guessed, and addresses that are not secret', async () => {
    await using store = await open(`https://other.example ${'c'.repeat(40)}\n${server.url.slice(0, -1)} ${TOKEN}\n`)
    assert.ok(await store.head(SEGMENT))
    await assert.rejects(open('short'), { code: 'objects.token' })
    await assert.rejects(open('https://other.example x'), { code: 'objects.token' })
    // All of 127.0.0.0/8 is this machine: only the token is missing.
    assert.throws(() => openHttpObjects('http://127.0.1.1:9430', {}), { code: 'objects.token' })
    for (const address of [
      ...['http://edge.example:9430', 'ftp://edge.example', 'https://user:word@edge.example'],
      ...['http://127.edge.example', 'http://10.0.0.1:9430'],
    ])
      assert.throws(
        () => openHttpObjects(address, {}),
        (error: InputError) => error.code === 'objects.address' && !error.message.includes('word'),
      )
  })

  it('ends what is being asked when it is closed', async () => {
    let asked = (): void => undefined
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const silent = createServer(() => asked())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const bound = silent.address()
    try {
      const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
      const store = openHttpObjects(url, { [TOKEN_FILE]: await tokens(TOKEN) })
      const refused = assert.rejects(store.head(SEGMENT), /is closed/)
      await isAsked
      await store[Symbol.asyncDispose]()
      await refused
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  })

  it('holds no more in memory than was asked for, however much the other side sends', async () => {
    await put('archive/segments/00000009.segment', Buffer.alloc(MOST_OBJECT_BYTES + 1))
    await using store = await open()
    await assert.rejects(store.get('archive/segments/00000009.segment'))
    const endless = createServer((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/1000000000', etag: '"x"' })
      const more = (): void => void (response.destroyed || (response.write(Buffer.alloc(65_536)), setImmediate(more)))
      more()
    })
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve))
    const bound = endless.address()
    try {
      const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`
      const hostile = openHttpObjects(url, { [TOKEN_FILE]: await tokens(TOKEN) })
      assert.equal((await hostile.get(SEGMENT, { from: 0, length: 10 }))?.bytes.length, 10)
      await assert.rejects(hostile.get(SEGMENT), /more than 16777216 bytes/)
    } finally {
      endless.closeAllConnections()
      endless.close()
    }
  })
})
