import { addressFamily, splitEndpoint } from '../../model/address.ts'
import { InputError } from '../../model/errors.ts'
import { WITHHELD_FORM } from '../../model/measured/published-form.ts'
import { unwrap } from '../decode/decode.ts'
import { isRecord, type JsonRecord } from '../decode/decoder.ts'
import { eraseBase64, eraserOf, SCRUBBED, type Erase } from './erase-address.ts'

/** Rises when the rules below change: the digest of a public form is only comparable within one version. */
export const PUBLIC_FORM_VERSION = 1
/** Field that carries the version in the public form. */
const MARK = 'x_public_form'
/**
 * Key and signature of our own probe: published rows carry its pseudonym alone. No document had them before the probe
 * wrote them, so that leaving them out changes no digest of version 1.
 */
const KEY = 'x_key'
const SIGNATURE = 'x_signature'

/**
 * Keys with a rule of their own, wherever they stand. `own`: the text is an address of the person, which is erased
 * everywhere; `in-place`: the text may show the person's equipment or provider account. Asked of every field: names of
 * fields are compared by identity, where a table would have to be looked up.
 */
function ruleOf(key: string): 'own' | 'in-place' | 'whoami' | 'exit' | 'data' | undefined {
  switch (key) {
    case 'client_ip':
    case 'client_address':
    case 'real_address':
    case 'internal_address':
    case 'my_ip':
    case 'public_ip':
    case 'x_client_ip':
    case 'localAddr':
      return 'own'
    case 'client_resolver':
      return 'in-place'
    case 'x_dns_whoami':
      return 'whoami'
    case 'exit_ip':
      return 'exit'
    case 'data':
      return 'data'
    default:
      return undefined
  }
}
/** Annotations and options in which people and their machines have been named. */
const PERSONAL_WORD =
  /^(?:safe|user|user_?name|login|password|pass|token|secret|auth|key|cert|email|e_?mail|phone|host_?name|device(?:_?(?:id|name|model))?|machine_?id|imei|imsi|mac(?:_?address)?|b?ssid|lat|lon|latitude|longitude|location|address)$/i
const PERSONAL_OPTION = /^-*(?:safe\w*|user\w*|login|pass\w*|token|secret\w*|auth|email|proxy|cert\w*|key\w*|ca)=/i
const HOME = /((?:^|[/\\])(?:home|users|documents and settings)[/\\])[^/\\]+/gi
/** Headers by which a server tells a client its own address, in lower case. */
const PERSONAL_HEADERS = new Set(
  (
    'client-ip x-client-ip true-client-ip x-true-client-ip cf-connecting-ip cf-connecting-ipv6 fastly-client-ip ' +
    'x-cluster-client-ip x-real-ip x-remote-ip x-remote-addr remote-addr x-originating-ip x-user-ip x-ip x-your-ip ' +
    'x-your-address x-client-address x-forwarded x-forwarded-for forwarded forwarded-for x-source-ip x-visitor-ip'
  ).split(' '),
)

/** Addresses that a measurement may call the person's own: real ones name three at most, and each costs a search. */
const MOST_ADDRESSES = 16

interface Scrub {
  /** Addresses of the person, growing while the first pass goes on. */
  readonly addresses: Set<string>
  /** Absent in the first pass, which only learns the addresses. */
  readonly erase?: Erase
}

const isPublicWord = (text: string): boolean =>
  text === '127.0.0.1' || text === '::1' || text === '0.0.0.0' || text === '::'

/** Notes an address under a key that says it is the person's; a port behind it is no part of it. */
function learn(text: string, scrub: Scrub): void {
  const bare = addressFamily(text) === undefined ? (splitEndpoint(text)?.address ?? text.replace(/^\[|\]$/g, '')) : text
  if (addressFamily(bare) !== undefined && !isPublicWord(bare)) scrub.addresses.add(bare)
}

