import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { Half, Reading, TargetHalf } from '../../model/measured/reading.ts'
import { HALVES, TARGET_HALVES } from '../../model/measured/reading.ts'

/**
 * Readings of one series as columns, sorted by time; readings of one time keep the order of their probes' names, so
 * that the order of arrival never matters. One outcome is a byte:
 * `target | control << 2 | canary << 4 | artefact << 6 | scheduled << 7` (`packOutcome`).
 */
export interface Columns {
  readonly size: number
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array
  /** Index in `probes`; −1 if it is unknown who measured. */
  readonly probe: Int32Array
  readonly outcome: Uint8Array
  /** log10 of P(observation | hit) / P(observation | passed); NaN where absent. */
  readonly log10Lr: Float32Array
  /** ln of the target's handshake time over the control's; NaN where absent. */
  readonly lnRatio: Float32Array
  /** ln of the control's own time in seconds; NaN where absent. Columns without it know no control's time. */
  readonly lnControl?: Float32Array
  /** Index in `mechanisms`; −1 where absent. */
  readonly mechanism: Int16Array
  readonly probes: readonly string[]
  readonly mechanisms: readonly Mechanism[]
}

/** One outcome as a byte. */
export const packOutcome = (
  reading: Pick<Reading, 'target' | 'control' | 'canary' | 'artefact' | 'scheduled'>,
): number =>
  TARGET_HALVES.indexOf(reading.target) |
  (HALVES.indexOf(reading.control) << 2) |
  (HALVES.indexOf(reading.canary) << 4) |
  (reading.artefact ? 64 : 0) |
  (reading.scheduled ? 128 : 0)

/** What the target's half did, out of a packed outcome. */
export const targetOf = (outcome: number): TargetHalf => TARGET_HALVES[outcome & 3]! // two bits, four words
/** What the control's half did, out of a packed outcome. */
export const controlOf = (outcome: number): Half => HALVES[(outcome >> 2) & 3]! // written by packOutcome
/** What the canaries did, out of a packed outcome. */
export const canaryOf = (outcome: number): Half => HALVES[(outcome >> 4) & 3]! // written by packOutcome
/** Whether direct evidence (a block page, a bogon, an interception issuer) was seen. */
export const hasArtefact = (outcome: number): boolean => (outcome & 64) !== 0
/** Whether the reading was on the regular schedule. */
export const isScheduled = (outcome: number): boolean => (outcome & 128) !== 0

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Gives readings of one series as columns. Readings without a finite time are left out: they say nothing about when. */
export function columnsOf(readings: readonly Reading[]): Columns {
  const sorted = readings
    .filter(({ at }) => Number.isFinite(at))
    .toSorted((a, b) => a.at - b.at || order(a.probe, b.probe) || packOutcome(a) - packOutcome(b))
  const size = sorted.length
  const probes = [...new Set(sorted.map(({ probe }) => probe))].filter((name) => name !== '').toSorted(order)
  const probeIndex = new Map(probes.map((name, index) => [name, index]))
  const mechanisms = [...new Set(sorted.map(({ mechanism }) => mechanism))]
    .filter((name) => name !== undefined)
    .toSorted(order)
  const mechanismIndex = new Map(mechanisms.map((name, index) => [name, index]))
  const number = (value: number | undefined): number => (value === undefined ? Number.NaN : value)
  return {
    size,
    at: Float64Array.from(sorted, ({ at }) => at),
    probe: Int32Array.from(sorted, ({ probe }) => probeIndex.get(probe) ?? -1),
    outcome: Uint8Array.from(sorted, packOutcome),
    log10Lr: Float32Array.from(sorted, ({ log10Lr }) => number(log10Lr)),
    lnRatio: Float32Array.from(sorted, ({ lnRatio }) => number(lnRatio)),
    lnControl: Float32Array.from(sorted, ({ lnControl }) => number(lnControl)),
    mechanism: Int16Array.from(sorted, ({ mechanism }) =>
      mechanism === undefined ? -1 : (mechanismIndex.get(mechanism) ?? -1),
    ),
    probes,
    mechanisms,
  }
}

