import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { instant, millis } from '../../core/model/units.ts'
import { openLog } from '../../runtime/log.ts'
import { CanaryWatch, FRESH_MS } from './canary-watch.ts'

const START = Date.UTC(2026, 10, 26, 10)
const canary = (service: string) => ({
  service,
  document: `https://${service}.example/robots.txt`,
  image: `https://${service}.example/favicon.ico`,
  source: 'a test',
  checked_at: '2026-11-26',
})
const CANARIES = [canary('telegram'), canary('youtube')]
const IMAGE = { 'Content-Type': 'image/png' }
type Page = Readonly<Record<string, unknown>>
const OPEN: Page = { failure: null, status_code: 200, headers: IMAGE }
const CLOSED: Page = { ...OPEN, headers: { ...IMAGE, 'Cross-Origin-Resource-Policy': 'same-site' } }
const SILENT: Page = { failure: 'generic_timeout_error', status_code: -1, headers: {} }

/** A helper that says of each host what the test wants; `reach` is what it answers at /reach. */
async function openHelper(says: Record<string, Page | number>, reach: string | number = 'kuager-reach/1\n') {
  const asked: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece) => (body += String(piece)))
    request.on('end', () => {
      if (request.method === 'GET') {
        response.statusCode = typeof reach === 'number' ? reach : 200
        return void response.end(request.url === '/reach' && typeof reach === 'string' ? reach : '{}')
      }
      const url = /"http_request":"([^"]+)"/.exec(body)?.[1] ?? ''
      asked.push(url)
      const said = says[new URL(url).host.split('.')[0] ?? ''] ?? 500
      if (typeof said === 'number') return void response.writeHead(said).end('{"error":"busy"}')
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ http_request: said }))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    says,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done())),
  }
}

describe('CanaryWatch', () => {
  let root = ''
  let files = 0
  const { signal } = new AbortController()
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-canaries-'))
  })
  after(() => rm(root, { recursive: true }))

  async function openWatch(controls: readonly string[], file = join(root, `${++files}.json`)) {
    const clock = { at: START, now: () => instant(clock.at), monotonic: () => millis(clock.at) }
    const logged: string[] = []
    const log = openLog({ level: 'debug', destination: { write: (line) => void logged.push(line) } })
    const watch = await CanaryWatch.open({ canaries: CANARIES, controls, file, clock, log })
    return { watch, clock, logged, file }
  }

  it('remembers what a control found, also over a restart, and for an hour', async () => {
    await using helper = await openHelper({ telegram: OPEN, youtube: CLOSED })
    const { watch, clock, file } = await openWatch([helper.url])
    assert.equal(watch.of('telegram'), undefined)
    assert.deepEqual(watch.reach, [])
    assert.equal(await watch.look(signal), true)
    assert.deepEqual(helper.asked.toSorted(), CANARIES.flatMap(({ document, image }) => [document, image]).toSorted())
    assert.deepEqual(watch.of('telegram'), { abroad: 'usable', freshAt: START })
    assert.deepEqual(watch.of('youtube'), { abroad: 'closed-to-pages', freshAt: START })
    assert.deepEqual(watch.reach, [{ document: `${helper.url}reach`, image: `${helper.url}reach.png` }])
    const again = await openWatch([helper.url], file)
    assert.deepEqual(again.watch.of('telegram'), { abroad: 'usable', freshAt: START })
    assert.equal(again.watch.reach.length, 1)
    assert.equal((await openWatch(['http://127.0.0.1:9/'], file)).watch.of('telegram'), undefined, 'of another control')
    clock.at += FRESH_MS
    assert.ok(watch.of('telegram') !== undefined)
    clock.at++
    assert.equal(watch.of('telegram'), undefined)
    clock.at = START - 1
    assert.equal(watch.of('telegram'), undefined, 'of the future')
    assert.doesNotMatch(await readFile(file, 'utf8'), /favicon|robots/)
  })

  it('believes of two controls the worse, as of the earlier look', async () => {
    await using good = await openHelper({ telegram: OPEN, youtube: OPEN })
    await using bad = await openHelper({ telegram: SILENT, youtube: OPEN })
    const { watch, clock } = await openWatch([good.url, bad.url])
    await watch.look(signal)
    assert.deepEqual(watch.of('telegram'), { abroad: 'broken', freshAt: START })
    assert.deepEqual(watch.of('youtube'), { abroad: 'usable', freshAt: START })
    bad.says['telegram'] = 503
    clock.at += FRESH_MS / 2
    assert.equal(await watch.look(signal), false)
    assert.deepEqual(watch.of('telegram'), { abroad: 'broken', freshAt: START }, 'a busy control takes nothing back')
    clock.at += FRESH_MS / 2 + 1
    assert.deepEqual(watch.of('telegram'), { abroad: 'usable', freshAt: START + FRESH_MS / 2 })
  })

  it('believes nothing of a control whose own line is down', async () => {
    await using helper = await openHelper({ telegram: SILENT, youtube: SILENT })
    const { watch, logged } = await openWatch([helper.url])
    assert.equal(await watch.look(signal), false)
    assert.equal(watch.of('telegram'), undefined)
    assert.match(logged.join(''), /reaches no canary/)
  })

  it('sends pages only to a control that answers them', async () => {
    await using foreign = await openHelper({ telegram: OPEN, youtube: OPEN }, '{"message":"Hello OONItarian!"}')
    await using absent = await openHelper({ telegram: OPEN, youtube: OPEN }, 404)
    await using ours = await openHelper({ telegram: OPEN, youtube: OPEN })
    const { watch, logged } = await openWatch([foreign.url, absent.url, ours.url])
    assert.equal(await watch.look(signal), true)
    assert.equal(await watch.look(signal), true)
    assert.equal(logged.length, 2, 'each is named once')
    assert.deepEqual(watch.of('telegram'), { abroad: 'usable', freshAt: START })
    assert.deepEqual(
      watch.reach.map(({ document }) => document),
      [`${ours.url}reach`],
    )
  })

  it('sends pages to three of different hosts at most, in the order in which they were named', async () => {
    const says = { telegram: OPEN, youtube: OPEN }
    await using one = await openHelper(says)
    await using away = await openHelper(says, 404)
    await using two = await openHelper(says)
    await using three = await openHelper(says)
    await using four = await openHelper(says)
    const { watch, clock } = await openWatch([one.url, one.url, away.url, two.url, three.url, four.url])
    await watch.look(signal)
    const expected = [one, two, three].map(({ url }) => ({ document: `${url}reach`, image: `${url}reach.png` }))
    assert.deepEqual(watch.reach, expected)
    clock.at += 2 * FRESH_MS + 1
    assert.deepEqual(watch.reach, [])
  })

  it('lives through controls that are away, a damaged file, and a stop in the middle', async () => {
    const file = join(root, 'damaged.json')
    await writeFile(file, '{"format":"kuager-canary-looks/1","controls":[{')
    const { watch } = await openWatch(['http://127.0.0.1:9/'], file)
    assert.equal(await watch.look(signal), false)
    assert.equal(watch.of('telegram'), undefined)
    const stopped = AbortSignal.abort(new Error('stop'))
    assert.equal(await watch.look(stopped), false)
  })

  it('refuses an address that is none', async () => {
    await assert.rejects(openWatch(['ftp://control.example/']), { code: 'outside.address' })
  })
})
