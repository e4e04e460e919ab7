import type { TrialOutcome } from '../kit/edge/trial-world.ts'

/** How often a row loses its thing, by what chance, in which empty folder. */
export interface RowRun {
  readonly root: string
  readonly rounds: number
  readonly chance: () => number
}

/** A row of the failure table: what is lost, over and over, while senders submit. */
export interface FailureRow {
  readonly lost: string
  /** Why it cannot be run here; absent or false: it can. */
  readonly skip?: string | false
  /** Loses it at random moments and brings it back, then looks for everything that was acknowledged. */
  readonly run: (how: RowRun) => Promise<TrialOutcome>
}
