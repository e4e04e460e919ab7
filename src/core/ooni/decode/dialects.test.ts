import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exchange, measurement, webMeasurement, type Json } from '../../../../test/kit/measured/measurement.ts'
import { decodeMeasurement, type Measurement } from './decode.ts'

function decoded(json: Json): Measurement {
  const result = decodeMeasurement(json)
  assert.equal(result.kind, 'measurement')
  return result
}
const setOf = (json: Json) => decoded(json).sets[0] ?? assert.fail('no rows')
const web = (testKeys: Json) => webMeasurement({ testKeys })

describe('dialects of rows', () => {
  it('failure false, null and absent are success', () => {
    for (const status of [{ failure: false, success: true }, { failure: null, success: true }, { success: true }])
      assert.equal(
        setOf(web({ tcp_connect: [{ ip: '93.184.215.14', port: 443, status }] })).connects[0]?.failure,
        undefined,
      )
  })

  it('success false without a word is a failure', () => {
    const row = setOf(web({ tcp_connect: [{ ip: '93.184.215.14', port: 443, status: { success: false } }] }))
      .connects[0]
    assert.equal(row?.failure?.code, 'unknown_failure')
  })

  it('tcp_connect may be one object', () => {
    const tcp = { ip: '93.184.215.14', port: 1194, status: { failure: null, success: true } }
    assert.equal(setOf(measurement('openvpn', '0.0.16', { tcp_connect: tcp, success: true })).connects[0]?.port, 1194)
  })

  it('tcp_connect may be keyed by endpoint', () => {
    const tcp = { '93.184.215.14:80': { failure: 'connection_refused' } }
    assert.deepEqual(setOf(web({ tcp_connect: tcp })).connects[0], {
      source: '/test_keys/tcp_connect/93.184.215.14:80',
      tags: [],
      address: '93.184.215.14',
      port: 80,
      failure: { code: 'connection_refused', raw: 'connection_refused' },
    })
  })

  it('lists may be null', () => {
    const set = setOf(
      web({ queries: null, tcp_connect: null, tls_handshakes: null, requests: null, network_events: null }),
    )
    assert.deepEqual([set.queries, set.connects, set.tlsHandshakes, set.requests], [[], [], [], []])
  })

  it('an answer without addresses is dns_no_answer, with any failure', () => {
    const row = { hostname: 'a.example', query_type: 'AAAA', answers: null, failure: null, engine: 'system' }
    assert.equal(setOf(web({ queries: [row] })).queries[0]?.failure?.code, 'dns_no_answer')
  })

  it('an answer of a type we do not read is no empty answer', () => {
    const row = {
      hostname: 'a.example',
      query_type: 'HTTPS',
      answers: [{ answer_type: 'HTTPS' }],
      failure: null,
      engine: 'udp',
    }
    assert.equal(setOf(web({ queries: [row] })).queries[0]?.failure, undefined)
  })

  it('the engine tells the resolver; without one the system is asked, with an address another', () => {
    const row = (more: Json): Json => ({ hostname: 'a.example', query_type: 'A', answers: [], failure: 'x', ...more })
    const rows = [
      { engine: 'getaddrinfo' },
      { engine: 'doh' },
      {},
      { resolver_hostname: '8.8.8.8', resolver_port: 53 },
      { engine: 'novel' },
    ]
    const resolvers = setOf(web({ queries: rows.map(row) })).queries.map((query) => query.resolver)
    assert.deepEqual(resolvers, ['system', 'doh', 'system', 'udp', 'unknown'])
  })

  it('the system giving an address back is no lookup', () => {
    const row = { hostname: '93.184.215.14', query_type: 'A', answers: [], failure: null, engine: 'system' }
    assert.deepEqual(setOf(web({ queries: [row] })).queries, [])
  })

  it('a time of the wall clock is left out, a flow number 0 is none', () => {
    const row = { ip: '93.184.215.14', port: 443, status: {}, t: 1_740_841_200, transaction_id: 0 }
    const made = setOf(web({ tcp_connect: [row] })).connects[0]
    assert.equal(made?.endedAt, undefined)
    assert.equal(made?.transaction, undefined)
  })
})

