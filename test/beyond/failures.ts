import { EDGE_ROWS } from './edge-rows.ts'
import { ENGINE_ROWS } from './engine-rows.ts'
import type { FailureRow, RowResult } from './row.ts'

export const FAILURE_ROWS: readonly FailureRow[] = [...EDGE_ROWS, ...ENGINE_ROWS]

/** The table at the end of a run. */
export function failureTable(results: readonly RowResult[]): string {
  const head = [
    'lost thing',
    'rounds',
    'acknowledged',
    'found',
    'only on it',
    'lost',
    'doubled',
    'logs',
    'oldest, s',
    'took, s',
  ]
  const rows = results.map((one) => [
    ...[one.row.lost, String(one.rounds), String(one.acknowledged), String(one.found), String(one.lost - one.wrong)],
    ...[String(one.wrong), String(one.doubled), String(one.logs), (one.oldestMs / 1000).toFixed(1)],
    one.seconds.toFixed(0),
  ])
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]!.length))) // rows are as long
  const line = (cells: readonly string[]): string =>
    cells.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')
  return [head, ...rows].map(line).join('\n')
}