/** Whether the measurement gives the person's own address: then nothing but its public form may be read on. */
export function namesPerson(json: unknown): boolean {
  const root = unwrap(json)
  const addresses = new Set<string>()
  if (isRecord(root) && typeof root['probe_ip'] === 'string') learn(root['probe_ip'], { addresses })
  return addresses.size > 0
}

function scrubText(text: string, key: string, scrub: Scrub): string {
  const rule = ruleOf(key)
  if (rule === 'own' || rule === 'in-place') {
    if (rule === 'own') learn(text, scrub)
    return text === '' ? text : SCRUBBED
  }
  if (scrub.erase === undefined) return text
  return key === 'raw_response' ? eraseBase64(text, scrub.addresses, scrub.erase) : scrub.erase(text)
}

/** Whether a header is one by which a server tells a client its own address. */
export const isPersonalHeader = (name: unknown): boolean =>
  typeof name === 'string' && name.length < 32 && PERSONAL_HEADERS.has(name.toLowerCase())

/** Untouched parts are shared with the original; a copy is made only where something changes. */
function scrubList(list: readonly unknown[], key: string, scrub: Scrub): readonly unknown[] {
  if (list.length === 2 && isPersonalHeader(list[0])) return [list[0], SCRUBBED]
  let copy: unknown[] | undefined
  for (let index = 0; index < list.length; index++) {
    const item = list[index]
    const clean = scrubValue(item, key, scrub)
    if (clean === item) continue
    copy ??= [...list]
    copy[index] = clean
  }
  return copy ?? list
}

/** That a resolver answered is kept, because verdicts rest on it; what it answered is not: it may be the person's. */
function withholdAnswers(whoami: unknown): unknown {
  if (!isRecord(whoami)) return null
  const withheld = (answers: unknown): unknown =>
    Array.isArray(answers) ? answers.slice(0, 64).map(() => ({ address: SCRUBBED })) : null
  const { system_v4: system, udp_v4: udp } = whoami
  const asked = isRecord(udp) ? Object.values(udp).slice(0, 64) : undefined
  return {
    system_v4: withheld(system),
    udp_v4:
      asked === undefined ? null : Object.fromEntries(asked.map((answers, index) => [`${index}`, withheld(answers)])),
  }
}

function scrubField(record: JsonRecord, name: string, key: string, scrub: Scrub): unknown {
  const value = record[name]
  const rule = ruleOf(name)
  if (rule === 'whoami') return withholdAnswers(value)
  if (rule === 'exit' && record['is_tor'] !== true) return null
  if (key === 'headers' && isPersonalHeader(name)) return SCRUBBED
  if (rule === 'data' && typeof value === 'string' && record['format'] === 'base64')
    return scrub.erase === undefined ? value : eraseBase64(value, scrub.addresses, scrub.erase)
  return scrubValue(value, name, scrub)
}

function scrubRecord(record: JsonRecord, key: string, scrub: Scrub): JsonRecord {
  const { erase } = scrub
  const plain = erase === undefined && key !== 'headers'
  let copy: Record<string, unknown> | undefined
  // Not over Object.keys(): what JSON.parse makes inherits no field, and this loop reads the fields without a look-up.
  for (const name in record) {
    const value = record[name]
    // Most fields: a number or a text that no rule is about, in a measurement that names no address.
    if (plain && (typeof value !== 'object' || value === null) && ruleOf(name) === undefined) continue
    const scrubbed = scrubField(record, name, key, scrub)
    if (scrubbed === value) continue
    copy ??= { ...record }
    copy[name] = scrubbed
  }
  const clean = copy ?? record
  if (erase === undefined) return clean
  const names = Object.keys(record)
  if (names.every((name) => erase(name) === name)) return clean
  return Object.fromEntries(names.map((name) => [erase(name), clean[name]]))
}

