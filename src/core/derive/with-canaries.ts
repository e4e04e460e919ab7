import type { Columns } from '../detect/chain/columns.ts'
import { canaryOf, controlOf, lowerBound, targetOf } from '../detect/chain/columns.ts'
import { MINUTE_MS } from '../model/duration.ts'

/** Bits of the canary in a packed outcome, and its two words (src/core/detect/chain/columns.ts). */
const CANARY_MASK = 0b110000
const CANARY_OK = 0b000000
const CANARY_FAIL = 0b010000

/** A comparison of the same probe counts as its canary within this time: one run of a probe takes some minutes. */
export const canaryToleranceMs = (scheduleMinutes: number): number => Math.max(10, scheduleMinutes / 2) * MINUTE_MS

/** Outcomes of the comparison services by probe, times ascending. */
export interface Canaries {
  /** What the probe's nearest comparison within `toleranceMs` did; undefined where there is none. */
  nearest(probe: string, at: number, toleranceMs: number): 'ok' | 'fail' | undefined
}

/**
 * What a comparison tells of the line: it works where the service passed; it does not where the service failed together
 * with its control, or where the verdict says that the line failed. A comparison that failed while its control passed
 * tells nothing of the line: it may be restricted itself.
 */
function lineOf(outcome: number): boolean | undefined {
  const target = targetOf(outcome)
  if (target === 'ok' || target === 'slow') return true
  return canaryOf(outcome) === 'fail' || (target === 'fail' && controlOf(outcome) === 'fail') ? false : undefined
}

/** Comparison services of one network as canaries. A passing comparison beside a failing one counts: the line works. */
export function canariesOf(comparisons: readonly Columns[]): Canaries {
  const byProbe = new Map<string, { at: number; ok: boolean }[]>()
  for (const columns of comparisons)
    for (let i = 0; i < columns.size; i++) {
      const name = columns.probes[columns.probe[i]!] // as many as there are readings
      const ok = lineOf(columns.outcome[i]!)
      if (name === undefined || ok === undefined) continue
      const list = byProbe.get(name) ?? []
      list.push({ at: columns.at[i]!, ok }) // as many as there are readings
      byProbe.set(name, list)
    }
  const times = new Map<string, { readonly at: Float64Array; readonly ok: readonly boolean[] }>()
  for (const [name, list] of byProbe) {
    list.sort((a, b) => a.at - b.at)
    times.set(name, { at: Float64Array.from(list, ({ at }) => at), ok: list.map(({ ok }) => ok) })
  }
  return {
    nearest(probe, at, toleranceMs) {
      const own = times.get(probe)
      if (own === undefined) return undefined
      let found: 'ok' | 'fail' | undefined
      // Every index is below the length.
      for (let i = lowerBound(own.at, at - toleranceMs); i < own.at.length && own.at[i]! <= at + toleranceMs; i++) {
        if (own.ok[i] === true) return 'ok'
        found = 'fail'
      }
      return found
    },
  }
}

/**
 * Readings with what the same probe saw of the comparison services at about the same time. A canary that a reading has
 * already (the verdict said that the line failed) stands. Wrong when: everything is cut off, comparison and control alike:
 * that is reported as a connection that is down, not as a restriction of each service.
 */
export function withCanaries(columns: Columns, canaries: Canaries, toleranceMs: number): Columns {
  const outcome = columns.outcome.slice()
  for (let i = 0; i < columns.size; i++) {
    const name = columns.probes[columns.probe[i]!] // as many as there are readings
    if (name === undefined || canaryOf(outcome[i]!) !== 'none') continue
    const seen = canaries.nearest(name, columns.at[i]!, toleranceMs)
    if (seen !== undefined) outcome[i] = (outcome[i]! & ~CANARY_MASK) | (seen === 'ok' ? CANARY_OK : CANARY_FAIL)
  }
  return { ...columns, outcome }
}
