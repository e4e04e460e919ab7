import { MINUTE_MS } from '../../model/duration.ts'
import type { CauseItem, ItemOutcome } from '../../model/incident/cause.ts'
import { BURST_SHARE } from '../series/bursts.ts'
import type { CauseInput, CauseReading, ObservedItem } from './cause-input.ts'

/** Where the items of our own verdicts are read when no single measurement can be named. */
export const VERDICTS = 'verdicts'

/** Measurements inside the window of the incident, its first and last moment included. */
export const inside = (input: CauseInput): readonly CauseReading[] =>
  input.readings.filter(({ at }) => at >= input.window.from && at <= input.window.until)

/**
 * Of the measurements of each device those that lie two thirds of the schedule or more after the last one kept: however often
 * a device measures, it counts no more than 1.5 devices on schedule. Measurements of unknown devices are those of one.
 */
export function spaced(
  readings: readonly CauseReading[],
  scheduleMinutes: number,
  /** What one device measures side by side, such as two families of addresses. */
  groupOf: (reading: CauseReading) => string | number | undefined = () => undefined,
): readonly CauseReading[] {
  const last = new Map<string, number>()
  const least = scheduleMinutes * BURST_SHARE * MINUTE_MS
  return readings
    .toSorted((a, b) => a.at - b.at)
    .filter((reading) => {
      const name = `${reading.probe} ${groupOf(reading) ?? ''}`
      if (reading.at - (last.get(name) ?? -Infinity) <= least) return false
      last.set(name, reading.at)
      return true
    })
}

/** The target failed, or was far slower than usual. Trouble of the device or its line is no failure of the target. */
export const failed = (reading: CauseReading): boolean =>
  reading.slow || reading.kind === 'interfered' || reading.kind === 'unreachable'

/** The measurement tells whether the target passes. */
export const informative = (reading: CauseReading): boolean => failed(reading) || reading.kind === 'reachable'

/** Distinct probes; unknown ones are none. */
export const probesOf = (readings: readonly CauseReading[]): number =>
  new Set(readings.map(({ probe }) => probe).filter((probe) => probe !== '')).size

/**
 * Groups (probes, versions, families) that fail: a fifth of what they measured or more, so that a stray failure in
 * many makes no group fail. Readings whose group is undefined are left out.
 */
export function failingGroups<G>(
  readings: readonly CauseReading[],
  groupOf: (reading: CauseReading) => G | undefined,
): ReadonlyMap<G, boolean> {
  const counts = new Map<G, { n: number; failed: number }>()
  for (const reading of readings) {
    const group = groupOf(reading)
    if (group === undefined || !informative(reading)) continue
    const count = counts.get(group) ?? { n: 0, failed: 0 }
    counts.set(group, { n: count.n + 1, failed: count.failed + (failed(reading) ? 1 : 0) })
  }
  return new Map([...counts].map(([group, count]) => [group, count.failed > 0 && count.failed * 5 >= count.n]))
}

/** One item from `k` of `n` measurements; its source is the first of them that has an id. */
export function countedItem<I extends CauseItem>(
  item: I,
  outcome: ItemOutcome<I>,
  of: { readonly n: number; readonly readings: readonly CauseReading[] },
): ObservedItem {
  return {
    item,
    outcome,
    count: { k: of.readings.length, n: of.n, probes: probesOf(of.readings) },
    source: of.readings.find(({ id }) => id !== undefined)?.id ?? VERDICTS,
  }
}

/**
 * The key that most readings share and those readings; the earlier of two in `keys` where as many share each. Of each device
 * those count that are spaced by the schedule.
 */
export function commonest<K extends string>(
  { readings, scheduleMinutes }: Pick<CauseInput, 'readings' | 'scheduleMinutes'>,
  keys: readonly K[],
  keyOf: (reading: CauseReading) => K | undefined,
): { readonly key: K; readonly of: { readonly n: number; readonly readings: readonly CauseReading[] } } | undefined {
  const told = spaced(
    readings.filter((reading) => keyOf(reading) !== undefined),
    scheduleMinutes,
  )
  let best: { key: K; of: { n: number; readings: readonly CauseReading[] } } | undefined
  for (const key of keys) {
    const those = told.filter((reading) => keyOf(reading) === key)
    if (those.length > (best?.of.readings.length ?? 0)) best = { key, of: { n: told.length, readings: those } }
  }
  return best
}
