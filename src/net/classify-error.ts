import type { FailureCode } from '../core/model/measured/failure.ts'
import type { OperationFailure, Stage } from '../core/model/measured/operation.ts'
import type { Millis } from '../core/model/units.ts'
import { DeadlineReached } from '../runtime/deadline.ts'
import { alertName, errorFacts, scrubDetail, type ErrorFacts } from './error-facts.ts'
import type { NetTools } from './tools.ts'

/** Errors of the system and of its resolver. Source: errno(3), getaddrinfo(3), OONI's netxlite errno table. */
const SYSTEM: Readonly<Record<string, FailureCode>> = {
  EACCES: 'permission_denied',
  EADDRINUSE: 'address_in_use',
  EADDRNOTAVAIL: 'address_not_available',
  EAFNOSUPPORT: 'address_family_not_supported',
  EAGAIN: 'operation_would_block',
  EALREADY: 'connection_already_in_progress',
  EBADF: 'bad_file_descriptor',
  ECANCELED: 'interrupted',
  ECONNABORTED: 'connection_aborted',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_reset',
  EDESTADDRREQ: 'destination_address_required',
  EFAULT: 'bad_address',
  EHOSTDOWN: 'host_unreachable',
  EHOSTUNREACH: 'host_unreachable',
  EINTR: 'interrupted',
  EINVAL: 'invalid_argument',
  EISCONN: 'already_connected',
  EMSGSIZE: 'message_size',
  ENETDOWN: 'network_down',
  ENETRESET: 'network_reset',
  ENETUNREACH: 'network_unreachable',
  ENOBUFS: 'no_buffer_space',
  ENOPROTOOPT: 'no_protocol_option',
  ENOTCONN: 'not_connected',
  ENOTSOCK: 'not_a_socket',
  EPERM: 'permission_denied',
  // Written after the peer's reset had been read by the kernel.
  EPIPE: 'connection_reset',
  EPROTONOSUPPORT: 'protocol_not_supported',
  EPROTOTYPE: 'wrong_protocol_type',
  ETIMEDOUT: 'timed_out',
  EWOULDBLOCK: 'operation_would_block',
  ENOTFOUND: 'dns_nxdomain_error',
  EAI_AGAIN: 'dns_server_misbehaving',
  EAI_FAIL: 'dns_non_recoverable_failure',
  EAI_NODATA: 'dns_no_answer',
  EAI_NONAME: 'dns_nxdomain_error',
  ENODATA: 'dns_no_answer',
  EREFUSED: 'dns_refused_error',
  ESERVFAIL: 'dns_servfail_error',
  ABORT_ERR: 'interrupted',
  ERR_STREAM_PREMATURE_CLOSE: 'eof_error',
  ERR_STREAM_DESTROYED: 'connection_already_closed',
  ERR_STREAM_WRITE_AFTER_END: 'connection_already_closed',
  ERR_SOCKET_CLOSED: 'connection_already_closed',
  ERR_SOCKET_CLOSED_BEFORE_CONNECTION: 'connection_already_closed',
  ERR_SOCKET_DGRAM_NOT_RUNNING: 'connection_already_closed',
  ERR_SOCKET_BAD_PORT: 'invalid_argument',
  ERR_INVALID_URL: 'invalid_argument',
  ERR_INVALID_IP_ADDRESS: 'invalid_argument',
  ERR_HTTP2_STREAM_CANCEL: 'connection_already_closed',
}

/** Findings of certificate verification. Source: OpenSSL X509_verify_cert_error_string(3), Go's x509 errors. */
const CERTIFICATES: Readonly<Record<string, FailureCode>> = {
  CERT_CHAIN_TOO_LONG: 'ssl_invalid_certificate',
  CERT_HAS_EXPIRED: 'ssl_invalid_certificate',
  CERT_NOT_YET_VALID: 'ssl_invalid_certificate',
  CERT_REJECTED: 'ssl_invalid_certificate',
  CERT_REVOKED: 'ssl_invalid_certificate',
  CERT_SIGNATURE_FAILURE: 'ssl_invalid_certificate',
  CERT_UNTRUSTED: 'ssl_unknown_authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'ssl_unknown_authority',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'ssl_invalid_certificate',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'ssl_invalid_certificate',
  ERR_TLS_CERT_ALTNAME_FORMAT: 'ssl_invalid_hostname',
  ERR_TLS_CERT_ALTNAME_INVALID: 'ssl_invalid_hostname',
  HOSTNAME_MISMATCH: 'ssl_invalid_hostname',
  INVALID_CA: 'ssl_invalid_certificate',
  INVALID_PURPOSE: 'ssl_invalid_certificate',
  PATH_LENGTH_EXCEEDED: 'ssl_invalid_certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'ssl_unknown_authority',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'ssl_invalid_certificate',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'ssl_invalid_certificate',
  UNABLE_TO_GET_ISSUER_CERT: 'ssl_unknown_authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'ssl_unknown_authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'ssl_unknown_authority',
}

