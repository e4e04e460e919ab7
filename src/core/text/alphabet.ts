/** Kazakh letters in their order, the Russian ones among them; equal to the order of ICU, which Chromium lacks for Kazakh. */
const LETTERS = 'аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя'
const PLACES = new Map([...LETTERS].map((letter, at) => [letter, at]))

/**
 * Compares two texts in the alphabetical order of Kazakh, capitals as small letters. What is no Cyrillic letter stands
 * before them, in the order of code points; equal ones are ordered by their code points, so that the order is total.
 */
export function compareWords(a: string, b: string): number {
  const [left, right] = [[...a.toLowerCase()], [...b.toLowerCase()]]
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const difference = placeOf(left[at] ?? '') - placeOf(right[at] ?? '')
    if (difference !== 0) return difference
  }
  if (left.length !== right.length) return left.length - right.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Above every code point. */
const CYRILLIC = 0x11_0000
function placeOf(letter: string): number {
  const place = PLACES.get(letter)
  return place === undefined ? (letter.codePointAt(0) ?? 0) : CYRILLIC + place
}
