import { MINUTE_MS } from '../../model/duration.ts'
import { HALVES } from '../../model/measured/reading.ts'
import { controlOf, hasArtefact, isScheduled, targetOf, type Columns } from '../chain/columns.ts'
import { logEvidence, meaningOf, rowLength, type Reader } from './evidence.ts'

/**
 * Repeated tests of one probe taken together (docs/methods/detecting.md, section 4). Sorted by time of the first
 * reading. Readings that say nothing at all belong to none.
 */
export interface Bursts {
  readonly size: number
  /** First and last reading, milliseconds. */
  readonly at: Float64Array
  readonly last: Float64Array
  /** Index of the probe, −1 where unknown. */
  readonly probe: Int32Array
  /** Readings that say a hit, and readings that say a passage. */
  readonly failed: Uint32Array
  readonly passed: Uint32Array
  /** When the first of each was, NaN without one. */
  readonly failedAt: Float64Array
  readonly passedAt: Float64Array
  readonly artefact: Uint8Array
  /** Row of `rows`: P(burst | state) as `weigh` takes it. */
  readonly row: Int32Array
  readonly rows: Float64Array
  /** Row of the first reading alone where more follow, else −1. */
  readonly firstRow: Int32Array
  /** Burst of each reading, −1 for none. */
  readonly burstOf: Int32Array
}

/** Share of the schedule that one burst spans: a device that tests every minute weighs at most 1.5 devices on schedule. */
export const BURST_SHARE = 2 / 3
/** Readings of one burst that count: alternating results without end would otherwise weigh as many devices. */
const COUNTED = 3

/**
 * Collapses the readings of each probe: one burst are all within two thirds of the schedule from its first, however many
 * they are. A burst that came by the schedule says what its first reading says: retries are chosen by its failure. One that
 * was begun by hand is a chain within: a repeat copies the reading before it with chance ρ, or is drawn again from the
 * state. So a repeat that says the same adds little, and one that says otherwise counts in full; three readings count.
 */
export function collapseBursts(columns: Columns, reader: Reader): Bursts {
  const { burstOf, count } = assign(columns, reader)
  const bursts: Bursts = {
    size: count,
    at: new Float64Array(count),
    last: new Float64Array(count),
    probe: new Int32Array(count),
    failed: new Uint32Array(count),
    passed: new Uint32Array(count),
    failedAt: new Float64Array(count).fill(Number.NaN),
    passedAt: new Float64Array(count).fill(Number.NaN),
    artefact: new Uint8Array(count),
    row: new Int32Array(count),
    rows: new Float64Array(0),
    firstRow: new Int32Array(count).fill(-1),
    burstOf,
  }
  const readings = new Uint32Array(count)
  const downAtFirst = new Uint8Array(count)
  const firstAlone = new Uint8Array(count)
  for (let k = 0; k < columns.size; k++) {
    const burst = burstOf[k]! // one for each reading
    if (burst < 0) continue
    const outcome = columns.outcome[k]! // k < size, here and below
    const { failed, passed } = meaningOf(outcome, columns.log10Lr[k]!, reader.controlled)
    if (readings[burst]!++ === 0) {
      bursts.at[burst] = columns.at[k]!
      bursts.probe[burst] = columns.probe[k]! // one for each reading, burst or code
      downAtFirst[burst] = bothFail(outcome) ? 1 : 0
      firstAlone[burst] = bothFail(outcome) || isScheduled(outcome) ? 1 : 0
    }
    bursts.last[burst] = columns.at[k]! // k < size
    if (hasArtefact(outcome)) bursts.artefact[burst] = 1
    else if (downAtFirst[burst] === 1) continue
    if (failed && bursts.failed[burst]!++ === 0) bursts.failedAt[burst] = columns.at[k]! // k < size, here and below
    if (passed && bursts.passed[burst]!++ === 0) bursts.passedAt[burst] = columns.at[k]!
  }
  return { ...bursts, rows: fillRows(columns, reader, { bursts, readings, firstAlone }) }
}

/** Both halves fail and there is no direct evidence: nothing is learnt about restriction. */
const bothFail = (outcome: number): boolean =>
  !hasArtefact(outcome) && targetOf(outcome) === 'fail' && controlOf(outcome) === 'fail'

function assign(columns: Columns, { settings, controlled }: Reader): { burstOf: Int32Array; count: number } {
  const span = settings.scheduleMinutes * BURST_SHARE * MINUTE_MS
  const open = new Int32Array(columns.probes.length + 1).fill(-1) // slot 0: unknown
  const first = new Float64Array(open.length)
  const burstOf = new Int32Array(columns.size).fill(-1)
  let count = 0
  for (let k = 0; k < columns.size; k++) {
    if (meaningOf(columns.outcome[k]!, columns.log10Lr[k]!, controlled).about === 'nothing') continue // k < size
    const slot = columns.probe[k]! + 1
    const at = columns.at[k]!
    if (open[slot]! < 0 || at - first[slot]! > span) {
      open[slot] = count++
      first[slot] = at
    }
    burstOf[k] = open[slot]! // one for each reading, burst or code
  }
  return { burstOf, count }
}