/** OpenSSL's complaints about what came in answer to a ClientHello, by the name of the reason. */
const NOT_TLS =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|UNKNOWN_PROTOCOL|PACKET_LENGTH_TOO_LONG|RECORD_TOO_SMALL|BAD_RECORD_TYPE)$/
const NO_AGREEMENT =
  /^ERR_SSL_(UNSUPPORTED_PROTOCOL|NO_SHARED_CIPHER|NO_PROTOCOLS_AVAILABLE|NO_CIPHERS_AVAILABLE|UNKNOWN_CIPHER_RETURNED|WRONG_CIPHER_RETURNED|WRONG_SSL_VERSION|VERSION_TOO_LOW|TLS_ILLEGAL_EXPORTER_LABEL|DH_KEY_TOO_SMALL|WRONG_CURVE|BAD_KEY_SHARE|HANDSHAKE_FAILURE)$/

/**
 * What the alert of a peer means. Over TCP OONI has a word for 112 alone; over QUIC it has more. Source:
 * docs/formats/ooni.md, failure words; RFC 8446 §6.2.
 */
export function alertCode(alert: number, transport: 'tcp' | 'udp'): FailureCode {
  if (alert === 112) return 'ssl_invalid_hostname'
  if (transport === 'tcp') return 'ssl_alert'
  if (alert === 40 || alert === 51) return 'ssl_failed_handshake'
  if (alert >= 42 && alert <= 46) return 'ssl_invalid_certificate'
  return alert === 48 ? 'ssl_unknown_authority' : 'ssl_alert'
}

/** libuv's number for a name that exists without an address, which Node calls by the same word as one that does not. */
const UV_EAI_NODATA = -3007

function codeOf(facts: ErrorFacts, stage: Stage): FailureCode {
  const { code } = facts
  if (facts.alert !== undefined && facts.alert !== 0) return alertCode(facts.alert, 'tcp')
  // Node's own word for a peer that closed before it answered: no machine sent a reset.
  if (code === 'ECONNRESET' && facts.syscall === '') return 'eof_error'
  if (code === 'ENOTFOUND' && facts.errno === UV_EAI_NODATA)
    return process.platform === 'android' ? 'android_dns_cache_no_data' : 'dns_no_answer'
  if (stage === 'resolve' && code === 'ETIMEOUT') return 'generic_timeout_error'
  const known = ownValue(SYSTEM, code) ?? ownValue(CERTIFICATES, code)
  if (known !== undefined) return known
  if (NOT_TLS.test(code)) return 'ssl_non_tls_bytes'
  if (code === 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING') return 'eof_error'
  if (NO_AGREEMENT.test(code)) return 'ssl_failed_handshake'
  if (/^HPE_(INVALID_EOF_STATE|CLOSED_CONNECTION)$/.test(code)) return 'eof_error'
  if (/^(HPE_|ERR_HTTP)/.test(code)) return 'http_request_failed'
  if (/^ERR_INVALID_(ARG|CHAR)/.test(code)) return 'invalid_argument'
  if (code === 'EPROTO' || /^ERR_(SSL|OSSL|TLS)/.test(code)) return byReason(facts.message)
  if (code.startsWith('EAI_')) return 'dns_server_misbehaving'
  return 'unknown_failure'
}

const ownValue = (table: Readonly<Record<string, FailureCode>>, key: string): FailureCode | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined

/** `EPROTO` of older runtimes says everything in its text: `error:0A00010B:SSL routines:…:wrong version number:…`. */
function byReason(message: string): FailureCode {
  const reason = /SSL routines:[^:]*:([^:]+)/.exec(message)?.[1] ?? ''
  const code = `ERR_SSL_${reason
    .trim()
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')}`
  if (NOT_TLS.test(code)) return 'ssl_non_tls_bytes'
  if (code === 'ERR_SSL_UNEXPECTED_EOF_WHILE_READING') return 'eof_error'
  return NO_AGREEMENT.test(code) ? 'ssl_failed_handshake' : 'ssl_error'
}

/** What the code does not say already; empty for plain errors of the system. */
function detailOf(facts: ErrorFacts, code: FailureCode): string {
  if (facts.alert !== undefined && facts.alert !== 0) return `alert ${facts.alert} ${alertName(facts.alert)}`
  if (Object.hasOwn(CERTIFICATES, facts.code)) return facts.code
  if (Object.hasOwn(SYSTEM, facts.code) && code !== 'unknown_failure') return ''
  if (/^(ERR_|HPE_)/.test(facts.code)) return scrubDetail(facts.code)
  return scrubDetail(facts.message === '' ? facts.code : facts.message)
}

/**
 * The failure that an error of the runtime amounts to, in OONI's closed set of words. Total: any value gives a code,
 * `unknown_failure` with its scrubbed text at the worst. Source: docs/formats/ooni.md, failure words.
 */
export function classifyError(error: unknown, stage: Stage): OperationFailure {
  if (error instanceof DeadlineReached) return { code: 'generic_timeout_error', stage, detail: '' }
  const facts = errorFacts(error)
  const code = codeOf(facts, stage)
  return { code, stage, detail: detailOf(facts, code) }
}

/** The failure that our own limit amounts to. */
export const timeoutFailure = (limit: Millis, stage: Stage): OperationFailure => ({
  code: 'generic_timeout_error',
  stage,
  detail: '',
  limit,
})

/**
 * What ended an operation: our limit, or what the network did. Throws the reason of the run's signal where the run
 * ended, of which no outcome is kept. Operations call it in the one place where they catch.
 */
export function failureOf(error: unknown, stage: Stage, tools: Pick<NetTools, 'signal' | 'limit'>): OperationFailure {
  if (tools.signal.aborted) throw tools.signal.reason
  return error instanceof DeadlineReached ? timeoutFailure(tools.limit, stage) : classifyError(error, stage)
}
