import { Fault } from '../../core/model/errors.ts'
import type { Judged } from './contract.ts'
import { encodeRows } from './rows.ts'

/** What is kept of a judged measurement when its bytes go: all that its rows are made of, but where it came from. */
type Kept = Pick<Judged, 'head' | 'service' | 'verdict' | 'observations'>

/** Version of the text. */
const VERSION = 1

/**
 * A judged measurement as one line of JSON; undefined where the rows that are made of the text are not the same, byte for
 * byte: then its bytes must stay.
 */
export function keepText(judged: Judged): string | undefined {
  const { head, service, verdict, observations } = judged
  const text = JSON.stringify({ v: VERSION, service, head, verdict, observations })
  const [one, other] = [encodeRows([judged]), encodeRows([parseKept(text, judged)])]
  const isSame = (['verdicts', 'observations'] as const).every(
    (table) => Buffer.compare(one[table].bytes, other[table].bytes) === 0,
  )
  return isSame ? text : undefined
}

/** A text of `keepText` with where the measurement came from. Throws Fault for one of another version. */
export function parseKept(text: string, of: Pick<Judged, 'provenance' | 'leafIndex'>): Judged {
  const kept = JSON.parse(text) as Kept & { readonly v: unknown } // our own text: its file has a checksum
  if (kept.v !== VERSION)
    throw new Fault(`Cannot read what is kept of leaf ${of.leafIndex}: it is of version ${String(kept.v)}`)
  const { head, service, verdict, observations } = kept
  const { provenance, leafIndex } = of
  return { provenance, leafIndex, head, service, verdict, observations }
}
