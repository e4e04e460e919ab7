import { FEWEST_REPORTERS, SLOT_MS } from '../../model/people/report.ts'
import type { ReportSignal } from '../../model/people/report-cell.ts'
import type { LocalHours } from '../shown/local-hours.ts'
import { upperTail } from '../statistics/counting.ts'
import { baselineAt, FEWEST_WEEKS, LEAST_MEAN, type SlotBaseline, type ReportHistory } from './baseline.ts'

/** Chance below which a number of reports is not an accident of ordinary 15 minutes. */
export const RISING_BELOW = 0.001

export interface SignalQuestion {
  /** Reports that are shown for a service and a place, by slot; each at least five. */
  readonly shown: ReadonlyMap<number, number>
  /** All of them, shown or not, before any slot in question: for what is usual alone. */
  readonly history: ReportHistory
  readonly hours: LocalHours
  /** Start of the first slot that is not settled. */
  readonly settled: number
}

/** Slots between two that rise, which do not part a signal. */
const MOST_GAP = 2

/**
 * Signals in the slots that are shown (docs/methods/reports.md, "Signals"). Only shown numbers rise, so that a signal
 * tells nothing of fewer than five people.
 */
export function findSignals({ shown, history, hours, settled }: SignalQuestion): readonly ReportSignal[] {
  const rising = [...shown]
    .filter(([, count]) => count >= FEWEST_REPORTERS)
    .map(([slot, count]) => ({ slot, count, usual: baselineAt(slot, history, hours) }))
    .filter(({ count, usual }) => upperTail(count, usual ?? NOTHING_KNOWN) < RISING_BELOW)
    .toSorted((a, b) => a.slot - b.slot)
  const runs: Risen[][] = []
  for (const one of rising) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run === undefined || last === undefined || one.slot - last.slot > MOST_GAP * SLOT_MS) runs.push([one])
    else run.push(one)
  }
  return runs.map((run) => signalOf(run, settled))
}

interface Risen {
  readonly slot: number
  readonly count: number
  readonly usual: SlotBaseline | undefined
}

/** Whether what is usual at that hour of that weekday is known. */
const isKnown = ({ usual }: Risen): boolean => usual !== undefined && usual.weeks >= FEWEST_WEEKS

const NOTHING_KNOWN = { mean: LEAST_MEAN, dispersion: 1 }

function signalOf(run: readonly Risen[], settled: number): ReportSignal {
  const first = run[0]! // a run begins with one
  const last = run.at(-1) ?? first
  const fullest = run.reduce((a, b) => (b.count > a.count ? b : a))
  const { usual } = fullest
  return {
    kind: run.every(isKnown) ? 'burst' : 'rising',
    began: [first.slot, first.slot + SLOT_MS],
    ...(last.slot + MOST_GAP * SLOT_MS >= settled ? {} : { ended: [last.slot, last.slot + SLOT_MS] as const }),
    reports: run.reduce((sum, { count }) => sum + count, 0),
    most: fullest.count,
    ...(usual !== undefined && isKnown(fullest) ? { usual: usual.mean } : {}),
  }
}
