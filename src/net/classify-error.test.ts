import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { FAILURES } from '../core/model/measured/failure.ts'
import { STAGES, type Stage } from '../core/model/measured/operation.ts'
import { millis } from '../core/model/units.ts'
import { DeadlineReached } from '../runtime/deadline.ts'
import { classifyError, alertCode, failureOf, timeoutFailure } from './classify-error.ts'

const error = (fields: Record<string, unknown>, message = ''): Error => Object.assign(new Error(message), fields)

/** Errors as the runtime words them: what they mean in OONI's table. */
const CASES: readonly (readonly [string, Record<string, unknown>, string, Stage, string])[] = [
  ['a reset', { code: 'ECONNRESET', errno: -104, syscall: 'read' }, 'read ECONNRESET', 'handshake', 'connection_reset'],
  ['a refusal', { code: 'ECONNREFUSED', errno: -111, syscall: 'connect' }, '', 'connect', 'connection_refused'],
  ['no host', { code: 'EHOSTUNREACH', syscall: 'connect' }, '', 'connect', 'host_unreachable'],
  ['no network', { code: 'ENETUNREACH', syscall: 'connect' }, '', 'connect', 'network_unreachable'],
  ['the kernel’s patience', { code: 'ETIMEDOUT', syscall: 'connect' }, '', 'connect', 'timed_out'],
  ['a firewall of the machine', { code: 'EPERM', syscall: 'connect' }, '', 'connect', 'permission_denied'],
  [
    'a close before the handshake ended, which Node calls a reset',
    { code: 'ECONNRESET' },
    'Client network socket disconnected before secure TLS connection was established',
    'handshake',
    'eof_error',
  ],
  ['a close before the answer', { code: 'ECONNRESET' }, 'socket hang up', 'answer', 'eof_error'],
  ['an unknown authority', { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, '', 'verify', 'ssl_unknown_authority'],
  ['an authority of its own', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, '', 'verify', 'ssl_unknown_authority'],
  ['an issuer that is missing', { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' }, '', 'verify', 'ssl_unknown_authority'],
  ['another name', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, '', 'verify', 'ssl_invalid_hostname'],
  ['an old certificate', { code: 'CERT_HAS_EXPIRED' }, '', 'verify', 'ssl_invalid_certificate'],
  [
    'an alert of Node 24',
    { code: 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME', library: 'SSL routines', reason: 'tlsv1 unrecognized name' },
    'error:0A000458:SSL routines:ssl3_read_bytes:tlsv1 unrecognized name:../deps/openssl/ssl/rec_layer_s3.c:918:SSL alert number 112',
    'handshake',
    'ssl_invalid_hostname',
  ],
  [
    'an alert without a word of its own',
    { code: 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE' },
    '',
    'handshake',
    'ssl_alert',
  ],
  [
    'an alert inside EPROTO',
    { code: 'EPROTO', syscall: 'write' },
    'write EPROTO 40C7:error:0A000438:SSL routines:ssl3_read_bytes:tlsv1 alert internal error:../x.c:1:SSL alert number 80',
    'handshake',
    'ssl_alert',
  ],
  ['bytes that are no TLS', { code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, '', 'handshake', 'ssl_non_tls_bytes'],
  [
    'bytes that are no TLS inside EPROTO',
    { code: 'EPROTO' },
    'error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../x.c:354:',
    'handshake',
    'ssl_non_tls_bytes',
  ],
  ['no common version', { code: 'ERR_SSL_UNSUPPORTED_PROTOCOL' }, '', 'handshake', 'ssl_failed_handshake'],
  ['another complaint of OpenSSL', { code: 'ERR_SSL_BAD_EXTENSION' }, '', 'handshake', 'ssl_error'],
  ['a cut stream', { code: 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING' }, '', 'handshake', 'eof_error'],
  ['no such name', { code: 'ENOTFOUND', errno: -3008, syscall: 'getaddrinfo' }, '', 'resolve', 'dns_nxdomain_error'],
  [
    'a name without address',
    { code: 'ENOTFOUND', errno: -3007, syscall: 'getaddrinfo' },
    '',
    'resolve',
    'dns_no_answer',
  ],
  ['a resolver in trouble', { code: 'EAI_AGAIN', syscall: 'getaddrinfo' }, '', 'resolve', 'dns_server_misbehaving'],
  ['garbage for HTTP', { code: 'HPE_INVALID_CONSTANT' }, 'Parse Error', 'answer', 'http_request_failed'],
  ['HTTP that ends early', { code: 'HPE_INVALID_EOF_STATE' }, '', 'body', 'eof_error'],
  ['a stream closed early', { code: 'ERR_STREAM_PREMATURE_CLOSE' }, '', 'body', 'eof_error'],
]

describe('classifyError()', () => {
  for (const [what, fields, message, stage, code] of CASES)
    it(`calls ${what} ${code}`, () => {
      assert.equal(classifyError(error(fields, message), stage).code, code)
      assert.equal(classifyError(new Error('outer', { cause: error(fields, message) }), stage).code, code)
    })

  it('gives a word of the closed set for anything at all, and never throws', () => {
    const codes = fc.constantFrom(...CASES.map(([, fields]) => fields['code']), '', 'ERR_SSL_', 'toString', '__proto__')
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        code: fc.oneof(codes, fc.string()),
        message: fc.string(),
        errno: fc.integer(),
        cause: fc.anything(),
      }),
      fc.constant(new AggregateError([error({ code: 'ECONNREFUSED' })])),
      fc.constant({
        get code() {
          throw new Error('no')
        },
      }),
    )
    fc.assert(
      fc.property(anything, fc.constantFrom(...STAGES), (value, stage) => {
        const failure = classifyError(value, stage)
        assert.ok(FAILURES.includes(failure.code))
        assert.ok(failure.detail.length <= 200 && !/\p{Cc}/u.test(failure.detail))
      }),
    )
  })

  it('keeps addresses, paths and pointers out of the detail', () => {
    const texts = [
      'connect to 192.0.2.44:443 from 10.1.2.3:50000 failed',
      'send to [2001:db8::44]:53 failed',
      "ENOENT: no such file or directory, open '/srv/aigerim/keys/probe.pem'",
      String.raw`cannot load D:\aigerim\roots.pem`,
      '00C7F1AB3F7F0000:error:0A000086:SSL routines:tls_post:failed:../deps/openssl/ssl/statem_clnt.c:2103:',
    ]
    for (const text of texts) {
      const { detail } = classifyError(new Error(text), 'connect')
      assert.doesNotMatch(detail, /192\.0|10\.1|2001:|aigerim|openssl\/|00C7F1/)
      assert.notEqual(detail, '')
    }
  })

  it('says in the detail what the code leaves open, and nothing where it says everything', () => {
    assert.equal(classifyError(error({ code: 'ECONNREFUSED' }), 'connect').detail, '')
    assert.equal(classifyError(error({ code: 'CERT_HAS_EXPIRED' }), 'verify').detail, 'CERT_HAS_EXPIRED')
    const alert = classifyError(error({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }), 'handshake')
    assert.equal(alert.detail, 'alert 116 certificate_required')
  })
})

describe('alertCode()', () => {
  it('has more words over QUIC than over TCP', () => {
    assert.deepEqual(
      [40, 42, 46, 48, 51, 80, 112].map((alert) => alertCode(alert, 'udp')),
      [
        'ssl_failed_handshake',
        'ssl_invalid_certificate',
        'ssl_invalid_certificate',
        'ssl_unknown_authority',
        'ssl_failed_handshake',
        'ssl_alert',
        'ssl_invalid_hostname',
      ],
    )
    assert.equal(alertCode(48, 'tcp'), 'ssl_alert')
  })
})

describe('failureOf()', () => {
  const signal = new AbortController().signal
  it('tells our own limit with its length', () => {
    const limit = millis(1500)
    const expected = { code: 'generic_timeout_error', stage: 'connect', detail: '', limit }
    assert.deepEqual(failureOf(new DeadlineReached('x'), 'connect', { signal, limit }), expected)
    assert.deepEqual(timeoutFailure(limit, 'connect'), expected)
  })

  it('throws the reason of a run that ended, with any error', () => {
    const ended = new AbortController()
    ended.abort(new Error('run ended'))
    assert.throws(
      () => failureOf(error({ code: 'ECONNRESET' }), 'connect', { signal: ended.signal, limit: millis(1) }),
      {
        message: 'run ended',
      },
    )
  })
})
