import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { SAMPLES } from '../../../../test/kit/measured/samples.ts'
import { InputError } from '../../model/errors.ts'
import type { Stage } from '../../model/measured/operation.ts'
import { FAILURES, type FailureCode } from '../../model/measured/failure.ts'
import { decodeControl } from '../decode/control.ts'
import { isRecord } from '../decode/decoder.ts'
import { encodeHelperAnswer, failedPage, parseHelperAnswer, type HelperAnswer } from './answer.ts'
import { helperDnsWord, helperHttpWord, helperTcpWord, helperTlsWord } from './failure.ts'
import { encodeHelperRequest, parseHelperRequest, type HelperRequest } from './request.ts'
import { normaliseFailure } from '../decode/normalise-failure.ts'

/** The request and the answer of docs/formats/control.md, as one line of JSON each. */
const REQUEST =
  '{"http_request":"https://example.org/","http_request_headers":{"Accept":["*/*"],"Accept-Language":["kk"],"User-Agent":["x"]},"tcp_connect":["192.0.2.1:443","192.0.2.1:80"],"x_quic_enabled":false}'
const ANSWER =
  '{"tcp_connect":{"192.0.2.1:443":{"status":true,"failure":null}},"tls_handshake":{"192.0.2.1:443":{"server_name":"example.org","status":true,"failure":null}},"quic_handshake":{},"http_request":{"body_length":1256,"discovered_h3_endpoint":"","failure":null,"title":"Example","headers":{"Content-Type":"text/html"},"status_code":200},"http3_request":null,"dns":{"failure":null,"addrs":["192.0.2.1"]},"ip_info":{"192.0.2.1":{"asn":64500,"flags":11}}}'

const refusesAt = (value: unknown, path: string): void => {
  assert.throws(
    () => parseHelperRequest(value),
    (error) => error instanceof InputError && error.path === path,
    `${JSON.stringify(value)} at ${path}`,
  )
}

describe('parseHelperRequest()', () => {
  it('reads what an OONI probe sends, and writes it again byte for byte', () => {
    const request = parseHelperRequest(JSON.parse(REQUEST))
    assert.equal(request.url, 'https://example.org/')
    assert.deepEqual(request.endpoints, [
      { address: '192.0.2.1', port: 443 },
      { address: '192.0.2.1', port: 80 },
    ])
    assert.equal(request.pairs, undefined)
    assert.equal(JSON.stringify(encodeHelperRequest(request)), REQUEST)
  })

  it('reads our extension, with addresses of version 6', () => {
    const request: HelperRequest = {
      host: 'example.org',
      headers: {},
      endpoints: [{ address: '2001:db8::1', port: 5222 }],
      quic: true,
      pairs: [{ address: '2001:db8::1', port: 443, serverName: 'example.org', network: 'udp', role: 'target' }],
      client: true,
    }
    assert.deepEqual(parseHelperRequest(JSON.parse(JSON.stringify(encodeHelperRequest(request)))), request)
  })

  it('passes on three headers and drops every other', () => {
    const { headers } = parseHelperRequest({
      http_request: 'http://example.org',
      http_request_headers: { accept: ['a'], Cookie: ['secret'], Host: ['inside.example'], 'X-Forwarded-For': [7] },
    })
    assert.deepEqual(headers, { Accept: ['a'] })
  })

  it('passes over endpoints that are no address and port', () => {
    const { endpoints } = parseHelperRequest({
      http_request: 'http://example.org',
      tcp_connect: ['example.org:443', '192.0.2.1', '192.0.2.1:99999', '192.0.2.1:0', '', '192.0.2.1:443'],
    })
    assert.deepEqual(endpoints, [{ address: '192.0.2.1', port: 443 }])
  })

  it('names the field that is wrong', () => {
    const url = 'http://example.org'
    refusesAt(null, '')
    refusesAt([], '')
    refusesAt('x', '')
    refusesAt({}, '/http_request')
    refusesAt({ http_request: '' }, '/http_request')
    for (const bad of [
      'ftp://example.org',
      'file:///etc/passwd',
      'example.org',
      'http://u:p@example.org',
      'http://a:0/',
    ])
      refusesAt({ http_request: bad }, '/http_request')
    refusesAt({ http_request: `${url}/${'a'.repeat(5000)}` }, '/http_request')
    refusesAt({ http_request: 7 }, '/http_request')
    refusesAt({ http_request: url, tcp_connect: 'x' }, '/tcp_connect')
    refusesAt({ http_request: url, tcp_connect: Array(300).fill('192.0.2.1:1') }, '/tcp_connect')
    refusesAt({ http_request: url, tcp_connect: [7] }, '/tcp_connect')
    refusesAt({ http_request: url, x_quic_enabled: 'yes' }, '/x_quic_enabled')
    refusesAt({ http_request: url, http_request_headers: [] }, '/http_request_headers')
    refusesAt({ http_request: url, http_request_headers: { Accept: 'a' } }, '/http_request_headers/Accept')
    refusesAt({ http_request: url, http_request_headers: { Accept: ['a\r\nHost: b'] } }, '/http_request_headers/Accept')
    const pair = { address: '192.0.2.1:443', server_name: 'example.org', network: 'tcp', role: 'target' }
    refusesAt({ x_pairs: {} }, '/x_pairs')
    refusesAt({ x_pairs: Array(25).fill(pair) }, '/x_pairs')
    refusesAt({ x_pairs: [{ ...pair, address: 'example.org:443' }] }, '/x_pairs/0/address')
    refusesAt({ x_pairs: [{ ...pair, server_name: '192.0.2.1' }] }, '/x_pairs/0/server_name')
    refusesAt({ x_pairs: [{ ...pair, server_name: 'a b' }] }, '/x_pairs/0/server_name')
    refusesAt({ x_pairs: [pair, { ...pair, network: 'icmp' }] }, '/x_pairs/1/network')
    refusesAt({ x_pairs: [{ ...pair, role: 'master' }] }, '/x_pairs/0/role')
    refusesAt({ x_host: '192.0.2.1' }, '/x_host')
  })

  it('throws nothing but InputError, on any input', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.record({ http_request: fc.webUrl(), x_pairs: fc.anything(), tcp_connect: fc.array(fc.anything()) }),
        ),
        (value) => {
          try {
            parseHelperRequest(value)
          } catch (error) {
            assert.ok(error instanceof InputError, String(error))
          }
        },
      ),
    )
  })
})

