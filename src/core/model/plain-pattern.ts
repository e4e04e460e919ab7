/**
 * A pattern of a fingerprint: one place after another, each a set of characters that stands there once, perhaps, or any
 * number of times. What regular expressions have besides (groups, alternatives, references, looking around) is not taken:
 * a table may come from a third party, and with only these a search ends after as many steps as there are pairs of a
 * place and a character.
 */
export interface PlainPattern {
  readonly places: readonly Place[]
  /** It begins at the beginning of a text; ends at its end. */
  readonly atStart: boolean
  readonly atEnd: boolean
  /** A text without this has no match; '' where nothing is certain. */
  readonly certain: string
}

/**
 * What is allowed at a place: one character, one of a set, any. No function, so that tables can be given to a thread.
 */
type Stands =
  | { readonly kind: 'literal'; readonly literal: string }
  | { readonly kind: 'set'; readonly set: Pick<RegExp, 'test'> }
  | { readonly kind: 'any' }

interface Place {
  readonly stands: Stands
  /** May be left out. */
  readonly optional: boolean
  /** May be repeated. */
  readonly many: boolean
}

const CLASSES: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ }
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }
/** Characters that mean something else in a regular expression, outside of a class. */
const REFUSED = new Set([...'()|*+?^$'])
/** A count of repetitions; a brace that begins none stands for itself (ECMA-262, annex B). */
const COUNTED = /\{\d+(,\d*)?\}/y
function isCount(text: string, at: number): boolean {
  COUNTED.lastIndex = at
  return COUNTED.test(text)
}

/**
 * Reads a regular expression of ECMAScript (flag `s`, no flag `u`) that is no more than such a pattern: characters, escapes,
 * `.`, classes, `*`, `+`, `?` behind one of these, `^` in front and `$` behind. Undefined for any other.
 */
export function parsePlainPattern(text: string): PlainPattern | undefined {
  const atStart = text.startsWith('^')
  const atEnd = text.endsWith('$') && !isEscaped(text, text.length - 1)
  const places: Place[] = []
  const end = text.length - (atEnd ? 1 : 0)
  for (let at = atStart ? 1 : 0; at < end;) {
    const one = readOne(text, at)
    if (one === undefined || one.next > end) return undefined
    const sign = one.next < end ? text[one.next] : undefined
    const quantified = sign === '*' || sign === '+' || sign === '?'
    const { next, stands } = one
    places.push({ stands, optional: sign === '*' || sign === '?', many: sign === '*' || sign === '+' })
    // Whether as many or as few as possible are taken makes no difference to whether there is a match.
    at = next + (quantified ? (text[next + 1] === '?' ? 2 : 1) : 0)
  }
  return { places, atStart, atEnd, certain: certainOf(places) }
}

/** Whether an odd number of backslashes precedes a place. */
function isEscaped(text: string, at: number): boolean {
  let from = at
  while (text[from - 1] === '\\') from--
  return (at - from) % 2 === 1
}

type Read = Pick<Place, 'stands'> & { readonly next: number }

function readOne(text: string, at: number): Read | undefined {
  const char = text[at] ?? ''
  if (char === '.') return { stands: { kind: 'any' }, next: at + 1 }
  if (char === '[') return readClass(text, at)
  if (char === '\\') {
    const escaped = readEscape(text, at)
    if (escaped === undefined) return undefined
    return typeof escaped.means === 'string' ? literal(escaped.means, escaped.next) : setOf(escaped.means, escaped.next)
  }
  return REFUSED.has(char) || (char === '{' && isCount(text, at)) ? undefined : literal(char, at + 1)
}

const literal = (char: string, next: number): Read => ({ stands: { kind: 'literal', literal: char }, next })
const setOf = (set: RegExp, next: number): Read => ({ stands: { kind: 'set', set }, next })

/** What an escape means; undefined for references and for escapes by number. */
function readEscape(text: string, at: number): { readonly means: string | RegExp; readonly next: number } | undefined {
  const char = text[at + 1]
  if (char === undefined) return undefined
  const means = CLASSES[char] ?? CONTROLS[char] ?? (/[A-Za-z0-9]/.test(char) ? undefined : char)
  return means === undefined ? undefined : { means, next: at + 2 }
}

/** A class `[…]`; one set of characters and never more, so that the engine of the language may read it. */
function readClass(text: string, from: number): Read | undefined {
  let at = from + 1
  if (text[at] === '^') at++
  for (; text[at] !== ']'; at++) {
    if (text[at] === undefined) return undefined
    if (text[at] !== '\\') continue
    if (readEscape(text, at) === undefined) return undefined
    at++
  }
  try {
    return setOf(new RegExp(text.slice(from, at + 1)), at + 1)
  } catch {
    return undefined
  }
}

/** The longest run of characters that every match has. */
function certainOf(places: readonly Place[]): string {
  let longest = ''
  let run = ''
  for (const { stands, optional, many } of places) {
    const char = stands.kind === 'literal' ? stands.literal : undefined
    run = char === undefined || optional ? '' : run + char
    if (run.length > longest.length) longest = run
    if (many) run = char !== undefined && !optional ? char : ''
  }
  return longest
}

/** Whether a pattern stands anywhere in a text. */
export function hasPattern({ places, atStart, atEnd, certain }: PlainPattern, text: string): boolean {
  if (!text.includes(certain)) return false
  const last = places.length
  const seen = new Int32Array(last + 1).fill(-1)
  /** Places that are reached before a character. */
  let reached: number[] = []
  const reach = (into: number[], place: number, round: number): void => {
    for (let one = place; seen[one] !== round; one++) {
      seen[one] = round
      into.push(one)
      if (places[one]?.optional !== true) return
    }
  }
  reach(reached, 0, 0)
  for (let at = 0; at < text.length; at++) {
    if (!atEnd && seen[last] === at) return true
    const unit = text[at] ?? ''
    const next: number[] = []
    for (const one of reached) {
      const place = places[one]
      if (place === undefined || !mayStand(unit, place.stands)) continue
      reach(next, one + 1, at + 1)
      if (place.many) stay(next, one, at + 1)
    }
    if (!atStart) reach(next, 0, at + 1)
    reached = next
  }
  return seen[last] === text.length

  /** A place that repeats is reached again; what may follow it is reached already. */
  function stay(into: number[], place: number, round: number): void {
    if (seen[place] === round) return
    seen[place] = round
    into.push(place)
  }
}

const mayStand = (unit: string, stands: Stands): boolean =>
  stands.kind === 'any' || (stands.kind === 'literal' ? stands.literal === unit : stands.set.test(unit))
