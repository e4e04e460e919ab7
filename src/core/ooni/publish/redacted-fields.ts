import type { RedactionReason } from '../../model/incident/bundle.ts'
import { unwrap } from '../decode/decode.ts'
import { isRecord, type JsonRecord } from '../decode/decoder.ts'
import { isPersonalHeader, publicForm } from './public-form.ts'

/** A field of an original that its public form has not, or has changed. Nothing of what stood there is said. */
export interface RedactedField {
  /** Where: members after slashes, `*` for a position in a list and for a name that itself was erased. */
  readonly what: string
  readonly why: RedactionReason
}

/** Members after which the search goes no deeper, and how long a path is at most. */
const MOST_DEPTH = 12
const MOST_LENGTH = 300

const REASONS = new Map<string, RedactionReason>([
  ['probe_city', 'place'],
  ['id', 'identity'],
  ['probe_id', 'identity'],
  ['x_key', 'signature'],
  ['x_signature', 'signature'],
  ['resolver_ip', 'resolver'],
  ['client_resolver', 'resolver'],
  ['x_dns_whoami', 'resolver'],
])
/** Members under which words are taken for a person's by their names. */
const WORDED = new Set(['annotations', 'options'])

/** What the public form of a measurement leaves out or changes, each place once, in no order. */
export function redactedFields(json: unknown): readonly RedactedField[] {
  const found = new Map<string, RedactionReason>()
  compare(unwrap(json), JSON.parse(publicForm(json)) as unknown, [], found)
  return [...found].map(([what, why]) => ({ what, why }))
}

function compare(
  original: unknown,
  shown: unknown,
  path: readonly string[],
  found: Map<string, RedactionReason>,
): void {
  if (Object.is(original, shown)) return
  const nested = path.length < MOST_DEPTH && !REASONS.has(path.at(-1) ?? '')
  if (nested && Array.isArray(original) && Array.isArray(shown) && original.length === shown.length) {
    // A header as a pair keeps its name and loses its value.
    if (original.length === 2 && isPersonalHeader(original[0])) note([...path, String(original[0])], 'address', found)
    else for (const [at, one] of original.entries()) compare(one, shown[at], [...path, '*'], found)
  } else if (nested && isRecord(original) && isRecord(shown)) compareMembers(original, shown, path, found)
  else if (JSON.stringify(original) !== JSON.stringify(shown)) note(path, reasonOf(path), found)
}

/** Members by their name; one that the public form has not was taken out, or its name itself held an address. */
function compareMembers(
  original: JsonRecord,
  shown: JsonRecord,
  path: readonly string[],
  found: Map<string, RedactionReason>,
): void {
  for (const [name, value] of Object.entries(original))
    if (Object.hasOwn(shown, name)) compare(value, shown[name], [...path, name], found)
    else if (REASONS.has(name)) note([...path, name], reasonOf([...path, name]), found)
    else note([...path, '*'], 'address', found)
}

const reasonOf = (path: readonly string[]): RedactionReason => {
  const named = path.findLast((name) => REASONS.has(name))
  return (
    (named === undefined ? undefined : REASONS.get(named)) ?? (WORDED.has(path[0] ?? '') ? 'personal-word' : 'address')
  )
}

function note(path: readonly string[], why: RedactionReason, found: Map<string, RedactionReason>): void {
  const whole = path.map((name) => `/${name.toWellFormed()}`).join('')
  const what =
    whole === '' ? '/' : whole.length > MOST_LENGTH ? `${whole.slice(0, MOST_LENGTH).toWellFormed()}/*` : whole
  found.set(what, why)
}
