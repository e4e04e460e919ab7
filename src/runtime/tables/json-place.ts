/** A place in a text as an editor counts it: both from 1, a column for each character. */
export interface JsonPlace {
  readonly line: number
  readonly column: number
}

/** Line and column of an offset in UTF-16 units. */
export function placeAt(text: string, offset: number): JsonPlace {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(start)].length + 1 }
}

const SCALAR =
  /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy

/** Offset at which a text stops being JSON (RFC 8259): the parser of the engine does not always say it. Undefined: never. */
export function syntaxErrorAt(text: string): number | undefined {
  /** The closing brackets that are still to come. */
  const open: string[] = []
  let expects: 'value' | 'first-value' | 'name' | 'first-name' | 'colon' | 'next' = 'value'
  for (let at = skipSpace(text, 0); ; at = skipSpace(text, at)) {
    const sign = text[at]
    if (sign === undefined) return expects === 'next' && open.length === 0 ? undefined : at
    if (expects === 'colon') {
      if (sign !== ':') return at
      expects = 'value'
      at++
    } else if (
      expects === 'next' ||
      ((expects === 'first-value' || expects === 'first-name') && sign === open.at(-1))
    ) {
      const isEnd = open.length > 0 && sign === open.at(-1)
      if (!isEnd && (sign !== ',' || open.length === 0)) return at
      expects = isEnd ? 'next' : open.at(-1) === '}' ? 'name' : 'value'
      if (isEnd) open.pop()
      at++
    } else if ((expects === 'value' || expects === 'first-value') && (sign === '{' || sign === '[')) {
      open.push(sign === '{' ? '}' : ']')
      expects = sign === '{' ? 'first-name' : 'first-value'
      at++
    } else {
      const isName: boolean = expects === 'name' || expects === 'first-name'
      SCALAR.lastIndex = at
      if ((isName && sign !== '"') || !SCALAR.test(text)) return at
      at = SCALAR.lastIndex
      expects = isName ? 'colon' : 'next'
    }
  }
}

/**
 * Offset of the value at a path of a JSON text that has been parsed; of the deepest one on the way where there is none.
 * Of two members of one name the last counts, as it does for the parser.
 */
export function offsetOf(text: string, path: readonly PropertyKey[]): number {
  let at = skipSpace(text, 0)
  for (const segment of path) {
    const next = text[at] === '{' ? memberAt(text, at, String(segment)) : itemAt(text, at, Number(segment))
    if (next === undefined) return at
    at = next
  }
  return at
}

function memberAt(text: string, object: number, name: string): number | undefined {
  let found: number | undefined
  for (let at = skipSpace(text, object + 1); text[at] === '"'; at = nextOf(text, at)) {
    const end = skipValue(text, at)
    const value = skipSpace(text, skipSpace(text, end) + 1) // behind the colon
    if (JSON.parse(text.slice(at, end)) === name) found = value
    at = skipValue(text, value)
  }
  return found
}

function itemAt(text: string, array: number, index: number): number | undefined {
  let at = skipSpace(text, array + 1)
  for (let n = 0; text[array] === '[' && at < text.length && text[at] !== ']'; n++) {
    if (n === index) return at
    at = nextOf(text, skipValue(text, at))
  }
  return undefined
}

/** Behind a value: the next one of the same object or array, or the bracket that ends it. */
function nextOf(text: string, end: number): number {
  const at = skipSpace(text, end)
  return text[at] === ',' ? skipSpace(text, at + 1) : at
}

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : text.length
}

const skipSpace = (text: string, at: number): number => match(/[ \t\n\r]*/y, text, at)

function skipValue(text: string, start: number): number {
  let depth = 0
  let at = start
  do {
    const sign = text[at]
    if (sign === '{' || sign === '[') depth++
    else if (sign === '}' || sign === ']') depth--
    at =
      sign === '"'
        ? match(/"[^"\\]*(?:\\.[^"\\]*)*"/sy, text, at)
        : /[\w.+-]/.test(sign ?? '')
          ? match(/[\w.+-]+/y, text, at)
          : at + 1
  } while (depth > 0 && at < text.length)
  return at
}
