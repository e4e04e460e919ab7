import { hash } from 'node:crypto'
import { judgePublic, type JudgedJson, type JudgeTools } from '../../core/derive/judge-public.ts'
import { withholdMeasurement } from '../../core/derive/withhold-measurement.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { parseSha256, type Sha256 } from '../../core/model/units.ts'
import { parseJson } from '../../core/ooni/json.ts'
import type { Aside } from '../../core/ooni/decode/aside.ts'

export type { JudgeTools } from '../../core/derive/judge-public.ts'

/** One measurement with all that was derived from it, before it has a place in the archive. */
export interface JudgedBytes extends JudgedJson {
  /** Digest of `bytes`. */
  readonly id: Sha256
}

/** SHA-256 of bytes. */
export const digest = (bytes: Uint8Array | string): Sha256 => parseSha256(hash('sha256', bytes))

/**
 * `judgePublic` with the id of the measurement; `receivedId` is the digest of `received` where the caller has it already.
 * Throws InputError where the bytes are no JSON or a field that is read has a wrong type.
 */
export function judgeBytes(received: Uint8Array, tools: JudgeTools, receivedId?: Sha256): JudgedBytes | Aside {
  const judged = judgePublic(received, { ...tools, digest })
  if (judged.kind === 'aside') return judged
  return { ...judged, id: (judged.bytes === received ? receivedId : undefined) ?? digest(judged.bytes) }
}

/**
 * What is judged of archived bytes. A measurement that was sent to us is judged by the form in which it is published, so
 * that no row, page or table made from it holds what a server wrote into it for one reader.
 */
export function judgedForm(held: Uint8Array, { channel }: Provenance, tools: JudgeTools): Uint8Array {
  if (channel !== 'collector') return held
  return Buffer.from(withholdMeasurement(parseJson(held), { tables: tools.tables, ...ALL_WITHHELD }).published)
}

/** The judge asks for neither commitments nor opened values. */
const ALL_WITHHELD = { commit: () => '', open: () => undefined }
