import type { Bursts } from './bursts.ts'
import { rowLength } from './evidence.ts'
import type { Chain } from '../chain/transition.ts'

/**
 * A device is a witness only where its own bursts together speak for restriction: log10 of P(bursts | restricted) /
 * P(bursts | open), without load, is at least this at some level. One chance failure among many passages is none.
 */
export const LEAST_WITNESS = 0.5

/** log10 of P(burst | level) / P(burst | open) without load, for each level of restriction. */
export function evidenceOfBurst(chain: Chain, bursts: Bursts, burst: number): readonly number[] {
  const offset = bursts.row[burst]! * rowLength(chain) // every burst has a row
  const open = bursts.rows[offset]!
  return Array.from({ length: chain.levels }, (_, level) => Math.log10(bursts.rows[offset + 1 + level]! / open))
}

/** Counts the devices among bursts (device, evidence by level) whose sum reaches the least at some level. */
export function countWitnesses<Device>(bursts: Iterable<readonly [Device, readonly number[]]>): number {
  const sums = new Map<Device, number[]>()
  for (const [device, evidence] of bursts) {
    const sum = sums.get(device)
    if (sum === undefined) sums.set(device, [...evidence])
    else for (let level = 0; level < sum.length; level++) sum[level]! += evidence[level]! // equally long
  }
  return [...sums.values()].filter((sum) => Math.max(...sum) >= LEAST_WITNESS).length
}