interface Counted {
  readonly bursts: Bursts
  /** Readings of each burst. */
  readonly readings: Uint32Array
  /** 1 where a burst began by the schedule or with both halves failing: its repeats were chosen by that, and say nothing. */
  readonly firstAlone: Uint8Array
}

/** Ratios are kept to 1/500 of a power of ten, so that equal readings share one row. */
const STEPS = 500

/** Writes `bursts.row` and gives the table: one row for each distinct single reading, then one for each repeated burst. */
function fillRows(columns: Columns, reader: Reader, { bursts, readings, firstAlone }: Counted): Float64Array {
  const length = rowLength(reader.chain)
  const single = singles(columns, reader)
  const repeats = repeatLogs(single.logs.subarray(0, single.count * length), reader.settings.rho)
  let repeated = 0
  for (let burst = 0; burst < bursts.size; burst++)
    if (readings[burst]! > 1) bursts.row[burst] = single.count + repeated++ // one count for each burst
  const rows = new Float64Array((single.count + repeated) * length)
  const saidBefore = new Uint8Array(bursts.size * 2)
  const counted = new Uint8Array(bursts.size)
  for (let k = 0; k < columns.size; k++) {
    const burst = bursts.burstOf[k]! // one for each reading, burst or code
    if (burst < 0) continue
    const code = single.codeOf[k]!
    if (readings[burst] === 1) {
      bursts.row[burst] = code
      continue
    }
    const outcome = columns.outcome[k]! // k < size
    const { slot, said } = sayingOf(outcome, columns.log10Lr[k]!, reader.controlled)
    const first = bursts.firstRow[burst]! < 0
    if (first) bursts.firstRow[burst] = code
    else if (firstAlone[burst] === 1 && !hasArtefact(outcome)) continue
    if (counted[burst]! >= COUNTED) continue // one for each burst
    counted[burst]!++
    const from = !first && saidBefore[burst * 2 + slot] === said ? repeats : single.logs
    const to = bursts.row[burst]! * length // one for each reading, burst or code
    for (let at = 0; at < length; at++) rows[to + at]! += from[code * length + at]!
    saidBefore[burst * 2 + slot] = said
  }
  rows.set(single.logs.subarray(0, single.count * length))
  for (let at = 0; at < rows.length; at++) rows[at] = Math.exp(rows[at]!) // at < length
  return rows
}

/**
 * What a reading says, to be compared with the one before it: 1 a hit, 2 a passage, 3 neither, and 4 times the control's
 * half. `slot` 1: about the line alone; such readings stand between two others without parting them.
 */
function sayingOf(outcome: number, log10Lr: number, controlled: boolean): { slot: 0 | 1; said: number } {
  const { about, failed, passed } = meaningOf(outcome, log10Lr, controlled)
  const said = (failed ? 1 : passed ? 2 : 3) + 4 * HALVES.indexOf(controlOf(outcome))
  return { slot: about === 'restriction' ? 0 : 1, said }
}

/**
 * ln P(a repeat says what the reading before it said | state): it copies it with chance ρ, or is drawn independently.
 */
const repeatLogs = (logs: Float64Array, rho: number): Float64Array =>
  logs.map((log) => Math.log(rho + (1 - rho) * Math.exp(log)))

function singles(columns: Columns, reader: Reader): { codeOf: Int32Array; logs: Float64Array; count: number } {
  const length = rowLength(reader.chain)
  const codeOf = new Int32Array(columns.size)
  const plain = new Int32Array(128).fill(-1)
  const graded = new Map<number, number>()
  let logs = new Float64Array(64 * length)
  let count = 0
  for (let k = 0; k < columns.size; k++) {
    const outcome = columns.outcome[k]! & 127 // k < size; on schedule or not says nothing here
    const given = columns.log10Lr[k]!
    const step = Number.isNaN(given) ? 0 : Math.round(Math.max(-2, Math.min(2, given)) * STEPS)
    const key = (step + 2 * STEPS) * 128 + outcome
    let code = Number.isNaN(given) ? plain[outcome]! : (graded.get(key) ?? -1) // one for each reading, burst or code
    if (code < 0) {
      code = count++
      if (Number.isNaN(given)) plain[outcome] = code
      else graded.set(key, code)
      if (count * length > logs.length) logs = grown(logs)
      logEvidence(reader, [outcome, Number.isNaN(given) ? Number.NaN : step / STEPS], [logs, code * length])
    }
    codeOf[k] = code
  }
  return { codeOf, logs, count }
}

function grown(values: Float64Array): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}
