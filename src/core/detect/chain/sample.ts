import { HOUR_MS } from '../../model/duration.ts'
import { pieceTo, type ChainRun } from './filter.ts'
import { createKernel, fillKernel } from './kernel.ts'
import { marginsOf, type Margins } from './margins.ts'
import { placeJump } from './place-jump.ts'
import type { Random } from './random.ts'
import type { SmoothWindow } from './smooth.ts'
import { createPiece } from './transition.ts'

/** Draws of the path of states within a window. */
export interface PathDraws {
  /** Start and end of the restriction that touches the core, milliseconds; ∓Infinity beyond the series; NaN: none does. */
  readonly start: Float64Array
  readonly end: Float64Array
  /** Number of separate restrictions that touch the core, for each draw. */
  readonly runs: Uint16Array
}

export interface SampleOptions {
  /** First and last point (of the series) that belong to the incident: a restriction counts where it touches them. */
  readonly core: readonly [number, number]
  readonly draws: number
  readonly random: Random
}

/**
 * Below this chance of the other class a stretch of points is certain and is not drawn point by point: the draws go on
 * at its first point from its own margin, so that both edges keep their exact margins.
 */
const CERTAIN = 1e-4
const SHORTEST = 3

/**
 * Forward filtering, backward sampling (Carter & Kohn 1994; Frühwirth-Schnatter 1994) over a window: the state at its
 * last point from the smoothed margin, then z_k with weight a_k(j) · P(j → z_{k+1}). A change of z within a piece is
 * placed by the density of exactly one jump (`placeJump`). Same random stream, same draws.
 */
export function samplePaths(run: ChainRun, frame: SmoothWindow, options: SampleOptions): PathDraws {
  const margins = marginsOf(run, frame)
  const begins = stretches(margins)
  const { chain, points } = run
  const runs = new Runs(run, frame, options)
  const sampler = new Sampler(run, frame, options.random)
  const states = new Uint8Array(options.draws)
  let k = frame.to - frame.from
  sampler.drawMargin(margins, k, states)
  runs.begin(states)
  while (k > 0) {
    const first = begins[k]! // one for each point
    if (first < k) {
      const restricted = margins.restricted[first]! > 0.5
      runs.force(states, frame.from + k, restricted)
      sampler.drawMargin(margins, first, states, restricted)
      k = first
      continue
    }
    sampler.prepare(k)
    for (let draw = 0; draw < options.draws; draw++) {
      const later = states[draw]! // draw < draws
      const now = sampler.before(later)
      if (chain.restricted[now] !== chain.restricted[later]) {
        const at = points.at[frame.from + k - 1]! + sampler.jump(now, later)
        if (chain.restricted[later] === 1) runs.leave(draw, frame.from + k, at)
        else runs.enter(draw, frame.from + k - 1, at)
      }
      states[draw] = now
    }
    k--
  }
  return runs.finish(states)
}

/** For each point of a window the first point of the certain stretch around it, or itself. */
function stretches({ restricted }: Margins): Int32Array {
  const kind = (k: number): number => (restricted[k]! < CERTAIN ? 0 : restricted[k]! > 1 - CERTAIN ? 1 : 2) // k < length
  const begins = new Int32Array(restricted.length)
  for (let k = 0; k < begins.length; k++)
    begins[k] = k > 0 && kind(k) !== 2 && kind(k) === kind(k - 1) ? begins[k - 1]! : k
  return begins.map((first, k) => (k - first + 1 >= SHORTEST ? first : k))
}

/** Draws states point by point. */
class Sampler {
  readonly #run: ChainRun
  readonly #frame: SmoothWindow
  readonly #random: Random
  readonly #kernel: ReturnType<typeof createKernel>
  readonly #piece = createPiece()
  /**
   * For each later state the weight of the same state at the earlier point, and the cumulative weights of all others:
   * most draws stay, and need no search. Made when first asked for.
   */
  readonly #stays: Float64Array
  readonly #cumulative: Float64Array
  readonly #made: Uint8Array
  #earlier = 0
  #hour = 0
  #length = 0

  constructor(run: ChainRun, frame: SmoothWindow, random: Random) {
    this.#run = run
    this.#frame = frame
    this.#random = random
    this.#kernel = createKernel(run.chain)
    this.#stays = new Float64Array(run.chain.size)
    this.#cumulative = new Float64Array(run.chain.size ** 2)
    this.#made = new Uint8Array(run.chain.size)
  }

