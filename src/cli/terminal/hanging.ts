import type { World } from '../../runtime/world.ts'
import { printable } from '../../core/text/printable.ts'
import { wrap } from './wrap.ts'

/** Marks of outcomes, always beside words. */
export const MARKS = { ok: '\u2713', failed: '\u2717', 'not-checked': '\u2013' } as const

/** Longer lines than these are hard to read. */
const MOST_COLUMNS = 100

/**
 * One text after what stands before its first line, without control characters. On a terminal it is broken between words
 * and its further lines stand below the first; elsewhere it is one line, so that what reads it can rely on lines.
 */
export function writeHanging(world: Pick<World, 'out' | 'outColumns'>, before: string, text: string): void {
  const columns = world.outColumns?.()
  if (columns === undefined) return void world.out.write(`${before}${printable(text)}\n`)
  const room = Math.min(columns - 1, MOST_COLUMNS) - before.length
  const [first = '', ...rest] = wrap(printable(text), Math.max(20, room))
  const margin = ' '.repeat(before.length)
  world.out.write([`${before}${first}`, ...rest.map((line) => `${margin}${line}`)].join('\n') + '\n')
}
