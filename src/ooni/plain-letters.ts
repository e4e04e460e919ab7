/**
 * What hides letters and digits: escapes of JSON and JavaScript however often they were escaped, percent signs, entities
 * of HTML, quoted-printable, digits of other scripts, full width, and characters without width.
 */
const VEIL =
  /(?<!\\)\\+(?:u\{0*([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|\/)|%(?:25)*([0-9a-f]{2})|&#x0*([0-9a-f]{1,6});?|&#0*(\d{1,7});?|&(period|colon|lowbar|dash|hyphen|sol|comma|nbsp|zwnj|zwj|shy);|((?:=[2-7][0-9a-f]){2,}|=2e)|([[\p{Nd}\p{No}\p{Cf}\p{Mn}\p{Me}\uff01-\uff5e\0]--[0-9]])/giv
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

/**
 * A text with every letter and digit written as itself, so that what is searched for has few spellings left. Not for
 * reading: marks and characters without width are gone. Linear: a fixed number of passes.
 */
export function plainLetters(text: string): string {
  let plain = text
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let again = false
    const next = plain.replace(VEIL, (found: string, ...parts: (string | undefined)[]) => {
      const [braced, four, two, percent, hexEntity, entity, name, quoted, char] = parts
      if (char !== undefined) return plainCharacter(char)
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? found
      if (quoted !== undefined)
        return quoted.replace(/=(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
      const hex = braced ?? four ?? two ?? percent ?? hexEntity
      const code = hex === undefined ? (entity === undefined ? undefined : Number(entity)) : Number.parseInt(hex, 16)
      if (code === undefined) return '/'
      if (code > 0x10_ffff) return found
      const letter = plainCharacter(String.fromCodePoint(code))
      if (letter === '\\' || letter === '%' || letter === '&' || letter === '=' || letter === '#') again = true
      return letter
    })
    plain = next
    if (!again) break
  }
  return plain
}