describe('encodeHelperAnswer()', () => {
  it('writes what the format shows, key for key in its order', () => {
    assert.equal(JSON.stringify(encodeHelperAnswer(parseHelperAnswer(JSON.parse(ANSWER)))), ANSWER)
  })

  it('leaves out empty handshakes and networks, but never those of QUIC', () => {
    const empty = encodeHelperAnswer({ connects: [], tls: [], quic: [], addresses: [] })
    assert.deepEqual(Object.keys(empty), ['tcp_connect', 'quic_handshake', 'http_request', 'http3_request', 'dns'])
  })

  it('is read by the decoder of measurements', () => {
    const failed: HelperAnswer = {
      connects: [{ endpoint: '192.0.2.1:443', failure: 'connection_refused_error' }],
      tls: [],
      quic: [{ endpoint: '192.0.2.1:443', serverName: 'example.org', failure: 'generic_timeout_error' }],
      lookup: { failure: 'dns_name_error', addresses: [] },
      addresses: [
        { address: '10.0.0.1', asn: 0, fromProbe: true, fromHelper: false, bogon: true, valid: false },
        { address: '192.0.2.1', asn: 64500, fromProbe: true, fromHelper: true, bogon: false, valid: true },
      ],
    }
    const json: unknown = JSON.parse(JSON.stringify(encodeHelperAnswer(failed)))
    const control = decodeControl({ control: json }, '')
    assert.equal(control?.connects[0]?.failure?.code, 'connection_refused')
    assert.equal(control?.quicHandshakes[0]?.failure?.code, 'generic_timeout_error')
    assert.equal(control?.lookup?.failure?.code, 'dns_nxdomain_error')
    assert.equal(control?.networks.get('192.0.2.1'), 64500)
  })

  it('comes back as it was, our extension included', () => {
    const answer: HelperAnswer = {
      ...parseHelperAnswer(JSON.parse(ANSWER)),
      pairs: [
        {
          address: '2001:db8::1',
          port: 443,
          serverName: 'example.org',
          network: 'udp',
          role: 'innocent',
          failure: 'generic_timeout_error',
          answered: false,
          seconds: 7.5,
          certificates: [],
        },
        {
          address: '192.0.2.1',
          port: 443,
          serverName: 'example.org',
          network: 'tcp',
          role: 'target',
          failure: 'ssl_unknown_authority',
          answered: true,
          seconds: 0.1,
          certificates: ['ab'.repeat(32), 'cd'.repeat(32)],
        },
      ],
      page: { ...failedPage('generic_timeout_error'), first: { status: 302, location: 'https://elsewhere.test/' } },
      client: { asn: 'AS64500', country: 'KZ', name: 'Example network' },
    }
    assert.deepEqual(parseHelperAnswer(JSON.parse(JSON.stringify(encodeHelperAnswer(answer)))), answer)
  })
})

