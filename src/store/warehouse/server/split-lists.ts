import type { Param, Params } from '../engine.ts'

/**
 * Characters of one value, counted generously: a server refuses fields of more than 128 KiB, also in a body
 * (`http_max_field_value_size`, which no request can raise).
 */
const MOST_CHARACTERS = 64 * 1024

const sizeOf = (one: string | number): number =>
  typeof one === 'number' ? 21 : 3 + Buffer.byteLength(one.replaceAll(/[\\'\n\t\r\0]/g, '--'))

/**
 * A statement whose long lists are given in several parameters, one behind the other: `{names:Array(String)}` becomes
 * `arrayConcat({names_0:Array(String)}, {names_1:Array(String)})`. Values stay typed parameters.
 */
export function splitLists(
  sql: string,
  params: Params,
): { readonly sql: string; readonly params: Record<string, Param> } {
  let text = sql
  const all: Record<string, Param> = { ...params }
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'object') continue
    const pieces = piecesOf(value)
    if (pieces.length < 2) continue
    delete all[name]
    for (const [nth, piece] of pieces.entries()) all[`${name}_${nth}`] = piece as Param
    text = text.replaceAll(
      new RegExp(`\\{${name}:([^}]+)\\}`, 'g'),
      (_, type: string) => `arrayConcat(${pieces.map((_piece, nth) => `{${name}_${nth}:${type}}`).join(', ')})`,
    )
  }
  return { sql: text, params: all }
}

function piecesOf(list: readonly (string | number)[]): readonly (readonly (string | number)[])[] {
  const pieces: (string | number)[][] = []
  let left = 0
  for (const one of list) {
    const size = sizeOf(one)
    if (pieces.length === 0 || size > left) {
      pieces.push([])
      left = MOST_CHARACTERS
    }
    pieces.at(-1)!.push(one) // there is one
    left -= size
  }
  return pieces
}
