import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { millis } from '../../core/model/units.ts'
import { testContext } from '../../../test/kit/probe/probe-context.ts'
import { postJson } from './control-abroad.ts'
import type { RunSettings } from './contract.ts'
import { askCollectors, readCheckIn, readClientAddress } from './network-seen.ts'

const signal = new AbortController().signal

/** A server on loopback with an answer for each request. */
class Answers implements AsyncDisposable {
  readonly asked: { readonly path: string; readonly from: string; readonly body: unknown }[] = []
  readonly #server: Server

  constructor(answer: (request: IncomingMessage) => string | Buffer) {
    this.#server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        this.asked.push({
          path: request.url ?? '',
          from: request.socket.remoteAddress ?? '',
          body: JSON.parse(body) as unknown,
        })
        response.end(answer(request))
      })
    })
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '::', resolve))
    return (this.#server.address() as AddressInfo).port // it listens on TCP
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

const plain = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/, '')
const settingsFor = (...collectorUrls: readonly string[]): RunSettings => ({
  ...testContext({}).context.settings,
  collectorUrls,
})

describe('askCollectors()', () => {
  let server: Answers
  let port = 0
  before(async () => {
    server = new Answers((request) =>
      JSON.stringify({
        probe_asn: 'AS9198',
        probe_cc: 'KZ',
        probe_network_name: 'Test',
        x_client: { address: plain(request.socket.remoteAddress) },
      }),
    )
    port = await server.open()
  })
  after(() => server[Symbol.asyncDispose]())
  const ask = (url: string, carries = true): ReturnType<typeof askCollectors> =>
    askCollectors(settingsFor(url), { signal, carries: () => Promise.resolve(carries) })

  it('learns the owner’s address over both families, where the line has both', async (t) => {
    const { ownAddresses, network } = await ask(`http://localhost:${port}`)
    assert.equal(network?.asn, 9198)
    if (ownAddresses.length < 2) return t.skip('localhost has one family here')
    assert.deepEqual([...ownAddresses].toSorted(), ['127.0.0.1', '::1'])
    assert.deepEqual(new Set(server.asked.map(({ from }) => plain(from))), new Set(['127.0.0.1', '::1']))
  })

  it('asks once where the line has one family, or the collector is an address', async () => {
    const before = server.asked.length
    await ask(`http://localhost:${port}`, false)
    await ask(`http://127.0.0.1:${port}/`)
    assert.equal(server.asked.length - before, 2)
  })

  it('says nothing of the owner: no network, no list of pages wanted, a path of the format alone', () => {
    for (const { path, body } of server.asked) {
      assert.equal(path, '/api/v1/check-in')
      assert.deepEqual(Object.keys(body as object).toSorted(), [
        'charging',
        'on_wifi',
        'platform',
        'probe_asn',
        'probe_cc',
        'run_type',
        'software_name',
        'software_version',
        'web_connectivity',
        'x_client',
      ])
    }
  })

  it('believes no address that is none', () => {
    for (const address of ['', 'localhost', '1.2.3', 7, null, {}, '1.2.3.4 ', '[::1]'])
      assert.deepEqual(readClientAddress({ address }), [])
    assert.deepEqual(readCheckIn([]), { ownAddresses: [] })
    assert.deepEqual(readCheckIn(JSON.parse('{"__proto__":{"x_client":{"address":"1.2.3.4"}}}')), { ownAddresses: [] })
  })
})

describe('postJson() and a hostile server', () => {
  const hostile: Readonly<Record<string, string | Buffer>> = {
    'nested a hundred thousand levels deep': '['.repeat(100_000) + ']'.repeat(100_000),
    'nested in objects': '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000),
    'longer than any honest one': `"${'x'.repeat(1_000_000)}"`,
    'no JSON': '<html>',
    'no UTF-8': Buffer.of(0x22, 0xff, 0x22),
  }
  for (const [how, text] of Object.entries(hostile))
    it(`refuses an answer that is ${how}`, async () => {
      await using server = new Answers(() => text)
      const port = await server.open()
      await assert.rejects(postJson(`http://127.0.0.1:${port}/`, {}, { signal, limit: millis(5_000), extraRoots: [] }))
    })

  it('follows no redirect', async () => {
    await using third = new Answers(() => '{}')
    const away = await third.open()
    const server = createServer((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${away}/` }).end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo // it listens on TCP
    const answer = await postJson(`http://127.0.0.1:${port}/`, {}, { signal, limit: millis(5_000), extraRoots: [] })
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
    assert.equal(answer.status, 307)
    assert.equal(third.asked.length, 0)
  })
})
