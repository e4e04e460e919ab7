import { reaching } from './shift.ts'

/**
 * Joint figure of several questions by max-T: the statistics of each, over the same shifts, are put on one scale (minus
 * their mean, over their standard deviation); p of a question is the bound m/(N + 1) with m the number of shifts whose
 * largest value over all questions reaches its observed one. Keeps the correlation between questions. Source: Westfall
 * and Young, Resampling-Based Multiple Testing (1993); the bound as in `linearTest`.
 */
export function maxT(statistics: readonly ArrayLike<number>[], shifts: number): readonly number[] {
  const scaled = statistics.map(standardise)
  const length = 2 * shifts + 1
  const most = Float64Array.from({ length }, (_, index) => Math.max(...scaled.map((row) => row[index] ?? 0)))
  return scaled.map((row) => Math.min(1, reaching(most, row[shifts] ?? 0) / (shifts + 1)))
}

function standardise(values: ArrayLike<number>): Float64Array {
  const list = Float64Array.from(values)
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  const spread = Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length)
  return list.map((value) => (spread < 1e-12 ? 0 : (value - mean) / spread))
}
