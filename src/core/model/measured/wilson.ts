/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054

/**
 * Wilson's score interval of a share, k of n, at 95 %, without continuity correction; [0, 1] for n = 0. Neither needs to
 * be whole. Source: Wilson, Journal of the American Statistical Association 22 (1927).
 */
export function wilson(k: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1]
  const share = k / n
  const middle = (share + (Z * Z) / (2 * n)) / (1 + (Z * Z) / n)
  const half = (Z / (1 + (Z * Z) / n)) * Math.sqrt((share * (1 - share)) / n + (Z * Z) / (4 * n * n))
  return [k === 0 ? 0 : middle - half, k === n ? 1 : middle + half]
}
