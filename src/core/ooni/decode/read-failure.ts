import type { Failure } from '../../model/measured/failure.ts'
import { notKnown, wrongShape, type JsonRecord } from './decoder.ts'
import { normaliseFailure, type FailedAct } from './normalise-failure.ts'

/**
 * The `failure` of a row; undefined for success in every dialect. What is no word is an outcome that is not known, and
 * never a success: `unknown_failure`, which is no evidence.
 */
export function readFailure(row: JsonRecord, at: string, stage: FailedAct, key = 'failure'): Failure | undefined {
  const raw = row[key]
  if (raw === null || raw === undefined) return undefined
  if (typeof raw === 'string' || typeof raw === 'boolean') return normaliseFailure(raw, stage)
  notKnown(wrongShape(`${at}/${key}`, 'a failure word', raw))
  return normaliseFailure('unknown_failure', stage)
}

/** Whether the outcome of a row can be read at all: it is a word, true, false, null or absent. */
export function tellsOutcome(row: JsonRecord, at: string, key = 'failure'): boolean {
  const raw = row[key]
  if (raw === null || raw === undefined || typeof raw === 'string' || typeof raw === 'boolean') return true
  notKnown(wrongShape(`${at}/${key}`, 'a failure word', raw))
  return false
}
