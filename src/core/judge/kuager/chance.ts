/** Halves of pairs that were tried, and how many of them failed. */
export interface HalvesTally {
  readonly tried: number
  readonly failed: number
}

export const add = (a: HalvesTally, b: HalvesTally): HalvesTally => ({
  tried: a.tried + b.tried,
  failed: a.failed + b.failed,
})
export const NONE: HalvesTally = { tried: 0, failed: 0 }

/** Above this, failures of the target are what the line does to every name. */
const CHANCE = 0.03

/**
 * Whether `failures` failures of the target in a row are more than the connection does to any target: the share of
 * the control halves that failed (shrunk by half a failure, Jeffreys), to the power of the target's failures, is at
 * most 3 %. With control halves that all pass that takes two; if a third of them fail, three are not enough.
 * `tests`: how many addresses were put to the same question; the chance is shared among them (Bonferroni), or a line
 * that fails one exchange in ten would seem to restrict something in every other run.
 * Wrong when: losses come in runs longer than a pair.
 */
export const beyondChance = (failures: number, innocent: HalvesTally, tests = 1): boolean =>
  failures > 0 &&
  innocent.tried > innocent.failed &&
  ((innocent.failed + 0.5) / (innocent.tried + 1)) ** failures <= CHANCE / Math.max(1, tests)
