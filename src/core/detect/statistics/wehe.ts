import { kolmogorovAsymptoticP, kolmogorovDistance, kolmogorovExactP } from './kolmogorov.ts'

export interface WeheFinding {
  /** (mean of the control − mean of the test) / the larger of the two means. */
  readonly area: number
  readonly p: number
  readonly differentiated: boolean
}

/**
 * Wehe's rule for throughput of two replays (test and control; samples of one unit): |area| ≥ 50 % (30 % above 10 Mbit/s,
 * which the caller says) and two-sample KS p below 1 %. Kept to compare with other projects: buckets of one flow
 * are correlated, so the unit must be the replay, and the thresholds are called ad hoc by their own authors.
 */
export function weheRule(control: readonly number[], test: readonly number[], leastArea = 0.5): WeheFinding {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [usual, tested] = [mean(control), mean(test)]
  const area = (usual - tested) / Math.max(usual, tested)
  const distance = kolmogorovDistance(control, test)
  const cells = control.length * test.length
  const pOf = cells <= 250_000 ? kolmogorovExactP : kolmogorovAsymptoticP
  const p = pOf(distance, control.length, test.length)
  return { area, p, differentiated: Math.abs(area) >= leastArea && p < 0.01 }
}
