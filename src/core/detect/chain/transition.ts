import type { DetectSettings } from './settings.ts'

// The chain is a product of three independent chains in continuous time (docs/methods/detecting.md, section 2):
//   z     open, or restricted: two kinds (short, long) times the levels of what still passes
//   load  none, or one of the levels of load
//   down  the network is up, or down
// Each is a star: every leaf returns to the centre. Levels of one kind share their rates, so they lump, and P(Δ) has a
// closed form. State index: (down · loads + load) · zs + z, with z = 0 open, then short levels, then long levels.

/** Class of a piece that spans many hours: mean rates. Classes 0–23 are local hours. */
export const MEAN_HOUR = 24
const CLASSES = 25

/** Sizes, rates and precomputed coefficients of the product chain. */
export interface Chain {
  readonly levels: number
  readonly zs: number
  readonly loads: number
  readonly size: number
  /** 1 where the state is restricted. */
  readonly restricted: Uint8Array
  /** Stationary distribution under mean rates. */
  readonly initial: Float64Array
  /** Rate of leaving a z state by class of hour: `exits[class * zs + z]`, per hour. */
  readonly exits: Float64Array
  /** Per class: two decay rates of z, then two 3 × 3 matrices of coefficients. */
  readonly star: Float64Array
  readonly shortEnd: number
  readonly longEnd: number
  readonly loadOnset: Float64Array
  readonly loadEnd: number
  readonly downOnset: number
  readonly downEnd: number
}

const STAR = 20

/**
 * Coefficients of P(Δ) = I + A₁(e^(−r₁Δ) − 1) + A₂(e^(−r₂Δ) − 1) for the star {open, short, long}: r are the roots of
 * r² − (λₛ + λₗ + μₛ + μₗ) r + μₛμₗ + λₛμₗ + λₗμₛ, A by Lagrange's interpolation at 0, −r₁, −r₂ (Sylvester).
 */
function starCoefficients(into: Float64Array, offset: number, rates: readonly [number, number, number, number]): void {
  const [lambdaS, lambdaL, muS, muL] = rates
  const q = [-lambdaS - lambdaL, lambdaS, lambdaL, muS, -muS, 0, muL, 0, -muL]
  const sum = lambdaS + lambdaL + muS + muL
  const product = muS * muL + lambdaS * muL + lambdaL * muS
  const root = Math.sqrt(Math.max(0, sum * sum - 4 * product))
  const fast = (sum + root) / 2
  const slow = product / fast
  const roots: readonly [number, number] = [fast, slow]
  for (const [which, r] of roots.entries()) {
    const other = which === 0 ? slow : fast
    const square = matmul(q, q)
    for (let k = 0; k < 9; k++) {
      // Q (Q + other) / ((−r)(−r + other)): both factors exist for k < 9
      into[offset + 2 + which * 9 + k] = (square[k]! + other * q[k]!) / (-r * (other - r))
    }
    into[offset + which] = r
  }
}

const matmul = (a: readonly number[], b: readonly number[]): number[] =>
  Array.from({ length: 9 }, (_, k) => {
    const row = Math.floor(k / 3) * 3
    const column = k % 3
    return a[row]! * b[column]! + a[row + 1]! * b[3 + column]! + a[row + 2]! * b[6 + column]! // 3 × 3
  })

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Rates of onset by class of hour; hours without a usable weight count as 1. */
function byHour(rate: number, weights: readonly number[]): Float64Array {
  const usable = Array.from({ length: 24 }, (_, hour) => {
    const weight = weights[hour]
    return weight !== undefined && Number.isFinite(weight) && weight >= 0 ? weight : 1
  })
  return Float64Array.from({ length: CLASSES }, (_, hour) => rate * (hour === MEAN_HOUR ? mean(usable) : usable[hour]!)) // hour < 24
}

