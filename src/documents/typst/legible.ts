/** Longest text of one place in a paper; of a longer one the rest is counted. */
const MOST_CHARACTERS = 20_000
/** Letters in a row without a place to break after which one is made: longer than any word of ours. */
const LONGEST_WORD = 26
const PIECE = 10

const isBreak = (letter: string): boolean => letter === ' ' || letter === '\u2013' || letter === '-'

/**
 * A text as it can be printed: in one normal form, line feeds as spaces, and every character that no font of the paper
 * has, or that is not seen (controls, marks of direction), by its number: `[U+4E2D U+56FD]`. Nothing vanishes, and no
 * character turns the order of others round.
 */
export function legible(text: string, covered: ReadonlySet<number>): string {
  const letters = [...text.normalize('NFC').replaceAll(/\s+/gu, (space) => (space === '\u00a0' ? space : ' '))]
  const shown: string[] = []
  let numbers: string[] = []
  const flush = (): void => {
    if (numbers.length > 0) shown.push(`[${numbers.join(' ')}]`)
    numbers = []
  }
  for (const letter of letters.slice(0, MOST_CHARACTERS)) {
    const code = letter.codePointAt(0) ?? 0
    if (!covered.has(code) || /[\p{C}\p{Zl}\p{Zp}]/u.test(letter)) {
      numbers.push(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`)
      continue
    }
    flush()
    shown.push(letter)
  }
  flush()
  const left = letters.length - MOST_CHARACTERS
  return left > 0 ? `${shown.join('')} [… +${left}]` : shown.join('')
}

/** A part of a text. Before and after a `cut` one a line may break although the text has no place for it there. */
export interface LinePart {
  readonly text: string
  readonly cut: boolean
}

/** A text in parts: whole where every word is of a usual length, else its long words cut. Joined they are the text. */
export function breakable(text: string, longest: number = LONGEST_WORD): readonly LinePart[] {
  const parts: LinePart[] = []
  let run = ''
  for (const word of text.match(/[^ \u2013-]+|[ \u2013-]+/gu) ?? []) {
    const letters = [...word]
    if (letters.length <= longest || isBreak(letters[0] ?? '')) {
      run += word
      continue
    }
    if (run !== '') parts.push({ text: run, cut: false })
    run = ''
    for (let at = 0; at < letters.length; at += PIECE)
      parts.push({ text: letters.slice(at, at + PIECE).join(''), cut: true })
  }
  return run === '' ? parts : [...parts, { text: run, cut: false }]
}
