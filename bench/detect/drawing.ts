import type { Cell, Summary } from './summary.ts'

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '–')

/** Bar of `width` cells for a share of 0 to 1. */
const bar = (share: number, width: number): string =>
  '█'.repeat(Math.round(share * width)) + '·'.repeat(width - Math.round(share * width))

const ROWS: readonly (readonly [Cell['kind'], string])[] = [
  ['full', 'full (at most 15 % passing)'],
  ['by-exchange', 'partial: 25–60 % of exchanges pass'],
  ['by-probe', 'partial: 20–50 % of devices untouched'],
  ['throttled', 'throttled'],
]

/** Share of restrictions found, by what they touch and by how many devices measure. */
export function drawRecall({ cells }: Summary): string {
  const lines = ['Found, of restrictions of an hour or more seen by three or more devices', '']
  for (const [kind, label] of ROWS)
    for (const cell of cells.filter((one) => one.kind === kind))
      lines.push(
        `${label.padEnd(38)} ${cell.probes.padStart(4)} devices  ${bar(cell.recall, 20)} ${percent(cell.recall).padStart(7)} of ${String(cell.blocks).padStart(4)}, alarm after ${Number.isFinite(cell.medianDelay) ? `${(cell.medianDelay * 15).toFixed(0)} min` : 'never'} (median)`,
      )
  return lines.join('\n')
}

/** How long after the true onset the first alarm came. */
export function drawDelays({ delays }: Summary): string {
  const edges = [0, 1, 2, 3, 4, 6, 8, 12, 24, Infinity]
  const lines = ['First alarm after the true onset', '']
  const row = (label: string, count: number): string =>
    `${label.padStart(14)}  ${bar(count / Math.max(1, delays.length), 40)} ${String(count).padStart(5)}`
  for (const [index, edge] of edges.slice(0, -1).entries()) {
    const next = edges[index + 1] ?? Infinity
    const count = delays.filter((delay) => delay >= edge && delay < next && delay !== Infinity).length
    lines.push(row(next === Infinity ? `${edge * 15} min or more` : `${edge * 15}–${next * 15} min`, count))
  }
  lines.push(row('never', delays.filter((delay) => delay === Infinity).length))
  return lines.join('\n')
}
