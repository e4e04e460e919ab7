import { InputError } from '../../model/errors.ts'

// A file that carries the note signed over itself: between two lines of an HTML comment. The signature covers all bytes
// except those between them; `sed '/^<!--kuager-note$/,/^-->$/{//!d}'` gives the same.

const OPEN = '\n<!--kuager-note\n'
const CLOSE = '\n-->\n'

/** The place of the note, empty: to stand once in the file, after a line feed. */
export const EMPTY_PLACE = '<!--kuager-note\n-->\n'

/** Puts a note into the empty place of a page. Throws InputError where there is not exactly one. */
export function placeNote(page: string, note: string): string {
  const parts = page.split(`\n${EMPTY_PLACE}`)
  if (parts.length !== 2 || page.split('<!--kuager-note').length !== 2) throw noPlace()
  return `${parts[0]}${OPEN}${note}${CLOSE.slice(1)}${parts[1]}`
}

/**
 * Splits a page into what was signed and the note. Throws InputError if there is no place or more than one, and if the
 * note could end the comment early and show something unsigned.
 */
export function takeNote(page: string): { readonly signed: string; readonly note: string } {
  const from = page.indexOf(OPEN)
  if (from === -1 || page.indexOf('<!--kuager-note', from + 2) !== -1 || page.indexOf('<!--kuager-note') !== from + 1)
    throw noPlace()
  const inside = from + OPEN.length
  const to = page.indexOf(CLOSE, inside - 1)
  if (to === -1) throw noPlace()
  const note = page.slice(inside, to + 1)
  if (/--!?>|<!--/.test(note)) throw noPlace()
  return { signed: page.slice(0, inside) + page.slice(to + 1), note }
}

const noPlace = (): InputError =>
  new InputError('Cannot read the copy: it has not exactly one place for its signed note', {
    code: 'copy.place',
    path: '',
    expected: 'one comment "<!--kuager-note" with the note on lines of its own',
  })
