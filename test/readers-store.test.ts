// Readers whose data are only on object storage: what a centre ships there, and a ClickHouse server or shipped tables.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { decodeViewHead, decodeViewList, fetchPiece, PIECES_PREFIX, VIEW_KEY } from '../src/app/view/view-format.ts'
import type { ObjectStore } from '../src/runtime/objects/contract.ts'
import { openObjects } from '../src/runtime/objects/open-objects.ts'
import { startCeph, WITHOUT_CEPH, type Ceph } from './kit/ceph/ceph.ts'
import { until } from './kit/crash/eventually.ts'
import { fillEvening } from './kit/evening/evening.ts'
import { openStoppableProxy, type StoppableProxy } from './kit/net/stopped-proxy.ts'
import { KuagerProcesses, type KuagerProcess } from './kit/servers/kuager-process.ts'
import { withoutAsOf } from './kit/site/without-as-of.ts'
import { startClickHouse, type ClickHouseServer } from './kit/stores/clickhouse-server.ts'
import { objectsWith } from './kit/stores/shipped-archive.ts'

const ORIGIN = 'https://kuager.example'
/** From the centre to the page of a reader: what docs/operating/readers.md promises. */
const PROMISE_MS = 10_000

const get = (origin: string, path: string): Promise<Response> =>
  fetch(new URL(path, origin), { headers: { connection: 'close' }, redirect: 'manual' })
const answer = async (origin: string, path: string) => {
  const found = await get(origin, path)
  return { status: found.status, body: Buffer.from(await found.bytes()).toString() }
}
const text = async (origin: string, path: string): Promise<string> => (await get(origin, path)).text()

/** Each server remembers a board, and gives an old one while the next is made (docs/operating/readers.md). */
const REMEMBERED_SECONDS = 120
/** Pages of places count hours of the day and days before today every ten minutes: longer than a test waits. */
const OF_PLACES = /^\/..\/[ns]\//

const linesOnlyIn = (text: string, other: string): readonly string[] => {
  const lines = new Set(other.split('\n'))
  return text.split('\n').filter((line) => !lines.has(line))
}

/** Every file below a folder with its length. */
const filesBelow = (folder: string): readonly { readonly path: string; readonly size: number }[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, size: statSync(path).size }))
const sizeOf = (folder: string): number => filesBelow(folder).reduce((sum, { size }) => sum + size, 0)

/** Pieces that the list names, and those that are on the store. */
async function piecesOn(store: ObjectStore) {
  const head = decodeViewHead((await store.get(VIEW_KEY))?.bytes ?? Buffer.alloc(0), store.name)
  const packed: Buffer[] = []
  for (const piece of head.list) packed.push(await fetchPiece(store, piece))
  const { files, sets } = await decodeViewList(Buffer.concat(packed), store.name)
  const there: string[] = []
  for await (const { key } of store.list(PIECES_PREFIX)) there.push(key.slice(PIECES_PREFIX.length))
  return { needed: new Set([...head.list, ...[...files, ...sets].flatMap(({ pieces }) => pieces)]), there }
}

