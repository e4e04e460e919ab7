import { hash } from 'node:crypto'
import { addressFamily } from '../../core/model/address.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { REFUSALS, type Refusal } from '../../core/model/measured/submission.ts'
import {
  parseAsn,
  parseCountryCode,
  parseSha256,
  type Asn,
  type CountryCode,
  type Instant,
  type Sha256,
} from '../../core/model/units.ts'
import { isRecord, type JsonRecord } from '../../core/ooni/decode/decoder.ts'
import { decodeHead, startedAtOf } from '../../core/ooni/decode/head.ts'
import { searchFor } from '../../core/ooni/publish/holds-address.ts'
import { checkDepth, parseJson } from '../../core/ooni/json.ts'
import { expandBody, unpackText } from './expand.ts'
import { belongsTo } from './report-id.ts'

/** How far ahead of our clock a measurement may claim to be, and how old: a spool outlives a long outage. */
const MOST_AHEAD_MS = HOUR_MS
const MOST_AGE_MS = 365 * DAY_MS

/** A body that was understood: the measurement in it, its bytes and what its envelope says. */
export interface Submission {
  readonly id: Sha256
  /** Valid until the next one is read. */
  readonly bytes: Uint8Array
  /** The bytes as text. */
  readonly text: string
  /** The document itself, without a wrapper. */
  readonly json: JsonRecord
  readonly at: Instant
  readonly testName: string
  readonly cc: CountryCode
  readonly asn: Asn
}

export interface ReadSubmissionOptions {
  readonly encoding: string
  readonly now: Instant
  /** The one realm that is taken: what is simulated, or of a documentation network, or the rest; absent: both are. */
  readonly realm?: Realm | undefined
  readonly sender?: string
  /** Of the older protocol, the report it was posted to. */
  readonly report?: string
  /** Receives how many bytes the body expands to, before anything is done with them. */
  readonly onExpanded?: (bytes: number) => void
}

/** Why a body is refused, for the answer. */
export class Refused extends Error {
  readonly code: Refusal

  constructor(code: Refusal, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Reads a posted body by docs/formats/collector.md, "What is refused", in that order. Throws Refused.
 * No part of the document is repeated in the message.
 */
export function readSubmission(body: Uint8Array, options: ReadSubmissionOptions): Submission {
  const expanded = readJson(() => expandBody(body, options.encoding))
  options.onExpanded?.(expanded.length)
  const { bytes, text, json } = unwrap(expanded, options)
  if (!isRecord(json)) throw new Refused('bad_metadata', 'The measurement is no object')
  // A wrapper in a wrapper would be archived under one id and judged under another.
  if (json['content'] !== undefined) throw new Refused('bad_format', 'The measurement has a member "content"')
  const head = readHead(json, options)
  if (options.report !== undefined && !belongsTo(options.report, head))
    throw new Refused('legacy_inconsistent', 'Inconsistent measurement')
  const at = readStart(json, options.now)
  readEnvelope(json, at, options.realm)
  refuseAddresses(json, text, options.sender)
  const { testName, cc, asn } = head
  return { id: digest(bytes), bytes, text, json, at, testName, cc: parseCountryCode(cc), asn: parseAsn(asn) }
}

const digest = (bytes: Uint8Array): Sha256 => parseSha256(hash('sha256', bytes))

const CODES: Readonly<Record<string, Refusal>> = { 'json.too-deep': 'too_deep', 'json.too-large': 'too_large' }

/** Turns what the decoders throw into a refusal. */
function readJson<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const code = REFUSALS.find((known) => known === error.code) ?? CODES[error.code] ?? 'not_json'
    throw new Refused(code, `${error.message}; expected ${error.expected}`)
  }
}

interface Unwrapped {
  readonly bytes: Uint8Array
  readonly text: string
  readonly json: unknown
}

/** `{"format":"json","content":…}`: a text is the measurement; of an object the body's own bytes are all there is. */
function unwrap(body: Uint8Array, { report }: ReadSubmissionOptions): Unwrapped {
  const outer = readJson(() => parseJson(body))
  const legacy = report !== undefined
  if (!isRecord(outer) || outer['format'] !== 'json')
    throw new Refused(legacy ? 'legacy_format' : 'bad_format', legacy ? 'Incorrect format' : 'format is not "json"')
  const content = outer['content']
  if (typeof content === 'string') {
    const bytes = encode(content)
    return { bytes, text: content, json: readJson(() => parseContent(content, bytes)) }
  }
  if (!isRecord(content))
    throw new Refused(legacy ? 'legacy_format' : 'bad_format', legacy ? 'Incorrect format' : 'content is no text')
  return { bytes: body, text: Buffer.from(body).toString(), json: content }
}

