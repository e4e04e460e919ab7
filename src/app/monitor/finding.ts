import { parseBoundedJson } from '../../core/evidence/verify/source/bounded-json.ts'
import { InputError } from '../../core/model/errors.ts'

/** What a monitor raises an alert for. */
export const ALERT_KINDS = [
  'unreachable', // no answer that can be used
  'withheld', // the server does not serve what it owes to every reader
  'unreadable', // an answer has another form
  'unsigned', // no trusted key signed the checkpoint
  'other-log', // the checkpoint is of a log of another name
  'shorter', // the log has fewer entries than before
  'rewritten', // two signed checkpoints of which no tree holds both
  'unknown-key', // the log names a key that no trusted key named
  'policy-changed', // other witnesses, or another quorum, than before
  'quorum', // no checkpoint has the signatures that the policy demands, or none for long
  'witness-differs', // a witness holds a checkpoint of another history, or of a longer log
  'entry-differs', // an entry is not the one that the tree holds
  'revision-unlogged', // the site shows a revision that the log does not hold
  'revision-hidden', // the log holds a revision that the site does not show
  'revision-differs', // the site shows another revision than the log holds
  'verdict-differs', // judged again, a measurement gives another verdict than the site shows
  'bundle-fails', // the bundle of an incident does not verify
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

export interface Alert {
  readonly kind: AlertKind
  /** A sentence; it repeats texts of the server, to be made printable. */
  readonly about: string
}

/**
 * Fetches what is at a path of the observatory, bounded; undefined for 404 and 410, unless `also` names that status: then
 * the body of such an answer. Throws InputError.
 */
export type Get = (path: string, most: number, also?: readonly number[]) => Promise<Uint8Array | undefined>

/** A value from JSON of the server. Throws InputError for anything else. */
export function readServedJson(path: string, bytes: Uint8Array): unknown {
  try {
    return parseBoundedJson(bytes)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw unreadable(path, 'JSON')
  }
}

/** An answer of another form than the formats of the project say. */
export const unreadable = (path: string, expected: string): InputError =>
  new InputError(`Cannot read "${path}": expected ${expected}`, { code: 'monitor.unreadable', path, expected })

/** A check that a server can end by what it answers: its end is an alert, and no reason to make no other check. */
export async function attempt<T>(alerts: Alert[], check: () => Promise<T>): Promise<T | undefined> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    const kind = KIND_OF[error.code] ?? 'unreadable'
    alerts.push({ kind, about: error.message })
    return undefined
  }
}
const KIND_OF: Readonly<Partial<Record<string, AlertKind>>> = {
  'letter.answer': 'unreachable',
  'log.withheld': 'withheld',
}
