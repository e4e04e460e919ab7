import { FAILURES, type Failure, type FailureCode } from '../../model/measured/failure.ts'
import { scrubAddresses } from '../publish/erase-address.ts'

/** The act that failed: the same word can mean two things. */
export type FailedAct = 'dns' | 'tcp' | 'tls' | 'quic' | 'http' | 'tunnel'

/** Words of old clients and of the legacy test helper. Source: docs/formats/ooni.md, failure words. */
const OLD_WORDS = {
  connect_error: 'host_unreachable',
  connection_aborted_error: 'connection_aborted',
  connection_done: 'eof_error',
  connection_lost_error: 'connection_reset',
  connection_refused_error: 'connection_refused',
  connection_reset_by_peer: 'connection_reset',
  connection_reset_error: 'connection_reset',
  deferred_timeout_error: 'generic_timeout_error',
  dns_name_error: 'dns_nxdomain_error',
  dns_server_failure: 'dns_server_misbehaving',
  dns_server_failure_error: 'dns_servfail_error',
  eof: 'eof_error',
  host_or_service_not_provided_or_not_known: 'dns_nxdomain_error',
  host_unreachable_error: 'host_unreachable',
  http_invalid_redirect_url: 'http_invalid_redirect_location_host',
  network_unreachable_error: 'network_unreachable',
  no_answer: 'dns_no_answer',
  operation_canceled: 'interrupted',
  response_never_received: 'eof_error',
  socket_timeout: 'generic_timeout_error',
  ssl_alert_error: 'ssl_alert',
  task_timed_out: 'generic_timeout_error',
  tcp_timed_out_error: 'generic_timeout_error',
  temporary_failure_in_name_resolution: 'dns_temporary_failure',
  timeout: 'generic_timeout_error',
  'timeout-reached': 'generic_timeout_error',
  'unknown-error': 'unknown_failure',
  unknown_error: 'unknown_failure',
} as const satisfies Record<string, FailureCode>

const KNOWN = new Map<string, Failure>([
  ...FAILURES.map((code): [string, Failure] => [code, { code, raw: code }]),
  ...Object.entries(OLD_WORDS).map(([raw, code]): [string, Failure] => [raw, { code, raw }]),
])

/** Meanings inside free text, first match decides. */
const MEANINGS: readonly (readonly [RegExp, FailureCode])[] = [
  [/codec can't|invalid character|unmarshal/i, 'unknown_failure'],
  [
    /first record does not look like|oversized record|wrong version number|unknown protocol|gave http response to https|:http request/i,
    'ssl_non_tls_bytes',
  ],
  [
    /unknown authority|unable to get (local )?issuer|self.signed|unknown ca\b|unhandled critical/i,
    'ssl_unknown_authority',
  ],
  [
    /hostname mismatch|is valid for|doesn't match|not valid for any names|cannot validate certificate for|no alternative certificate/i,
    'ssl_invalid_hostname',
  ],
  [
    /certificate has expired|not yet valid|certificate verify failed|invalid certificate|x509:/i,
    'ssl_invalid_certificate',
  ],
  [/remote error: tls|\balert\b|tlsv\d+ unrecognized name/i, 'ssl_alert'],
  [/handshake failure|handshake failed/i, 'ssl_failed_handshake'],
  [
    /no such host|nxdomain|name or service not known|nodename nor servname|not_provided_or_not_known/i,
    'dns_nxdomain_error',
  ],
  [/temporary (failure in name resolution|error during hostname resolution)/i, 'dns_temporary_failure'],
  [/no address associated|no answer from dns|no data (record|of the requested type)/i, 'dns_no_answer'],
  [/non-?recoverable error occurred during a database lookup/i, 'dns_non_recoverable_failure'],
  [/server misbehaving/i, 'dns_server_misbehaving'],
  [/servfail/i, 'dns_servfail_error'],
  [/network is unreachable|network_unreachable|unreachable network/i, 'network_unreachable'],
  [/no route to host|host is (down|unreachable)|host_unreachable|unreachable host/i, 'host_unreachable'],
  [/connection refused|actively refused|connection_refused/i, 'connection_refused'],
  [/reset by peer|forcibly closed|connection_reset|broken pipe|connection lost/i, 'connection_reset'],
  [/connection aborted|software caused connection abort|aborted by the software/i, 'connection_aborted'],
  [/operation was canceled|context canceled|operation canceled|interrupted|cancelled/i, 'interrupted'],
  [/timeout|timed out|deadline exceeded|timed_out|did not properly respond/i, 'generic_timeout_error'],
  // The client's own end of a request or of a socket.
  [/request canceled/i, 'interrupted'],
  [/use of closed network connection/i, 'connection_already_closed'],
  [/\beof\b|closed cleanly|connection done/i, 'eof_error'],
  [/operation not permitted|permission denied|forbidden by its access/i, 'permission_denied'],
  [/cannot assign requested address/i, 'address_not_available'],
  [/address family not supported/i, 'address_family_not_supported'],
  [/no buffer space/i, 'no_buffer_space'],
  [/redirect/i, 'http_unexpected_redirect_url'],
  [/malformed http|protocol error|transport received|http2:/i, 'http_request_failed'],
]

/**
 * The failure in the closed set of words, from any dialect; undefined for success (null, false, absent, empty).
 * `raw` keeps the word as the probe wrote it, without addresses. Source: docs/formats/ooni.md, failure words.
 */
export function normaliseFailure(raw: string | boolean | null | undefined, stage: FailedAct): Failure | undefined {
  if (raw === undefined || raw === null || raw === false || raw === '') return undefined
  if (raw === true) return { code: 'unknown_failure', raw: 'true' }
  return KNOWN.get(raw) ?? { code: meaningOf(raw, stage), raw: scrubAddresses(raw) }
}

function meaningOf(raw: string, stage: FailedAct): FailureCode {
  const short = raw.slice(0, 1000)
  if (stage === 'dns' && /refused/i.test(short) && !/connect/i.test(short)) return 'dns_refused_error'
  const inside = MEANINGS.find(([pattern]) => pattern.test(short))?.[1]
  if (inside !== undefined) return inside
  return /^(unknown_failure:? ?)?(ssl_|\[?\(?'?SSL)/i.test(short) ? 'ssl_error' : 'unknown_failure'
}
