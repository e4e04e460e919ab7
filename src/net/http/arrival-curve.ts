import type { Arrival } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'

const MOST_POINTS = 64
const SPACING = 25

/**
 * How a total of bytes grew: at most 64 points, at least 25 ms apart, the last one always the end. A long transfer
 * thins its points evenly, so that memory stays bounded and the shape stays.
 */
export class ArrivalCurve {
  #points: Arrival[] = []
  #latest: Arrival | undefined
  #spacing = SPACING

  /** Notes that `total` bytes had moved at `at`; moments and totals never go back. A total told twice counts once. */
  add(at: Millis, total: number): void {
    if (total === this.#latest?.[1]) return
    const last = this.#points.at(-1)
    this.#latest = [at, total]
    if (last !== undefined && at - last[0] < this.#spacing) return
    this.#points.push(this.#latest)
    if (this.#points.length < MOST_POINTS) return
    this.#spacing *= 2
    this.#points = this.#points.filter((_, index) => index % 2 === 0)
  }

  get points(): readonly Arrival[] {
    const latest = this.#latest
    return latest === undefined || this.#points.at(-1) === latest ? this.#points : [...this.#points, latest]
  }
}
