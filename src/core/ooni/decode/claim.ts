import type { ProbeClaim } from '../../model/measured/measurement.ts'
import type { JsonRecord } from './decoder.ts'
import { scrubAddresses } from '../publish/erase-address.ts'

/** Keys of `test_keys` in which the probe's program states a conclusion; others hold what it saw. */
const CONCLUSIONS = new Set([
  'accessible',
  'api_failure',
  'api_status',
  'blocking',
  'body_length_match',
  'body_proportion',
  'bootstrap_failure',
  'bootstrap_time',
  'ca_cert_status',
  'connection',
  'control_failure',
  'dns_consistency',
  'dns_experiment_failure',
  'error',
  'failed_operation',
  'failure',
  'headers_match',
  'http_experiment_failure',
  'result',
  'status_code_match',
  'success',
  'success_handshake',
  'success_icmp',
  'success_urlgrab',
  'tampering',
  'title_match',
  'tor_progress',
  'transparent_http_proxy',
  'x_blocking_flags',
  'x_dns_flags',
  'x_null_null_flags',
  'x_status',
])
const FAMILIES =
  /^(?:telegram|whatsapp|registration_server|signal_backend|facebook|dir_port|obfs4|or_port|or_port_dirauth)_[a-z_]+$/
const MAX_CLAIMS = 60
/** Keys seen: the same few are in every measurement. */
const MAX_KEYS = 500
const seen = new Map<string, boolean>()

function isConclusion(key: string): boolean {
  const known = seen.get(key)
  if (known !== undefined) return known
  const found = CONCLUSIONS.has(key) || FAMILIES.test(key)
  if (seen.size < MAX_KEYS && key.length <= 100) seen.set(key, found)
  return found
}

/** The probe's own conclusions, scalars only and without addresses: kept to be compared, never trusted. */
export function readClaim(testKeys: JsonRecord): ProbeClaim {
  const claim: Record<string, string | number | boolean | null> = {}
  let count = 0
  for (const key of Object.keys(testKeys)) {
    if (!isConclusion(key)) continue
    const value = testKeys[key]
    if (typeof value === 'string') claim[key] = scrubAddresses(value)
    else if (value === null || typeof value === 'boolean') claim[key] = value
    else if (typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER) claim[key] = value
    else continue
    if (++count === MAX_CLAIMS) break
  }
  return claim
}
