import { scrubAddresses } from '../core/model/scrub-address.ts'

/** What an error of the runtime says of itself, read without trusting it. */
export interface ErrorFacts {
  /** `ECONNRESET`, `ERR_SSL_…`, `CERT_HAS_EXPIRED` … ; empty where there is none. */
  readonly code: string
  readonly message: string
  /** Call of the system that failed, such as `read`; empty where the runtime itself gave up. */
  readonly syscall: string
  /** Number of the system's error; negative in Node. */
  readonly errno: number | undefined
  /** Number of the TLS alert that the peer sent, if one is given. */
  readonly alert: number | undefined
}

const LONGEST = 4096

/** A property of anything; undefined where there is none or reading it throws. */
function readProperty(from: unknown, key: string): unknown {
  if ((typeof from !== 'object' || from === null) && typeof from !== 'function') return undefined
  try {
    return Reflect.get(from, key) as unknown
  } catch {
    return undefined
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, LONGEST) : '')

/** Alerts by the words of OpenSSL's reasons. Source: RFC 8446 §6, OpenSSL ssl/ssl_err.c. */
const ALERTS: Readonly<Record<string, number>> = {
  close_notify: 0,
  unexpected_message: 10,
  bad_record_mac: 20,
  decryption_failed: 21,
  record_overflow: 22,
  decompression_failure: 30,
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  illegal_parameter: 47,
  unknown_ca: 48,
  access_denied: 49,
  decode_error: 50,
  decrypt_error: 51,
  export_restriction: 60,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_cancelled: 90,
  no_renegotiation: 100,
  missing_extension: 109,
  unsupported_extension: 110,
  certificate_unobtainable: 111,
  unrecognized_name: 112,
  bad_certificate_status_response: 113,
  bad_certificate_hash_value: 114,
  certificate_required: 116,
  no_application_protocol: 120,
}

/** Name of an alert, for a reader; its number if it has no name. */
export const alertName = (alert: number): string =>
  Object.entries(ALERTS).find(([, number]) => number === alert)?.[0] ?? `alert ${alert}`

function alertOf(code: string, message: string): number | undefined {
  const number = /SSL alert number (\d{1,3})/.exec(message)?.[1]
  if (number !== undefined) return Number(number)
  // What OpenSSL prefixes with a protocol and not with its own complaint came from the peer.
  const word = /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3)_(?:ALERT_)?(\w+)$/.exec(code)?.[1]?.toLowerCase()
  return word === undefined ? undefined : ALERTS[word]
}

/** The deepest error of a chain of causes or of a bundle that has a code; the error itself where none has. */
function deepest(error: unknown): unknown {
  let best = error
  let here = error
  for (let depth = 0; depth < 8; depth++) {
    if (textOf(readProperty(here, 'code')) !== '') best = here
    const bundled = readProperty(here, 'errors')
    const next: unknown = Array.isArray(bundled) ? bundled[0] : readProperty(here, 'cause')
    if (next === undefined || next === null) break
    here = next
  }
  return best
}

/** Facts of any value that was thrown or emitted as an error; never throws itself. */
export function errorFacts(error: unknown): ErrorFacts {
  const inner = deepest(error)
  const code = textOf(readProperty(inner, 'code'))
  const message = typeof inner === 'string' ? inner.slice(0, LONGEST) : textOf(readProperty(inner, 'message'))
  const errno = readProperty(inner, 'errno')
  return {
    code,
    message,
    syscall: textOf(readProperty(inner, 'syscall')),
    errno: typeof errno === 'number' ? errno : undefined,
    alert: alertOf(code, message),
  }
}

const FILE_PATHS = /(?:[A-Za-z]:\\|\\\\|(?<![\w/:])\.{0,2}\/)[^\s'"<>|:,;)\]]+/g

/**
 * Text of an error as it may be published: no address, no path of a file, no place in a library's source, no
 * character of control, at most 200 characters.
 */
export function scrubDetail(text: string): string {
  const plain = text
    .slice(0, LONGEST)
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/\b[0-9A-F]{8,16}:error:/g, 'error:')
    .replace(FILE_PATHS, '[path]')
  return scrubAddresses(plain).slice(0, 200).trim()
}
