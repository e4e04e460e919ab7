import { readPages } from '../judge/layer/read-page.ts'
import { encodeReadings } from '../model/measured/page-reading.ts'
import { formatPublished, type Opening } from '../model/measured/published-form.ts'
import type { Tables } from '../model/tables/tables.ts'
import type { Certificates } from '../x509/certificates.ts'
import { observe } from '../observe/observe.ts'
import { decodeMeasurement } from '../ooni/decode/decode.ts'
import { asSent, withheldForm, type WithheldValue } from '../ooni/publish/withhold.ts'

/** What a measurement's form is published with. */
export interface WithholdTools {
  readonly tables: Tables
  /** Digest of a value under the salt of its place. */
  readonly commit: (value: WithheldValue) => string
  /** The opening of a value that may be shown. */
  readonly open: (value: WithheldValue) => Opening | undefined
}

/** A published form: its text, and the form within it that the leaf digests. */
export interface WithheldMeasurement {
  readonly published: string
  readonly hashed: string
}

/** Pages are read without a look at certificates. */
const NO_CERTIFICATES: Certificates = { describe: () => undefined, chainState: () => 'unchecked' }

/**
 * A measurement that was sent to us as it is published: what servers wrote is withheld unless it may be opened, and what
 * the judge asks of it is added. Throws InputError where a field that is read has a wrong type.
 */
export function withholdMeasurement(json: unknown, { tables, commit, open }: WithholdTools): WithheldMeasurement {
  const { hashed, values } = withheldForm(json, commit)
  const decoded = decodeMeasurement(asSent(json))
  const read = decoded.kind === 'aside' ? new Map() : readPages(decoded.head, observe(decoded, NO_CERTIFICATES), tables)
  const opened = Object.fromEntries(
    values.flatMap((one): [string, Opening][] => {
      const opening = open(one)
      return opening === undefined ? [] : [[one.at, opening]]
    }),
  )
  return { hashed, published: formatPublished(hashed, { read: encodeReadings(read), opened }) }
}