  /** Draws each state from the margin of point k, `only` among restricted or open ones. */
  drawMargin({ full }: Margins, k: number, states: Uint8Array, only?: boolean): void {
    const { chain } = this.#run
    const cumulative = new Float64Array(chain.size)
    let sum = 0
    for (let state = 0; state < chain.size; state++) {
      if (only === undefined || (chain.restricted[state] === 1) === only) sum += full[k * chain.size + state]! // every state
      cumulative[state] = sum
    }
    for (let draw = 0; draw < states.length; draw++) states[draw] = find(cumulative, this.#random.next() * sum)
  }

  /** Makes ready for the step from point k (of the window) to the one before it. */
  prepare(k: number): void {
    const point = this.#frame.from + k
    const { points, chain } = this.#run
    pieceTo(this.#run, point, this.#piece)
    fillKernel(chain, this.#piece, this.#kernel)
    this.#made.fill(0)
    this.#earlier = (k - 1) * chain.size
    this.#hour = points.hour[point]! // one for each point, here and below
    this.#length = (points.at[point]! - points.at[point - 1]!) / HOUR_MS
  }

  /** Draws the state before `later`. */
  before(later: number): number {
    const { size } = this.#run.chain
    if (this.#made[later] === 0) this.#fill(later)
    const offset = later * size
    const last = size - 1
    const stays = this.#stays[later]! // one for each state
    const value = this.#random.next() * (stays + this.#cumulative[offset + last]!) - stays // size² numbers
    if (value < 0) return later
    let state = 0
    while (state < last && value >= this.#cumulative[offset + state]!) state++
    return state
  }

  /** Milliseconds from the earlier point to a change from one z to the other. */
  jump(now: number, later: number): number {
    const { exits, zs } = this.#run.chain
    const kappa = exits[this.#hour * zs + (later % zs)]! - exits[this.#hour * zs + (now % zs)]! // one for each class and z
    return placeJump(kappa, this.#length, this.#random.next()) * HOUR_MS
  }

  #fill(later: number): void {
    const { zs, loads, size } = this.#run.chain
    const { z, load, down } = this.#kernel
    const block = Math.floor(later / zs)
    const [toZ, toLoad, toDown] = [later % zs, block % loads, Math.floor(block / loads)]
    let sum = 0
    for (let d = 0, state = 0; d < 2; d++)
      for (let l = 0; l < loads; l++) {
        const weight = down[d * 2 + toDown]! * load[l * loads + toLoad]! // 2 × 2, loads × loads
        for (let from = 0; from < zs; from++, state++) {
          const share = this.#frame.filtered[this.#earlier + state]! * z[from * zs + toZ]! * weight // zs × zs
          if (state === later) this.#stays[later] = share
          else sum += share
          this.#cumulative[later * size + state] = sum
        }
      }
    this.#made[later] = 1
  }
}

function find(cumulative: Float64Array, value: number): number {
  let state = 0
  while (state < cumulative.length - 1 && value >= cumulative[state]!) state++ // state < length
  return state
}

/** Follows the restrictions of every draw backwards in time. */
class Runs {
  readonly #run: ChainRun
  readonly #frame: SmoothWindow
  readonly #core: readonly [number, number]
  readonly #start: Float64Array
  readonly #end: Float64Array
  readonly #runs: Uint16Array
  readonly #currentEnd: Float64Array
  readonly #currentLast: Int32Array

  constructor(run: ChainRun, frame: SmoothWindow, { core, draws }: SampleOptions) {
    this.#run = run
    this.#frame = frame
    this.#core = core
    this.#start = new Float64Array(draws).fill(Number.NaN)
    this.#end = new Float64Array(draws).fill(Number.NaN)
    this.#runs = new Uint16Array(draws)
    this.#currentEnd = new Float64Array(draws)
    this.#currentLast = new Int32Array(draws)
  }

  begin(states: Uint8Array): void {
    const { chain, points } = this.#run
    const { to } = this.#frame
    const end = to === points.size - 1 ? Infinity : points.at[to]! // to < size
    for (let draw = 0; draw < states.length; draw++)
      if (chain.restricted[states[draw]!] === 1) this.enter(draw, to, end)
  }

  /** A restriction ends at `end`; `last` is its last point. */
  enter(draw: number, last: number, end: number): void {
    this.#currentEnd[draw] = end
    this.#currentLast[draw] = last
  }

  /** The restriction begins at `start`; `first` is its first point. */
  leave(draw: number, first: number, start: number): void {
    if (first > this.#core[1] || this.#currentLast[draw]! < this.#core[0]) return
    if (Number.isNaN(this.#end[draw]!)) this.#end[draw] = this.#currentEnd[draw]!
    this.#start[draw] = start
    this.#runs[draw]!++
  }

  /** Draws of the other class at a certain point (one in 10,000) change there. */
  force(states: Uint8Array, point: number, restricted: boolean): void {
    const at = this.#run.points.at[point]! // a point of the series
    for (let draw = 0; draw < states.length; draw++) {
      const was = this.#run.chain.restricted[states[draw]!] === 1
      if (was && !restricted) this.leave(draw, point, at)
      if (!was && restricted) this.enter(draw, point, at)
    }
  }

  finish(states: Uint8Array): PathDraws {
    const { chain, points } = this.#run
    const { from } = this.#frame
    const start = from === 0 ? -Infinity : points.at[from]! // from < size
    for (let draw = 0; draw < states.length; draw++)
      if (chain.restricted[states[draw]!] === 1) this.leave(draw, from, start)
    return { start: this.#start, end: this.#end, runs: this.#runs }
  }
}
