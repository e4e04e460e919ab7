import type { Kind } from './measured/verdict.ts'

/** States of a cell: the worse, the more contrast with the paper; the shape says the state, the hue only helps. */
export const CELL_STATES = ['open', 'part', 'shut', 'fault', 'unkn', 'none'] as const
export type CellState = (typeof CELL_STATES)[number]

/**
 * State of a cell from its verdicts, on pages, in the interface and in the terminal; its words are the legend
 * (`cell.*` in text/). "In every measurement" is said only where each judged one was interfered; tests without a judge
 * count as no data, because they give no verdict on the service.
 */
export function cellState(kinds: Readonly<Record<Kind, number>>): CellState {
  const { reachable, interfered, unreachable, inconclusive } = kinds
  if (interfered > 0) return reachable + unreachable + inconclusive > 0 ? 'part' : 'shut'
  if (reachable > unreachable) return 'open'
  if (unreachable > 0) return 'fault'
  return inconclusive > 0 ? 'unkn' : 'none'
}
