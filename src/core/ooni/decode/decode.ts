import { InputError } from '../../model/errors.ts'
import type { MeasurementHead } from '../../model/measured/measurement.ts'
import { decodeReadings, type PageReading } from '../../model/measured/page-reading.ts'
import { isWithheldForm, readingsIn } from '../../model/measured/published-form.ts'
import { setAside, type Aside } from './aside.ts'
import type { HelperControl } from './control.ts'
import { countWrongFields, isRecord, optionalText, wrongValue, type JsonRecord, type Writable } from './decoder.ts'
import { decodeHead, startedAtOf } from './head.ts'
import { parseJson } from '../json.ts'
import { noteLine } from './line-note.ts'
import { operationsOf, type Nettest } from './nettests.ts'
import type { OperationSet } from './operations.ts'
import { whoamiOf, type Whoami } from './whoami.ts'

/** A decoded measurement: the envelope and every row that was read. Source: docs/formats/ooni.md. */
export interface Measurement {
  readonly kind: 'measurement'
  readonly head: MeasurementHead
  /** How this test's rows are to be read; `unknown` for a test we have no description of. */
  readonly nettest: Nettest
  readonly sets: readonly OperationSet[]
  readonly control?: HelperControl
  readonly whoami?: Whoami
  /** Where what servers sent is withheld: what was read from each exchange, by its JSON pointer. */
  readonly readings?: ReadonlyMap<string, PageReading>
  /** Fields that we read and that were of a wrong form: they are not known. Absent where there are none. */
  readonly wrongFields?: number
}
export type Decoded = Measurement | Aside

/**
 * One measurement of OONI's format, of any nettest and version, bare or as posted to a collector
 * (`{"format","content"}`). What cannot be a measurement of ours is set aside with a reason. A field of a wrong type or
 * with an impossible value is not known, and counted; it throws InputError with its JSON pointer where nothing could be
 * judged without it, and in a document of our own probe.
 */
export function decodeMeasurement(json: unknown): Decoded {
  const root = unwrap(json)
  if (!isRecord(root)) return setAside('not-an-object')
  if (root['record_type'] === 'header' || root['record_type'] === 'footer') return setAside('report-frame')
  const testName = optionalText(root, 'test_name', '')
  if (testName === undefined || testName === '') return setAside('no-test-name')
  if (!/^[a-z][a-z0-9_]{1,49}$/.test(testName)) throw wrongValue('/test_name', 'a name in lower case')
  const testKeys = root['test_keys']
  if (testKeys === undefined || testKeys === null) return setAside('no-test-keys', testName)
  if (!isRecord(testKeys)) throw wrongValue('/test_keys', 'an object')
  // Our own probe writes one dialect: what is wrong in it is no measurement of ours.
  if (testName === 'kuager') return read(root, testKeys, testName)
  const { made, wrong } = countWrongFields(() => read(root, testKeys, testName))
  return wrong === 0 || made.kind === 'aside' ? made : { ...made, wrongFields: wrong }
}

function read(root: JsonRecord, testKeys: JsonRecord, testName: string): Decoded {
  const startedAt = startedAtOf(root)
  if (startedAt === undefined) return setAside('no-time', testName)
  const head = decodeHead(root, testKeys, startedAt)
  return build(root, testKeys, testName === 'kuager' ? noteLine(head, testKeys, root) : head)
}

function build(root: JsonRecord, testKeys: JsonRecord, head: MeasurementHead): Measurement {
  const { nettest, sets, control } = operationsOf(head, testKeys, root)
  const whoami = whoamiOf(testKeys)
  const measurement: Writable<Measurement> = { kind: 'measurement', head, nettest, sets }
  if (control !== undefined) measurement.control = control
  if (whoami !== undefined) measurement.whoami = whoami
  if (isWithheldForm(root)) measurement.readings = decodeReadings(readingsIn(root))
  return measurement
}

/**
 * The measurement inside what a collector is sent: the `content`, as an object or as JSON in a text; any other
 * value as it is. Throws InputError for a text that is no JSON, or nested too deeply.
 */
export function unwrap(json: unknown): unknown {
  if (!isRecord(json) || json['test_keys'] !== undefined || json['content'] === undefined) return json
  const content = json['content']
  if (typeof content !== 'string') return content
  try {
    return parseJson(new TextEncoder().encode(content))
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError('Cannot read measurement at "/content": not JSON', {
      code: error.code,
      path: '/content',
      expected: 'a measurement as JSON',
    })
  }
}