/** Where a text is written as bytes: a buffer for each measurement would be garbage by the megabyte. */
let room = Buffer.allocUnsafeSlow(256 * 1024)
function encode(text: string): Buffer {
  if (room.length < 3 * text.length) room = Buffer.allocUnsafeSlow(2 * 3 * text.length)
  return room.subarray(0, room.write(text))
}

/** Parses a text whose bytes are at hand. Where it is not what its bytes would say, they say what is wrong. */
function parseContent(text: string, bytes: Uint8Array): unknown {
  // Half of a pair is other bytes than it is letters; a mark of byte order is none of the text.
  if (!text.isWellFormed() || text.startsWith('\uFEFF')) return parseJson(bytes)
  try {
    checkDepth(bytes)
    return JSON.parse(text)
  } catch {
    return parseJson(bytes)
  }
}

interface Head {
  readonly testName: string
  readonly cc: string
  readonly asn: string
}

/** OONI's rules for country, network and test (ooni.md of docs/formats, collector). */
function readHead(json: JsonRecord, { report }: ReadSubmissionOptions): Head {
  const { probe_cc: cc, probe_asn: asn, test_name: testName, test_keys: testKeys } = json
  if (typeof testName !== 'string' || !/^[a-z][a-z0-9_]{1,29}$/.test(testName))
    throw new Refused('bad_metadata', 'test_name is no name of a test')
  if (typeof cc !== 'string' || !/^[A-Z0-9]{2}$/.test(cc))
    throw new Refused('bad_metadata', 'probe_cc is not two capitals or digits')
  if (typeof asn !== 'string' || !/^AS(0|[1-9]\d{0,9})$/.test(asn) || Number(asn.slice(2)) > 0xffff_ffff)
    throw new Refused('asn_invalid', 'probe_asn is not AS and a number')
  if (!isRecord(testKeys)) throw new Refused('bad_metadata', 'test_keys is no object')
  if (report === undefined && asn === 'AS0') throw new Refused('asn_0', 'probe_asn is AS0: the network is unknown')
  if (report === undefined && cc === 'ZZ') throw new Refused('cc_zz', 'probe_cc is ZZ: the country is unknown')
  return { testName, cc, asn }
}

function readStart(json: JsonRecord, now: Instant): Instant {
  let at: Instant | undefined
  try {
    at = startedAtOf(json)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
  }
  if (at === undefined) throw new Refused('bad_time', 'measurement_start_time is no time of our age')
  if (at > now + MOST_AHEAD_MS)
    throw new Refused('time_ahead', 'measurement_start_time is more than an hour ahead of our clock: is yours right?')
  if (at < now - MOST_AGE_MS) throw new Refused('time_old', 'measurement_start_time is more than 365 days ago')
  return at
}

/** The rest of the envelope, as it will be read later; only its names and what was expected are reported. */
function readEnvelope(json: JsonRecord, at: Instant, realm: Realm | undefined): void {
  const { test_keys: testKeys } = json
  let simulated: boolean
  try {
    simulated = decodeHead(json, isRecord(testKeys) ? testKeys : {}, at).simulated
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new Refused('bad_metadata', `${error.path}: expected ${error.expected}`)
  }
  if (simulated && realm === 'real')
    throw new Refused('simulated', 'The measurement is simulated, or of a documentation network: it is not taken here')
  if (!simulated && realm === 'simulated')
    throw new Refused('not_simulated', 'The measurement is not simulated: here only simulated ones are taken')
}

const LOOPBACK = new Set(['', '127.0.0.1', '::1', '[scrubbed]'])

/**
 * Nothing that leads to the person is archived: neither the address it came from nor one the document calls its own.
 */
function refuseAddresses(json: JsonRecord, text: string, sender: string | undefined): void {
  const { probe_ip: own } = json
  if (typeof own === 'string' && !LOOPBACK.has(own) && (addressFamily(own) !== undefined || own.length > 64))
    throw new Refused('probe_ip', 'probe_ip is an address: leave it at 127.0.0.1')
  if (sender === undefined) return
  if (searchFor(sender, unpackText)?.(text, json) === true)
    throw new Refused(
      'address_in_body',
      'The measurement holds the address it was sent from: take it out and send again',
    )
}
