import assert from 'node:assert/strict'
import { createServer, type RequestListener, type Server } from 'node:http'
import { after, describe, it } from 'node:test'
import { InputError } from '../../core/model/errors.ts'
import { millis } from '../../core/model/units.ts'
import { postOutside, readOutsideAddress, type Answered } from './outside-post.ts'
import type { Resolve, WebhookReach } from './webhook.ts'

const servers: Server[] = []
after(() => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
})

async function open(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/`
}

interface Asked {
  readonly limit?: number
  readonly reach?: WebhookReach
  readonly resolve?: Resolve
  readonly signal?: AbortSignal
}

const post = (url: string, { limit = 5000, reach = 'loopback', resolve, signal }: Asked = {}): Promise<Answered> =>
  postOutside(
    { url: new URL(url), reach },
    {
      body: Buffer.from('question'),
      type: 'text/plain',
      mostBytes: 100,
      limit: millis(limit),
      signal: signal ?? new AbortController().signal,
    },
    resolve,
  )

describe('readOutsideAddress()', () => {
  it('takes http and https on the public internet and on this machine', () => {
    for (const url of ['http://tsa.example/', 'https://tsa.example:8443/a?b=c'])
      assert.equal(readOutsideAddress(url, false).reach, 'public')
    assert.equal(readOutsideAddress('http://127.0.0.1:8000/', false).reach, 'loopback')
    assert.equal(readOutsideAddress('http://10.0.0.1/', true).reach, 'private')
  })

  it('refuses everything else', () => {
    for (const url of [
      'tsa',
      'ftp://tsa.example/',
      'http://10.0.0.1/',
      'http://[fd00::1]/',
      'https://a:b@tsa.example/',
      'http://tsa.example/#x',
    ])
      assert.throws(() => readOutsideAddress(url, false), InputError)
  })

  it('repeats no password in what it says', () => {
    for (const url of ['https://a:geheim@tsa.example/', 'https://a:geheim@10.0.0.1/#x', 'ftp://a:geheim@tsa.example/'])
      assert.throws(
        () => readOutsideAddress(url, false),
        (error: unknown) => error instanceof InputError && !error.message.includes('geheim'),
      )
  })
})

describe('postOutside()', () => {
  it('posts the body with its type, and gives status, type and bytes of the answer', async () => {
    const url = await open((request, response) => {
      const { method, headers } = request
      request.resume()
      response.writeHead(201, { 'content-type': 'Application/Timestamp-Reply; charset=x' })
      response.end(`${method} ${headers['content-type']} ${headers['content-length']}`)
    })
    const answer = await post(url)
    assert.ok(answer.kind === 'answered')
    assert.deepEqual([answer.status, answer.type], [201, 'application/timestamp-reply'])
    assert.equal(Buffer.from(answer.body).toString(), 'POST text/plain 8')
  })

  it('follows no redirect', async () => {
    const url = await open((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end())
    const answer = await post(url)
    assert.equal(answer.kind === 'answered' && answer.status, 302)
  })

  it('reads no more than its limit, also where the other side never ends', async () => {
    const url = await open((_, response) => {
      const more = (): void => void (response.write('x'.repeat(1000)) && setImmediate(more))
      more()
    })
    assert.deepEqual(await post(url), { kind: 'failed', why: 'an answer of more than 100 bytes' })
  })

  it('says that an answer was interrupted, that no server is there, and that there was no answer in time', async () => {
    const broken = await open((request, response) => {
      response.writeHead(200, { 'content-length': '50' })
      response.write('half')
      setImmediate(() => request.socket.destroy())
    })
    assert.equal((await post(broken)).kind, 'failed')
    assert.deepEqual(await post('http://127.0.0.1:1/'), { kind: 'failed', why: 'ECONNREFUSED' })
    const silent = await open(() => undefined)
    assert.deepEqual(await post(silent, { limit: 50 }), { kind: 'failed', why: 'no answer in time' })
    const halfway = await open((_, response) => void response.write('a'))
    assert.deepEqual(await post(halfway, { limit: 200 }), { kind: 'failed', why: 'no answer in time' })
    const aborted = AbortSignal.abort()
    assert.equal((await post(silent, { signal: aborted })).kind, 'failed')
  })

  it('goes to no address that its reach does not allow, with any name', async () => {
    const asked: string[] = []
    const to =
      (address: string): Resolve =>
      (name, then) => {
        asked.push(name)
        then(null, [{ address, family: 4 }])
      }
    for (const address of ['127.0.0.1', '10.0.0.1', '169.254.169.254'])
      assert.deepEqual(await post('http://tsa.example/', { reach: 'public', resolve: to(address) }), {
        kind: 'failed',
        why: 'the name leads to no allowed address',
      })
    assert.deepEqual(asked, ['tsa.example', 'tsa.example', 'tsa.example'])
  })
})
