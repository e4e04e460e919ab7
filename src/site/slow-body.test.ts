import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { after, before, beforeEach, describe, it, type TestContext } from 'node:test'
import { sampleSite } from '../../test/kit/site/site-sample.ts'
import { parseSha256 } from '../core/model/units.ts'
import { openDirectSubmit } from './submit/direct-submit.ts'
import { listen, type Listening } from '../web/listen.ts'
import { UploadSlots } from '../web/request/request-body.ts'
import type { Collector } from './submit/submissions.ts'

const MOST = 1_000_000
/** A body of which more is on its way than may come at leisure. */
const BEGUN = 200_000

const collector: Collector = {
  sender: (socket, forwarded) => forwarded ?? socket,
  closed: () => undefined,
  admit: (sender = '') => ({ kind: 'admitted', prefix: sender }),
  submit: async () => ({
    kind: 'added',
    id: parseSha256('ab'.repeat(32)),
    leafIndex: 7,
    measurementUid: 'uid',
    reportId: 'report',
    verification: 'verified',
    standing: 'known',
  }),
  checkIn: () => ({}),
  testHelpers: () => ({}),
  geolookup: () => ({}),
  openReport: () => undefined,
  mostBytes: MOST,
}

describe('the room for bodies', () => {
  let server: Listening
  /** Bytes of bodies that the server has been given, and who waits for how many. */
  let arrived = 0
  let wake = (): void => undefined
  const arrivedAre = async (bytes: number): Promise<void> => {
    while (arrived < bytes) {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await promise
    }
  }
  before(async () => {
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
    const options = { collector, log, room: new UploadSlots(4 * MOST) }
    const submit = openDirectSubmit(options)
    server = await listen(await sampleSite({ collector: options }), {
      host: '127.0.0.1',
      port: 0,
      direct: (request, response, route) => {
        const isOurs = submit(request, response, route)
        request.on('data', ({ length }) => {
          arrived += length
          wake()
        })
        return isOurs
      },
    })
  })
  after(() => server[Symbol.asyncDispose]())
  beforeEach(() => (arrived = 0))

  /** Begins a submission of `MOST` bytes and sends the first of them. */
  function begin(t: TestContext, sender: string, bytes: number): Socket {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    t.after(() => socket.destroy())
    socket.on('error', () => undefined) // the server closes what it no longer reads
    const head = `POST /api/v1/submit_measurement HTTP/1.1\r\nhost: ${hostname}\r\nx-forwarded-for: ${sender}\r\n`
    socket.write(`${head}content-length: ${MOST}\r\n\r\n`)
    socket.write(Buffer.alloc(bytes, 32))
    return socket
  }
  const answerOf = (socket: Socket): Promise<string> =>
    new Promise((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())))

  it('is not held by a body that stops coming: it is ended with 408, and its sender may send again', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const slow = begin(t, 'slow', BEGUN)
    await arrivedAre(BEGUN)
    t.mock.timers.tick(19_999)
    const answered = answerOf(slow)
    t.mock.timers.tick(1)
    const answer = await answered
    assert.match(answer, /^HTTP\/1\.1 408 /)
    assert.match(answer, /connection: close/i)
    assert.match(answer, /"too_slow"/)
  })

  it('is left to a body that keeps a pace, and to a short one however slow', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const [steady, short] = [begin(t, 'steady', BEGUN), begin(t, 'short', 100_000)]
    await arrivedAre(BEGUN + 100_000)
    let sent = BEGUN
    for (let turn = 1; turn <= 4; turn++, sent += BEGUN) {
      if (turn > 1) t.mock.timers.tick(20_000)
      await new Promise((resolve) => setImmediate(resolve)) // where the pace is looked at
      steady.write(Buffer.alloc(BEGUN, 32))
      await arrivedAre(sent + BEGUN + 100_000)
    }
    const answered = [answerOf(steady), answerOf(short)]
    steady.write(Buffer.alloc(MOST - sent, 32))
    short.write(Buffer.alloc(MOST - 100_000, 32))
    for (const answer of await Promise.all(answered)) assert.match(answer, /^HTTP\/1\.1 200 /)
  })

  it('is held to a quarter by one part of the network, and open to the others', async (t) => {
    for (let nth = 0; nth < 4; nth++) begin(t, 'crowd', 240_000)
    await arrivedAre(4 * 240_000)
    const answer = await answerOf(begin(t, 'crowd', BEGUN))
    assert.match(answer, /^HTTP\/1\.1 429 /)
    assert.match(answer, /retry-after: 5/i)
    assert.match(await answerOf(begin(t, 'another', MOST)), /^HTTP\/1\.1 200 /)
  })
})
