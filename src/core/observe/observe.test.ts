import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  connect,
  exchange,
  handshake,
  measurement,
  query,
  webMeasurement,
  type Json,
} from '../../../test/kit/measured/measurement.ts'
import {
  signalMeasurement,
  sniMeasurement,
  telegramMeasurement,
  whatsappMeasurement,
} from '../../../test/kit/measured/messenger-measurement.ts'
import { defined } from '../model/defined.ts'
import type { HttpObservation, Observation, TlsObservation } from '../model/measured/observation.ts'
import { decodeMeasurement } from '../ooni/decode/decode.ts'
import type { Certificates } from '../x509/certificates.ts'
import { observe } from './observe.ts'

/** Knows no certificate: the rooms under test pass chains on, they do not read them. */
const nobody: Certificates = { describe: () => undefined, chainState: () => 'unanchored' }

function rowsOf(json: Json, certificates: Certificates = nobody): readonly Observation[] {
  const decoded = decodeMeasurement(json)
  return decoded.kind === 'measurement' ? observe(decoded, certificates) : assert.fail(decoded.reason)
}
const isTls = (row: Observation): row is TlsObservation => row.kind === 'tls'
const isHttp = (row: Observation): row is HttpObservation => row.kind === 'http'

/** What a JSON pointer leads to. Source: RFC 6901 §4. */
const at = (json: unknown, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, key) => (value as Json | undefined)?.[key], json) // each step is an object or a list, or the test fails

describe('observe() on a web measurement', () => {
  it('gives the rows of the person and those of the helper', () => {
    const kinds = rowsOf(webMeasurement()).map((row) => `${row.side} ${row.kind}`)
    assert.deepEqual(kinds, [
      'probe dns',
      'probe tcp',
      'probe tls',
      'probe http',
      'control dns',
      'control tcp',
      'control tls',
      'control http',
    ])
  })

  it('gives no control row where the helper was not reached', () => {
    assert.ok(rowsOf(webMeasurement({ control: 'absent' })).every((row) => row.side === 'probe'))
  })

  it('points with every source to the operation it came from', () => {
    for (const made of [
      webMeasurement(),
      telegramMeasurement(),
      whatsappMeasurement(),
      sniMeasurement(),
      signalMeasurement(),
    ])
      for (const row of rowsOf(made)) assert.equal(typeof at(made, row.source), 'object', row.source)
  })

  it('tells how each address became known, the strongest way winning', () => {
    const testKeys = {
      queries: [
        query('www.example.com', ['93.184.215.14'], { engine: 'udp' }),
        query('www.example.com', ['93.184.215.15'], { engine: 'udp' }),
        query('www.example.com', ['93.184.215.16'], { engine: 'doh' }),
        query('www.example.com', ['93.184.215.14']),
      ],
      tcp_connect: ['14', '15', '16', '17', '18'].map((last) => connect(`93.184.215.${last}`, 443)),
    }
    const control = { dns: { failure: null, addrs: ['93.184.215.17'] } }
    const rows = rowsOf(webMeasurement({ control, testKeys })).filter(
      (row) => row.kind === 'tcp' && row.side === 'probe',
    )
    assert.deepEqual(
      rows.map((row) => row.kind === 'tcp' && row.origin),
      ['system', 'udp', 'doh', 'helper', 'unknown'],
    )
  })

  it('takes an address in the URL as the person’s own path', () => {
    const rows = rowsOf(webMeasurement({ url: 'https://93.184.215.14/', testKeys: { queries: [] } }))
    assert.deepEqual(
      [...new Set(rows.flatMap((row) => ('origin' in row && row.side === 'probe' ? [row.origin] : [])))],
      ['literal'],
    )
    assert.ok(!rows.some((row) => row.kind === 'dns'))
  })

  it('joins IPv6 addresses in any spelling', () => {
    const testKeys = {
      queries: [query('www.example.com', ['2606:2800:220:1:248:1893:25c8:1946'])],
      tcp_connect: [connect('2606:2800:0220:0001:0248:1893:25C8:1946', 443)],
    }
    const tcp = rowsOf(webMeasurement({ testKeys })).find((row) => row.kind === 'tcp')
    assert.equal(tcp?.kind === 'tcp' ? `${tcp.origin} ${tcp.family}` : '', 'system 6')
  })

  it('turns names into lower-case punycode', () => {
    const rows = rowsOf(webMeasurement({ testKeys: { queries: [query('КҮНДЕЛІК.Example.', ['93.184.215.14'])] } }))
    assert.equal(rows[0]?.kind === 'dns' ? rows[0].name : '', new URL('http://күнделік.example/').hostname)
  })

  it('marks a late second answer', () => {
    const late = { x_dns_duplicate_responses: [query('www.example.com', ['10.10.34.36'], { engine: 'udp' })] }
    const duplicates = rowsOf(webMeasurement({ testKeys: late })).filter((row) => row.kind === 'dns' && row.duplicate)
    assert.deepEqual(
      duplicates.map((row) => row.source),
      ['/test_keys/x_dns_duplicate_responses/0'],
    )
  })

  it('carries the throughput of a flow', () => {
    const event = (operation: string, t: number, bytes?: number): Json => ({
      operation,
      t,
      transaction_id: 50001,
      ...defined({ num_bytes: bytes }),
    })
    const events = [
      event('http_transaction_start', 1),
      event('bytes_received_cumulative', 2, 5000),
      event('bytes_received_cumulative', 3, 8000),
    ]
    const row = rowsOf(webMeasurement({ testKeys: { network_events: events } })).find(
      ({ kind }) => kind === 'throughput',
    )
    assert.deepEqual(row?.kind === 'throughput' ? [row.bytes, row.duration, row.name] : [], [
      8000,
      2,
      'www.example.com',
    ])
  })
})

