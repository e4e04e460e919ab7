import { columnsOf } from '../../src/core/detect/chain/columns.ts'
import { defaultSettings } from '../../src/core/detect/chain/default-settings.ts'
import { detectSeries } from '../../src/core/detect/series/detect-series.ts'
import type { DetectedIncident } from '../../src/core/model/incident/incident.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import { instant } from '../../src/core/model/units.ts'
import { serveCalls } from '../../src/runtime/serve-calls.ts'
import { makeEvening, STRATEGIES, withAdversary, type Evening } from '../../test/kit/evening/adversary-evening.ts'

/** Evenings of one number of honest devices, and of the adversary's. */
export interface EveningPart {
  readonly seeds: readonly number[]
  readonly honest: number
  readonly forged: number
  readonly restricted: boolean
}

/** The worst that any strategy does to one evening, and the strategies that do it. */
export interface EveningOutcome {
  /** Published without an adversary: an evening where it is not is no example of a removal. */
  readonly shown: boolean
  readonly made: readonly string[]
  readonly removed: readonly string[]
  readonly moved: readonly string[]
  /** Largest change of a published number of devices. */
  readonly devices: number
}

const settings = defaultSettings({ draws: 500 })

const publishedOf = (readings: readonly Reading[], { until }: Evening): readonly DetectedIncident[] =>
  detectSeries(columnsOf(readings), settings, { until: instant(until) }).incidents.filter(
    ({ state }) => state !== 'insufficient',
  )

type Interval = readonly [from: number, until: number]
const widest = ({ start, end }: DetectedIncident): Interval => [start.lo95 ?? -Infinity, end.hi95 ?? Infinity]
const narrowest = ({ start, end }: DetectedIncident): Interval => [
  start.median ?? start.bracket[1] ?? -Infinity,
  end.median ?? end.bracket[0] ?? Infinity,
]
const overlap = (a: Interval, b: Interval): boolean => a[0] <= b[1] && b[0] <= a[1]

function runEvening(seed: number, { honest, forged, restricted }: EveningPart): EveningOutcome {
  const evening = makeEvening(seed, { devices: honest, restricted })
  const before = publishedOf(evening.readings, evening)
  const made: string[] = []
  const removed: string[] = []
  const moved: string[] = []
  let devices = 0
  for (const [name, strategy] of Object.entries(STRATEGIES)) {
    const after = publishedOf(withAdversary(evening, strategy, { devices: forged, seed }), evening)
    if (after.some((one) => !before.some((other) => overlap(narrowest(one), narrowest(other))))) made.push(name)
    for (const one of before) {
      const same = after.filter((other) => overlap(narrowest(one), widest(other)))
      if (same.length === 0) removed.push(name)
      else if (!same.some((other) => holds(other, one))) moved.push(name)
      // One that was cut in two is told by the part with most devices.
      const movement = same.map((other) =>
        Math.max(Math.abs(other.probes - one.probes), Math.abs(other.probesFailed - one.probesFailed)),
      )
      if (movement.length > 0) devices = Math.max(devices, Math.min(...movement))
    }
  }
  return { shown: before.length > 0, made, removed, moved, devices }
}

/** Whether the 95 % intervals of an incident hold the dates that it has without the adversary. */
function holds(after: DetectedIncident, before: DetectedIncident): boolean {
  const [start, end] = [before.start.median, before.end.median]
  const within = (at: number | undefined, from: number | undefined, until: number | undefined): boolean =>
    at === undefined || ((from ?? -Infinity) <= at && at <= (until ?? Infinity))
  return within(start, after.start.lo95, after.start.hi95) && within(end, after.end.lo95, after.end.hi95)
}

const run = (part: EveningPart): readonly EveningOutcome[] => part.seeds.map((seed) => runEvening(seed, part))

serveCalls({ run: (value) => ({ value: run(value as EveningPart) }) }) // sent by bench/adversary.ts alone
