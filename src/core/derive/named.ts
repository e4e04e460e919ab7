import { instant, type Instant } from '../model/units.ts'
import type { OtherIncidentBounds } from './shown.ts'
import type { TimeStretch } from './weigh-shown.ts'
import { widestOf } from './window.ts'

/** Most measurements that an incident names; the count of all is in `readings`. */
const MOST_NAMED = 2000

/** When measurements that an incident names began: its widest window, as far as anything was received. */
export function namedPeriod(detected: OtherIncidentBounds, received: Instant): TimeStretch {
  const { from, until } = widestOf(detected)
  return { since: from, until: instant(Math.min(until, received) + 1) }
}

/** Of measurements by time and leaf, those that the incident names: all, or evenly spread ones. */
export function namedOf<T>(all: readonly T[]): readonly T[] {
  if (all.length <= MOST_NAMED) return all
  return Array.from({ length: MOST_NAMED }, (_, i) => all[Math.floor((i * all.length) / MOST_NAMED)]!) // within the list
}
