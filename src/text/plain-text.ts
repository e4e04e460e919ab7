/** Signs that turn the direction of what follows, or are a mark of a file: no letter of any word. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/** What a stranger wrote, as one line of text: controls and ends of lines as spaces, nothing that turns what stands beside it. */
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
