import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Hono } from 'hono'
import { LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { countedWork, EXPIRED, SOLVED, SPENT } from '../../../test/kit/crash/counted-work.ts'
import { instant } from '../../core/model/units.ts'
import { openLog } from '../../runtime/log.ts'
import { listen, type Listening } from '../../web/listen.ts'
import { addSavedChecks, type SavedChecks } from './saved-route.ts'

const SHA = 'ab'.repeat(32)
const ENTRY = `{"format":"kuager-saved-check/1","sha256":"${SHA}"}`
const JSON_TYPE = { 'content-type': 'application/json' }

describe('POST /log/saved-checks', () => {
  let server: Listening | undefined
  let url = ''
  let archive = new LeafArchive()
  let begun = true
  let broken = false
  let left = Number.POSITIVE_INFINITY
  let leftOfAll = Number.POSITIVE_INFINITY
  const asked: unknown[] = []
  const logged: string[] = []
  const savedChecks: SavedChecks = {
    rate: {
      perSecond: 1,
      burst: 1,
      take: (asking) => {
        asked.push(asking)
        return --left < 0 ? { left: 0, wait: 7 } : { left, wait: 0 }
      },
    },
    takeOfAll: () => (--leftOfAll < 0 ? 11 : 0),
    async log(entry) {
      if (broken) throw new Error('disk full at /secret/folder')
      if (!begun) return undefined
      const { size } = archive
      const { leafIndex } = await archive.appendEntry('saved-check', entry, instant(0))
      for await (const leaf of archive.leaves(leafIndex, leafIndex + 1))
        return { leafIndex, leaf, isNew: leafIndex >= size }
      return undefined
    },
  }
  before(async () => {
    const site = new Hono()
    const log = openLog({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } })
    const frame = { origin: 'https://kuager.example', onion: 'http://abc.onion' }
    addSavedChecks(site, { savedChecks, work: countedWork('saved-check'), frame, log })
    server = await listen(site, { host: '127.0.0.1', port: 0 })
    url = `${server.url}log/saved-checks`
  })
  after(async () => server?.[Symbol.asyncDispose]())

  const post = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : Uint8Array.from(body),
      headers: { ...JSON_TYPE, ...headers },
    })
  const body = JSON.stringify({ sha256: SHA, work: SOLVED })
  const codeOf = async (answer: Response): Promise<string> => {
    const read: unknown = await answer.json()
    const code = /"code":"([a-z.-]+)"/.exec(JSON.stringify(read))?.[1]
    return `${answer.status} ${code ?? ''}`
  }

  it('logs a digest once, and gives entry, leaf and where its proof will be', async () => {
    archive = new LeafArchive()
    archive.growTo(3)
    const first = await post(body)
    assert.equal(first.status, 201)
    assert.equal(first.headers.get('cache-control'), 'no-store')
    assert.equal(first.headers.get('set-cookie'), null)
    assert.equal(first.headers.get('access-control-allow-origin'), null)
    const found: unknown = await first.json()
    let leaf = ''
    for await (const bytes of archive.leaves(3, 4)) leaf += Buffer.from(bytes).toString()
    assert.deepEqual(found, { leaf_index: 3, entry: ENTRY, leaf, receipt: '/log/proof/3' })
    const again = await post(body)
    assert.equal(again.status, 200)
    assert.deepEqual(await again.json(), found)
    assert.equal(archive.size, 4)
    assert.equal(Buffer.from((await archive.readLeaf(3))?.bytes ?? []).toString(), ENTRY)
  })

  it('takes nothing of any other form, and logs nothing then', async () => {
    const size = archive.size
    for (const other of [
      '',
      'null',
      '[]',
      '{}',
      '"x"',
      SHA,
      JSON.stringify({ sha256: SHA.toUpperCase(), work: SOLVED }),
      JSON.stringify({ sha256: SHA.slice(2), work: SOLVED }),
      JSON.stringify({ sha256: `${SHA}00` }),
      JSON.stringify({ sha256: SHA }),
      JSON.stringify({ sha256: SHA, work: '' }),
      JSON.stringify({ sha256: SHA, work: 'A'.repeat(3001) }),
      JSON.stringify({ sha256: SHA, work: SOLVED, check: 'x' }),
      JSON.stringify({ sha256: [SHA], work: SOLVED }),
      JSON.stringify({ sha256: 1, work: SOLVED }),
      '{"__proto__":{"sha256":"x"}}',
      '['.repeat(4000),
      `\ufeff${body}`,
      Uint8Array.from([0xff, 0xfe, 0x00]),
    ])
      assert.equal(await codeOf(await post(other)), '400 body.invalid', String(other))
    assert.equal(await codeOf(await post(`${body}${' '.repeat(4096)}`)), '413 body.too-large')
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonx',
      '',
    ])
      assert.equal(await codeOf(await post(body, { 'content-type': type })), '415 body.type', type)
    assert.equal((await post(body, { 'content-type': 'application/json; charset=utf-8' })).status, 200)
    assert.equal(archive.size, size)
  })

  it('reads no more of a body than it may, at any length that its header gives', async () => {
    const { port } = new URL(url)
    const socket = connect(Number(port), '127.0.0.1')
    const head = 'POST /log/saved-checks HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n'
    socket.write(`${head}transfer-encoding: chunked\r\n\r\n`)
    for (let nth = 0; nth < 10; nth++) socket.write(`200\r\n${' '.repeat(512)}\r\n`)
    let answer = ''
    for await (const piece of socket) {
      answer += String(piece)
      if (answer.includes('body.too-large')) break
    }
    assert.match(answer, /^HTTP\/1\.1 413 /)
  })

  it('is not for pages of other sites', async () => {
    const { origin } = new URL(url)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
      { origin: 'https://kuager.example.evil.example' },
      { origin: 'https://kuager.example', 'sec-fetch-site': 'cross-site' },
    ])
      assert.equal(await codeOf(await post(body, headers)), '403 page.foreign', JSON.stringify(headers))
    for (const headers of [
      { 'sec-fetch-site': 'same-origin', origin },
      { 'sec-fetch-site': 'none' },
      { origin },
      { origin: 'https://kuager.example' },
      { origin: 'http://abc.onion' },
    ] as Record<string, string>[])
      assert.equal((await post(body, headers)).status, 200, JSON.stringify(headers))
    const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'https://elsewhere.example' } })
    assert.equal(await codeOf(preflight), '405 method.refused')
    assert.equal(preflight.headers.get('access-control-allow-origin'), null)
    assert.equal((await fetch(url)).headers.get('allow'), 'POST')
  })

  it('takes a solution for what it was asked for, and no other', async () => {
    const size = archive.size
    const paidWith = async (work: string): Promise<string> =>
      codeOf(await post(JSON.stringify({ sha256: '0a'.repeat(32), work })))
    assert.equal(await paidWith(SPENT), '403 work.spent')
    assert.equal(await paidWith(EXPIRED), '403 work.expired')
    assert.equal(await paidWith('bm90aGluZw=='), '403 work.wrong')
    assert.equal(archive.size, size)
  })

  it('says when to come back where one sender, or all together, sent too much', async () => {
    const size = archive.size
    left = 0
    const hurried = await post(JSON.stringify({ sha256: '01'.repeat(32), work: SOLVED }))
    assert.equal(hurried.headers.get('retry-after'), '7')
    assert.equal(await codeOf(hurried), '429 rate.exceeded')
    left = Number.POSITIVE_INFINITY
    leftOfAll = 0
    assert.equal(await codeOf(await post('{}')), '400 body.invalid', 'what is no digest takes nothing of what all have')
    const busy = await post(JSON.stringify({ sha256: '02'.repeat(32), work: SOLVED }))
    assert.equal(busy.headers.get('retry-after'), '11')
    assert.equal(await codeOf(busy), '503 log.busy')
    leftOfAll = Number.POSITIVE_INFINITY
    assert.equal(archive.size, size)
    assert.deepEqual(asked.at(-1), { socket: '127.0.0.1', forwardedFor: undefined })
  })

  it('says so where there is no log, and keeps what broke to itself', async () => {
    begun = false
    const none = await post(body)
    assert.equal(none.headers.get('retry-after'), '5')
    assert.equal(await codeOf(none), '404 log.none')
    begun = true
    assert.deepEqual(logged, [])
    broken = true
    const fault = await post(JSON.stringify({ sha256: '03'.repeat(32), work: SOLVED }))
    assert.equal(fault.headers.get('retry-after'), '60')
    const text = await fault.text()
    assert.match(text, /log\.fault/)
    assert.doesNotMatch(text, /secret/)
    broken = false
    assert.equal(logged.length, 1)
    assert.doesNotMatch(logged.join(''), /0303|127\.0\.0\.1/)
  })
})
