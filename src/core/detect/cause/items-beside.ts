import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { CauseItem, ItemOutcome } from '../../model/incident/cause.ts'
import type { CauseInput, CauseReading, Exchanges, ObservedItem, Onset } from './cause-input.ts'
import { countedItem, failed, failingGroups, informative, inside, spaced } from './inside.ts'

/** Measurements of another series that make it count as watched. */
const WATCHED = 3
/** Two restrictions began together when their onsets lie no further apart than this. */
const TOGETHER_MS = 30 * MINUTE_MS

const began = (a: Onset | undefined, b: Onset | undefined): 'together' | 'apart' | 'unknown' =>
  a === undefined || b === undefined
    ? 'unknown'
    : a.lo - b.hi <= TOGETHER_MS && b.lo - a.hi <= TOGETHER_MS
      ? 'together'
      : 'apart'

function listed<I extends CauseItem>(
  item: I,
  outcome: ItemOutcome<I>,
  count: { readonly k: number; readonly n: number; readonly probes: number },
): ObservedItem {
  return { item, outcome, count, source: 'series' }
}

/**
 * The same service on networks of other owners: restricted on one owner alone, on several from one moment on, or on
 * several from different moments. Counts owners, this one included; networks without a known owner are none, and where
 * only those are restricted too, nothing is said.
 */
export function owners(input: CauseInput): ObservedItem | undefined {
  const { networkOwner } = input
  if (networkOwner === undefined) return undefined
  const watched = input.networks.filter(
    ({ owner, measured }) => owner !== undefined && owner !== networkOwner && measured >= WATCHED,
  )
  const all = new Set(watched.map(({ owner }) => owner))
  if (all.size === 0) return undefined
  const restricted = watched.filter((network) => network.restricted)
  const known = input.networkAssumed === true ? [] : restricted.filter(({ assumed }) => assumed !== true)
  const hit = new Set(known.map(({ owner }) => owner))
  const probes = watched.reduce((sum, network) => sum + network.probes, 0)
  const count = { k: hit.size + 1, n: all.size + 1, probes }
  if (restricted.length === 0) return listed('owners', 'one-of-several', count)
  const onsets = known.map(({ onset }) => began(input.onset, onset))
  if (onsets.includes('together')) return listed('owners', 'together', count)
  return onsets.includes('apart') ? listed('owners', 'apart', count) : undefined
}

/**
 * Services of other owners on this network that became restricted in the same minutes. One that had been restricted
 * long before says nothing. `no` needs two other owners measured.
 */
export function unrelated(input: CauseInput): ObservedItem | undefined {
  const { serviceOwner } = input
  if (serviceOwner === undefined) return undefined
  const watched = input.services.filter(
    ({ owner, measured }) => owner !== undefined && owner !== serviceOwner && measured >= WATCHED,
  )
  const all = new Set(watched.map(({ owner }) => owner))
  const together = new Set(
    watched
      .filter(({ restricted, onset }) => restricted && began(input.onset, onset) === 'together')
      .map(({ owner }) => owner),
  )
  const count = {
    k: together.size,
    n: all.size,
    probes: watched.reduce((most, service) => Math.max(most, service.probes), 0),
  }
  if (together.size > 0) return listed('unrelated', 'several', count)
  const undated = watched.some(({ restricted, onset }) => restricted && began(input.onset, onset) === 'unknown')
  return all.size >= 2 && !undated ? listed('unrelated', 'no', { ...count, k: all.size }) : undefined
}

/** Names never restricted, on the same network: they fail from a fifth of at least three exchanges on, twice at least. */
export function canary({ canaries }: CauseInput): ObservedItem | undefined {
  if (canaries === undefined) return undefined
  const { ok, failed: bad, probes } = canaries
  const n = ok + bad
  if (n < WATCHED) return undefined
  if (bad >= 2 && bad * 5 >= n) return listed('canary', 'fails', { k: bad, n, probes })
  return bad * 10 <= n ? listed('canary', 'passes', { k: ok, n, probes }) : undefined
}

/** The same service from other countries in the window: two thirds of at least three exchanges must agree. */
export const otherCountries = (input: CauseInput): ObservedItem | undefined => agreed(input.otherCountries)

function agreed(exchanges: Exchanges | undefined): ObservedItem | undefined {
  if (exchanges === undefined) return undefined
  const { ok, failed: bad, probes } = exchanges
  const n = ok + bad
  if (n < WATCHED || Math.max(ok, bad) * 3 < n * 2) return undefined
  return ok > bad
    ? listed('other-countries', 'passes', { k: ok, n, probes })
    : listed('other-countries', 'fails', { k: bad, n, probes })
}

/** Pseudonyms change with the month; of which place is not told, so that months of UTC and of Kazakhstan are tried. */
const MONTH_ZONES_HOURS = [0, 5, 6] as const

const monthIn = (at: number, hours: number): string => new Date(at + hours * HOUR_MS).toISOString().slice(0, 7)

/**
 * Two of the devices are surely two. Not if one is last heard of before the other is first heard of and a month turns
 * between: one device takes a new pseudonym there.
 */
function distinctDevices(readings: readonly CauseReading[]): boolean {
  const spans = new Map<string, { first: number; last: number }>()
  for (const { probe, at } of readings) {
    const span = spans.get(probe)
    spans.set(probe, { first: Math.min(span?.first ?? at, at), last: Math.max(span?.last ?? at, at) })
  }
  const all = [...spans.values()]
  const renamed = (a: { last: number }, b: { first: number }): boolean =>
    a.last < b.first && MONTH_ZONES_HOURS.some((hours) => monthIn(a.last, hours) !== monthIn(b.first, hours))
  return all.some((a, index) => all.slice(index + 1).some((b) => !renamed(a, b) && !renamed(b, a)))
}

/**
 * One line alone: one known probe fails, twice at least, while others measured the service there and passed. Several:
 * two known probes fail that are surely two. A single probe, or measurements of unknown ones, tell neither.
 */
export function line(input: CauseInput): ObservedItem | undefined {
  const named = inside(input).filter((reading) => informative(reading) && reading.probe !== '')
  const told = spaced(named, input.scheduleMinutes)
  const groups = failingGroups(told, ({ probe }) => probe)
  const failing = [...groups].filter(([, fails]) => fails).length
  const failures = told.filter((reading) => failed(reading) && groups.get(reading.probe) === true)
  if (distinctDevices(told.filter(({ probe }) => groups.get(probe) === true)))
    return countedItem('line', 'several', { n: told.length, readings: failures })
  const others = told.filter(({ probe }) => groups.get(probe) === false)
  if (failing === 0 || failures.length < 2 || others.length < 2) return undefined
  return countedItem('line', 'one', { n: told.length, readings: failures })
}
