/** Keeps a dash with the word before it, and a short unit with its number. */
const glue = (text: string): string =>
  text.replace(/ (?=[—–] )/g, '\u00a0').replace(/(\d) (?=\p{L}{1,3}(?!\p{L}))/gu, '$1\u00a0')

/** Lines of at most `width` characters, broken between words; a word that is longer stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of glue(text).split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
