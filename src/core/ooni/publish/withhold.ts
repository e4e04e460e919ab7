import { WITHHELD } from '../../model/measured/page-reading.ts'
import { COMMITMENTS, WITHHELD_FORM, type Commitment } from '../../model/measured/published-form.ts'
import { unwrap } from '../decode/decode.ts'
import { isRecord, pointerToken, type JsonRecord } from '../decode/decoder.ts'
import { isKnownHeader, keptHeader } from './known-headers.ts'
import { normaliseFailure, type FailedAct } from '../decode/normalise-failure.ts'
import { publicValue } from './public-form.ts'
import { namesAsked, type NamesAsked } from './names-asked.ts'

/** A value that is withheld. */
export interface WithheldValue {
  /** JSON pointer into the form. */
  readonly at: string
  /** What it is: `body`, `header` and its name, or the key under which it was written. */
  readonly kind: string
  readonly value: unknown
}

/** The form that a leaf digests, and what it withholds. */
export interface WithheldForm {
  /** JSON of the form. */
  readonly hashed: string
  readonly values: readonly WithheldValue[]
}

/**
 * Keys whose texts our own or OONI's client chose, or words of a closed list: no server can write into them. A text
 * under another key is withheld, so that a key that a later client invents is withheld until it is looked at.
 */
const KEPT = new Set(
  [
    'address agent alpn answer_type api_status blocking cipher_suite control_resolver direction dns_consistency endpoint',
    'engine engine_name engine_version failed_operation gateway hostname host ip ipv4 ipv6 method',
    'moment negotiated_protocol network obfuscation opcode operation outer_server_name platform portal proto protocol',
    'provider query_type registration_server_status remote resolver resolver_address resolver_hostname result',
    'server_name service sni so_error stage state tags target target_address target_name target_protocol',
    'tier tls_version transport transport_name tunnel url use vpn_protocol signal_backend_status',
    'telegram_web_status whatsapp_endpoints_status whatsapp_web_status x_role x_shape x_transport',
    // Counted, compared and dated by the client.
    'format x_failure_stage',
  ].flatMap((line) => line.split(' ')),
)
/**
 * Kept whole. Under the first two a helper abroad tells what it saw, over a connection of its own. A certificate is
 * evidence of its own: docs/formats/public-form.md says what a censor can write into one.
 */
const WHOLE = new Set(['control', 'x_control_request', 'peer_certificates'])
const FAILURE = /(?:^|_)failure$/
/** What our own client writes: a word, no sentence that could repeat what a server sent. */
const WORD = /^[a-z0-9][a-z0-9_-]{0,59}$/
/** Values of one measurement that get a commitment; what comes after is withheld without one. */
const MOST_VALUES = 2_000
/** Longest text that is kept under a key of the list. */
const LONGEST = 300
const STAGES: Readonly<Record<string, FailedAct>> = {
  queries: 'dns',
  tcp_connect: 'tcp',
  tls_handshakes: 'tls',
  quic_handshakes: 'quic',
}

/** Walks one measurement. */
class Withholding {
  readonly values: WithheldValue[] = []
  readonly #names: NamesAsked
  /** Names that a helper abroad was given for the same name: a name in its answer too is no text for one reader. */
  readonly #told: ReadonlySet<unknown>

  constructor(names: NamesAsked, told: ReadonlySet<unknown>) {
    this.#names = names
    this.#told = told
  }

  /** `key`: the member under which a value is; `stage`: the kind of operation that it is part of. */
  value(value: unknown, key: string, at: string, stage: FailedAct = 'http'): unknown {
    if (WHOLE.has(key)) return value
    if (typeof value === 'string') return this.#text(value, key, at, stage)
    if (Array.isArray(value))
      return value.map((one: unknown, nth) =>
        isPlain(one) ? one : this.value(one, key, this.#place(at, nth), STAGES[key] ?? stage),
      )
    if (!isRecord(value)) return value
    if (key === 'response' || key === 'request') return this.#message(value, key, at)
    if (isBlob(value) && !KEPT.has(key)) return this.#withhold(value, key, at)
    return this.#record(value, at, STAGES[key] ?? stage)
  }

  #record(record: JsonRecord, at: string, stage: FailedAct): JsonRecord {
    const isAnswer = record['answer_type'] !== undefined
    return Object.fromEntries(
      Object.entries(record).map(([name, value]) => {
        if (isPlain(value)) return [name, value]
        const place = this.#place(at, name)
        // The other name that a resolver gives is a resolver's text; the name that was asked is not.
        if (isAnswer && name === 'hostname' && !this.#told.has(value))
          return [name, this.#withhold(value, 'canonical-name', place)]
        if (isAnswer && name === 'hostname') return [name, value]
        return [name, this.value(value, name, place, stage)]
      }),
    )
  }

  #text(text: string, key: string, at: string, stage: FailedAct): unknown {
    if (text === '') return text
    if (FAILURE.test(key)) return this.#failure(text, key, at, stage)
    if (!KEPT.has(key) || text.length > LONGEST) return this.#withhold(text, key, at)
    const asked = this.#names.shown(text, key)
    if (asked === text) return text
    this.#withhold(text, key, at)
    return asked
  }

  /** A sentence of the runtime may repeat what the server sent: the word of the closed list says what it means. */
  #failure(text: string, key: string, at: string, stage: FailedAct): unknown {
    if (WORD.test(text)) return text
    this.#withhold(text, key, at)
    return normaliseFailure(text, stage)?.code ?? null
  }

