import type { Edge } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'

/** One round of an affected probe around an incident. */
export interface EdgeRound {
  readonly at: number
  /** ln ratio above the probe's own median, and how far a usual round strays from it (mean distance). */
  readonly excess: number
  readonly spread: number
}

/** What a slow round exceeds the median by: ln of the incident's ratio. */
export interface SlowEdgeOptions {
  readonly shift: number
  /** Rounds of one probe follow one load and are worth less than their number: its square root, as a divisor. */
  readonly temper: number
  /** The slowness reaches the last round known: no end is looked for. */
  readonly running: boolean
}

export interface ThrottleEdges {
  readonly start: Edge
  readonly end: Edge
  /** P(the slowness holds) at each round. */
  readonly slow: Float64Array
}

/**
 * Start and end of one slowness, as intervals: the posterior of a step up and a step down in the excess of the rounds,
 * noise of Laplace's law, both steps equally likely at any instant of the stretch. Rounds sorted by time, at least one.
 * Method: docs/methods/throttling.md.
 */
export function throttleEdges(rounds: readonly EdgeRound[], options: SlowEdgeOptions): ThrottleEdges {
  const n = rounds.length
  // gain[k]: how much more likely the first k rounds are slow than usual; a stretch (s, e) is worth gain[e] − gain[s].
  const gain = new Float64Array(n + 1)
  rounds.forEach(({ excess, spread }, k) => {
    const evidence = (Math.abs(excess) - Math.abs(excess - options.shift)) / (spread * options.temper)
    gain[k + 1] = gain[k]! + evidence // one place more than rounds
  })
  const width = (k: number): number => (k === 0 || k === n ? 0 : rounds[k]!.at - rounds[k - 1]!.at) // inner places
  const startWeight = lnWeights(n, (k) => lnOf(width(k)) - gain[k]!)
  // `gain` has n + 1 places.
  const endWeight = options.running
    ? lnWeights(n, (k) => (k === n ? gain[k]! : -Infinity))
    : lnWeights(n, (k) => lnOf(width(k)) + gain[k]!)
  // Marginals of s < e by sums from both ends.
  const starts = marginal(startWeight, sumsFromEnd(endWeight))
  const ends = marginal(endWeight, sumsFromStart(startWeight))
  const slow = new Float64Array(n)
  let holds = 0
  for (let k = 0; k < n; k++) slow[k] = Math.min(1, Math.max(0, (holds += starts[k]! - ends[k]!))) // one place more than rounds
  return {
    slow,
    start: edgeOf(rounds, starts),
    end: options.running ? { kind: 'open', bracket: [lastAt(rounds), undefined] } : edgeOf(rounds, ends),
  }
}

const lastAt = (rounds: readonly EdgeRound[]) => {
  const last = rounds.at(-1)
  return last === undefined ? undefined : instant(last.at)
}
const lnOf = (value: number): number => (value > 0 ? Math.log(value) : -Infinity)
const lnWeights = (n: number, of: (k: number) => number): Float64Array =>
  Float64Array.from({ length: n + 1 }, (_, k) => of(k))

const lnSum = (a: number, b: number): number => {
  const high = Math.max(a, b)
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high))
}

/** At place k the sum of weights after k. */
function sumsFromEnd(weights: Float64Array): Float64Array {
  const sums = new Float64Array(weights.length).fill(-Infinity)
  for (let k = weights.length - 2; k >= 0; k--) sums[k] = lnSum(sums[k + 1]!, weights[k + 1]!) // inside by the bounds
  return sums
}

/** At place k the sum of weights before k. */
function sumsFromStart(weights: Float64Array): Float64Array {
  const sums = new Float64Array(weights.length).fill(-Infinity)
  for (let k = 1; k < weights.length; k++) sums[k] = lnSum(sums[k - 1]!, weights[k - 1]!) // inside by the bounds
  return sums
}

function marginal(weights: Float64Array, others: Float64Array): Float64Array {
  const joint = weights.map((weight, k) => weight + others[k]!) // one length
  const highest = joint.reduce((high, value) => Math.max(high, value), -Infinity)
  const p = joint.map((value) => Math.exp(value - highest))
  const total = p.reduce((sum, value) => sum + value, 0)
  return p.map((value) => value / total)
}

/** Quantiles of an edge whose place k means "between round k − 1 and round k", uniform within. */
function edgeOf(rounds: readonly EdgeRound[], p: Float64Array): Edge {
  const at = (share: number) => {
    let below = 0
    for (let k = 1; k < p.length - 1; k++) {
      const here = p[k]! // k is an inner place
      if (here > 0 && below + here >= share) {
        const from = rounds[k - 1]!.at
        return instant(Math.round(from + ((share - below) / here) * (rounds[k]!.at - from)))
      }
      below += here
    }
    return undefined
  }
  const median = at(0.5)
  if (median === undefined) return { kind: 'open', bracket: [undefined, undefined] }
  // `best` is a place of p.
  const likeliest = p.reduce((best, value, k) => (value > p[best]! ? k : best), 0)
  const bracket = [rounds[likeliest - 1], rounds[likeliest]].map((round) => round && instant(round.at))
  return {
    kind: 'dated',
    median,
    ...defined({ lo50: at(0.25), hi50: at(0.75), lo95: at(0.025), hi95: at(0.975) }),
    bracket: [bracket[0], bracket[1]],
  }
}

function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
