import { createDraw } from './draw.ts'
import type { Draw } from './draw.ts'

/** What makes exchanges of one series depend on each other. */
export interface Dependence {
  /** P(an exchange passes) of one device in one restriction: beta-binomial, its mean is `leak`. */
  leakOf(device: string, restriction: number, leak: number): number
  /** Whether an exchange is hit, with this chance: at times as all others of the same resolver within half an hour are. */
  hits(draw: Draw, test: { readonly device: string; readonly at: number; readonly chance: number }): boolean
}

const RESOLVERS = 3
const HALF_HOURS = 2

/**
 * Exchanges with a correlation of `rho`: between two of one device in one restriction, and between any two of devices that share one
 * of three resolvers, within half an hour. Mean rates stay as they are. Everything follows from the seed.
 */
export function dependenceOf(seed: number, rho: number): Dependence {
  const keyed = (...key: readonly number[]): Draw =>
    createDraw(key.reduce((mixed, part) => Math.imul(mixed ^ part, 0x9e37_79b1) ^ (mixed >>> 15), seed ^ 0x5bd1_e995))
  const numberOf = (device: string): number => Number(device.slice(1))
  return {
    leakOf: (device, restriction, leak) =>
      drawBeta(keyed(1, numberOf(device), restriction), leak * (1 / rho - 1), (1 - leak) * (1 / rho - 1)),
    hits: (draw, { device, at, chance }) =>
      draw.hit(Math.sqrt(rho))
        ? keyed(2, numberOf(device) % RESOLVERS, Math.floor(at * HALF_HOURS)).uniform(0, 1) < chance
        : draw.hit(chance),
  }
}

/** Jöhnk's method, in logarithms: both parameters may be far below 1. */
function drawBeta(draw: Draw, a: number, b: number): number {
  for (;;) {
    const x = Math.log(draw.uniform(0, 1)) / a
    const y = Math.log(draw.uniform(0, 1)) / b
    const top = Math.max(x, y)
    const sum = top + Math.log(Math.exp(x - top) + Math.exp(y - top))
    if (sum <= 0) return Math.exp(x - sum)
  }
}
