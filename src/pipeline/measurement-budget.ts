import type { WorkBudget } from '../sys/work-progress.ts'

/**
 * What reading, judging or showing one measurement may cost of one thread, by the bytes of its JSON
 * (docs/formats/collector.md, "Budgets of work"). Honest measurements use a tenth of it or less.
 */
export const MEASUREMENT_BUDGET: WorkBudget = { baseMs: 150, perMegabyteMs: 2000 }
