import { lnChoose } from './gamma.ts'

/**
 * log10 of the evidence that one half of a pair fails because of its name, against the hypothesis that the two names of a
 * pair may be exchanged: of `n` pairs of which one half alone failed, in `named` it was the name under test. Each is then
 * heads of a fair coin, under any load, on any device and at any hour. Under the alternative the coin has a bias p, uniform on
 * (½, 1):
 *
 *     E = ∫ from ½ to 1 of (2p)^d (2 − 2p)^(n − d) · 2 dp  =  Σ over k ≤ d of C(n + 1, k) / ((n + 1) C(n, d))
 *
 * E is a nonnegative martingale of mean 1 under the hypothesis, so that P(E ≥ c at any time) ≤ 1/c (Ville 1939; Shafer
 * 2021): it may be looked at after each measurement. So it is if the name under test fails less often than the other.
 */
export function pairEvidence(named: number, n: number): number {
  if (!(named >= 0 && named <= n)) throw new RangeError(`Cannot weigh pairs: found ${named} of ${n}`)
  const least = Math.log(n + 1) + lnChoose(n, named)
  // Terms beyond these add nothing to fifteen digits: the sum is led by its greatest.
  const middle = Math.min(named, Math.floor((n + 1) / 2))
  const greatest = lnChoose(n + 1, middle)
  let sum = 0
  for (let k = 0; k <= named; k++) sum += Math.exp(lnChoose(n + 1, k) - greatest)
  return (greatest + Math.log(sum) - least) / Math.LN10
}

/**
 * Which of the series are found at a false discovery rate of `alpha`, by e-BH (Wang and Ramdas 2022): the k greatest, where
 * the k-th is at least `watched` / (alpha k). It needs no independence between series. Series that are watched and have no
 * evidence count in `watched` alone. Takes log10 of the evidence; gives, in the order given, whether each is found.
 */
export function eBenjaminiHochberg(evidence: readonly number[], watched: number, alpha: number): readonly boolean[] {
  const order = evidence.map((_, at) => at).sort((a, b) => evidence[b]! - evidence[a]!) // both are indices of it
  let standing = 0
  order.forEach((at, place) => {
    // An index of the list; the bound falls with the place.
    if (evidence[at]! >= Math.log10(watched / (alpha * (place + 1)))) standing = place + 1
  })
  const found = new Set(order.slice(0, standing))
  return evidence.map((_, at) => found.has(at))
}
