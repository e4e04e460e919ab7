/**
 * Gives the time of the one jump within a gap: density ∝ e^(κt) on [0, length], κ = rate of leaving the later state −
 * rate of leaving the earlier one; `u` uniform in (0, 1). Same unit for 1/κ and length. Uniform as κ · length → 0.
 */
export function placeJump(kappa: number, length: number, u: number): number {
  const x = kappa * length
  if (Math.abs(x) < 1e-9) return u * length
  if (x > 30) return length + Math.log(u + (1 - u) * Math.exp(-x)) / kappa
  return Math.log1p(u * Math.expm1(x)) / kappa
}
