/** How well probabilities agree with what was true. */
export interface Scores {
  readonly brier: number
  /** In nats. */
  readonly logLoss: number
  /** Expected calibration error over equal-count bins. */
  readonly ece: number
}

export interface Bin {
  /** Mean probability said, share that was real, and how many. */
  readonly said: number
  readonly real: number
  readonly n: number
}

/** Equal-count bins of probabilities, in rising order. Throws RangeError for lists of different lengths. */
export function reliability(p: readonly number[], real: readonly boolean[], bins = 15): readonly Bin[] {
  if (p.length !== real.length) throw new RangeError(`Cannot score: ${p.length} probabilities, ${real.length} truths`)
  const order = p.map((_, at) => at).sort((a, b) => p[a]! - p[b]!) // both indices are of p
  return Array.from({ length: bins }, (_, bin) => {
    const those = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins))
    const n = those.length
    return {
      said: those.reduce((sum, at) => sum + p[at]!, 0) / n, // an index of p
      real: those.filter((at) => real[at] === true).length / n,
      n,
    }
  }).filter(({ n }) => n > 0)
}

/** Brier score, log loss and calibration error; probabilities are kept one millionth away from 0 and 1. */
export function score(p: readonly number[], real: readonly boolean[]): Scores {
  const kept = p.map((value) => Math.min(1 - 1e-6, Math.max(1e-6, value)))
  const mean = (value: (p: number, real: boolean) => number): number =>
    kept.reduce((sum, one, at) => sum + value(one, real[at] === true), 0) / kept.length
  return {
    brier: mean((one, is) => (one - (is ? 1 : 0)) ** 2),
    logLoss: mean((one, is) => -Math.log(is ? one : 1 - one)),
    ece: reliability(kept, real).reduce((sum, bin) => sum + Math.abs(bin.said - bin.real) * bin.n, 0) / kept.length,
  }
}

/**
 * Cost of log10 likelihood ratios in bits (Brümmer and du Preez 2006): 0 is perfect, 1 is a ratio that always says 1. Each
 * side has one half. `misleading`: shares of ratios of 10 or more that point to the wrong side.
 */
export function costOfRatios(
  log10: readonly number[],
  real: readonly boolean[],
): { readonly cllr: number; readonly misleading: { readonly faults: number; readonly interference: number } } {
  const side = (is: boolean): readonly number[] =>
    log10.filter((_, at) => real[at] === is).map((one) => (is ? one : -one))
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length
  const cost = (values: readonly number[]): number => mean(values.map((one) => Math.log2(1 + 10 ** -one)))
  const wrong = (values: readonly number[]): number => mean(values.map((one) => (one <= -1 ? 1 : 0)))
  const [interference, faults] = [side(true), side(false)]
  return {
    cllr: (cost(interference) + cost(faults)) / 2,
    misleading: { interference: wrong(interference), faults: wrong(faults) },
  }
}

/** The reliability diagram: what was said against what was so, each bin with its number. */
export function drawReliability(curve: readonly Bin[]): string {
  const width = 40
  const row = ({ said, real, n }: Bin): string => {
    const cells = [...'·'.repeat(width + 1)]
    cells[Math.round(said * width)] = '│'
    cells[Math.round(real * width)] = '●'
    return `  ${said.toFixed(2).padStart(6)} ${real.toFixed(2).padStart(6)} ${String(n).padStart(6)}  ${cells.join('')}`
  }
  return [
    'Reliability on simulated incidents: │ probability said, ● share that was interference',
    '    said   real      n  0                                      1',
    ...curve.map(row),
  ].join('\n')
}
