import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { addressFamily } from '../../model/address.ts'
import { FAILURES } from '../../model/measured/failure.ts'
import { normaliseFailure, type FailedAct } from './normalise-failure.ts'

const codeOf = (raw: string, stage: FailedAct = 'tls') => normaliseFailure(raw, stage)?.code

/** What clients of all years wrote, and what it means. */
const WORDS = [
  ['connection_refused_error', 'connection_refused'],
  ['connection_reset_error', 'connection_reset'],
  ['tcp_timed_out_error', 'generic_timeout_error'],
  ['deferred_timeout_error', 'generic_timeout_error'],
  ['response_never_received', 'eof_error'],
  ['dns_name_error', 'dns_nxdomain_error'],
  ['dns_lookup_error', 'dns_lookup_error'],
  ['dns_server_failure', 'dns_server_misbehaving'],
  ['no_answer', 'dns_no_answer'],
  ['connect_error', 'host_unreachable'],
  ['unknown_error', 'unknown_failure'],
  ['http_invalid_redirect_url', 'http_invalid_redirect_location_host'],
  ['timeout-reached', 'generic_timeout_error'],
  ['unknown_failure: tls: first record does not look like a TLS handshake', 'ssl_non_tls_bytes'],
  ['unknown_failure: http: server gave HTTP response to HTTPS client', 'ssl_non_tls_bytes'],
  ['unknown_failure: remote error: tls: handshake failure', 'ssl_alert'],
  ['unknown_failure: remote error: tls: internal error', 'ssl_alert'],
  ['unknown_failure: EOF', 'eof_error'],
  ['unknown_failure: unexpected EOF', 'eof_error'],
  ['unknown_failure: read tcp 192.0.2.4:50000->198.51.100.7:443: i/o timeout', 'generic_timeout_error'],
  ['unknown_failure: read: connection reset by peer', 'connection_reset'],
  ['unknown_failure: wsarecv: An existing connection was forcibly closed by the remote host.', 'connection_reset'],
  ['unknown_failure: dial tcp: lookup example.com: no such host', 'dns_nxdomain_error'],
  ['unknown_failure: operation was canceled', 'interrupted'],
  ['unknown_failure: context canceled', 'interrupted'],
  ['unknown_failure: net/http: request canceled', 'interrupted'],
  [
    'unknown_failure: net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
    'generic_timeout_error',
  ],
  ['unknown_failure: read tcp: use of closed network connection', 'connection_already_closed'],
  [
    'unknown_failure: connectex: the connected party did not properly respond after a period of time',
    'generic_timeout_error',
  ],
  ['unknown_failure: getaddrinfow: no data of the requested type was found', 'dns_no_answer'],
  [
    'unknown_failure: getaddrinfow: This is usually a temporary error during hostname resolution',
    'dns_temporary_failure',
  ],
  ['unknown_failure: x509: certificate signed by unknown authority', 'ssl_unknown_authority'],
  ['unknown_failure: x509: certificate is valid for *.example.org, not example.com', 'ssl_invalid_hostname'],
  ['unknown_failure: x509: certificate has expired or is not yet valid', 'ssl_invalid_certificate'],
  ['ssl_error: error:14007086:SSL routines:CONNECT_CR_CERT:certificate verify failed', 'ssl_invalid_certificate'],
  ['ssl_error: error:1400410B:SSL routines:CONNECT_CR_SRVR_HELLO:wrong version number', 'ssl_non_tls_bytes'],
  ['ssl_error: something else', 'ssl_error'],
  ["unknown_failure [('SSL routines', 'SSL23_GET_SERVER_HELLO', 'unknown protocol')]", 'ssl_non_tls_bytes'],
  ['unknown_failure [Errno 101] Network is unreachable', 'network_unreachable'],
  ["unknown_failure 'ascii' codec can't decode byte 0xd9 in position 7: timeout", 'unknown_failure'],
  ['unknown_failure openvpn_exited_unexpectedly', 'unknown_failure'],
  ['never seen before', 'unknown_failure'],
] as const

/** The unspecified address belongs to no one. */
const anyV6 = fc.ipV6().filter((address) => address !== '::' && addressFamily(address) === 6)

describe('normaliseFailure()', () => {
  it('gives no failure for success in every dialect', () => {
    for (const raw of [null, undefined, false, '']) assert.equal(normaliseFailure(raw, 'tcp'), undefined)
  })

  it('gives every word of the closed set back as it is', () => {
    for (const word of FAILURES) assert.deepEqual(normaliseFailure(word, 'tls'), { code: word, raw: word })
  })

  for (const [raw, code] of WORDS)
    it(`reads "${raw.slice(0, 60)}" as ${code}`, () => {
      assert.equal(codeOf(raw), code)
    })

  it('tells a refusal of a resolver from a refused connection', () => {
    assert.equal(codeOf('unknown_failure: query refused', 'dns'), 'dns_refused_error')
    assert.equal(codeOf('unknown_failure: connect: connection refused', 'dns'), 'connection_refused')
  })

  it('leaves no address in the word it keeps', () => {
    const raw = normaliseFailure(
      'unknown_failure: dial 203.0.113.7:443 from [2001:db8::5]:5000 via 2001:db8::9: i/o timeout',
      'tcp',
    )?.raw
    assert.equal(raw, 'unknown_failure: dial [scrubbed] from [scrubbed] via [scrubbed]: i/o timeout')
    fc.assert(
      fc.property(fc.ipV4(), anyV6, fc.nat(65535), (v4, v6, port) => {
        const kept = normaliseFailure(`dial ${v4}:${port} and [${v6}]:${port} and ${v4} failed`, 'tcp')?.raw ?? ''
        assert.ok(!kept.includes(v4) && !kept.includes(v6))
        for (const word of kept.split(/[\s[\]]+/)) assert.equal(addressFamily(word), undefined)
      }),
    )
  })

  it('keeps a bounded part of an endless word', () => {
    assert.ok((normaliseFailure('x'.repeat(1_000_000), 'http')?.raw.length ?? 0) <= 300)
  })
})