/** Answers of helpers, as probes stored them: those of the present form. */
const ANSWERS = SAMPLES.flatMap(({ bytes }) => {
  const json: unknown = JSON.parse(bytes.toString())
  const keys = isRecord(json) && isRecord(json['test_keys']) ? json['test_keys'] : {}
  const control = keys['control']
  return isRecord(control) && isRecord(control['ip_info']) && 'quic_handshake' in control ? [control] : []
})

it('answers of OONI’s helpers are written as they were read', () => {
  assert.ok(ANSWERS.length > 0)
  for (const answer of ANSWERS)
    assert.deepEqual(JSON.parse(JSON.stringify(encodeHelperAnswer(parseHelperAnswer(answer)))), answer)
})

describe('parseHelperAnswer()', () => {
  it('throws nothing but InputError, on any answer of a helper', () => {
    const keys = [
      'tcp_connect',
      'tls_handshake',
      'quic_handshake',
      'http_request',
      'dns',
      'ip_info',
      'x_pairs',
      'x_client',
    ]
    const hostile = fc.dictionary(fc.constantFrom(...keys), fc.anything())
    fc.assert(
      fc.property(fc.oneof(fc.anything(), hostile), (value) => {
        try {
          parseHelperAnswer(value)
        } catch (error) {
          assert.ok(error instanceof InputError, String(error))
        }
      }),
    )
  })

  it('takes no more of a chain and of a location than it keeps, and no digest that is none', () => {
    const pair = { address: '192.0.2.1:443', server_name: 'a.test', network: 'tcp', role: 'target' }
    const read = (certificates: unknown): ReturnType<typeof parseHelperAnswer> =>
      parseHelperAnswer({
        x_pairs: [{ ...pair, certificates }],
        http_request: { x_first: { status_code: 302, location: 'x'.repeat(5_000) } },
      })
    const { pairs, page } = read(Array.from({ length: 40 }, () => '0f'.repeat(32)))
    assert.equal(pairs?.[0]?.certificates.length, 10)
    assert.equal(page?.first?.location?.length, 2_048)
    for (const wrong of [['AB'.repeat(32)], ['ab'], [7], 'ab'.repeat(32)]) assert.throws(() => read(wrong), InputError)
  })

  it('takes no network name or number of a shape that is none', () => {
    const { client } = parseHelperAnswer({ x_client: { asn: 'AS1\u001b[2J', cc: 'kz', name: 'n' } })
    assert.deepEqual(client, { asn: 'AS0', country: 'ZZ', name: 'n' })
  })
})

describe('the helper’s words', () => {
  const failure = (code: FailureCode, stage: Stage = 'connect'): Parameters<typeof helperTcpWord>[0] => ({
    code,
    stage,
    detail: '',
  })

  it('are those of OONI’s helper for names', () => {
    assert.equal(helperDnsWord(undefined), null)
    assert.equal(helperDnsWord(failure('dns_no_answer')), null)
    assert.equal(helperDnsWord(failure('dns_nxdomain_error')), 'dns_name_error')
    for (const code of ['dns_refused_error', 'dns_server_misbehaving', 'dns_temporary_failure'] as const)
      assert.equal(helperDnsWord(failure(code)), 'dns_server_failure')
    for (const code of ['dns_servfail_error', 'generic_timeout_error'] as const)
      assert.equal(helperDnsWord(failure(code)), 'unknown_error')
  })

  it('are those of OONI’s helper for connections and pages', () => {
    assert.equal(helperTcpWord(failure('generic_timeout_error')), 'generic_timeout_error')
    assert.equal(helperTcpWord(failure('connection_refused')), 'connection_refused_error')
    assert.equal(helperTcpWord(failure('host_unreachable')), 'connect_error')
    assert.equal(helperHttpWord(failure('dns_bogon_error', 'resolve')), 'dns_lookup_error')
    assert.equal(helperHttpWord(failure('connection_refused')), 'connection_refused_error')
    assert.equal(helperHttpWord(failure('ssl_unknown_authority', 'verify')), 'unknown_error')
  })

  it('keep the meaning of every failure of a handshake through writing and reading', () => {
    for (const code of FAILURES) {
      const word = helperTlsWord(failure(code, 'handshake'))
      if (code !== 'unknown_failure') assert.equal(normaliseFailure(word, 'tls')?.code, code, code)
    }
  })
})
