import { judge, serviceOf } from '../judge/judge.ts'
import type { MeasurementHead } from '../model/measured/measurement.ts'
import type { Observation } from '../model/measured/observation.ts'
import type { Digest } from '../model/tables/parse-tables.ts'
import type { Tables } from '../model/tables/tables.ts'
import type { Verdict } from '../model/measured/verdict.ts'
import type { Certificates } from '../x509/certificates.ts'
import { observe } from '../observe/observe.ts'
import type { Aside } from '../ooni/decode/aside.ts'
import { decodeMeasurement, type Decoded, type Measurement } from '../ooni/decode/decode.ts'
import { parseJson } from '../ooni/json.ts'
import { namesPerson, publicForm } from '../ooni/publish/public-form.ts'

/** Everything a judgement may use besides the measurement. */
export interface JudgeTools {
  readonly tables: Tables
  readonly certificates: Certificates
}

/** What a judgement is made with where nothing is at hand but the language: the digest too is given. */
export interface PureJudgeTools extends JudgeTools {
  readonly digest: Digest
}

/** One measurement with all that was derived from it. */
export interface JudgedJson {
  readonly kind: 'judged'
  /** The measurement without the wrapper, where it was posted as a text in one. */
  readonly bytes: Uint8Array
  readonly json: unknown
  readonly head: MeasurementHead
  readonly service: string
  readonly verdict: Verdict
  readonly observations: readonly Observation[]
  /** Fields of a wrong form, which are not known; absent where there are none. */
  readonly wrongFields?: number
}

/**
 * From the bytes of one JSON value to its verdict: the one way for importing, judging, rebuilding and verifying. An original
 * and its public form give the same, the bytes aside. Throws InputError where the bytes are no JSON, or nothing could be
 * judged without a field of a wrong form.
 */
export function judgePublic(received: Uint8Array, tools: PureJudgeTools): JudgedJson | Aside {
  const read = unwrapText(received)
  const decoded = decodePublic(read.json)
  if (decoded.kind === 'aside') return decoded
  return judgeObserved({ ...read, decoded, observations: observe(decoded, tools.certificates) }, tools)
}

/** What was decoded: of an original that names an address of the person, its public form. */
export function decodePublic(json: unknown): Decoded {
  // Rows, pages and the database must not hold the address, wherever the input or an answer contains it.
  return decodeMeasurement(namesPerson(json) ? (JSON.parse(publicForm(json)) as unknown) : json)
}

/** A measurement on its way to a verdict. */
export interface DecodedAndObserved {
  readonly bytes: Uint8Array
  readonly json: unknown
  readonly decoded: Measurement
  readonly observations: readonly Observation[]
}

/** The last step of `judgePublic`. */
export function judgeObserved(
  { bytes, json, decoded, observations }: DecodedAndObserved,
  tools: PureJudgeTools,
): JudgedJson {
  const { head } = decoded
  return {
    kind: 'judged',
    bytes,
    json,
    head: head.probe === undefined ? { ...head, probe: deviceClass(head, tools.digest) } : head,
    service: serviceOf(head, observations, tools.tables.services),
    verdict: judge(head, observations, tools.tables),
    observations,
    ...(decoded.wrongFields === undefined ? undefined : { wrongFields: decoded.wrongFields }),
  }
}

/**
 * Stands for the device where the measurement names none: 12 digits of a digest of what stays the same on one device for
 * days. All devices of a kind on a network count as one, so that two witnesses are two; one device that is updated, or
 * goes from mobile to Wi-Fi inside one network, counts as two from then on.
 */
function deviceClass(head: MeasurementHead, digest: Digest): string {
  const { softwareName, softwareVersion, platform, architecture, networkType, resolverAsn, probeAsn } = head
  const version = softwareVersion.split('.').slice(0, 2).join('.')
  const parts = JSON.stringify([softwareName, version, platform, architecture, networkType, resolverAsn, probeAsn])
  const known = classes.get(parts)
  if (known !== undefined) return known
  const made = digest(parts).slice(0, 12)
  if (classes.size === MAX_CLASSES) classes.clear()
  classes.set(parts, made)
  return made
}

/** Classes already named: a few thousand kinds of devices measure on the networks of a country. */
const classes = new Map<string, string>()
const MAX_CLASSES = 4096

/**
 * The first step of `judgePublic`. A posted measurement has a wrapper `{format, content}`. Where the content is a text, its bytes are the
 * measurement (docs/formats/ooni.md); where it is an object, the wrapper's bytes are all there is to hash.
 */
export function unwrapText(received: Uint8Array): { readonly bytes: Uint8Array; readonly json: unknown } {
  const json = parseJson(received)
  if (typeof json !== 'object' || json === null || !('content' in json) || !('format' in json))
    return { bytes: received, json }
  if (typeof json.content !== 'string') return { bytes: received, json }
  const bytes = new TextEncoder().encode(json.content)
  return { bytes, json: parseJson(bytes) }
}
