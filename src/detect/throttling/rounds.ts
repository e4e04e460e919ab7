import { median } from '../statistics/quantile.ts'

/** Timed pairs of one series, sorted by time: columns of a series, or plain arrays with the control's own time. */
export interface TimedPairs {
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array
  /** Index of the probe; −1 where nobody knows: such a pair has no baseline of its own and is left out. */
  readonly probe: Int32Array
  /** ln of the target's handshake time over the control's; NaN where one of them was not timed. */
  readonly lnRatio: Float32Array | Float64Array
  /** ln of the control's own handshake time; NaN or absent where not known. */
  readonly lnControl?: Float32Array | Float64Array
}

/** The rounds of one probe: pairs within a third of the schedule's interval are one round, their median one number. */
export interface ProbeRounds {
  readonly probe: number
  readonly at: Float64Array
  readonly lnRatio: Float64Array
  /** NaN where no control of the round was timed. */
  readonly lnControl: Float64Array
}

interface OpenRound {
  readonly at: number
  last: number
  readonly ratios: number[]
  readonly controls: number[]
}

/** Collapses pairs to rounds; `gap` in milliseconds. Pairs without a finite ratio are left out. */
export function roundsOf(pairs: TimedPairs, gap: number): readonly ProbeRounds[] {
  const found = new Map<number, OpenRound[]>()
  for (let k = 0; k < pairs.at.length; k++) {
    const probe = pairs.probe[k]! // k is below the length
    const ratio = pairs.lnRatio[k]! // the columns have one length
    if (probe < 0 || !Number.isFinite(ratio)) continue
    const at = pairs.at[k]!
    const control = pairs.lnControl?.[k] ?? Number.NaN
    const rounds = found.get(probe) ?? []
    if (rounds.length === 0) found.set(probe, rounds)
    let round = rounds.at(-1)
    if (round === undefined || at - round.last > gap) {
      round = { at, last: at, ratios: [], controls: [] }
      rounds.push(round)
    }
    round.last = at
    round.ratios.push(ratio)
    if (Number.isFinite(control)) round.controls.push(control)
  }
  return [...found.entries()]
    .toSorted(([a], [b]) => a - b)
    .map(([probe, rounds]) => ({
      probe,
      at: Float64Array.from(rounds, ({ at }) => at),
      lnRatio: Float64Array.from(rounds, ({ ratios }) => middle(ratios)),
      lnControl: Float64Array.from(rounds, ({ controls }) => middle(controls)),
    }))
}

/** The median, without sorting where one value is all there is: most rounds of a series are one pair. */
const middle = (values: readonly number[]): number => (values.length === 1 ? values[0]! : median(values))
