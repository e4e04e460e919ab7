import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ExchangeOutcome } from '../core/model/measured/operation.ts'
import { millis } from '../core/model/units.ts'
import { h3EndpointOf, pageOf } from './page-answer.ts'

const answer = (body: string, headers: ExchangeOutcome['headers'] = []): ExchangeOutcome => ({
  operation: 'exchange',
  url: 'https://example.org/',
  method: 'GET',
  over: 'tls',
  address: '192.0.2.1',
  port: 443,
  requestHeaders: [],
  status: 200,
  headers,
  body: new TextEncoder().encode(body),
  bodyTruncated: false,
  arrivals: [],
  startedAt: millis(0),
  endedAt: millis(1),
  bytesSent: 0,
  bytesReceived: 0,
})
const at = new URL('https://example.org/')

describe('pageOf()', () => {
  it('tells the first value of each header in Go’s spelling, in order', () => {
    const headers = [
      ['x-a', '1'],
      ['X-A', '2'],
      ['content-TYPE', 'text/html'],
      ['Transfer-Encoding', 'chunked'],
      ['__proto__', 'x'],
    ] as const
    assert.equal(JSON.stringify(pageOf(answer(''), at).headers), '{}')
    assert.deepEqual(Object.entries(pageOf(answer('', headers), at).headers), [
      ['Content-Type', 'text/html'],
      ['X-A', '1'],
      ['__proto__', 'x'],
    ])
  })

  it('reads a title as OONI’s helper does', () => {
    const titleOf = (body: string): string => pageOf(answer(body), at).title
    assert.equal(titleOf('<html><TITLE> A &amp; B </TITLE>'), 'A &amp; B')
    assert.equal(titleOf('<title>Қазақша</title><title>second</title>'), 'Қазақша')
    assert.equal(titleOf(`<title>${'x'.repeat(129)}</title>`), '')
    assert.equal(titleOf('<title lang="kk">x</title>'), '')
    assert.equal(titleOf('no title'), '')
  })

  it('counts bytes of the body, not characters', () => {
    assert.equal(pageOf(answer('қ'), at).bodyLength, 2)
  })
})

describe('h3EndpointOf()', () => {
  const offered = (value: string): string => h3EndpointOf([['alt-svc', value]], at)
  it('finds where HTTP/3 is offered on the same host', () => {
    assert.equal(offered('h3=":443"; ma=86400'), 'example.org:443')
    assert.equal(offered('h2=":443", h3="example.org:8443"'), 'example.org:8443')
  })
  it('finds nothing elsewhere', () => {
    for (const value of ['', 'clear', 'h3-29=":443"', 'h3="evil.example:443"', 'h3=":99999"', 'h3=":0"', 'xh3=":443"'])
      assert.equal(offered(value), '', value)
  })
})
