import type { DetectSettings } from '../../src/core/detect/chain/settings.ts'
import { HOUR_MS } from '../../src/core/model/duration.ts'
import { EPOCH } from './simulate.ts'
import type { Simulated } from './simulate.ts'

/** Pseudo-onsets an hour begins with: pulls the weight of a thinly watched hour towards 1. */
const SHRINK = 5

/**
 * Part of every weight that knows no hour, against one part of the fitted: nobody has fitted hours to real restrictions
 * or real load, and a weight near zero would make those that come at noon all but impossible. It costs nothing here.
 */
const FLAT = 0.5

const softened = (weight: number): number => round((weight + FLAT) / (1 + FLAT))

/** What the tuning series say about rates and hours of the day. */
export interface Tally {
  hours: number
  restricted: { short: number[]; long: number[] }
  onsets: number[]
  /** Controls of working lines by local hour: all, failed. */
  controls: number[]
  controlFails: number[]
  /** Targets outside restrictions with a passing control, at the hours of least load: all, failed. */
  open: number
  openFails: number
}

export const emptyTally = (): Tally => ({
  hours: 0,
  restricted: { short: [], long: [] },
  onsets: Array.from({ length: 24 }, () => 0),
  controls: Array.from({ length: 24 }, () => 0),
  controlFails: Array.from({ length: 24 }, () => 0),
  open: 0,
  openFails: 0,
})

const hourOf = (at: number): number => Math.floor((((at - EPOCH) / HOUR_MS) % 24) + 24) % 24

const bump = (list: number[], index: number): void => {
  list[index] = (list[index] ?? 0) + 1
}

/** Adds one series whose truth is known. */
export function addToTally(tally: Tally, { readings, truth }: Simulated): void {
  tally.hours += (truth.until - truth.from) / HOUR_MS
  for (const { from, until, long } of truth.blocks) {
    const lengths: Record<'short' | 'long', number[]> = tally.restricted
    lengths[long ? 'long' : 'short'].push((until - from) / HOUR_MS)
    bump(tally.onsets, hourOf(from))
  }
  for (const { at, target, control, canary, probe } of readings) {
    if (canary !== 'ok' || !probe.startsWith('p') || (target === 'fail' && control === 'fail')) continue
    const hour = hourOf(at)
    bump(tally.controls, hour)
    if (control === 'fail') bump(tally.controlFails, hour)
    if (hour >= 6 || truth.blocks.some(({ from, until }) => from <= at && at < until)) continue
    tally.open += 1
    if (target === 'fail') tally.openFails += 1
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Weights with mean 1: (a + n_h) / (a + expected), a pseudo-counts. */
function hourWeights(counts: readonly number[]): readonly number[] {
  const expected = mean(counts)
  const weights = counts.map((count) => (SHRINK + count) / (SHRINK + expected))
  return weights.map((weight) => softened(weight / mean(weights)))
}

/**
 * Onsets of load by hour from the failures of controls: the loaded share L_h = (rate_h − quiet rate) / (rate under load −
 * quiet rate) of a chain that returns at rate μ needs onsets λ_h = dL/dh + μ L_h, never below a tenth of their mean.
 */
function loadOnsets(tally: Tally, loads: readonly number[], loadEnd: number): readonly number[] {
  const rate = tally.controls.map((count, hour) => (tally.controlFails[hour] ?? 0) / Math.max(1, count))
  const quiet = Math.min(...rate)
  const loaded = rate.map((value) => Math.max(0, (value - quiet) / (mean(loads) - quiet)))
  const raw = loaded.map((value, hour) => {
    const before = loaded[(hour + 23) % 24] ?? 0
    return Math.max(0, value - before + (loadEnd * (value + before)) / 2)
  })
  return raw.map((value) => Math.max(value, mean(raw) / 10))
}

const round = (value: number): number => Number(value.toPrecision(3))

/** Settings that follow from the tally alone; thresholds and margins are chosen by detection (tune.ts). */
export function fitRates(
  { rates, loads }: DetectSettings,
  tally: Tally,
): Pick<DetectSettings, 'onsetHours' | 'loadHours' | 'rates'> {
  const { short, long } = tally.restricted
  const watched = tally.hours - [...short, ...long].reduce((sum, hours) => sum + hours, 0)
  const onsets = loadOnsets(tally, loads, rates.loadEnd)
  return {
    onsetHours: hourWeights(tally.onsets),
    loadHours: onsets.map((value) => softened(value / mean(onsets))),
    rates: {
      ...rates,
      shortOnset: round(short.length / watched),
      shortEnd: round(1 / mean(short)),
      longOnset: round(long.length / watched),
      longEnd: round(1 / mean(long)),
      loadOnset: round(mean(onsets)),
    },
  }
}
