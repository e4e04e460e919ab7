import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { CauseInput, CauseReading, ObservedItem } from './cause-input.ts'
import { countedItem, failed, failingGroups, informative, inside, spaced } from './inside.ts'

/** Days before an incident whose same hour is looked at, and of how many there must be measurements. */
const DAYS = 14
const DAYS_WATCHED = 5

const share = (readings: readonly CauseReading[]): number => readings.filter(failed).length / readings.length

/**
 * Whether failures set in at once or little by little. Both sides of the onset must be measured three times within three
 * hours, and the share of failures must rise by half at least: where it does not, a restriction is partial and its onset
 * has no edge to look at. `sharp`: the 95 % interval of the start spans at most three schedule intervals; `gradual`: it
 * spans more than six, with failures and passes both among at least four measurements inside it.
 */
export function onset(input: CauseInput): ObservedItem | undefined {
  const { onset: edge, scheduleMinutes } = input
  if (edge === undefined) return undefined
  const told = spaced(input.readings.filter(informative), scheduleMinutes)
  const before = told.filter(({ at }) => at < edge.lo && at >= edge.lo - 3 * HOUR_MS)
  const after = told.filter(({ at }) => at > edge.hi && at <= Math.min(edge.hi + 3 * HOUR_MS, input.window.until))
  if (before.length < 3 || after.length < 3 || share(after) - share(before) < 0.5) return undefined
  const width = edge.hi - edge.lo
  const around = [...before, ...after]
  if (width <= 3 * scheduleMinutes * MINUTE_MS)
    return countedItem('onset', 'sharp', { n: around.length, readings: around })
  const within = told.filter(({ at }) => at >= edge.lo && at <= edge.hi)
  const bad = within.filter(failed)
  const mixed = within.length >= 4 && bad.length > 0 && bad.length < within.length
  return width > 6 * scheduleMinutes * MINUTE_MS && mixed
    ? countedItem('onset', 'gradual', { n: within.length, readings: bad })
    : undefined
}

/**
 * The same hour of the fourteen days before: an hour on both sides of the onset. Counts the days measured at that hour on which
 * an earlier incident overlapped it (of `no`: those on which none did); needs five measured days.
 */
export function daily(input: CauseInput): ObservedItem | undefined {
  const { onset: edge } = input
  if (edge === undefined) return undefined
  const centre = (edge.lo + edge.hi) / 2
  let watched = 0
  let hit = 0
  for (let day = 1; day <= DAYS; day++) {
    const from = centre - day * DAY_MS - HOUR_MS
    const until = from + 2 * HOUR_MS
    if (!input.watched.some((at) => at >= from && at <= until)) continue
    watched++
    if (input.earlier.some((incident) => incident.from <= until && incident.until >= from)) hit++
  }
  if (watched < DAYS_WATCHED) return undefined
  const outcome = hit === 0 ? 'no' : hit * 2 >= watched ? 'same-hours' : 'some-days'
  return {
    item: 'daily',
    outcome,
    count: { k: hit === 0 ? watched : hit, n: watched, probes: 0 },
    source: 'series',
  }
}

/** One program version alone fails, twice at least, while others passed at least three times; or several fail. */
export function version(input: CauseInput): ObservedItem | undefined {
  const named = inside(input).filter((reading) => informative(reading) && reading.version !== '')
  const told = spaced(named, input.scheduleMinutes, (reading) => reading.version)
  const groups = failingGroups(told, (reading) => reading.version)
  const failing = [...groups].filter(([, fails]) => fails).length
  const failures = told.filter((reading) => failed(reading) && groups.get(reading.version) === true)
  if (failing >= 2) return countedItem('version', 'several', { n: told.length, readings: failures })
  const others = told.filter((reading) => groups.get(reading.version) === false)
  if (failing === 0 || failures.length < 2 || others.length < 3) return undefined
  return countedItem('version', 'one', { n: told.length, readings: failures })
}

/** Failures over IPv6 alone, twice at least, while IPv4 passed at least three times; or failures over IPv4. */
export function ipv6(input: CauseInput): ObservedItem | undefined {
  const known = inside(input).filter((reading) => informative(reading) && reading.family !== undefined)
  const told = spaced(known, input.scheduleMinutes, ({ family }) => family)
  const groups = failingGroups(told, ({ family }) => family)
  const failures = told.filter(failed)
  if (groups.get(4) === true)
    return countedItem('ipv6', 'no', { n: failures.length, readings: failures.filter(({ family }) => family === 4) })
  const newer = failures.filter(({ family }) => family === 6)
  const passes = told.filter((reading) => reading.family === 4)
  if (groups.get(6) !== true || newer.length < 2 || passes.length < 3) return undefined
  return countedItem('ipv6', 'only', { n: failures.length, readings: newer })
}
