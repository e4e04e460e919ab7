// Lanczos' approximation with g = 607/128 and 15 terms (P. Godfrey, 2001): relative error below 1e-15 for x > 0.
const G = 607 / 128
const TERMS = [
  0.9999999999999971, 57.15623566586292, -59.59796035547549, 14.136097974741746, -0.4919138160976202,
  0.00003399464998481189, 0.00004652362892704858, -0.00009837447530487956, 0.0001580887032249125,
  -0.00021026444172410488, 0.00021743961811521265, -0.0001643181065367639, 0.00008441822398385275,
  -0.000026190838401581408, 0.0000036899182659531625,
] as const

/** ln Γ(x) for x > 0; NaN otherwise. Lanczos' approximation, reflected below one half. */
export function lnGamma(x: number): number {
  if (!(x > 0)) return Number.NaN
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x)
  let sum: number = TERMS[0]
  for (let k = 1; k < TERMS.length; k++) sum += TERMS[k]! / (x - 1 + k) // k is below the length
  const t = x - 0.5 + G
  return (x - 0.5) * Math.log(t) - t + Math.log(Math.sqrt(2 * Math.PI) * sum)
}

/** ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b), for a, b > 0. */
export const lnBeta = (a: number, b: number): number => lnGamma(a) + lnGamma(b) - lnGamma(a + b)

/** ln of the number of ways to choose k of n; −∞ where there is none. */
export const lnChoose = (n: number, k: number): number =>
  k < 0 || k > n ? -Infinity : k === 0 || k === n ? 0 : -Math.log(n + 1) - lnBeta(n - k + 1, k + 1)
