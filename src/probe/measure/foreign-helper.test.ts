import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { decodeControl } from '../../core/ooni/decode/control.ts'
import { isRecord } from '../../core/ooni/decode/decoder.ts'
import { systemClock } from '../../runtime/clock.ts'
import { ControlAbroad } from './control-abroad.ts'
import { neighbourQuestion, type ControlQuestion } from './control-question.ts'

/** What OONI's helper answers for `https://chat.example/`, its documented keys and none of ours. */
const ANSWER = {
  tcp_connect: { '192.0.2.1:443': { status: true, failure: null } },
  tls_handshake: { '192.0.2.1:443': { server_name: 'chat.example', status: true, failure: null } },
  quic_handshake: {},
  http_request: {
    body_length: -1,
    discovered_h3_endpoint: '',
    failure: 'unknown_error',
    title: '',
    headers: {},
    status_code: -1,
  },
  http3_request: null,
  dns: { failure: null, addrs: ['192.0.2.1'] },
  ip_info: { '192.0.2.1': { asn: 64500, flags: 11 } },
}

/** A helper of OONI: it knows none of our keys and refuses what has no URL, without a body. */
class OoniHelper implements AsyncDisposable {
  readonly urls: string[] = []
  readonly #server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked: unknown = JSON.parse(body)
      const url = isRecord(asked) ? asked['http_request'] : undefined
      this.urls.push(String(url))
      if (typeof url === 'string' && URL.canParse(url)) response.end(JSON.stringify(ANSWER))
      else response.writeHead(400).end()
    })
  })

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}

const ofName: ControlQuestion = {
  http_request: '',
  http_request_headers: { Accept: ['*/*'] },
  tcp_connect: ['192.0.2.1:443'],
  x_quic_enabled: false,
  x_host: 'chat.example',
  x_pairs: [{ address: '192.0.2.1:443', server_name: 'chat.example', network: 'tcp', role: 'target' }],
  x_client: true,
}

describe('a helper of OONI', () => {
  it('is asked in its own form for what has no page, and that form is in the measurement', async () => {
    await using helper = new OoniHelper()
    using control = new ControlAbroad({
      urls: [await helper.open()],
      clock: systemClock,
      signal: new AbortController().signal,
      extraRoots: [],
      onBytes: () => undefined,
    })
    const whoAsks = { http_request: '', http_request_headers: {}, tcp_connect: [], x_client: true }
    for (let nth = 0; nth < 3; nth++) assert.equal((await control.ask(whoAsks))?.kind, 'none')
    helper.urls.length = 0

    const answer = await control.ask(ofName)
    assert.equal(answer?.kind, 'answer')
    assert.deepEqual(helper.urls, ['', 'https://chat.example/'])
    assert.deepEqual(answer.kind === 'answer' ? answer.asked : undefined, {
      http_request: 'https://chat.example/',
      http_request_headers: { Accept: ['*/*'] },
      tcp_connect: ['192.0.2.1:443'],
      x_quic_enabled: false,
    })
    const decoded = decodeControl({ control: answer.kind === 'answer' ? answer.json : {} }, '')
    assert.equal(decoded?.tlsHandshakes[0]?.serverName, 'chat.example')

    const near = neighbourQuestion([2, 3].map((last) => ({ address: `192.0.2.${last}`, port: 5222 })))
    assert.equal((await control.ask(near))?.kind, 'answer')
    assert.equal((await control.ask({ ...ofName, tcp_connect: [] }))?.kind, 'answer')
    assert.equal((await control.ask({ ...ofName, tcp_connect: ['192.0.2.1:5222'] }))?.kind, 'answer')
    const known = await control.ask({ ...ofName, http_request: 'https://chat.example/a' })
    assert.equal(known?.kind === 'answer' ? known.asked : 'none', undefined)
    assert.deepEqual(helper.urls.slice(2), [
      'http://192.0.2.2:5222/',
      'https://chat.example/',
      'https://chat.example:5222/',
      'https://chat.example/a',
    ])
  })
})
