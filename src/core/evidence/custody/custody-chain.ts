import { orUndefined } from '../../model/errors.ts'
import type { CustodyEvent } from '../../model/custody.ts'
import { encodeHex } from '../hex.ts'
import type { NoteTools } from '../log/signed-note.ts'
import { custodySignedBy, parseCustodyEvent } from './custody-event.ts'

/** What can be wrong with events of custody. */
export const CUSTODY_PROBLEMS = [
  'form', // not the canonical bytes of an event
  'signature', // not signed by the key it names
  'key', // signed by another key than the chain's, which no event before it names as the next
  'first', // the first event names one before it, or a later one names none
  'order', // does not follow the event before it
  'time', // earlier than the event before it
  'twice', // an id that another event has
] as const
export type CustodyProblem = (typeof CUSTODY_PROBLEMS)[number]

export interface FoundCustody {
  readonly problem: CustodyProblem
  /** Position among the events given. */
  readonly at: number
}

export interface CheckedCustody {
  /** Events in the order given; undefined where the bytes are none. */
  readonly events: readonly (CustodyEvent | undefined)[]
  /** Verifier keys that signed, in the order of their first event. */
  readonly keys: readonly string[]
  /** How often an event names one before it that is not among those given; only where `part` was asked for. */
  readonly gaps: number
  readonly problems: readonly FoundCustody[]
}

export interface CustodyOptions {
  /** The events are some of a chain, in its order: gaps between them are counted and are no problem. */
  readonly part?: boolean
  /** Verifier key that signs the first event; where absent the first event's own. */
  readonly key?: string
}

/**
 * Member of `detail` by which an event of a key hands over to the next. The old key counts until the next has signed: a
 * crash may come between.
 */
export const NEXT_KEY = 'next_key'

/**
 * Checks events of custody against one another, in the order given: form, signature, key, the digest of the one before,
 * times that do not run backwards, ids that are not used twice. Goes through all of them, also after a problem.
 */
export function verifyCustody(
  given: readonly Uint8Array[],
  tools: NoteTools,
  { part = false, key }: CustodyOptions = {},
): CheckedCustody {
  const problems: FoundCustody[] = []
  const events: (CustodyEvent | undefined)[] = []
  let present = key
  const offered = new Set<string>()
  const signers = new Set<string>()
  const ids = new Set<string>()
  let gaps = 0
  let before: { readonly sha256: string; readonly event: CustodyEvent | undefined } | undefined
  for (const [at, bytes] of given.entries()) {
    const find = (problem: CustodyProblem): void => void problems.push({ problem, at })
    const event = parsed(bytes)
    events.push(event)
    if (event === undefined) find('form')
    else {
      if (custodySignedBy(event, tools) === undefined) find('signature')
      else {
        // What is absent from a part may have named the next key: the log then says whose events they are.
        if (present !== undefined && event.key !== present && !offered.has(event.key) && !part) find('key')
        else if (event.key !== present) {
          present = event.key
          offered.clear()
        }
        signers.add(event.key)
        const next = event.detail[NEXT_KEY]
        if (event.key === present && typeof next === 'string') offered.add(next)
      }
      if (ids.has(event.id)) find('twice')
      ids.add(event.id)
      const link = linkOf(event, before?.sha256)
      if (link === 'gap' && part) gaps++
      else if (link !== undefined) find(link === 'first' || before === undefined ? 'first' : 'order')
      if (before?.event !== undefined && Date.parse(event.at) < Date.parse(before.event.at)) find('time')
    }
    before = { sha256: encodeHex(tools.digest(bytes)), event: event ?? before?.event }
  }
  return { events, keys: [...signers], gaps, problems }
}

/** `first`: names none although one stands before it. `gap`: names another than the one before it. */
function linkOf({ prev }: CustodyEvent, before: string | undefined): 'first' | 'gap' | undefined {
  if (prev === (before ?? null)) return undefined
  return prev === null ? 'first' : 'gap'
}

const parsed = (bytes: Uint8Array): CustodyEvent | undefined => orUndefined(() => parseCustodyEvent(bytes))
