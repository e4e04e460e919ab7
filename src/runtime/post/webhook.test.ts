import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { after, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import { postWebhook, readWebhookAddress, type WebhookOutcome, type Resolve, type WebhookReach } from './webhook.ts'

const servers: Server[] = []
after(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

/** A server of this machine; gives its port and the requests that came. */
async function open(answer: RequestListener): Promise<{ readonly port: number; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    request.resume()
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return { port: typeof bound === 'object' && bound !== null ? bound.port : 0, seen }
}

const post = (url: string, reach: WebhookReach, resolve?: Resolve, limit = 5000): Promise<WebhookOutcome> =>
  postWebhook(
    { url: new URL(url), reach },
    { headers: {}, body: Buffer.from('{}'), limit: millis(limit), signal: new AbortController().signal },
    resolve,
  )
const named =
  (...addresses: readonly string[]): Resolve =>
  (_, then) =>
    then(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )

describe('readWebhookAddress()', () => {
  it('takes https anywhere, and http to this machine alone', () => {
    const reach = (text: string, allowPrivate = false): WebhookReach => readWebhookAddress(text, allowPrivate).reach
    assert.equal(reach('https://example.org/hook'), 'public')
    assert.equal(reach('http://127.0.0.1:9000/'), 'loopback')
    assert.equal(reach('http://[::1]:9000/'), 'loopback')
    assert.equal(reach('https://10.0.0.1/', true), 'private')
  })

  it('refuses everything else, in any spelling, without repeating it', () => {
    for (const text of [
      ...['hook', 'http://example.org/', 'ftp://127.0.0.1/', 'file:///etc/passwd', 'https://user:token-x@example.org/'],
      ...['https://10.0.0.1/token-x', 'https://192.168.1.1/', 'https://169.254.169.254/', 'https://0xa9fea9fe/'],
      ...['https://[fd00::1]/', 'https://[::ffff:10.0.0.1]/', 'https://[64:ff9b::a00:1]/', 'https://100.64.0.1/'],
      ...['https://0.0.0.0/', 'https://2130706433.example/#token-x', 'https://224.0.0.1/'],
    ])
      assert.throws(
        () => readWebhookAddress(text, false),
        (error) => error instanceof InputError && !error.message.includes('token-x'),
        text,
      )
    assert.throws(() => readWebhookAddress('http://10.0.0.1/', true), InputError)
  })
})

describe('postWebhook()', () => {
  it('posts the body once and tells the status', async () => {
    const { port, seen } = await open((_, response) => response.writeHead(204).end())
    assert.deepEqual(await post(`http://127.0.0.1:${port}/hook?a=1`, 'loopback'), { kind: 'answered', status: 204 })
    assert.deepEqual([seen.length, seen[0]?.method, seen[0]?.url], [1, 'POST', '/hook?a=1'])
    assert.equal(seen[0]?.headers['content-length'], '2')
  })

  it('follows no redirect, and tells when the receiver wants to be asked again', async () => {
    const elsewhere = await open((_, response) => response.end())
    const { port } = await open((_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${elsewhere.port}/`, 'retry-after': '7' }).end(),
    )
    const posted = await post(`http://127.0.0.1:${port}/`, 'loopback')
    assert.deepEqual(posted, { kind: 'answered', status: 307, retryAfter: 7 })
    assert.equal(elsewhere.seen.length, 0)
  })

  it('reads a date at which to come again, and nothing that is neither date nor seconds', async () => {
    const saying = async (header: string): Promise<number | undefined> => {
      const { port } = await open((_, response) => response.writeHead(503, { 'retry-after': header }).end())
      const posted = await post(`http://127.0.0.1:${port}/`, 'loopback')
      return posted.kind === 'answered' ? posted.retryAfter : assert.fail(posted.why)
    }
    const inTwoHours = (await saying(new Date(Date.now() + 7_200_000).toUTCString())) ?? 0
    assert.ok(inTwoHours > 7000 && inTwoHours <= 7200, String(inTwoHours))
    for (const header of ['soon', '-5', '1e3', 'Thu, 05 Mar 2026 15:02:09 GMT'])
      assert.equal(await saying(header), undefined)
  })

  it('leads nowhere private, with any name, and to this machine only where that was written', async () => {
    const { port, seen } = await open((_, response) => response.end())
    for (const addresses of [
      ['127.0.0.1'],
      ['::1'],
      ['10.1.2.3'],
      ['93.184.215.14', '127.0.0.1'],
      ['64:ff9b::7f00:1'],
      [],
    ])
      assert.equal((await post(`http://hook.example:${port}/`, 'public', named(...addresses))).kind, 'failed')
    assert.equal((await post(`http://localhost:${port}/`, 'loopback', named('10.1.2.3'))).kind, 'failed')
    assert.equal(seen.length, 0)
    assert.equal((await post(`http://hook.example:${port}/`, 'private', named('127.0.0.1'))).kind, 'answered')
    assert.equal((await post(`http://localhost:${port}/`, 'loopback', named('127.0.0.1'))).kind, 'answered')
    assert.equal(seen.length, 2)
  })

  it('asks for a name once and connects to that answer: a name that turns private in between leads nowhere', async () => {
    const { port, seen } = await open((_, response) => response.end())
    let asked = 0
    // A documentation address: nothing answers there, and it is refused as no public one.
    const turning: Resolve = (name, then) => named(asked++ === 0 ? '192.0.2.1' : '127.0.0.1')(name, then)
    assert.equal((await post(`http://hook.example:${port}/`, 'public', turning)).kind, 'failed')
    assert.deepEqual([asked, seen.length], [1, 0])
  })

  it('ends with a receiver that never answers, that hangs up, or that is not there', async () => {
    const silent = await open(() => {})
    assert.equal((await post(`http://127.0.0.1:${silent.port}/`, 'loopback', undefined, 50)).kind, 'failed')
    const rude = await open((request) => request.socket.destroy())
    assert.deepEqual(await post(`http://127.0.0.1:${rude.port}/`, 'loopback'), { kind: 'failed', why: 'ECONNRESET' })
    assert.deepEqual(await post('http://127.0.0.1:1/', 'loopback'), { kind: 'failed', why: 'ECONNREFUSED' })
  })

  it('reads no body, however long', async () => {
    const { port } = await open((_, response) => {
      response.writeHead(200)
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      }
      response.on('drain', more)
      more()
    })
    assert.deepEqual(await post(`http://127.0.0.1:${port}/`, 'loopback'), { kind: 'answered', status: 200 })
  })
})