describe('readers of what is only on object storage', { skip: WITHOUT_CEPH, timeout: 480_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-readers-store-'))
  const data = join(root, 'data')
  /** Temporary files of the readers. */
  const works = join(root, 'works')
  let ceph: Ceph
  let proxy: StoppableProxy
  let address = ''
  let incident = ''
  let measured: readonly string[] = []
  let centres: KuagerProcesses
  let readers: KuagerProcesses
  let centre: KuagerProcess
  let reader: KuagerProcess

  const ship = (): readonly string[] => ['--archive-store', address, '--for-readers']
  const from = (): readonly string[] => ['serve', '--read-only', '--from', address, '--origin', ORIGIN]

  before(async () => {
    mkdirSync(works)
    ceph = await startCeph()
    address = `s3://${await ceph.bucket()}/kuager`
    proxy = await openStoppableProxy({ host: '127.0.0.1', port: Number(new URL(ceph.endpoint).port) })
    incident = await fillEvening(root)
    centres = new KuagerProcesses(root, ceph.env)
    readers = new KuagerProcesses(works, { ...ceph.env, KUAGER_S3_ENDPOINT: `http://127.0.0.1:${proxy.port}` })
    centre = await centres.serve(['serve', '--folder', data, '--origin', ORIGIN, ...ship()])
    // A month is made into files for researchers after the start.
    await until(async () => (await text(centre.origin, '/data/SHA256SUMS')).includes('.parquet'))
    const told = await text(centre.origin, `/api/v1/incident/${incident}`)
    measured = [...new Set(told.match(/(?<=")[0-9a-f]{64}(?=")/g) ?? [])]
    await until(async () => (await text(centre.origin, '/log/checkpoint')) !== 'No checkpoint yet\n')
    await using store = openObjects(address, ceph.env)
    await until(async () => (await store.head(VIEW_KEY)) !== undefined)
    reader = await readers.serve([...from(), '--stale-after', '30', '--centre', centre.origin])
  })
  after(async () => {
    for (const one of [reader, centre]) await one?.end('SIGTERM')
    readers?.[Symbol.dispose]()
    centres?.[Symbol.dispose]()
    await proxy?.[Symbol.asyncDispose]()
    await ceph?.[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })

  const samePages = async (one: KuagerProcess, but?: RegExp): Promise<void> => {
    const ofLang = ['', 'incidents', 'matrix', 'map', 's/youtube', 'n/AS64496', 's/youtube/AS64496', `i/${incident}`]
    const more = ['corrections', 'explore', 'chronicle', 'claims', 'method', 'data', 'verify', 'about', 'mirrors']
    const tiles = ['/log/tile/0/000.p/1', '/log/tile/entries/000.p/1']
    const paths = [
      ...ofLang.flatMap((page) => ['kk', 'ru', 'en'].map((lang) => `/${lang}/${page}`)),
      ...more.map((page) => `/en/${page}`),
      ...['/log/checkpoint', '/log/keys', '/log/policy', '/log/proof/0', '/log/leaf/0', '/sitemap.xml', ...tiles],
      ...['/api/v1/board', '/api/v1/incidents', '/api/v1/matrix', '/en/feed/all.xml', `/log/revision/${incident}/1`],
      ...measured.slice(0, 2).flatMap((id) => [`/en/m/${id}`, `/m/${id}.json`, `/api/v1/measurement/${id}`]),
    ]
    for (const path of paths.filter((each) => but?.test(each) !== true)) {
      // What came in between is asked again of both.
      let [left, right] = ['', '']
      const differs = async (): Promise<boolean> => {
        const [own, theirs] = [await answer(centre.origin, path), await answer(one.origin, path)]
        assert.equal(theirs.status, own.status, path)
        ;[left, right] = [withoutAsOf(own.body), withoutAsOf(theirs.body)]
        return left !== right
      }
      await until(async () => !(await differs()), REMEMBERED_SECONDS).catch((error: unknown) => {
        assert.deepEqual(linesOnlyIn(right, left), linesOnlyIn(left, right), `${path} differs`)
        throw new Error(`${path} differs`, { cause: error })
      })
    }
  }

  it('gives the same pages as the centre but for the line that says of what time they are', async () => {
    assert.ok(measured.length > 1)
    await samePages(reader)
    assert.match(await text(reader.origin, '/en/'), /This server shows data as of [^<]+\d\d:\d\d[^<]*\./)
    assert.equal((await answer(reader.origin, '/readyz')).status, 200)
    const file = /kuager-[\w.-]+\.parquet/.exec(await text(centre.origin, '/data/SHA256SUMS'))?.[0] ?? ''
    const theirs = await answer(reader.origin, `/data/files/${file}`)
    assert.equal(theirs.status, 200)
    assert.ok(theirs.body === (await answer(centre.origin, `/data/files/${file}`)).body)
  })

  it('shows an act of a person within seconds, and hands on what is sent', async () => {
    const reason = 'The operator of the network said that a cable was cut.'
    const act = ['note', '--role', 'editor', '--actor', 'editor-2', '--reason', reason]
    await centres.run(['incident', 'review', incident, ...act, '--folder', data])
    const began = Date.now()
    await until(async () => (await text(reader.origin, `/en/i/${incident}`)).includes(reason))
    assert.ok(Date.now() - began < PROMISE_MS, `${Date.now() - began} ms`)
    const form = new URL('/en/report', reader.origin)
    assert.equal((await fetch(form, { method: 'POST', body: new URLSearchParams({ service: 'nothing' }) })).status, 422)
  })

  it('ships and keeps nothing that is private but what the archive holds', async () => {
    await using store = openObjects(address, ceph.env)
    const names: string[] = []
    for await (const { key } of store.list('')) names.push(key)
    assert.deepEqual(
      names.filter((name) => !/^(?:archive|log|incidents|readers|lead)\b/.test(name)),
      [],
    )
    const secrets = filesBelow(data).filter(({ path }) => /(?:\.seed|erasure\.key|secret|\.token)$/.test(path))
    assert.ok(secrets.length > 1)
    for (const { path } of secrets)
      assert.deepEqual(await objectsWith(store, readFileSync(path).subarray(0, 24)), [], path)
    const here = filesBelow(works)
    assert.deepEqual(
      here.map(({ path }) => path).filter((path) => /archive|registry|\.seed|\.key$|keys\//.test(path)),
      [],
    )
    const key = ceph.env['AWS_SECRET_ACCESS_KEY'] ?? ''
    for (const { path } of here) assert.ok(!readFileSync(path).includes(key), path)
    assert.ok(!readers.said.includes(key))
    for (const name of readdirSync(works)) assert.equal(statSync(join(works, name)).mode & 0o077, 0, name)
  })

  it('has a disk that holds no more than the tables and files of pages, without the archive', () => {
    const tables = sizeOf(join(data, 'warehouse')) + sizeOf(join(data, 'incidents'))
    assert.ok(sizeOf(works) < 2 * tables + 8 * 2 ** 20, `${sizeOf(works)} of ${tables}`)
  })

  it('shows nothing of a measurement that was erased, within seconds, and its bytes go from disk and store', async () => {
    const id = measured.at(-1) ?? ''
    assert.equal((await answer(reader.origin, `/en/m/${id}`)).status, 200)
    await using store = openObjects(address, ceph.env)
    const before = new Set((await piecesOn(store)).there)
    await centres.run(['archive', 'erase', id, '--reason', 'a right', '--folder', data])
    const began = Date.now()
    await until(async () => (await answer(reader.origin, `/m/${id}.json`)).status === 410)
    assert.ok(Date.now() - began < PROMISE_MS, `${Date.now() - began} ms`)
    await until(async () => (await objectsWith(store, Buffer.from(id, 'hex'))).length === 0, 120)
    // Pieces of parts that had it are removed.
    await until(async () => {
      const { needed, there } = await piecesOn(store)
      return there.every((piece) => needed.has(piece) || !before.has(piece))
    }, 120)
    await samePages(reader, OF_PLACES)
  })

  it('goes on where the store was away, and says that it may be out of date', async () => {
    proxy.stop()
    await until(async () => (await answer(reader.origin, '/readyz')).status === 503, 120)
    assert.match(await text(reader.origin, '/readyz'), /"stale"/)
    assert.equal((await answer(reader.origin, '/en/s/youtube/AS64496')).status, 200)
    await until(async () => (await text(reader.origin, '/en/claims')).includes('This page may be out of date'))
    proxy.goOn()
    await until(async () => (await answer(reader.origin, '/readyz')).status === 200)
  })

  it('is told at its start what is missing', async () => {
    await assert.rejects(
      readers.run(['serve', '--read-only', '--from', `${address}-other`]),
      /nothing is there for readers/,
    )
    const closed = { ...ceph.env, KUAGER_S3_ENDPOINT: 'http://127.0.0.1:9' }
    using away = new KuagerProcesses(root, closed)
    await assert.rejects(away.run(from()), /s3:\/\/[^]*127\.0\.0\.1:9/)
    await assert.rejects(away.run(['serve', '--for-readers']), /--archive-store/)
  })

  it('reads rows from a ClickHouse server where the centre has them there', async () => {
    await reader.end('SIGTERM')
    await centre.end('SIGTERM')
    await using server: ClickHouseServer = await startClickHouse()
    using writing = new KuagerProcesses(root, { ...ceph.env, KUAGER_WAREHOUSE: server.address('shared') })
    using asking = new KuagerProcesses(works, { ...ceph.env, KUAGER_WAREHOUSE: server.address('shared', 'reader') })
    centre = await writing.serve(['serve', '--folder', data, '--origin', ORIGIN, ...ship()])
    await until(async () => (await answer(centre.origin, `/en/m/${measured[0]}`)).status === 200)
    // What was shipped before is replaced.
    await assert.rejects(readers.run(from()), /KUAGER_WAREHOUSE/)
    reader = await asking.serve([...from(), '--centre', centre.origin])
    await samePages(reader)
    assert.deepEqual(
      filesBelow(works).filter(({ path }) => path.endsWith('data.bin')),
      [],
    )
    await reader.end('SIGTERM')
    await centre.end('SIGTERM')
  })
})
