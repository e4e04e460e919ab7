import { InputError } from '../../model/errors.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { TableOutage } from '../series/outages.ts'
import { readIoda } from '../forms/level-rows.ts'
import { findFalls } from './find-falls.ts'

/** Median share of the usual level at which a fall is an outage: IODA's own line for a critical one. */
const CRITICAL = 0.5

/** Signals of connectivity (BGP, active probing, telescopes). Traffic of one company falls when its services are blocked. */
const CONNECTIVITY = /^(?:bgp|ping-slash24|merit-nt|ucsd-nt)$/

/** An outage that a signal shows, with the place as IODA names it. */
export interface LevelOutage {
  readonly place: string
  readonly signal: string
  readonly from: Instant
  /** Absent: the signal ends low. */
  readonly until?: Instant
}

/**
 * Outages in an answer of IODA's signals of connectivity: falls to one half of the usual level or less, each from the last usual value
 * to the first usual one.
 */
export function outagesInSignals(value: unknown): {
  readonly found: readonly LevelOutage[]
  /** Places of the signals that were taken, each as often as it has one. */
  readonly places: readonly string[]
  readonly setAside: number
} {
  const data: unknown = typeof value === 'object' && value !== null && 'data' in value ? value.data : value
  const { levels, rejects } = readIoda(data)
  const taken = levels.filter(({ signal }) => CONNECTIVITY.test(signal))
  const found = taken.flatMap(({ place, signal, points }) =>
    findFalls(points).falls.flatMap(({ start, end, median }): readonly LevelOutage[] => {
      if (median > CRITICAL) return []
      const [, until] = end
      return [{ place, signal, from: instant(start[0] ?? start[1]), ...(until === undefined ? {} : { until }) }]
    }),
  )
  return { found, places: taken.map(({ place }) => place), setAside: rejects.length }
}

/**
 * The same as outages that mask a table of a country: those of that country all networks, those of a network itself,
 * those of regions and other countries nothing. One that does not end masks nothing. Throws InputError for a text without
 * a signal that could mask.
 */
export function outagesOfSignals(
  text: string,
  { file, country }: { readonly file: string; readonly country: string },
): readonly TableOutage[] {
  const refuse = (found: string): InputError =>
    new InputError(`Cannot read outages "${file}": ${found}`, {
      code: 'outages.invalid',
      path: '',
      expected: 'CSV with from_utc,until_utc,network, or an answer of IODA’s signals',
    })
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw refuse('no JSON')
  }
  const { found, places } = outagesInSignals(value)
  const masks = (place: string): boolean => place === country || isNetwork(place)
  if (!places.some(masks)) throw refuse(`no signal of connectivity (bgp, ping-slash24) of ${country} or a network`)
  return found.flatMap(({ place, from, until }): readonly TableOutage[] =>
    until === undefined || !masks(place) ? [] : [{ from, until, ...(isNetwork(place) ? { network: place } : {}) }],
  )
}

const isNetwork = (place: string): boolean => /^AS\d+$/.test(place)
