import type { WorkBudget } from '../../runtime/work-progress.ts'

/**
 * What one measurement may cost of one thread in each step, by the bytes of its JSON (docs/formats/collector.md, "Budgets
 * of work"). Measured: 16 ms for each 2^20 bytes of the costliest real measurements. The rest is for slow machines.
 */
export const MEASUREMENT_BUDGETS = {
  receive: { baseMs: 150, perMegabyteMs: 250 },
  /** More than to receive: what was accepted is also shown and judged. */
  show: { baseMs: 300, perMegabyteMs: 500 },
  judge: { baseMs: 500, perMegabyteMs: 500 },
} as const satisfies Record<string, WorkBudget>