describe('observe() on redirects', () => {
  const chain = ['https://c.example/', 'https://b.example/', 'http://a.example/']
  it('takes hops from the tags of today', () => {
    const testKeys = {
      requests: chain.map((url, index) => exchange(url, { depth: 2 - index })),
      tls_handshakes: [handshake('93.184.215.14:443', 'b.example', { depth: 1 })],
    }
    const rows = rowsOf(webMeasurement({ testKeys }))
    assert.deepEqual(
      rows
        .filter(isHttp)
        .filter((row) => row.side === 'probe')
        .map((row) => `${row.host} ${row.hop}`),
      ['c.example 2', 'b.example 1', 'a.example 0'],
    )
    assert.equal(rows.find(isTls)?.hop, 1)
  })

  it('takes hops from the order of requests, newest first, in older clients', () => {
    const untagged = (row: Json): Json => ({ ...row, tags: null, transaction_id: 0 })
    const testKeys = {
      requests: chain.map((url) => untagged(exchange(url))),
      queries: [untagged(query('a.example', ['93.184.215.14'])), untagged(query('b.example', ['93.184.215.15']))],
      tls_handshakes: [untagged(handshake('93.184.215.15:443', 'b.example'))],
      tcp_connect: [],
    }
    const rows = rowsOf(webMeasurement({ url: 'http://a.example/', control: 'absent', testKeys }))
    assert.deepEqual(
      rows.map((row) => `${row.kind} ${row.hop}`),
      ['dns 0', 'dns 1', 'tls 1', 'http 2', 'http 1', 'http 0'],
    )
  })

  it('puts a handshake at the hop where its name is asked over https', () => {
    const untagged = (row: Json): Json => ({ ...row, tags: null })
    const testKeys = {
      requests: ['https://a.example/', 'http://a.example/'].map((url) => untagged(exchange(url))),
      tls_handshakes: [untagged(handshake('93.184.215.14:443', 'a.example'))],
    }
    assert.equal(rowsOf(webMeasurement({ url: 'http://a.example/', testKeys })).find(isTls)?.hop, 1)
  })
})

describe('observe() on exchanges', () => {
  const first = (row: Json): HttpObservation =>
    rowsOf(webMeasurement({ testKeys: { requests: [row] } })).find(isHttp) ?? assert.fail('no exchange')

  it('drops user name, password and fragment of a URL', () => {
    assert.equal(first(exchange('https://user:secret@a.example/path?q=1#part')).url, 'https://a.example/path?q=1')
  })

  it('reads title and length of a page, in characters and in bytes', () => {
    const row = first(exchange('http://a.example/', { body: '<TITLE>\n  Бет \n табылмады </TITLE>' }))
    assert.equal(row.title, 'Бет табылмады')
    assert.equal(row.bodyBytes, new TextEncoder().encode('<TITLE>\n  Бет \n табылмады </TITLE>').length)
  })

  it('reads a page in its own charset', () => {
    const bytes = Buffer.from([
      ...Buffer.from('<title>'),
      0xc4,
      0xee,
      0xf1,
      0xf2,
      0xf3,
      0xef,
      ...Buffer.from('</title>'),
    ])
    const body = { format: 'base64', data: bytes.toString('base64') }
    assert.equal(
      first(exchange('http://a.example/', { body, headers: [['Content-Type', 'text/html; charset=windows-1251']] }))
        .title,
      'Доступ',
    )
    assert.equal(first(exchange('http://a.example/', { body })).title, 'Доступ')
    assert.equal(
      first(exchange('http://a.example/', { body, headers: [['Content-Type', 'text/html; charset=nonsense']] }))
        .bodyBytes,
      bytes.length,
    )
  })

  it('bounds body and title', () => {
    const row = first(exchange('http://a.example/', { body: `<title>${'x'.repeat(2_000_000)}` }))
    assert.ok((row.body?.length ?? 0) <= 512 * 1024 && (row.title?.length ?? 0) <= 500)
    assert.equal(row.bodyBytes, 2_000_007)
  })

  it('gives location and headers in lower case', () => {
    const row = first(exchange('http://a.example/', { status: 302, headers: [['LOCATION', 'http://b.example/']] }))
    assert.deepEqual([row.location, row.headers], ['http://b.example/', [['location', 'http://b.example/']]])
  })

  it('counts an exchange carried by Tor as a look from elsewhere', () => {
    const request = (tor: boolean): Json => ({
      request: { url: 'http://a.example/', method: 'GET', tor: { is_tor: tor } },
      response: { code: 200, headers: {}, body: '' },
    })
    const rows = rowsOf(measurement('http_requests', '0.2.4', { requests: [request(false), request(true)] }))
    assert.deepEqual(
      rows.map((row) => row.side),
      ['probe', 'control'],
    )
  })
})