describe('dialects of exchanges', () => {
  const response = (value: unknown) =>
    setOf(web({ requests: [{ ...exchange('http://a.example/'), response: value }] })).requests[0]?.response

  it('no answer is null, an object without anything, or code 0', () => {
    for (const none of [null, {}, { code: 0, headers: null, body: '' }, { code: -1 }, { body: null, headers: {} }])
      assert.equal(response(none), undefined)
  })

  it('headers are a list, an object, an object of lists or a list of lists', () => {
    for (const headers of [
      { headers_list: [['Location', 'http://b.example/']] },
      { headers: { Location: 'http://b.example/' } },
      { headers: { Location: ['http://b.example/'] } },
      { headers: [['Location', ['http://b.example/']], []] },
    ])
      assert.deepEqual(response({ code: 302, ...headers })?.headers, [['location', 'http://b.example/']])
  })

  it('a header in base64 loses the NUL at its end', () => {
    const data = btoa('http://b.example/\0')
    assert.deepEqual(response({ code: 302, headers: { Location: { format: 'base64', data } } })?.headers, [
      ['location', 'http://b.example/'],
    ])
  })

  it('a body in base64 without padding is read', () => {
    const body = response({ code: 200, body: { format: 'base64', data: 'aGk' } })?.body
    assert.deepEqual(body, { kind: 'bytes', bytes: new Uint8Array([104, 105]), length: 2 })
  })

  it('an exchange without URL keeps the Host header', () => {
    const row = {
      failure: null,
      request: { headers: { Host: 'web.telegram.org' } },
      response: { headers: { Server: 'x' } },
    }
    const made = setOf(measurement('telegram', '0.0.3', { requests: [row] })).requests[0]
    assert.equal(made?.hostHeader, 'web.telegram.org')
    assert.equal(made?.response?.status, undefined)
  })

  it('a request that an old client did not list is made of its failure', () => {
    const keys = {
      queries: [],
      tcp_connect: [{ ip: '93.184.215.14', port: 443, status: { failure: null, success: true } }],
      requests: [],
      http_experiment_failure: 'response_never_received',
    }
    const old = measurement('web_connectivity', '0.3.0', keys, { root: { input: 'https://a.example/' } })
    assert.equal(setOf(old).requests[0]?.failure?.code, 'eof_error')
    const today = measurement(
      'web_connectivity',
      '0.5.0',
      { ...keys, tls_handshakes: [] },
      { root: { input: 'https://a.example/' } },
    )
    assert.deepEqual(setOf(today).requests, [])
  })
})

describe('dialects of the test helper', () => {
  const controlOf = (control: unknown, failure: string | null = null) =>
    decoded(web({ control, control_failure: failure })).control

  it('addresses are in addrs or in ips, canonical names among them', () => {
    for (const key of ['addrs', 'ips'])
      assert.deepEqual(controlOf({ dns: { failure: null, [key]: ['cdn.example', '93.184.215.14'] } })?.lookup, {
        source: '/test_keys/control/dns',
        addresses: ['93.184.215.14'],
        canonicalNames: ['cdn.example'],
      })
  })

  it('a helper that was not reached is no control, though its fields are there', () => {
    const zeros = {
      tcp_connect: null,
      http_request: { body_length: 0, failure: null, status_code: 0 },
      dns: { failure: null, addrs: null },
    }
    assert.equal(controlOf(zeros, 'connection_refused'), undefined)
    assert.deepEqual(controlOf(zeros)?.pages, [])
    assert.equal(controlOf(zeros)?.lookup, undefined)
    assert.equal(controlOf(null), undefined)
  })

  it('-1 stands for no status and no length', () => {
    const page = controlOf({
      http_request: { body_length: -1, status_code: -1, failure: 'dns_lookup_error', headers: {} },
    })?.pages[0]
    assert.equal(page?.status, undefined)
    assert.equal(page?.bodyBytes, undefined)
    assert.equal(page?.failure?.code, 'dns_lookup_error')
  })

  it('an endpoint whose status is false failed, whether it says why or not', () => {
    const row = controlOf({ tcp_connect: { '93.184.215.14:80': { status: false } } })?.connects[0]
    assert.equal(row?.failure?.code, 'unknown_failure')
  })
})

describe('urlgetter', () => {
  it('through a tunnel or a proxy is not on the person’s path', () => {
    const rows = { requests: [exchange('https://a.example/')] }
    assert.equal(decoded(measurement('urlgetter', '0.2.0', { ...rows, socksproxy: null, tunnel: '' })).sets.length, 1)
    for (const key of ['tunnel', 'socksproxy'])
      assert.deepEqual(decoded(measurement('urlgetter', '0.2.0', { ...rows, [key]: 'psiphon' })).sets, [])
  })
})

describe('pings', () => {
  const connect = { ip: '93.184.215.14', port: 443, status: { failure: null, success: true } }
  const shaken = { address: '93.184.215.14:443', server_name: 'a.example', failure: 'connection_reset' }
  const pingOf = (test: string, ping: Json) => setOf(measurement(test, '0.1.0', { pings: [ping] }))

  it('hold one connection, in the first versions a list of them', () => {
    for (const tcp_connect of [connect, [connect]])
      assert.equal(pingOf('tcpping', { tcp_connect }).connects[0]?.address, '93.184.215.14')
    assert.deepEqual(pingOf('tcpping', { tcp_connect: null }).connects, [])
  })

  it('hold one handshake, in the first versions a list of them', () => {
    for (const ping of [{ tls_handshake: shaken }, { tls_handshake: [shaken] }, { tls_handshakes: [shaken] }])
      assert.equal(pingOf('tlsping', ping).tlsHandshakes[0]?.failure?.code, 'connection_reset')
    assert.equal(pingOf('simplequicping', { quic_handshakes: [shaken] }).quicHandshakes.length, 1)
  })
})

describe('targets of the tor test', () => {
  const target = {
    target_protocol: 'obfs4',
    target_address: '192.0.2.5:443',
    summary: { handshake: { failure: 'generic_timeout_error' } },
  }
  it('are a list in the first version and keyed later', () => {
    const listed = decoded(measurement('tor', '0.0.1', { targets: [target] })).sets[0]
    const keyed = decoded(measurement('tor', '0.4.0', { targets: { 'a/b': target } })).sets[0]
    assert.equal(listed?.part, 'obfs4')
    assert.equal(keyed?.tunnels[0]?.failure?.code, 'generic_timeout_error')
    assert.equal(keyed?.tunnels[0]?.source, '/test_keys/targets/a~1b/summary/handshake')
  })
})
