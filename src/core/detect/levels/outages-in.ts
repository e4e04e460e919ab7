import { InputError } from '../../model/errors.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { TableOutage } from '../series/outages.ts'
import { readIoda } from '../forms/level-rows.ts'
import { findFalls } from './find-falls.ts'

/** Median share of the usual level at which a fall is an outage: IODA's own line for a critical one. */
const CRITICAL = 0.5

/** An outage that a signal shows, with the place as IODA names it. */
export interface LevelOutage {
  readonly place: string
  readonly signal: string
  readonly from: Instant
  /** Absent: the signal ends low. */
  readonly until?: Instant
}

/**
 * Outages in an answer of IODA's signals: falls to one half of the usual level or less, each from the last usual value
 * to the first usual one.
 */
export function outagesInSignals(value: unknown): {
  readonly found: readonly LevelOutage[]
  /** Signals that were read. */
  readonly signals: number
  readonly setAside: number
} {
  const data: unknown = typeof value === 'object' && value !== null && 'data' in value ? value.data : value
  const { levels, rejects } = readIoda(data)
  const found = levels.flatMap(({ place, signal, points }) =>
    findFalls(points).falls.flatMap(({ start, end, median }): readonly LevelOutage[] => {
      if (median > CRITICAL) return []
      const [, until] = end
      return [{ place, signal, from: instant(start[0] ?? start[1]), ...(until === undefined ? {} : { until }) }]
    }),
  )
  return { found, signals: levels.length, setAside: rejects.length }
}

/**
 * The same as outages that mask a table: those of a country or region all networks, those of a network itself. One
 * that does not end masks nothing. Throws InputError for a text without a signal.
 */
export function outagesOfSignals(text: string, file: string): readonly TableOutage[] {
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
  const { found, signals } = outagesInSignals(value)
  if (signals === 0) throw refuse('no signal')
  return found.flatMap(({ place, from, until }): readonly TableOutage[] =>
    until === undefined ? [] : [{ from, until, ...(/^AS\d/.test(place) ? { network: place } : {}) }],
  )
}
