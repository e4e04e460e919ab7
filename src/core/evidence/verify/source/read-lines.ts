import { InputError } from '../../../model/errors.ts'
import { LIMITS } from './bundle-source.ts'

const LINE_FEED = 0x0a

/**
 * Lines of a file, without their line feeds; at most one line and one piece are in memory. Throws InputError for a line
 * that is too long, and for a last one without a line feed: a file that was cut off must not read as a shorter one.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = []
  let length = 0
  let number = 1
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, from)) {
      const rest = chunk.subarray(from, end)
      yield begun.length === 0 ? rest : joined([...begun, rest], length + rest.length)
      begun = []
      length = 0
      number++
      from = end + 1
    }
    if (from === chunk.length) continue
    begun.push(chunk.slice(from))
    length += chunk.length - from
    if (length > LIMITS.lineBytes) throw refuse(number, `a line of at most ${LIMITS.lineBytes} bytes`)
  }
  if (length > 0) throw refuse(number, 'a line feed at the end of the last line')
}

const refuse = (line: number, expected: string): InputError =>
  new InputError(`Cannot read lines: expected ${expected}`, { code: 'bundle.line', path: `line ${line}`, expected })

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
