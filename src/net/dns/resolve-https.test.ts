import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { hasProgram, LabAuthority, RunningProgram, type Issued } from '../../../test/kit/net/lab-authority.ts'
import { accepts, freePort } from '../../../test/kit/net/quic-servers.ts'
import { addressRecord, encodeReply } from '../../../test/kit/net/udp-resolver.ts'
import { millis } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { resolveHttps } from './resolve-https.ts'

const NAME = 'www.example.org'
const skip = hasProgram('openssl') ? false : 'needs openssl'

type Handler = (message: Buffer, reply: (status: number, body: Uint8Array) => void) => void
interface Resolver extends AsyncDisposable {
  readonly port: number
}

/** A resolver over HTTPS that speaks the given version alone. */
async function openResolver(issued: Issued, version: 1 | 2, handle: Handler): Promise<Resolver> {
  const files = { cert: readFileSync(issued.chain), key: readFileSync(issued.key) }
  const listener = (
    request: IncomingMessage | Http2ServerRequest,
    answer: (status: number, body: Uint8Array) => void,
  ): void => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => void parts.push(part))
    request.on('end', () => {
      assert.equal(request.method, 'POST')
      assert.equal(request.headers['content-type'], 'application/dns-message')
      handle(Buffer.concat(parts), answer)
    })
  }
  const answerTo =
    (response: ServerResponse | Http2ServerResponse) =>
    (status: number, body: Uint8Array): void => {
      response.statusCode = status
      response.setHeader('content-type', 'application/dns-message')
      response.end(body)
    }
  const server: Server =
    version === 1
      ? createServer(files, (request, response) => listener(request, answerTo(response)))
      : createSecureServer(files, (request, response) => listener(request, answerTo(response)))
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => void open.add(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

describe('resolveHttps()', { skip }, () => {
  let authority: LabAuthority
  let issued: Issued
  before(() => {
    authority = new LabAuthority()
    issued = authority.issue('dns', { names: ['dns.test'] })
  })
  after(() => authority[Symbol.dispose]())

  const tools = (limit = 3000): Parameters<typeof resolveHttps>[1] => ({
    clock: systemClock,
    signal: new AbortController().signal,
    limit: millis(limit),
    extraRoots: [authority.root],
  })
  const question = (port: number, host = 'dns.test'): Parameters<typeof resolveHttps>[0] => ({
    name: NAME,
    queryType: 'A',
    url: `https://${host}:${port}/dns-query`,
    address: '127.0.0.1',
  })
  const honest: Handler = (message, reply) => reply(200, encodeReply(message, [addressRecord(NAME, '192.0.2.1')]))

  for (const version of [1, 2] as const)
    it(`asks by HTTP/${version} where that is what the resolver speaks`, async () => {
      await using resolver = await openResolver(issued, version, honest)
      const outcome = await resolveHttps(question(resolver.port), tools())
      assert.equal(outcome.failure, undefined)
      assert.deepEqual(outcome.answer?.answers, [{ address: '192.0.2.1', family: 4, ttl: 60 }])
    })

  it('sends id 0, so that caches can answer', async () => {
    const ids: number[] = []
    await using resolver = await openResolver(issued, 2, (message, reply) => {
      ids.push(message.readUInt16BE(0))
      honest(message, reply)
    })
    await resolveHttps(question(resolver.port), tools())
    assert.deepEqual(ids, [0])
  })

  it('refuses a certificate of another name', async () => {
    await using resolver = await openResolver(issued, 2, honest)
    const outcome = await resolveHttps(question(resolver.port, 'other.test'), tools())
    assert.equal(outcome.failure?.code, 'ssl_invalid_hostname')
    assert.equal(outcome.answer, undefined)
  })

  it('refuses a certificate without a trusted authority', async () => {
    await using resolver = await openResolver(issued, 2, honest)
    const outcome = await resolveHttps(question(resolver.port), { ...tools(), extraRoots: [] })
    assert.equal(outcome.failure?.code, 'ssl_unknown_authority')
  })

  it('takes a page, an error and another question for no answer', async () => {
    const answers: readonly (readonly [number, Uint8Array])[] = [
      [200, Buffer.from('<html>sign in</html>')],
      [503, Buffer.from('')],
      [200, new Uint8Array()],
    ]
    for (const [status, body] of answers) {
      await using resolver = await openResolver(issued, 1, (_, reply) => reply(status, body))
      const outcome = await resolveHttps(question(resolver.port), tools())
      assert.equal(outcome.failure?.code, 'dns_server_misbehaving')
      assert.equal(outcome.failure?.detail, `status ${status}`)
    }
  })

  it('reads no more than a message of DNS can have', async () => {
    for (const version of [1, 2] as const) {
      await using resolver = await openResolver(issued, version, (_, reply) => reply(200, Buffer.alloc(500_000)))
      assert.equal((await resolveHttps(question(resolver.port), tools())).failure?.code, 'message_size')
    }
  })

  it('says of a resolver that never answers that our limit passed', async () => {
    for (const version of [1, 2] as const) {
      await using resolver = await openResolver(issued, version, () => undefined)
      const outcome = await resolveHttps(question(resolver.port), tools(300))
      assert.deepEqual(outcome.failure, { code: 'generic_timeout_error', stage: 'answer', detail: '', limit: 300 })
    }
  })

  it('says of a refusal and of no such name what they are', async () => {
    await using resolver = await openResolver(issued, 2, (message, reply) =>
      reply(200, encodeReply(message, [], { rcode: 3 })),
    )
    assert.equal((await resolveHttps(question(resolver.port), tools())).failure?.code, 'dns_nxdomain_error')
    const closed = { ...question(await freePort()) }
    assert.equal((await resolveHttps(closed, tools())).failure?.code, 'connection_refused')
  })

  it('is answered by unbound', async (t) => {
    if (!hasProgram('unbound')) return t.skip('needs unbound')
    const port = await freePort()
    const config = join(authority.folder, 'unbound.conf')
    writeFileSync(
      config,
      `server:
  interface: 127.0.0.1@${port}
  https-port: ${port}
  tls-service-key: "${issued.key}"
  tls-service-pem: "${issued.chain}"
  username: ""
  chroot: ""
  directory: "${authority.folder}"
  pidfile: ""
  use-syslog: no
  do-daemonize: no
  verbosity: 1
  local-zone: "example.org." static
  local-data: "${NAME}. 300 IN A 192.0.2.9"
remote-control:
  control-enable: no
`,
    )
    await using program = new RunningProgram('unbound', ['-d', '-c', config])
    await program.printed(/start of service/)
    await accepts(port)
    const outcome = await resolveHttps(question(port), tools())
    assert.deepEqual(outcome.answer?.answers, [{ address: '192.0.2.9', family: 4, ttl: 300 }])
  })
})
