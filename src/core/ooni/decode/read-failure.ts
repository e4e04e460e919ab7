import type { Failure } from '../../model/measured/failure.ts'
import { wrongShape, type JsonRecord } from './decoder.ts'
import { normaliseFailure, type FailedAct } from './normalise-failure.ts'

/** The `failure` of a row; undefined for success in every dialect. Throws InputError where it is no word. */
export function readFailure(row: JsonRecord, at: string, stage: FailedAct, key = 'failure'): Failure | undefined {
  const raw = row[key]
  if (raw === null || raw === undefined) return undefined
  if (typeof raw !== 'string' && typeof raw !== 'boolean') throw wrongShape(`${at}/${key}`, 'a failure word', raw)
  return normaliseFailure(raw, stage)
}
