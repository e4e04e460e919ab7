import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Hono } from 'hono'
import { countedWork, EXPIRED, SOLVED, SPENT } from '../../../test/kit/crash/counted-work.ts'
import type { CheckPlan } from '../../core/model/people/crowd-check.ts'
import { InputError } from '../../core/model/errors.ts'
import { openLog } from '../../runtime/log.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { SentCheck } from './desk.ts'
import { addCrowd } from './sent-route.ts'
import { listen, type Listening } from '../../web/listen.ts'
import { addWork } from './work-route.ts'

const CHECK = {
  format: 'kuager-crowd-check/1',
  at_utc: '2026-11-26T10:00Z',
  network: 'AS64500',
  region: 'KZ-75',
  online: true,
  results: [
    {
      service: 'telegram',
      outcome: 'interference',
      tries: [{ document: 'failed', document_ms: 40, image: 'failed', image_ms: 41 }],
    },
  ],
}
const SENT = { check: CHECK, token: '0f'.repeat(16), work: SOLVED }

describe('POST /check/results', () => {
  let server: Listening | undefined
  let url = ''
  let wait = 0
  let fails: Error | undefined
  const taken: { readonly sent: SentCheck; readonly from: ClientAddress }[] = []
  const logged: string[] = []
  before(async () => {
    const site = new Hono()
    const crowd = {
      plan: (): Promise<CheckPlan> => Promise.reject(new Error('not asked')),
      take: (sent: SentCheck, from: ClientAddress) => {
        if (fails !== undefined) return Promise.reject(fails)
        if (wait === 0) taken.push({ sent, from })
        return Promise.resolve({ wait })
      },
    }
    const log = openLog({ level: 'warn', destination: { write: (line: string) => void logged.push(line) } })
    const frame = { origin: 'https://kuager.example' }
    addCrowd(site, { crowd, work: countedWork('check'), frame, log })
    let left = 3
    const rate = { perSecond: 1, burst: 3, take: () => (left-- > 0 ? { left, wait: 0 } : { left: 0, wait: 9 }) }
    addWork(site, { work: countedWork('check'), rate })
    server = await listen(site, { host: '127.0.0.1', port: 0 })
    url = `${server.url}check/results`
  })
  after(async () => server?.[Symbol.asyncDispose]())

  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const codeOf = async (answer: Response): Promise<string> => {
    const code = /"code":"([a-z.-]+)"/.exec(await answer.text())?.[1]
    return `${answer.status} ${code ?? ''}`
  }

  it('hands on what a page sends, with where it came from, and answers nothing of it', async () => {
    const answer = await post(SENT, { 'x-forwarded-for': '203.0.113.9' })
    assert.equal(answer.status, 201)
    assert.deepEqual(await answer.json(), { taken: true })
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(answer.headers.get('set-cookie'), null)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
    assert.deepEqual(taken.at(-1), {
      sent: { check: CHECK, token: SENT.token },
      from: { socket: '127.0.0.1', forwardedFor: '203.0.113.9' },
    })
  })

  it('takes nothing of any other form', async () => {
    const [result] = CHECK.results
    const check = (parts: object): object => ({ ...SENT, check: { ...CHECK, ...parts } })
    const before = taken.length
    for (const other of [
      '',
      'null',
      '[]',
      '{',
      '['.repeat(10_000),
      {},
      CHECK,
      { check: CHECK, token: SENT.token },
      { check: CHECK, work: SOLVED },
      { ...SENT, token: 'x' },
      { ...SENT, address: '203.0.113.9' },
      check({ at_utc: '2026-11-26T10:00:07Z' }),
      check({ network: 'AS0x1' }),
      check({ region: 'KZ-99' }),
      check({ online: 'yes' }),
      check({ results: [{ ...result, outcome: 'blocked' }] }),
      check({ results: [{ ...result, tries: [] }] }),
      check({ results: [{ ...result, tries: [{ ...result?.tries[0], document_ms: -1 }] }] }),
      check({ results: [{ ...result, tries: [{ ...result?.tries[0], document_ms: 1e9 }] }] }),
      check({ results: Array.from({ length: 21 }, () => result) }),
      check({ note: 'my name' }),
      `{"__proto__":{},"check":${JSON.stringify(CHECK)}}`,
    ])
      assert.equal(await codeOf(await post(other)), '400 body.invalid', JSON.stringify(other).slice(0, 200))
    assert.equal(await codeOf(await post(`${JSON.stringify(SENT)}${' '.repeat(17_000)}`)), '413 body.too-large')
    assert.equal(await codeOf(await post(SENT, { 'content-type': 'text/plain' })), '415 body.type')
    assert.equal(
      await codeOf(await post('a=b', { 'content-type': 'application/x-www-form-urlencoded' })),
      '415 body.type',
    )
    assert.equal(taken.length, before)
  })

  it('reads no more of a body than it may, at any length that its header gives', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write('POST /check/results HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n')
    socket.write('transfer-encoding: chunked\r\n\r\n')
    for (let nth = 0; nth < 10; nth++) socket.write(`800\r\n${' '.repeat(2048)}\r\n`)
    let answer = ''
    for await (const piece of socket) {
      answer += String(piece)
      if (answer.includes('body.too-large')) break
    }
    assert.match(answer, /^HTTP\/1\.1 413 /)
  })

  it('asks a price, takes each solution for what it was asked for, and is not for pages of other sites', async () => {
    const before = taken.length
    for (const [work, code] of [
      [SPENT, '403 work.spent'],
      [EXPIRED, '403 work.expired'],
      ['bm90aGluZw==', '403 work.wrong'],
    ])
      assert.equal(await codeOf(await post({ ...SENT, work })), code)
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://elsewhere.example' },
      { origin: 'null' },
    ] as Record<string, string>[])
      assert.equal(await codeOf(await post(SENT, headers)), '403 page.foreign', JSON.stringify(headers))
    assert.equal(taken.length, before)
    assert.equal((await post(SENT, { origin: 'https://kuager.example' })).status, 201)
    assert.equal(await codeOf(await fetch(url)), '405 method.refused')
  })

  it('says when to come back, and why something is not counted', async () => {
    wait = 7
    const hurried = await post(SENT)
    assert.equal(hurried.headers.get('retry-after'), '7')
    assert.equal(await codeOf(hurried), '429 rate.exceeded')
    wait = 0
    fails = new InputError('Cannot take check: too old', { code: 'check.old', path: 'at_utc', expected: 'a new one' })
    assert.equal(await codeOf(await post(SENT)), '400 check.old')
    assert.deepEqual(logged, [])
    fails = new Error('disk full at /secret/folder')
    const fault = await post(SENT, { 'x-forwarded-for': '203.0.113.9' })
    assert.equal(fault.headers.get('retry-after'), '60')
    const text = await fault.text()
    assert.match(text, /check\.fault/)
    assert.doesNotMatch(text, /secret/)
    fails = undefined
    assert.equal(logged.length, 1)
    assert.doesNotMatch(logged.join(''), /203\.0\.113|0f0f|telegram/)
  })

  it('gives challenges for what the site takes, and too many to no client', async () => {
    const challenge = async (purpose: string): Promise<Response> => fetch(new URL(`/work/${purpose}`, url))
    for (const purpose of ['check', 'report', 'saved-check']) {
      const answer = await challenge(purpose)
      assert.deepEqual(await answer.json(), { purpose })
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
    const hurried = await challenge('check')
    assert.equal(hurried.headers.get('retry-after'), '9')
    assert.equal(await codeOf(hurried), '429 rate.exceeded')
    for (const purpose of ['sign', 'x', '..%2fcheck']) assert.equal((await challenge(purpose)).status, 404)
  })
})
