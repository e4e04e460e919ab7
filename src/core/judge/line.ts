import type { FailureCode } from '../model/measured/failure.ts'
import type { DnsObservation, Observation } from '../model/measured/observation.ts'

/** Failures of the probe's own machine: its sockets, its permissions, our own abort. */
const OWN: ReadonlySet<FailureCode> = new Set([
  'address_family_not_supported',
  'address_in_use',
  'address_not_available',
  'already_connected',
  'bad_address',
  'bad_file_descriptor',
  'connection_already_closed',
  'connection_already_in_progress',
  'destination_address_required',
  'interrupted',
  'invalid_argument',
  'message_size',
  'network_down',
  'network_unreachable',
  'no_buffer_space',
  'no_protocol_option',
  'not_a_socket',
  'not_connected',
  'operation_would_block',
  'permission_denied',
  'protocol_not_supported',
  'wrong_protocol_type',
])

export const isOwnFailure = (code: FailureCode): boolean => OWN.has(code)

const family = (row: Observation): 4 | 6 | undefined => {
  if (row.kind === 'tcp' || row.kind === 'tls' || row.kind === 'quic') return row.family
  return row.kind === 'http' && row.address?.includes(':') === true ? 6 : undefined
}

/**
 * Probe rows that say nothing of the network beyond the line: failures of the machine itself, and every failure
 * over IPv6 where nothing in the run completed over IPv6. `ipv6Known`: our own probe saw IPv6 work on the line.
 * Wrong when: a censor drops IPv6 alone on a line whose run tried one IPv6 address only.
 */
export function ignoredOnThisLine(probe: readonly Observation[], ipv6Known = false): readonly Observation[] {
  let ipv6Works = ipv6Known
  let anyIpv6 = false
  let anyFailure = false
  for (const row of probe) {
    if (row.failure !== undefined) anyFailure = true
    if (family(row) === 6) {
      anyIpv6 = true
      ipv6Works ||= row.failure === undefined
    }
  }
  if (!anyFailure) return []
  const ignored = new Set(
    probe.filter((row) => {
      if (row.failure === undefined || row.kind === 'dns') return false
      if (isOwnFailure(row.failure.code)) return true
      if (!anyIpv6 || family(row) !== 6) return false
      return !ipv6Works || row.failure.code === 'host_unreachable'
    }),
  )
  // A request whose every connection is explained by the line is explained too.
  const connects = probe.filter((row) => row.kind === 'tcp')
  if (connects.length > 0 && connects.every((row) => ignored.has(row)))
    for (const row of probe) if (row.kind === 'http' && row.failure !== undefined) ignored.add(row)
  return [...ignored]
}

/**
 * The row in which the system resolver fails for a name of no interest while another resolver answers it.
 * Wrong when: the provider's resolver is down for everybody; that too is no interference with one service.
 */
export function brokenResolver(rows: readonly Observation[]): DnsObservation | undefined {
  const asked = rows.filter((row) => row.kind === 'dns' && row.part === 'resolver' && row.side === 'probe')
  const own = asked.find((row) => row.kind === 'dns' && row.resolver === 'system')
  const other = asked.some((row) => row.kind === 'dns' && row.resolver === 'udp' && row.failure === undefined)
  return own?.kind === 'dns' && own.failure !== undefined && other ? own : undefined
}

const TIMEOUTS: ReadonlySet<FailureCode> = new Set(['generic_timeout_error', 'timed_out', 'dns_timeout'])
export const isTimeout = (code: FailureCode): boolean => TIMEOUTS.has(code)

const RESETS: ReadonlySet<FailureCode> = new Set(['connection_reset', 'connection_aborted', 'network_reset'])
export const isReset = (code: FailureCode): boolean => RESETS.has(code)

/** Failures of a certificate check: the server, or someone in its place, did answer. */
const REFUSED: ReadonlySet<FailureCode> = new Set([
  'ssl_unknown_authority',
  'ssl_invalid_hostname',
  'ssl_invalid_certificate',
])
export const isCertificateRefusal = (code: FailureCode): boolean => REFUSED.has(code)

const NETWORK_FAILURES: ReadonlySet<FailureCode> = new Set([
  ...TIMEOUTS,
  ...RESETS,
  ...REFUSED,
  'android_dns_cache_no_data',
  'connection_refused',
  'dns_bogon_error',
  'dns_lookup_error',
  'dns_no_answer',
  'dns_non_recoverable_failure',
  'dns_nxdomain_error',
  'dns_refused_error',
  'dns_server_misbehaving',
  'dns_servfail_error',
  'dns_temporary_failure',
  'eof_error',
  'host_unreachable',
  'ssl_alert',
  'ssl_error',
  'ssl_failed_handshake',
  'ssl_non_tls_bytes',
])
/** A failure that a network can cause; the others tell of the program (unknown words included) and are no evidence. */
export const isNetworkFailure = (code: FailureCode): boolean => NETWORK_FAILURES.has(code)

export const isDnsFailure = (code: FailureCode): boolean =>
  code.startsWith('dns_') || code === 'android_dns_cache_no_data'
