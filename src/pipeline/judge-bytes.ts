import { hash } from 'node:crypto'
import { judge, serviceOf } from '../judge/judge.ts'
import type { MeasurementHead } from '../model/measurement.ts'
import type { Observation } from '../model/observation.ts'
import type { Tables } from '../model/tables.ts'
import type { Sha256 } from '../model/units.ts'
import { parseSha256 } from '../model/units.ts'
import type { Verdict } from '../model/verdict.ts'
import type { Certificates } from '../observe/certificates.ts'
import { observe } from '../observe/observe.ts'
import type { Aside } from '../ooni/aside.ts'
import { decodeMeasurement } from '../ooni/decode.ts'
import { parseJson } from '../ooni/json.ts'
import { namesPerson, publicForm } from '../ooni/public-form.ts'
import type { Archived } from '../store/archive/contract.ts'
import type { Judged } from '../store/warehouse/contract.ts'

/** Everything a judgement may use besides the measurement. */
export interface JudgeTools {
  readonly tables: Tables
  readonly certificates: Certificates
}

/** One measurement with all that was derived from it, before it has a place in the archive. */
export interface JudgedBytes {
  readonly kind: 'judged'
  readonly id: Sha256
  /** The bytes whose digest `id` is: without the wrapper where the measurement was posted as a text in one. */
  readonly bytes: Uint8Array
  readonly json: unknown
  readonly head: MeasurementHead
  readonly service: string
  readonly verdict: Verdict
  readonly observations: readonly Observation[]
}

/** SHA-256 of bytes. */
export const digest = (bytes: Uint8Array | string): Sha256 => parseSha256(hash('sha256', bytes))

/**
 * From the bytes of one JSON value to its verdict: the one way for importing, judging and rebuilding.
 * `receivedId` is the digest of `received` where the caller has it already.
 * Throws InputError where the bytes are no JSON or a field that is read has a wrong type.
 */
export function judgeBytes(received: Uint8Array, tools: JudgeTools, receivedId?: Sha256): JudgedBytes | Aside {
  const { bytes, json } = unwrapText(received)
  // Rows, pages and the database must not hold the address, wherever it stands in the input or an answer.
  const decoded = decodeMeasurement(namesPerson(json) ? (JSON.parse(publicForm(json)) as unknown) : json)
  if (decoded.kind === 'aside') return decoded
  const observations = observe(decoded, tools.certificates)
  const { head } = decoded
  return {
    kind: 'judged',
    id: (bytes === received ? receivedId : undefined) ?? digest(bytes),
    bytes,
    json,
    head: head.probe === undefined ? { ...head, probe: deviceClass(head) } : head,
    service: serviceOf(head, observations, tools.tables.services),
    verdict: judge(head, observations, tools.tables),
    observations,
  }
}

/**
 * Stands for the device where the measurement names none: 12 digits of a digest of what stays the same on one device for
 * days. All devices of a kind on a network count as one, so that two witnesses are two; one device that is updated, or
 * goes from mobile to Wi-Fi inside one network, counts as two from then on.
 */
function deviceClass(head: MeasurementHead): string {
  const { softwareName, softwareVersion, platform, architecture, networkType, resolverAsn, probeAsn } = head
  const version = softwareVersion.split('.').slice(0, 2).join('.')
  const parts = [softwareName, version, platform, architecture, networkType, resolverAsn, probeAsn]
  return digest(JSON.stringify(parts)).slice(0, 12)
}

/** The row of a leaf, judged again from its archived bytes; undefined where it was erased or says nothing. */
export function judgeArchived(archived: Archived, tools: JudgeTools): Judged | undefined {
  if (archived.kind === 'erased') return undefined
  const judged = judgeBytes(archived.bytes, tools)
  if (judged.kind === 'aside') return undefined
  const { head, service, verdict, observations } = judged
  return { provenance: archived.provenance, leafIndex: archived.leafIndex, head, service, verdict, observations }
}

/**
 * A posted measurement stands in a wrapper `{format, content}`. Where the content is a text, its bytes are the
 * measurement (docs/formats/ooni.md); where it is an object, the wrapper's bytes are all there is to hash.
 */
function unwrapText(received: Uint8Array): { bytes: Uint8Array; json: unknown } {
  const json = parseJson(received)
  if (typeof json !== 'object' || json === null || !('content' in json) || !('format' in json))
    return { bytes: received, json }
  if (typeof json.content !== 'string') return { bytes: received, json }
  const bytes = Buffer.from(json.content)
  return { bytes, json: parseJson(bytes) }
}
