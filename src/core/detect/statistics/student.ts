import { betaQuantile } from './beta.ts'

/** The t that |T| stays below with probability `confidence`, Student's law with `freedom` degrees above 0. */
export function studentBound(freedom: number, confidence = 0.95): number {
  const x = betaQuantile(1 - confidence, freedom / 2, 0.5)
  return Math.sqrt((freedom * (1 - x)) / x)
}