  /** A request or answer: headers as a list, each value by itself. */
  #message(message: JsonRecord, key: string, at: string): JsonRecord {
    const { headers, headers_list: list, ...rest } = message
    const rows = headerRows(list, headers)
    const made: Record<string, unknown> = { ...this.#record(rest, at, 'http') }
    if (rows.length > 0)
      made['headers_list'] = rows.map((row, nth) => this.#header(row, key, `${at}/headers_list/${nth}`))
    return made
  }

  #header(row: readonly unknown[], message: string, at: string): unknown {
    const [name, value] = row
    if (typeof name !== 'string' || row.length !== 2 || !isKnownHeader(name)) {
      this.#withhold(row, 'header', at)
      return [WITHHELD, WITHHELD]
    }
    if (message === 'request' && keptHeader(name) && typeof value === 'string' && value.length <= LONGEST) return row
    return [name, this.#withhold(value, `header ${name.toLowerCase()}`, `${at}/1`)]
  }

  /** Places are only made while they are needed: a measurement may be made of a million texts. */
  #place(at: string, token: string | number): string {
    if (this.values.length >= MOST_VALUES) return at
    return `${at}/${typeof token === 'number' ? token : pointerToken(token)}`
  }

  #withhold(value: unknown, kind: string, at: string): unknown {
    if (isPlain(value) || value === '') return value
    if (this.values.length < MOST_VALUES) this.values.push({ at, kind, value })
    return WITHHELD
  }
}

/** Holds no text. */
const isPlain = (value: unknown): boolean => value === null || typeof value === 'number' || typeof value === 'boolean'

const isBlob = (value: JsonRecord): boolean =>
  typeof value['data'] === 'string' && typeof value['format'] === 'string' && Object.keys(value).length === 2

/** Headers as pairs: the list where it is given, else the object, whose values may be lists. */
function headerRows(list: unknown, headers: unknown): readonly (readonly unknown[])[] {
  const listed = Array.isArray(list) && list.length > 0 ? list : Array.isArray(headers) ? headers : undefined
  if (listed !== undefined) return listed.map((row: unknown) => (Array.isArray(row) ? (row as unknown[]) : [row]))
  if (!isRecord(headers)) return []
  return Object.entries(headers).flatMap(([name, value]) =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).map((one) => [name, one]),
  )
}

/** Bytes of a value as they are reported: a power of two, at least 64, because an exact length could be a mark. */
export function roundedLength(value: unknown): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return 2 ** Math.max(6, Math.ceil(Math.log2(Math.max(1, text.length))))
}

/** The public form of what a sender wrote; that it is of a form in which values are withheld is ours to say. */
export function asSent(json: unknown): unknown {
  const root = unwrap(json)
  if (!isRecord(root)) return publicValue(root)
  const { x_public_form: _, [COMMITMENTS]: __, x_published: ___, ...sent } = root
  return publicValue(sent)
}

/** Canonical names among the helper's addresses (docs/formats/ooni.md, test helper). */
function toldToHelper({ test_keys: keys }: JsonRecord): ReadonlySet<unknown> {
  const control = isRecord(keys) && isRecord(keys['control']) ? keys['control'] : {}
  const dns = isRecord(control['dns']) ? control['dns'] : {}
  return new Set(['addrs', 'ips'].flatMap((key) => (Array.isArray(dns[key]) ? (dns[key] as readonly unknown[]) : [])))
}

/**
 * The public form of a measurement that was sent to us, without what servers wrote: each such text is a commitment.
 * `commit` gives the digest of a value under a salt that belongs to its place.
 */
export function withheldForm(json: unknown, commit: (value: WithheldValue) => string): WithheldForm {
  const clean = asSent(json)
  if (!isRecord(clean)) return { hashed: JSON.stringify(clean), values: [] }
  const walk = new Withholding(namesAsked(clean), toldToHelper(clean))
  const { test_keys: testKeys, ...envelope } = clean
  const kept = walk.value(testKeys, 'test_keys', '/test_keys')
  const commitments = Object.fromEntries(
    walk.values.map((one): [string, Commitment] => [one.at, { sha256: commit(one), length: roundedLength(one.value) }]),
  )
  const form = { ...envelope, x_public_form: WITHHELD_FORM, test_keys: kept, [COMMITMENTS]: commitments }
  return { hashed: JSON.stringify(form), values: walk.values }
}
