import { median } from '../statistics/quantile.ts'

/** Timed pairs of one series, sorted by time: columns of a series, or plain arrays with the control's own time. */
export interface TimedPairs {
  /** Milliseconds since 1970, ascending. */
  readonly at: Float64Array
  /** Index of the probe; −1 if unknown: such a pair has no baseline of its own and is left out. */
  readonly probe: Int32Array
  /** ln of the target's handshake time over the control's; NaN where one of them was not timed. */
  readonly lnRatio: Float32Array | Float64Array
  /** ln of the control's own handshake time; NaN or absent where not known. */
  readonly lnControl?: Float32Array | Float64Array
}

/** The rounds of one probe: pairs within two thirds of the schedule's interval are one round, their median one number. */
export interface ProbeRounds {
  readonly probe: number
  readonly at: Float64Array
  readonly lnRatio: Float64Array
  /** NaN where no control of the round was timed. */
  readonly lnControl: Float64Array
}

/** Rounds of one probe as they are made; the newest one is not yet closed. */
class RoundColumns {
  readonly #at: Float64Array
  readonly #lnRatio: Float64Array
  readonly #lnControl: Float64Array
  #size = 0
  /** Of the newest round. */
  #ratios: number[] = []
  #controls: number[] = []

  constructor(most: number) {
    this.#at = new Float64Array(most)
    this.#lnRatio = new Float64Array(most)
    this.#lnControl = new Float64Array(most)
  }

  add(at: number, ratio: number, { control, gap }: { readonly control: number; readonly gap: number }): void {
    const first = this.#at[this.#size - 1] ?? -Infinity
    if (at - first > 2 * gap) {
      this.#close()
      this.#at[this.#size++] = at // as long as there are pairs
    }
    this.#ratios.push(ratio)
    if (Number.isFinite(control)) this.#controls.push(control)
  }

  #close(): void {
    if (this.#size === 0) return
    this.#lnRatio[this.#size - 1] = middle(this.#ratios)
    this.#lnControl[this.#size - 1] = middle(this.#controls)
    this.#ratios.length = 0
    this.#controls.length = 0
  }

  /** All rounds; nothing is added afterwards. */
  of(probe: number): ProbeRounds {
    this.#close()
    const known = (column: Float64Array): Float64Array => column.subarray(0, this.#size)
    return { probe, at: known(this.#at), lnRatio: known(this.#lnRatio), lnControl: known(this.#lnControl) }
  }
}

/** Collapses pairs to rounds, however many they are: one spans two gaps; `gap` in milliseconds. Pairs without a finite ratio are left out. */
export function roundsOf({ at, probe, lnRatio, lnControl }: TimedPairs, gap: number): readonly ProbeRounds[] {
  const counts = new Map<number, number>()
  for (let k = 0; k < at.length; k++)
    if (probe[k]! >= 0 && Number.isFinite(lnRatio[k]!)) counts.set(probe[k]!, (counts.get(probe[k]!) ?? 0) + 1) // the columns have one length
  const found = new Map([...counts].map(([one, count]) => [one, new RoundColumns(count)]))
  for (let k = 0; k < at.length; k++) {
    const ratio = lnRatio[k]! // the columns have one length, here and below
    if (Number.isFinite(ratio)) found.get(probe[k]!)?.add(at[k]!, ratio, { control: lnControl?.[k] ?? Number.NaN, gap })
  }
  return [...found].toSorted(([a], [b]) => a - b).map(([one, rounds]) => rounds.of(one))
}

/** The median, without sorting where one value is all there is: most rounds of a series are one pair. */
const middle = (values: readonly number[]): number => (values.length === 1 ? values[0]! : median(values))
