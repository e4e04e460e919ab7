import { InputError } from '../../model/errors.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import {
  parseAsn,
  parseCountryCode,
  parseInstant,
  type Asn,
  type CountryCode,
  type Instant,
} from '../../model/units.ts'
import { readClaim } from './claim.ts'
import {
  isRecord,
  notKnown,
  optionalRecord,
  optionalText,
  wrongShape,
  wrongValue,
  type JsonRecord,
  type Writable,
} from './decoder.ts'

/** OONI's first measurement is of 2012; a probe whose clock says otherwise is not dated by us. */
const EARLIEST = parseInstant('2012-01-01')
const LATEST = parseInstant('2100-01-01')
const LONGEST_WORD = 300

/** What `read` gives; otherwise the error with the place in the measurement. */
function at<T>(path: string, read: () => T): T | InputError {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return new InputError(`Cannot read measurement at "${path}": expected ${error.expected}`, {
      code: error.code,
      path,
      expected: error.expected,
    })
  }
}

const orNotKnown = <T>(read: T | InputError): T | undefined => (read instanceof InputError ? notKnown(read) : read)

/** A network number in OONI's spellings: `AS0` and absent are "not known", leading zeros are tolerated. */
/** Zero where it is not stated; undefined where what is stated cannot be read. */
function statedAsn(root: JsonRecord, key: string): Asn | undefined {
  const value = root[key]
  if (value === null || value === undefined || value === '') return parseAsn(0)
  const plain = typeof value === 'string' && value[2] === '0' ? value.replace(/^AS0+(?=\d)/i, 'AS') : value
  return orNotKnown(at(`/${key}`, () => parseAsn(plain)))
}

const asnOf = (root: JsonRecord, key: string): Asn => statedAsn(root, key) ?? parseAsn(0)

function countryOf(root: JsonRecord): CountryCode {
  const value = root['probe_cc']
  const stated = value === null || value === undefined || value === '' ? 'ZZ' : value
  return orNotKnown(at('/probe_cc', () => parseCountryCode(stated))) ?? parseCountryCode('ZZ')
}

/**
 * The start as claimed by the probe; undefined where nothing says it. Throws InputError where all that is said is no
 * time of our age: nothing can be judged without one.
 */
export function startedAtOf(root: JsonRecord): Instant | undefined {
  let wrong: InputError | undefined
  for (const key of ['measurement_start_time', 'test_start_time']) {
    const value = root[key]
    if (value === null || value === undefined || value === '') continue
    const started = at(`/${key}`, () => parseInstant(value))
    const isOurs = !(started instanceof InputError) && started >= EARLIEST && started < LATEST
    if (isOurs && wrong !== undefined) notKnown(wrong)
    if (isOurs) return started
    wrong ??= started instanceof InputError ? started : wrongValue(`/${key}`, 'a time between 2012 and 2100')
  }
  if (wrong !== undefined) throw wrong
  return undefined
}

/** The old tests of fronting take a pair as input: `front:host`. */
function inputOf(root: JsonRecord): string | undefined {
  const value = root['input']
  if (Array.isArray(value) && value.every((part) => typeof part === 'string'))
    return value.join(':').trim().slice(0, 4096)
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'string') return notKnown(wrongShape('/input', 'text', value))
  const text = value.trim()
  if (text.length > 4096) return notKnown(wrongValue('/input', 'at most 4096 characters'))
  return text === '' ? undefined : text
}

const isDocumentation = (asn: number): boolean => (asn >= 64496 && asn <= 64511) || (asn >= 65536 && asn <= 65551)

function word(root: JsonRecord, key: string, place = ''): string | undefined {
  const text = optionalText(root, key, place)
  return text === undefined || text === '' ? undefined : text.slice(0, LONGEST_WORD)
}

const simulatedBy = (annotations: JsonRecord): boolean =>
  annotations['simulated'] === true || annotations['simulated'] === 'true'

/**
 * Pseudonym that a probe gave itself, 8 to 64 letters, digits, `-` and `_`; anything else is as if absent. An unknown
 * sender may write anything here, also a new one for each measurement: what follows from it is bounded in the detector.
 */
const probeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[A-Za-z0-9_-]{8,64}$/.test(value) ? value : undefined

/** The envelope, with what the probe concluded. */
export function decodeHead(root: JsonRecord, testKeys: JsonRecord, startedAt: Instant): MeasurementHead {
  const annotations = optionalRecord(root, 'annotations', '') ?? {}
  const note = (key: string): string | undefined =>
    typeof annotations[key] === 'string' ? word(annotations, key) : undefined
  const uid = word(root, 'measurement_uid')
  const reportId = word(root, 'report_id')
  const probeAsn = asnOf(root, 'probe_asn')
  const resolverAsn = statedAsn(root, 'resolver_asn')
  const networkName = word(root, 'probe_network_name')
  const platform = note('platform')
  const networkType = note('network_type')
  const architecture = note('architecture')
  const origin = note('origin')
  const probe = probeOf(annotations['x_probe'])
  const input = inputOf(root)
  const head: Writable<MeasurementHead> = {
    testName: word(root, 'test_name') ?? '',
    testVersion: word(root, 'test_version') ?? '',
    softwareName: word(root, 'software_name') ?? '',
    softwareVersion: word(root, 'software_version') ?? '',
    probeAsn,
    probeCc: countryOf(root),
    startedAt,
    simulated: isDocumentation(probeAsn) || (isRecord(annotations) && simulatedBy(annotations)),
    claim: readClaim(testKeys),
  }
  const run = root['test_start_time']
  if (typeof run === 'string' && run !== root['measurement_start_time']) head.runStart = run.slice(0, 40)
  if (uid !== undefined) head.measurementUid = uid
  if (reportId !== undefined) head.reportId = reportId
  if (platform !== undefined) head.platform = platform
  if (networkType !== undefined) head.networkType = networkType
  if (architecture !== undefined) head.architecture = architecture
  if (origin !== undefined) head.scheduled = origin === 'autorun'
  if (probe !== undefined) head.probe = probe
  if (input !== undefined) head.input = input
  if (networkName !== undefined) head.probeNetworkName = networkName
  if (resolverAsn === undefined) head.resolverUnread = true
  else if (resolverAsn !== 0) head.resolverAsn = resolverAsn
  return head
}
