/** Signs that turn the direction of what follows, or are a mark of a file: no letter of any word. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/**
 * Untrusted text as one line: controls and ends of lines as spaces, nothing that changes the direction of its
 * surroundings.
 */
export const plainLine = (text: string): string =>
  text
    .replaceAll(TURNING, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()

/** The same of a text of several lines, which stay lines. */
export const plainLines = (text: string): string =>
  text
    .split(/\r\n?|\n/)
    .map(plainLine)
    .join('\n')
    .trim()

/** Controls but tab and ends of lines, and signs that turn the direction of text. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNSEEN = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * A text in which each character that is not seen, and that could change how its neighbours are seen, is a mark: C0 and
 * DEL as their picture of Unicode (␀ …), the others as �. Tabs and ends of lines stay.
 */
export const withMarks = (text: string): string =>
  text.replace(UNSEEN, (char) => {
    const code = char.charCodeAt(0)
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd'
  })
