import { HOUR_MS } from '../../core/model/duration.ts'
import type { Kind } from '../../core/model/measured/verdict.ts'
import { cellState, type CellState } from '../../core/model/cell-state.ts'
import type { Period, SeriesPoint } from '../../store/warehouse/contract.ts'

/** States of one cell of the strip; the words of each are in messages/ as `cell.<state>`. */
export const CELLS = {
  open: '·',
  part: '▒',
  shut: '█',
  fault: '×',
  unkn: '?',
  none: ' ',
} as const satisfies Record<CellState, string>

/** One line: the period in equal parts, each with the state of the measurements that began in it. */
interface Strip {
  readonly cells: readonly CellState[]
  /** Milliseconds of one part. */
  readonly part: number
}

/** Lengths a part may have, so that a reader knows what a character stands for. */
const PARTS = [0.25, 0.5, 1, 2, 3, 6, 12, 24, 168, 28 * 24, 364 * 24].map((hours) => hours * HOUR_MS)

/** Divides a period into at most `width` parts, or into years where even these are more. */
export function makeStrip(points: readonly Pick<SeriesPoint, 'at' | 'kind'>[], period: Period, width: number): Strip {
  const length = period.until - period.since
  const part = PARTS.find((candidate) => length / candidate <= width) ?? PARTS.at(-1)! // never empty
  const counts = Array.from({ length: Math.ceil(length / part) }, () => emptyCounts())
  for (const point of points) {
    const count = counts[Math.floor((point.at - period.since) / part)]
    if (count !== undefined) count[point.kind]++
  }
  return { cells: counts.map(cellState), part }
}

const emptyCounts = (): Record<Kind, number> => ({
  reachable: 0,
  interfered: 0,
  unreachable: 0,
  inconclusive: 0,
  'not-judged': 0,
})
