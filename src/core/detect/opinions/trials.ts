import { canaryOf, type Columns, controlOf, hasArtefact, lowerBound, targetOf } from '../chain/columns.ts'

/** Plain successes and failures, sorted by time: what the methods take that know neither pairs nor load. */
export interface Trials {
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array
  /** 1: failed or far slower than usual; 0: passed. */
  readonly fail: Uint8Array
  /** Whose measurement; −1 if unknown. */
  readonly probe: Int32Array
}

/** Indices of columns, the first included and the second not. */
type Range = readonly [number, number]

/**
 * Reduces the readings of a range of columns to successes and failures. Left out: a failure whose control or canary
 * failed too, a failure without a control or a ratio of its own in a series that has controls, and a target that was
 * not tried; a reading with direct evidence fails, even if its control failed too. Where only a likelihood ratio is
 * known, its sign decides.
 */
export function trialsOf(columns: Columns, [first, last]: Range = [0, columns.size]): Trials {
  const controlled = hasControls(columns, [first, last])
  const at = new Float64Array(Math.max(0, last - first))
  const fail = new Uint8Array(at.length)
  const probe = new Int32Array(at.length)
  let size = 0
  for (let k = first; k < last; k++) {
    const failed = outcomeOf(columns, k, controlled)
    if (failed === undefined) continue
    at[size] = columns.at[k]! // k is in the range
    probe[size] = columns.probe[k]! // the same
    fail[size++] = failed ? 1 : 0
  }
  return sliceTrials({ at, fail, probe }, 0, size)
}

function hasControls(columns: Columns, [first, last]: Range): boolean {
  for (let k = first; k < last; k++) if (controlOf(columns.outcome[k]!) !== 'none') return true // k is in the range
  return false
}

function outcomeOf(columns: Columns, k: number, controlled: boolean): boolean | undefined {
  const outcome = columns.outcome[k]! // the caller's index is within the columns
  if (hasArtefact(outcome)) return true
  const target = targetOf(outcome)
  const ratio = columns.log10Lr[k]!
  if (target === 'ok') return false
  if (target === 'none') return ratio > 0 ? true : ratio < 0 ? false : undefined
  if (canaryOf(outcome) === 'fail') return undefined
  const control = controlOf(outcome)
  return control === 'ok' || (control === 'none' && (!controlled || ratio > 0)) ? true : undefined
}

/** Indices of the columns from `from` to `until`, both instants included. */
export const rangeOf = (columns: Columns, from: number, until: number): Range => [
  lowerBound(columns.at, from),
  lowerBound(columns.at, until + 1),
]

/**
 * Collapses repeats: trials of one probe with gaps up to `gap` milliseconds are one burst, at the time of its first,
 * failed where at least half of it failed. Repeats are dependent, and a method that takes them for independent finds
 * changes that are none. Trials of unknown probes stay single: it is unknown whether they are repeats.
 */
export function burstsOf(trials: Trials, gap: number): Trials {
  const size = trials.at.length
  const most = trials.probe.reduce((highest, probe) => Math.max(highest, probe), -1)
  const lastAt = new Float64Array(most + 1).fill(-Infinity)
  const place = new Int32Array(most + 1)
  const bursts: Trials = { at: new Float64Array(size), fail: new Uint8Array(size), probe: new Int32Array(size) }
  const counts = new Int32Array(size)
  const failed = new Int32Array(size)
  let made = 0
  for (let k = 0; k < size; k++) {
    const at = trials.at[k]! // k is below the size
    const probe = trials.probe[k]! // the same
    const goesOn = probe >= 0 && at - lastAt[probe]! <= gap // probes are at most `most`
    const burst = goesOn ? place[probe]! : made++
    if (probe >= 0) {
      lastAt[probe] = at
      place[probe] = burst
    }
    if (!goesOn) {
      bursts.at[burst] = at
      bursts.probe[burst] = probe
    }
    // A burst is one of those made so far, and none is made without a trial.
    counts[burst]! += 1
    failed[burst]! += trials.fail[k]!
  }
  // `made` bursts were counted.
  for (let burst = 0; burst < made; burst++) bursts.fail[burst] = 2 * failed[burst]! >= counts[burst]! ? 1 : 0
  return sliceTrials(bursts, 0, made)
}

/** The trials from index `first` up to, not including, `last`, on the same memory. */
export const sliceTrials = (trials: Trials, first: number, last: number): Trials => ({
  at: trials.at.subarray(first, last),
  fail: trials.fail.subarray(first, last),
  probe: trials.probe.subarray(first, last),
})