/** Builds the chain of the settings. Rates are per hour; a rate of zero switches its onset off. */
export function buildChain(settings: DetectSettings): Chain {
  const { rates } = settings
  const levels = Math.max(1, settings.passing.length)
  const zs = 1 + 2 * levels
  const loads = 1 + settings.loads.length
  const size = zs * loads * 2
  const onset = byHour(rates.shortOnset, settings.onsetHours)
  const loadOnset = byHour(loads > 1 ? rates.loadOnset : 0, settings.loadHours)
  // Equal decay rates would divide by zero; a millionth apart is the same chain.
  const longEnd = Math.abs(rates.longEnd - rates.shortEnd) < 1e-6 ? rates.shortEnd * (1 - 1e-4) : rates.longEnd
  const star = new Float64Array(CLASSES * STAR)
  const exits = new Float64Array(CLASSES * zs)
  for (let hour = 0; hour < CLASSES; hour++) {
    const short = onset[hour]! // CLASSES long
    starCoefficients(star, hour * STAR, [short, rates.longOnset, rates.shortEnd, longEnd])
    exits[hour * zs] = short + rates.longOnset
    exits.fill(rates.shortEnd, hour * zs + 1, hour * zs + 1 + levels)
    exits.fill(longEnd, hour * zs + 1 + levels, (hour + 1) * zs)
  }
  const restricted = Uint8Array.from({ length: size }, (_, state) => (state % zs === 0 ? 0 : 1))
  const chain = { levels, zs, loads, size, restricted, exits, star, shortEnd: rates.shortEnd, longEnd, loadOnset }
  const initial = stationary({ levels, zs, loads, size }, [
    [onset[MEAN_HOUR]! / rates.shortEnd, rates.longOnset / longEnd], // numbers of a piece
    loadOnset[MEAN_HOUR]! / rates.loadEnd, // CLASSES long
    rates.downOnset / rates.downEnd,
  ])
  return { ...chain, initial, loadEnd: rates.loadEnd, downOnset: rates.downOnset, downEnd: rates.downEnd }
}

function stationary(
  { levels, zs, loads, size }: Pick<Chain, 'levels' | 'zs' | 'loads' | 'size'>,
  [[short, long], load, down]: readonly [readonly [number, number], number, number],
): Float64Array {
  const into = new Float64Array(size)
  for (let state = 0; state < size; state++) {
    const z = state % zs
    const block = Math.floor(state / zs)
    const pz = (z === 0 ? 1 : (z <= levels ? short : long) / levels) / (1 + short + long)
    const pl = (block % loads === 0 ? 1 : load / (loads - 1)) / (1 + load)
    into[state] = (pz * pl * (block < loads ? 1 : down)) / (1 + down)
  }
  return into
}

/** Numbers of one piece of time: transition probabilities of the lumped factors. `fillPiece` writes it. */
export type TransitionPiece = Float64Array
export const createPiece = (): TransitionPiece => new Float64Array(20)

/**
 * Writes the transition probabilities over `hours` (≥ 0) at rates of `hour` (class) into `piece`:
 * 0–8 z lumped by kind, row by row; 9, 10 e^(−μΔ) of short and long; 11–15 load: stays none, to each leaf, leaf to none,
 * leaf to each leaf, e^(−μΔ); 16–19 down.
 */
export function fillPiece(chain: Chain, piece: TransitionPiece, hour: number, hours: number): void {
  const { star, loads } = chain
  const base = hour * STAR
  const fast = Math.expm1(-star[base]! * hours) // STAR numbers per class
  const slow = Math.expm1(-star[base + 1]! * hours)
  for (let k = 0; k < 9; k++) {
    const p = (k % 4 === 0 ? 1 : 0) + star[base + 2 + k]! * fast + star[base + 11 + k]! * slow
    piece[k] = p > 0 ? p : 0
  }
  piece[9] = Math.exp(-chain.shortEnd * hours)
  piece[10] = Math.exp(-chain.longEnd * hours)
  const onset = chain.loadOnset[hour]! // one per class
  const sum = onset + chain.loadEnd
  const moved = sum > 0 ? -Math.expm1(-sum * hours) / sum : 0
  const leaves = Math.max(1, loads - 1)
  piece[15] = Math.exp(-chain.loadEnd * hours)
  piece[11] = 1 - onset * moved
  piece[12] = (onset * moved) / leaves
  piece[13] = chain.loadEnd * moved
  piece[14] = Math.max(0, 1 - piece[13] - piece[15]) / leaves
  const both = chain.downOnset + chain.downEnd
  const shift = both > 0 ? -Math.expm1(-both * hours) / both : 0
  piece[17] = chain.downOnset * shift
  piece[16] = 1 - piece[17]
  piece[18] = chain.downEnd * shift
  piece[19] = 1 - piece[18]
}
