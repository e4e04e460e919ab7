// deploy/nginx/readers.conf in the nginx of Debian, before servers that answer as readers and a centre do.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { ROOT } from './house/sources.ts'
import { until } from './kit/crash/eventually.ts'
import { startReadersNginx, type ReadersNginx } from './kit/proxy/readers-nginx.ts'

const READERS = 3

/** A server that answers with its name and how often it was asked; what its pages say of caches is in their path. */
async function open(name: string) {
  const asked: string[] = []
  const server: Server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${String(request.headers['x-forwarded-for'])}`)
    const isPrivate = request.url === '/en/'
    response.writeHead(200, { 'cache-control': isPrivate ? 'private, no-store' : 'no-cache', 'x-by': name })
    const text = `${name} ${asked.length}`
    // Longer than it takes the others of a crowd to arrive.
    request.resume().on('end', () => setTimeout(() => response.end(text), isPrivate ? 50 : 0))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const end = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { asked, port, end }
}

describe('nginx before readers', { timeout: 120_000 }, () => {
  let readers: Awaited<ReturnType<typeof open>>[] = []
  let centre: Awaited<ReturnType<typeof open>>
  let proxy: ReadersNginx
  let url = ''

  before(async () => {
    readers = await Promise.all(Array.from({ length: READERS }, (_, nth) => open(`reader-${nth}`)))
    centre = await open('centre')
    proxy = await startReadersNginx({ readers: readers.map(({ port }) => port), centre: centre.port })
    url = proxy.url
  })
  after(async () => {
    await proxy[Symbol.asyncDispose]()
    for (const one of [...readers, centre]) await one.end()
  })

  const get = async (path: string, more: RequestInit = {}): Promise<string> =>
    (await fetch(`${url}${path}`, { ...more, headers: { connection: 'close', ...more.headers } })).text()

  it('spreads what is asked over the readers, and keeps pages that all get', async () => {
    for (let nth = 0; nth < 12; nth++) await get(`/en/s/service-${nth}`)
    for (const { asked } of readers) assert.ok(asked.length >= 3, `${asked.length}`)
    const first = await get('/en/incidents')
    for (let nth = 0; nth < 5; nth++) assert.equal(await get('/en/incidents'), first)
  })

  it('never keeps what is for one reader alone, nor searches, measurements and health', async () => {
    for (const path of [
      '/en/',
      '/kk/?network=',
      '/en/search?q=a',
      '/en/m/abc',
      '/health',
      '/api/v1/measurement/abc',
      '/data/files/a.parquet',
    ])
      assert.notEqual(await get(path), await get(path), path)
  })

  it('answers a crowd on the first page at once: none waits for another, as where a page may be kept', async () => {
    const began = process.hrtime.bigint()
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/en/')))
    const ms = Number((process.hrtime.bigint() - began) / 1_000_000n)
    assert.equal(new Set(answers).size, 20)
    assert.ok(ms < 2000, `${ms} ms`)
    const chosen = await get('/en/?from=x&network=AS1')
    assert.equal(await get('/en/?from=x&network=AS1'), chosen)
  })

  it('has a place for kept pages whose folder Debian brings, and words that its oldest nginx knows', () => {
    const text = readFileSync(join(ROOT, 'deploy/nginx/readers.conf'), 'utf8')
    assert.match(text, /^proxy_cache_path \/var\/cache\/[^/ ]+ /m)
    assert.doesNotMatch(text, /^ *http2 on;/m)
  })

  it('leads what is sent, and what only the centre has, to the centre, with the address of its sender alone', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' }
    await get('/api/v1/submit_measurement', { method: 'POST', body: 'a', headers })
    for (const path of ['/en/report', '/kk/check?network=AS1', '/work/report', '/download/x', '/api/v1/reports'])
      assert.match(await get(path), /^centre/, path)
    assert.ok(centre.asked.includes('POST /api/v1/submit_measurement 127.0.0.1'), centre.asked.join('\n'))
  })

  it('shows a new page within seconds', async () => {
    const before = await get('/en/corrections')
    await until(async () => (await get('/en/corrections')) !== before)
  })

  it('goes on when a reader is gone, and with kept pages when all are', async () => {
    await readers[0]?.end()
    for (let nth = 0; nth < 30; nth++) assert.match(await get(`/en/n/AS${nth}`), /^reader-[12]/)
    const kept = await get('/en/claims')
    for (const one of readers.slice(1)) await one.end()
    assert.equal(await get('/en/claims'), kept)
  })

  it('logs no address and no path', () => {
    const logs = readdirSync(join(proxy.folder, 'logs'))
      .map((name) => readFileSync(join(proxy.folder, 'logs', name), 'utf8'))
      .join('')
    assert.ok(logs.includes(' 200 '), logs)
    for (const word of ['198.51.100.7', 'client:', '/en/']) assert.ok(!logs.includes(word), word)
  })
})
