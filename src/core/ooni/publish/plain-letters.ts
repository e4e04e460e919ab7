/**
 * What hides letters and digits: escapes of JSON and JavaScript however often they were escaped, percent signs, entities
 * of HTML, quoted-printable, digits of other scripts, full width, and characters without width.
 * Bounded runs: an engine that goes back keeps a place for each turn of a loop.
 */
const VEIL =
  /(?<!\\)\\+(?:u\{0*[0-9a-f]{1,6}\}|u[0-9a-f]{4}|x[0-9a-f]{2}|\/)|(?:%(?:25){0,8}[0-9a-f]{2}){1,64}|&#(?:x0*[0-9a-f]{1,6}|0*\d{1,7});?|&(?:period|colon|lowbar|dash|hyphen|sol|comma|nbsp|zwnj|zwj|shy);|(?:=[2-7][0-9a-f]){2,64}|=2e|[[\p{Nd}\p{No}\p{Cf}\p{Mn}\p{Me}\uff01-\uff5e\0]--[0-9]]/giv
const WITHOUT_WIDTH = /[\p{Cf}\p{Mn}\p{Me}\0]/u
const DIGIT = /\p{Nd}/u
/** An escape inside an escape: a browser or a program undoes one after the other. */
const MOST_ROUNDS = 3

const NAMED: Readonly<Record<string, string>> = {
  period: '.',
  colon: ':',
  lowbar: '_',
  dash: '-',
  hyphen: '-',
  sol: '/',
  comma: ',',
  nbsp: ' ',
  zwnj: '',
  zwj: '',
  shy: '',
}

/** One character as a plain one: digits of any script as 0 to 9, letters of full width as usual, nothing for no width. */
function plainCharacter(char: string): string {
  if (char < '\x80') return char === '\0' ? '' : char
  if (WITHOUT_WIDTH.test(char)) return ''
  const compatible = char.normalize('NFKC')
  if (compatible !== char || !DIGIT.test(char)) return compatible
  // The ten digits of a script are neighbours.
  let value = 0
  for (let code = (char.codePointAt(0) ?? 0) - 1; value < 9 && DIGIT.test(String.fromCodePoint(code)); code--) value++
  return `${value}`
}

/** Number of the character that an escape, a percent sign or an entity stands for; undefined for what is none of them. */
function codeOf(found: string): number | undefined {
  switch (found[0]) {
    case '\\': {
      const escape = found.slice(found.lastIndexOf('\\') + 1)
      return escape === '/' ? SLASH : Number.parseInt(escape.replace(/^u\{|^[ux]/i, ''), 16)
    }
    case '&':
      if (found[1] !== '#') return undefined
      return /^x/i.test(found[2] ?? '') ? Number.parseInt(found.slice(3), 16) : Number.parseInt(found.slice(2), 10)
    default:
      return undefined
  }
}

/** A run of percent signs; pages have long ones, so that it is read without a call for each. */
function withoutPercents(run: string): string {
  let plain = ''
  for (let at = 0; at < run.length;) {
    let digits = at + 1
    while (run.startsWith('25', digits) && digits + 2 < run.length && run[digits + 2] !== '%') digits += 2
    const code = Number.parseInt(run.slice(digits, digits + 2), 16)
    plain += code > 0 && code < 0x80 ? String.fromCharCode(code) : plainCharacter(String.fromCharCode(code))
    at = digits + 2
  }
  return plain
}

function unveil(found: string): string {
  if (found[0] === '%') return withoutPercents(found)
  const code = codeOf(found)
  if (code !== undefined) return code > MOST_CODE ? found : plainCharacter(String.fromCodePoint(code))
  if (found[0] === '&') return NAMED[found.slice(1, -1).toLowerCase()] ?? found
  if (found[0] === '=')
    return found.replace(/=(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
  return plainCharacter(found)
}

const SLASH = 47
const MOST_CODE = 0x10_ffff
/** Characters that begin an escape or an entity, so that what was inside one may be another. */
const BEGINS = new Set(['\\', '%', '&', '=', '#'])

/**
 * A text with every letter and digit written as itself, so that what is searched for has few spellings left. Not for
 * reading: marks and characters without width are gone. Linear: a fixed number of passes.
 */
export function plainLetters(text: string): string {
  let plain = text
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let again = false
    plain = plain.replace(VEIL, (found) => {
      const letter = unveil(found)
      if (found[0] === '%' ? /[\\%&=#]/.test(letter) : BEGINS.has(letter)) again = true
      return letter
    })
    if (!again) break
  }
  return plain
}
