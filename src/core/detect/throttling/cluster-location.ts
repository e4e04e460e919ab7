import { hodgesLehmann, type Located } from '../statistics/hodges-lehmann.ts'
import { studentBound } from '../statistics/student.ts'

/** From this many on the ranks give 95 %. */
const RANKS_FROM = 6

/**
 * Location over probes, one value each: Hodges and Lehmann's, with the interval of the signed ranks from six probes on
 * and Student's below, where ranks cannot reach 95 %. One value has no interval: its bounds are infinite.
 */
export function clusterLocation(values: readonly number[]): Located {
  const found = hodgesLehmann(values)
  if (values.length >= RANKS_FROM) return found
  if (values.length < 2) return { ...found, low: -Infinity, high: Infinity }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  const half = studentBound(values.length - 1) * Math.sqrt(variance / values.length)
  return { value: found.value, low: Math.min(found.low, mean - half), high: Math.max(found.high, mean + half) }
}