describe('observe() on messengers and pairs', () => {
  const parts = (json: Json): Record<string, number> => {
    const count: Record<string, number> = {}
    for (const row of rowsOf(json)) count[row.part] = (count[row.part] ?? 0) + 1
    return count
  }

  it('tells Telegram’s datacentres from its web page', () => {
    assert.deepEqual(parts(telegramMeasurement()), { web: 4, datacenter: 24 })
  })

  it('tells WhatsApp’s endpoints, registration and web page', () => {
    assert.deepEqual(parts(whatsappMeasurement()), { endpoint: 48, registration: 4, web: 4 })
  })

  it('gives every host of Signal to its backend', () => {
    assert.deepEqual(parts(signalMeasurement()), { backend: 16 })
  })

  it('finds the datacentres in measurements without URLs and lookups', () => {
    const rows = ['149.154.171.5:443', 'web.telegram.org'].map((host) => ({
      request: { headers: { Host: host } },
      response: { headers: { A: 'b' } },
    }))
    const made = rowsOf(
      measurement('telegram', '0.0.3', {
        requests: rows,
        tcp_connect: [connect('149.154.171.5', 443), connect('149.154.167.99', 80)],
      }),
    )
    assert.deepEqual(
      made.map((row) => row.part),
      ['datacenter', 'web', 'datacenter', 'web'],
    )
  })

  it('makes the control half of an SNI pair a control row of the person’s own side', () => {
    const rows = rowsOf(sniMeasurement({ target: 'blocked.example', targetFailure: 'connection_reset' })).filter(isTls)
    assert.deepEqual(
      rows.map((row) => [row.side, row.role, row.name, row.address, row.failure?.code]),
      [
        ['probe', 'innocent', 'example.org', '93.184.215.14', undefined],
        ['probe', 'target', 'blocked.example', '93.184.215.14', 'connection_reset'],
      ],
    )
  })

  it('finds address and name of a handshake that an old client wrote without them', () => {
    const half = (sni: string, flow: number): Json => ({
      sni,
      tcp_connect: [{ ip: '93.184.215.14', port: 443, status: { failure: null, success: true }, conn_id: flow }],
      tls_handshakes: [{ failure: null, peer_certificates: null, conn_id: flow }],
    })
    const rows = rowsOf(
      measurement('sni_blocking', '0.0.1', { control: half('example.org', 1), target: half('b.example', 2) }),
    ).filter(isTls)
    assert.deepEqual(
      rows.map((row) => `${row.name} ${row.address}:${row.port}`),
      ['example.org 93.184.215.14:443', 'b.example 93.184.215.14:443'],
    )
  })

  it('does not guess an address where several were dialled', () => {
    const testKeys = {
      tcp_connect: [connect('93.184.215.14', 443), connect('93.184.215.15', 443)],
      tls_handshakes: [{ failure: null, server_name: 'www.example.com' }],
    }
    assert.equal(rowsOf(webMeasurement({ testKeys })).find(isTls)?.address, undefined)
  })
})

describe('observe() as a function', () => {
  it('gives the same rows for the same measurement', () => {
    for (const made of [webMeasurement(), telegramMeasurement(), sniMeasurement()])
      assert.deepEqual(rowsOf(made), rowsOf(structuredClone(made)))
  })

  it('gives no row for a page that is a tunnel’s inside', () => {
    const rows = rowsOf(
      measurement('openvpn', '0.0.16', {
        success: true,
        success_handshake: true,
        remote: '93.184.215.14:443',
        transport: 'tcp',
        requests: [exchange('https://a.example/')],
      }),
    )
    assert.deepEqual(
      rows.map((row) => row.kind),
      ['tunnel'],
    )
  })

  it('holds with any texts in the place of names and URLs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.webUrl(), (text, url) => {
        const testKeys = {
          queries: [{ ...query('x', ['93.184.215.14']), hostname: text }],
          requests: [exchange(text), exchange(url)],
          tls_handshakes: [handshake('93.184.215.14:443', text)],
        }
        for (const row of rowsOf(webMeasurement({ testKeys }))) assert.ok(row.source.startsWith('/test_keys/'))
      }),
    )
  })
})
