import { Fault } from '../../core/model/errors.ts'

/** Rows of one statement: some thousands of parameters are the most that both databases take. */
const MOST_ROWS = 100

/** Cuts a list into parts that one statement can carry. */
export function inParts<T>(rows: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < rows.length; at += MOST_ROWS) parts.push(rows.slice(at, at + MOST_ROWS))
  return parts
}

/** Gives the word of a closed list that a column holds. Throws Fault where it holds another one. */
export function parseWord<T extends string>(words: readonly T[], found: string): T {
  const word = words.find((known) => known === found)
  if (word === undefined) throw new Fault(`Cannot read registry: it holds the unknown word "${found}"`)
  return word
}
