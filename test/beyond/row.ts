import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/runtime/clock.ts'
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

export interface RowResult extends TrialOutcome {
  readonly row: FailureRow
  readonly rounds: number
  readonly seconds: number
}

/** Runs one row in a folder of its own. */
export async function runRow(row: FailureRow, rounds: number, chance: () => number): Promise<RowResult> {
  const root = await mkdtemp(join(tmpdir(), 'kuager-beyond-'))
  const began = systemClock.monotonic()
  try {
    const outcome = await row.run({ root, rounds, chance })
    return { ...outcome, row, rounds, seconds: (systemClock.monotonic() - began) / 1000 }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