function scrubValue(value: unknown, key: string, scrub: Scrub): unknown {
  if (typeof value === 'string') return scrubText(value, key, scrub)
  if (value === null || typeof value !== 'object') return value
  return Array.isArray(value) ? scrubList(value, key, scrub) : isRecord(value) ? scrubRecord(value, key, scrub) : value
}

function scrubOptions(options: unknown): unknown {
  if (!Array.isArray(options)) return options
  return options.map((option: unknown, index) => {
    if (typeof option !== 'string') return option
    const before: unknown = options[index - 1]
    if (typeof before === 'string' && PERSONAL_OPTION.test(`${before}=`)) return SCRUBBED
    if (PERSONAL_OPTION.test(option)) return `${option.slice(0, option.indexOf('=') + 1)}${SCRUBBED}`
    return option.replace(HOME, `$1${SCRUBBED}`).replace(/\/\/[^/@\s]*@/g, `//${SCRUBBED}@`)
  })
}

function scrubAnnotations(annotations: unknown): unknown {
  if (!isRecord(annotations)) return annotations
  return Object.fromEntries(
    Object.entries(annotations)
      .filter(([name]) => name !== KEY)
      .map(([name, value]) => [name, PERSONAL_WORD.test(name) ? SCRUBBED : value]),
  )
}

/** The envelope's own rules; the rest of the document has been scrubbed already. */
function scrubEnvelope(root: JsonRecord): JsonRecord {
  const { [MARK]: mark, [SIGNATURE]: _, ...rest } = root
  // What another observatory published without what servers wrote stays of that form: its readings stand for them.
  const version = mark === WITHHELD_FORM ? mark : PUBLIC_FORM_VERSION
  const fixed: Record<string, unknown> = { [MARK]: version, ...rest }
  if (fixed['probe_ip'] !== undefined) fixed['probe_ip'] = '127.0.0.1'
  if (fixed['resolver_ip'] !== undefined) fixed['resolver_ip'] = '127.0.0.2'
  // What follows one installation or credential through its measurements stays out too.
  for (const key of ['probe_city', 'id', 'probe_id']) if (fixed[key] !== undefined) fixed[key] = null
  if (fixed['options'] !== undefined) fixed['options'] = scrubOptions(fixed['options'])
  if (fixed['annotations'] !== undefined) fixed['annotations'] = scrubAnnotations(fixed['annotations'])
  return fixed
}

/**
 * The only form of a measurement that is shown, exported or hashed for others: one line of JSON without the
 * person's address in any spelling (dotted, reversed, decimal, hexadecimal, mapped, inside base64, as raw bytes),
 * without what their resolver, router or account says of them. The same input gives the same text; the public form
 * of a public form is itself. Rules: docs/formats/ooni.md, public form.
 *
 * BUG: an address that the measurement does not name as the person's (a page that greets its visitor by address,
 * while `probe_ip` is already 127.0.0.1) cannot be distinguished from a server's and stays. Probes scrub it themselves.
 *
 * Throws InputError `measurement.addresses` for a measurement that names more than `MOST_ADDRESSES` as its own.
 */
export const publicForm = (json: unknown): string => JSON.stringify(publicValue(json))

/** The public form as a value. */
export function publicValue(json: unknown): unknown {
  const root = unwrap(json)
  const addresses = new Set<string>()
  if (isRecord(root) && typeof root['probe_ip'] === 'string') learn(root['probe_ip'], { addresses })
  let clean = scrubValue(root, '', { addresses })
  if (addresses.size > MOST_ADDRESSES)
    throw new InputError(`Cannot make a public form: the measurement names ${addresses.size} addresses as its own`, {
      code: 'measurement.addresses',
      path: '',
      expected: `at most ${MOST_ADDRESSES} addresses of the person`,
    })
  const erase = eraserOf(addresses)
  if (erase !== undefined) clean = scrubValue(clean, '', { addresses, erase })
  return isRecord(clean) ? scrubEnvelope(clean) : clean
}
