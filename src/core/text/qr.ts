import { encodeQR } from 'qr'
import { InputError } from '../model/errors.ts'

/** What a symbol holds at most: version 40 with medium correction, in bytes of UTF-8 (ISO/IEC 18004, table 7). */
export const MOST_QR_BYTES = 2_331

/** Light modules around a symbol, without which readers do not find it (ISO/IEC 18004, 6.3.8). */
const QUIET = 4

/**
 * Modules of the QR code of a text, by row, with its quiet zone; true is dark. With medium correction a symbol is still read
 * when 15 % of it is damaged. Throws InputError for an empty text and for one of more than `MOST_QR_BYTES`.
 */
function modulesOf(text: string): readonly (readonly boolean[])[] {
  const bytes = new TextEncoder().encode(text).length
  if (bytes === 0 || bytes > MOST_QR_BYTES)
    throw new InputError(`Cannot draw a QR code: the text has ${bytes} bytes`, {
      code: 'qr.size',
      path: 'text',
      expected: `1 to ${MOST_QR_BYTES} bytes`,
    })
  return encodeQR(text, 'raw', { ecc: 'medium', encoding: 'byte', border: QUIET })
}

/**
 * The QR code of a text as an SVG element that fills the width it is given. It is dark on light in a dark page too:
 * many readers do not find an inverted symbol. `label` is what a screen reader says. No style and no script is in it,
 * so that every content security policy permits it. Throws InputError as `modulesOf` does.
 */
export function qrSvg(text: string, label: string): string {
  const rows = modulesOf(text)
  const side = rows.length
  const runs = rows.flatMap((row, y) => darkRuns(row).map(([x, width]) => `M${x} ${y}h${width}v1h-${width}z`))
  return `<svg xmlns="http://www.w3.org/2000/svg" class="qr" viewBox="0 0 ${side} ${side}" role="img" aria-label="${escaped(label)}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h${side}v${side}h-${side}z"/><path fill="#000" d="${runs.join('')}"/></svg>`
}

/** Begin and length of what is dark in a row. */
function darkRuns(row: readonly boolean[]): readonly (readonly [number, number])[] {
  const starts = row.flatMap((dark, x) => (dark && row[x - 1] !== true ? [x] : []))
  return starts.map((x) => {
    const end = row.indexOf(false, x)
    return [x, (end < 0 ? row.length : end) - x]
  })
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/**
 * The QR code of a text as lines for a terminal, two rows of modules in a line. Colours are set by ANSI sequences, so
 * that it is dark on light in every terminal. Throws InputError as `modulesOf` does.
 */
export function qrLines(text: string): readonly string[] {
  const rows = modulesOf(text)
  const cell = (dark: boolean, below: boolean): string => (dark ? (below ? '█' : '▀') : below ? '▄' : ' ')
  return rows.flatMap((row, y) =>
    y % 2 === 1
      ? []
      : [`\u001B[30;107m${row.map((dark, x) => cell(dark, rows[y + 1]?.[x] === true)).join('')}\u001B[0m`],
  )
}
