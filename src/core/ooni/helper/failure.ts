import type { OperationFailure } from '../../model/measured/operation.ts'

/*
 * The words in which OONI's test helper tells failures. They are those of its first version and differ from the words
 * of measurements except for TLS and QUIC. Source: docs/formats/control.md, failure words.
 */

/** Word for a lookup; null for success, and for a name without addresses, which an empty list shows. */
export function helperDnsWord(failure: OperationFailure | undefined): string | null {
  switch (failure?.code) {
    case undefined:
    case 'dns_no_answer':
    case 'android_dns_cache_no_data':
      return null
    case 'dns_nxdomain_error':
      return 'dns_name_error'
    case 'dns_refused_error':
    case 'dns_server_misbehaving':
    case 'dns_temporary_failure':
    case 'dns_non_recoverable_failure':
      return 'dns_server_failure'
    default:
      return 'unknown_error'
  }
}

/** Word for a failure of the network below TLS; `otherwise` where it is neither a limit nor a refusal. */
function networkWord({ code }: OperationFailure, otherwise: string): string {
  if (code === 'generic_timeout_error' || code === 'timed_out') return 'generic_timeout_error'
  return code === 'connection_refused' ? 'connection_refused_error' : otherwise
}

/** Word for a connection; null for success. */
export const helperTcpWord = (failure: OperationFailure | undefined): string | null =>
  failure === undefined ? null : networkWord(failure, 'connect_error')

/** Word for a page; null for success. */
export function helperHttpWord(failure: OperationFailure | undefined): string | null {
  if (failure === undefined) return null
  return failure.stage === 'resolve' ? 'dns_lookup_error' : networkWord(failure, 'unknown_error')
}

/** Word for a handshake: that of measurements, and a text in Go's manner where OONI has none; null for success. */
export function helperTlsWord(failure: OperationFailure | undefined): string | null {
  if (failure === undefined) return null
  const { code, detail } = failure
  if (code === 'ssl_non_tls_bytes') return 'unknown_failure: tls: first record does not look like a TLS handshake'
  if (code === 'ssl_alert') return `unknown_failure: remote error: tls: ${detail === '' ? 'alert' : detail}`
  if (code === 'ssl_error') return `unknown_failure: ssl_error ${detail}`.trimEnd()
  if (code === 'unknown_failure') return detail === '' ? code : `unknown_failure: ${detail}`
  return code
}
