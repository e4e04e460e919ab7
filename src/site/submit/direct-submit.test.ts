import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import type { Posted, Received } from '../../core/model/measured/submission.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { openDirectSubmit } from './direct-submit.ts'
import { listen, type Listening } from '../../web/listen.ts'
import { UploadSlots } from '../../web/request/request-body.ts'
import type { Collector } from './submissions.ts'

const MOST = 100_000
const taken = (kind: 'added' | 'known'): Received => ({
  kind,
  id: parseSha256('ab'.repeat(32)),
  leafIndex: 7,
  measurementUid: 'uid',
  reportId: 'report',
  verification: 'verified',
  standing: 'known',
})

/** What the collector says of a body, by the body. */
const ANSWERS: Readonly<Record<string, Received>> = {
  added: taken('added'),
  known: taken('known'),
  bad: { kind: 'refused', code: 'bad_time', message: 'is no time' },
  long: { kind: 'refused', code: 'too_large', message: 'when expanded' },
  encoding: { kind: 'refused', code: 'bad_encoding', message: 'is not gzip – «ә»' },
  erased: { kind: 'refused', code: 'erased', message: 'was erased' },
}

describe('openDirectSubmit()', () => {
  let server: Listening
  let seen: Posted[] = []
  const collector: Collector = {
    sender: (socket, forwarded) => forwarded ?? socket,
    closed: () => undefined,
    admit: (sender) =>
      sender === 'fast'
        ? { kind: 'later', why: 'sender', seconds: 3 }
        : sender === 'full'
          ? { kind: 'later', why: 'full', seconds: 5 }
          : { kind: 'admitted', prefix: 'prefix' },
    submit: async (posted) => {
      seen.push(posted)
      const answer = ANSWERS[Buffer.from(posted.body).toString()]
      if (answer === undefined) throw new Error('no space left on device')
      return answer
    },
    checkIn: () => ({}),
    testHelpers: () => ({}),
    geolookup: () => ({}),
    openReport: () => undefined,
    mostBytes: MOST,
  }
  before(async () => {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const options = { collector, log, room: new UploadSlots(10 * MOST) }
    const site = await sampleSite({ collector: options })
    server = await listen(site, { host: '127.0.0.1', port: 0, direct: openDirectSubmit(options) })
  })
  after(() => server[Symbol.asyncDispose]())

  /** Everything an answer says but its time, and what the collector was given. */
  async function ask(path: string, body: BodyInit, headers: Record<string, string>): Promise<object> {
    seen = []
    const streamed = typeof body === 'string' ? {} : { duplex: 'half' as const }
    const response = await fetch(new URL(path, server.url), { method: 'POST', body, headers, ...streamed })
    // Each request has a name of its own, which an answer that failed says.
    const named = [...response.headers]
      .filter(([name]) => name !== 'date')
      .map(([name, value]) => [name, name === 'x-request-id' ? String(/^[0-9a-f]{12}$/.test(value)) : value])
    return { status: response.status, named, text: await response.text(), seen }
  }
  /** A body of unknown length. */
  const stream = (length: number): ReadableStream => new Blob([new Uint8Array(length)]).stream()

  const REQUESTS: readonly (readonly [string, () => BodyInit, Record<string, string>?])[] = [
    ...Object.keys(ANSWERS).map((body) => [body, () => body] as const),
    ['a disk that fails', () => 'anything else'],
    ['no body', () => ''],
    ['a body longer than is read', () => 'x'.repeat(MOST + 1)],
    ['a body of unknown length that is longer', () => stream(MOST + 1)],
    ['a page of another site', () => 'added', { origin: 'https://elsewhere.example' }],
    ['a browser', () => 'added', { 'sec-fetch-site': 'cross-site' }],
    ['a sender that is too fast', () => 'added', { 'x-forwarded-for': 'fast' }],
    ['more than memory is meant for', () => 'added', { 'x-forwarded-for': 'full' }],
    ['headers of ours', () => 'known', { 'x-kuager-invitation': 'code', 'x-kuager-vouch': 'e30=', 'x-other': 'no' }],
    ['an encoding', () => 'added', { 'content-encoding': ' GZIP', 'x-forwarded-for': '192.0.2.1, 192.0.2.2' }],
  ]
  for (const [what, body, headers = {}] of REQUESTS)
    it(`answers as the route table does: ${what}`, async () => {
      const direct = await ask('/api/v1/submit_measurement', body(), headers)
      const routed = await ask('/api/v1/submit_measurement?routed', body(), headers)
      assert.deepEqual(direct, routed)
    })

  it('leaves every other path and method to the route table', async () => {
    assert.equal((await fetch(new URL('/api/v1/submit_measurement', server.url))).status, 404)
    assert.equal((await fetch(new URL('/kk/', server.url))).status, 200)
    assert.equal((await fetch(new URL('/api/v1/check-in', server.url), { method: 'POST', body: '{}' })).status, 200)
  })
})
