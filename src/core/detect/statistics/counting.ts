/**
 * P(X ≥ n) of a count with a mean and a variance of `dispersion` times the mean: Poisson where that is 1 or less, else
 * negative binomial (NB1: Cameron and Trivedi, "Regression Analysis of Count Data", 2013, §3.3). Summed upwards from n, so
 * that small chances keep their digits. `mean` above 0.
 */
export function upperTail(
  n: number,
  { mean, dispersion }: { readonly mean: number; readonly dispersion: number },
): number {
  if (n <= 0) return 1
  const excess = dispersion - 1
  // P(k + 1) / P(k) is a / (k + 1) for Poisson, (a + k b) / (k + 1) for the negative binomial.
  const [a, b, none] =
    excess < 1e-6
      ? [mean, 0, Math.exp(-mean)]
      : [mean / dispersion, excess / dispersion, Math.exp((-mean / excess) * Math.log(dispersion))]
  let term = none
  let below = 0
  for (let k = 0; k < n; k++) {
    below += term
    term *= (a + k * b) / (k + 1)
  }
  if (n <= mean) return Math.max(0, 1 - below)
  let tail = 0
  for (let k = n; term > 0 && tail + term !== tail; k++) {
    tail += term
    term *= (a + k * b) / (k + 1)
  }
  return Math.min(1, tail)
}