/** Gives the readings from index `from` up to, not including, `until`; the arrays are views on the same memory. */
export const sliceColumns = (columns: Columns, from: number, until: number): Columns => ({
  ...columns,
  size: Math.max(0, until - from),
  at: columns.at.subarray(from, until),
  probe: columns.probe.subarray(from, until),
  outcome: columns.outcome.subarray(from, until),
  log10Lr: columns.log10Lr.subarray(from, until),
  lnRatio: columns.lnRatio.subarray(from, until),
  ...(columns.lnControl === undefined ? {} : { lnControl: columns.lnControl.subarray(from, until) }),
  mechanism: columns.mechanism.subarray(from, until),
})

/** Gives the readings whose index fulfils a condition, in memory of their own. */
export function columnsWhere(columns: Columns, holds: (index: number) => boolean): Columns {
  const chosen = (_: unknown, index: number): boolean => holds(index)
  const { at, probe, outcome, log10Lr, lnRatio, lnControl, mechanism } = columns
  const kept = at.filter(chosen)
  return {
    ...columns,
    size: kept.length,
    at: kept,
    probe: probe.filter(chosen),
    outcome: outcome.filter(chosen),
    log10Lr: log10Lr.filter(chosen),
    lnRatio: lnRatio.filter(chosen),
    ...(lnControl === undefined ? {} : { lnControl: lnControl.filter(chosen) }),
    mechanism: mechanism.filter(chosen),
  }
}

/** Gives the readings of one series in two parts as one; all of `earlier` lie before all of `later`. */
export function joinColumns(earlier: Columns, later: Columns): Columns {
  if (earlier.size === 0) return later
  const probes = [...new Set([...earlier.probes, ...later.probes])].toSorted(order)
  const mechanisms = [...new Set([...earlier.mechanisms, ...later.mechanisms])].toSorted(order)
  const size = earlier.size + later.size
  const put = <A extends Joined>(into: A, first: A, second: A): A => {
    into.set(first)
    into.set(second, earlier.size)
    return into
  }
  const unknown = (one: Columns): Float32Array => one.lnControl ?? new Float32Array(one.size).fill(Number.NaN)
  const renamed = <A extends Int16Array | Int32Array>(made: A, from: readonly string[], to: readonly string[]): A => {
    const places = from.map((name) => to.indexOf(name))
    for (let k = 0; k < made.length; k++) made[k] = places[made[k]!] ?? -1 // k is below the length
    return made
  }
  return {
    size,
    at: put(new Float64Array(size), earlier.at, later.at),
    probe: put(
      new Int32Array(size),
      renamed(earlier.probe.slice(), earlier.probes, probes),
      renamed(later.probe.slice(), later.probes, probes),
    ),
    outcome: put(new Uint8Array(size), earlier.outcome, later.outcome),
    log10Lr: put(new Float32Array(size), earlier.log10Lr, later.log10Lr),
    lnRatio: put(new Float32Array(size), earlier.lnRatio, later.lnRatio),
    lnControl: put(new Float32Array(size), unknown(earlier), unknown(later)),
    mechanism: put(
      new Int16Array(size),
      renamed(earlier.mechanism.slice(), earlier.mechanisms, mechanisms),
      renamed(later.mechanism.slice(), later.mechanisms, mechanisms),
    ),
    probes,
    mechanisms,
  }
}

type Joined = Float64Array | Float32Array | Int32Array | Int16Array | Uint8Array

/** Gives the index of the first value that is not below `value`, in an ascending array. */
export function lowerBound(values: Float64Array, value: number): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1 // below length
    if (values[middle]! < value)
      low = middle + 1 // middle < length
    else high = middle
  }
  return low
}
