import { canaryOf, type Columns, controlOf, hasArtefact, lowerBound, targetOf } from '../columns.ts'

/** Plain successes and failures, sorted by time: what the methods take that know neither pairs nor load. */
export interface Trials {
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array
  /** 1: failed or far slower than usual; 0: passed. */
  readonly fail: Uint8Array
  /** Whose measurement; −1 where nobody knows. */
  readonly probe: Int32Array
}

/** Indices of columns, the first included and the second not. */
type Range = readonly [number, number]

/**
 * Reduces the readings of a range of columns to successes and failures. Left out: a failure whose control or canary
 * failed too, a failure without a control in a series that has controls, and a target nobody tried; an artefact fails
 * whatever the control did. Where only a likelihood ratio is known, its sign decides.
 */
export function trialsOf(columns: Columns, [first, last]: Range = [0, columns.size]): Trials {
  const controlled = hasControls(columns, [first, last])
  const kept: number[] = []
  const fails: number[] = []
  for (let k = first; k < last; k++) {
    const fail = outcomeOf(columns, k, controlled)
    if (fail === undefined) continue
    kept.push(k)
    fails.push(fail ? 1 : 0)
  }
  return {
    at: Float64Array.from(kept, (k) => columns.at[k]!), // kept indices lie in the columns
    fail: Uint8Array.from(fails),
    probe: Int32Array.from(kept, (k) => columns.probe[k]!), // the same
  }
}

function hasControls(columns: Columns, [first, last]: Range): boolean {
  for (let k = first; k < last; k++) if (controlOf(columns.outcome[k]!) !== 'none') return true // k lies in the range
  return false
}

function outcomeOf(columns: Columns, k: number, controlled: boolean): boolean | undefined {
  const outcome = columns.outcome[k]! // the caller's index lies in the columns
  if (hasArtefact(outcome)) return true
  const target = targetOf(outcome)
  const ratio = columns.log10Lr[k]!
  if (target === 'ok') return false
  if (target === 'none') return ratio > 0 ? true : ratio < 0 ? false : undefined
  if (canaryOf(outcome) === 'fail') return undefined
  const control = controlOf(outcome)
  return control === 'ok' || (control === 'none' && !controlled) ? true : undefined
}

/** Indices of the columns from `from` to `until`, both instants included. */
export const rangeOf = (columns: Columns, from: number, until: number): Range => [
  lowerBound(columns.at, from),
  lowerBound(columns.at, until + 1),
]

/**
 * Collapses repeats: trials of one probe with gaps up to `gap` milliseconds are one burst, at the time of its first,
 * failed where at least half of it failed. Repeats are dependent, and a method that takes them for independent finds
 * changes that are none. Trials of unknown probes stay single: nobody knows whether they are repeats.
 */
export function burstsOf(trials: Trials, gap: number): Trials {
  const open = new Map<number, { last: number; place: number }>()
  const first: number[] = []
  const counts: number[] = []
  const failed: number[] = []
  for (let k = 0; k < trials.at.length; k++) {
    const at = trials.at[k]! // k is below the length
    const probe = trials.probe[k]!
    const burst = probe < 0 ? undefined : open.get(probe)
    if (burst !== undefined && at - burst.last <= gap) {
      burst.last = at
      counts[burst.place]!++
      failed[burst.place]! += trials.fail[k]!
      continue
    }
    open.set(probe, { last: at, place: first.length })
    first.push(k)
    counts.push(1)
    failed.push(trials.fail[k]!)
  }
  return {
    at: Float64Array.from(first, (k) => trials.at[k]!),
    fail: Uint8Array.from(first, (_, place) => (2 * failed[place]! >= counts[place]! ? 1 : 0)),
    probe: Int32Array.from(first, (k) => trials.probe[k]!),
  }
}

/** The trials from index `first` up to, not including, `last`, on the same memory. */
export const sliceTrials = (trials: Trials, first: number, last: number): Trials => ({
  at: trials.at.subarray(first, last),
  fail: trials.fail.subarray(first, last),
  probe: trials.probe.subarray(first, last),
})
