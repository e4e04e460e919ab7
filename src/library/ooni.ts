import { decodeMeasurement, type Decoded } from '../core/ooni/decode/decode.ts'
import { parseJson } from '../core/ooni/json.ts'
import { publicForm } from '../core/ooni/publish/public-form.ts'

/**
 * Reads one measurement in OONI's format: its head, and one operation for each act on the network, or the reason why it is
 * set aside. Takes JSON as bytes in UTF-8; old and new shapes of OONI's tests are recognised by their content. Throws InputError
 * for bytes that are not JSON, are nested deeper than 64 levels, or have a field of a wrong type.
 *
 * @example
 * import { readMeasurement } from 'kuager/ooni'
 * const read = readMeasurement(await readFile('measurement.json'))
 * if (read.kind === 'measurement') console.log(read.head.testName, read.operations.length)
 */
export const readMeasurement = (bytes: Uint8Array): Decoded => decodeMeasurement(parseJson(bytes))

/**
 * The form of a measurement that can be published: one line of JSON without addresses of the person, their network's
 * resolver, and fields that name a person (docs/formats/public-form.md). Throws InputError for bytes that are not JSON.
 *
 * @example
 * import { withoutPerson } from 'kuager/ooni'
 * await writeFile('public.json', withoutPerson(await readFile('measurement.json')))
 */
export const withoutPerson = (bytes: Uint8Array): string => publicForm(parseJson(bytes))
