import { InputError } from '../../model/errors.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { LevelPoint, LevelSeries, LevelSource } from '../levels/level.ts'
import { isObject, numberOf, textOf, type FormReject, type FormRow } from './rows.ts'
import { parseTimeOrEpoch } from './time-cell.ts'

// Levels of traffic and connectivity: IODA's signals, Cloudflare Radar, Google's traffic, and tables of them.

export interface LevelRows {
  readonly levels: readonly LevelSeries[]
  readonly rejects: readonly FormReject[]
}

/** Collects points by level, in the order of time and each time once: the last of two is kept. */
class Levels {
  readonly #levels = new Map<
    string,
    { source: LevelSource; signal: string; place: string; points: Map<Instant, number> }
  >()
  readonly rejects: FormReject[] = []

  add(source: LevelSource, named: { readonly signal: string; readonly place: string }, point: LevelPoint): void {
    const signal = named.signal.slice(0, MAX_NAME)
    const place = named.place.slice(0, MAX_NAME)
    const key = `${signal}\n${place}`
    const level = this.#levels.get(key) ?? { source, signal, place, points: new Map<Instant, number>() }
    level.points.set(point.at, point.value)
    this.#levels.set(key, level)
  }

  setAside(place: string, message: string): void {
    this.rejects.push({ place, message })
  }

  get levels(): readonly LevelSeries[] {
    return [...this.#levels.values()].map(({ points, ...named }) => ({
      ...named,
      points: [...points].toSorted(([a], [b]) => a - b).map(([at, value]) => ({ at, value })),
    }))
  }
}

const MAX_NAME = 200

/** Most values of one file. */
const MAX_VALUES = 2_000_000

/** Reads a point; a value that is not there is no point, one that is no number is set aside. */
function pointOf(time: unknown, value: unknown): LevelPoint | undefined {
  const number = numberOf(value)
  if (number === undefined) return undefined
  const at = parseTimeOrEpoch(time, 'time')
  if (!Number.isFinite(number) || number < 0)
    throw new InputError(`value is ${JSON.stringify(textOf(value).slice(0, 60))}`, {
      code: 'series.cell',
      path: 'value',
      expected: 'a number from 0, or nothing',
    })
  return { at, value: number }
}

/** Runs a reader for one row: what it refuses is set aside. */
function attempt(levels: Levels, place: string, read: () => void): void {
  try {
    read()
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    levels.setAside(place, `${error.message}; expected ${error.expected}`)
  }
}

/** Every object inside nested arrays: IODA puts the signals of one entity into an array of their own. */
function flatten(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flatMap(flatten) : [value]
}

/**
 * Reads `GET /v2/signals/raw/…` of IODA: for each signal of an entity its first second, its step and its values. A
 * normalised signal differs by its values alone. `null` is not measured.
 */
export function readIoda(data: unknown): LevelRows {
  const levels = new Levels()
  for (const [i, item] of flatten(data).entries()) {
    const place = `signal ${i + 1}`
    if (!isObject(item)) {
      levels.setAside(place, 'no JSON object')
      continue
    }
    const { values } = item
    const [from, step] = [numberOf(item['from']), numberOf(item['step'])]
    if (!Array.isArray(values) || from === undefined || !(from > 0) || step === undefined || !(step > 0)) {
      levels.setAside(place, 'expected from, step and values')
      continue
    }
    const named = { signal: iodaSignal(item), place: iodaPlace(item) }
    if (values.some((value) => typeof value === 'object' && value !== null)) {
      levels.setAside(place, `${named.signal} is no level: its values are no numbers`)
      continue
    }
    for (const [k, value] of values.slice(0, MAX_VALUES).entries())
      attempt(levels, `${place}, value ${k + 1}`, () => {
        const point = pointOf(Math.round(from + k * step), value)
        if (point !== undefined) levels.add('ioda', named, point)
      })
  }
  return levels
}

const iodaSignal = (item: Readonly<Record<string, unknown>>): string =>
  [textOf(item['datasource']), textOf(item['subtype'])].filter((part) => part !== '').join(' ')

function iodaPlace(item: Readonly<Record<string, unknown>>): string {
  const [kind, code] = [textOf(item['entityType']), textOf(item['entityCode'])]
  if (kind === 'asn') return /^\d+$/.test(code) ? `AS${code}` : code
  return kind === 'country' || kind === '' ? code : `${kind} ${textOf(item['entityName']) || code}`
}

/** Normalisations of Radar whose values are in proportion to the traffic. */
const IN_PROPORTION: ReadonlySet<string> = new Set([
  '',
  'RAW_VALUES',
  'MIN0_MAX',
  'ROLLING_AVERAGE',
  'OVERLAPPED_PERCENTAGE',
  'PERCENTAGE',
])

/** Reads time series of Cloudflare Radar (`radar/http/timeseries`, `radar/netflows/timeseries`). */
export function readRadar(result: Readonly<Record<string, unknown>>): LevelRows {
  const levels = new Levels()
  const meta = isObject(result['meta']) ? result['meta'] : {}
  const normalization = textOf(meta['normalization']).toUpperCase()
  const change = normalization === 'PERCENTAGE_CHANGE'
  for (const [name, serie] of Object.entries(result)) {
    if (!isObject(serie) || !Array.isArray(serie['timestamps'])) continue
    const { timestamps, values } = serie
    if (!Array.isArray(values) || values.length !== timestamps.length) {
      levels.setAside(name, 'no level: expected as many values as timestamps')
      continue
    }
    if (!change && !IN_PROPORTION.has(normalization)) {
      levels.setAside(name, `its values are not in proportion to the traffic (${normalization.slice(0, 60)})`)
      continue
    }
    const named = { signal: unitOf(meta) || name, place: name }
    for (const [k, time] of timestamps.slice(0, MAX_VALUES).entries())
      attempt(levels, `${name}, value ${k + 1}`, () => {
        const value: unknown = values[k]
        const number = numberOf(value)
        const point = pointOf(time, change && number !== undefined ? 100 + number : value)
        if (point !== undefined) levels.add('radar', named, point)
      })
  }
  return levels
}

function unitOf(meta: Readonly<Record<string, unknown>>): string {
  const units: unknown = meta['units']
  const first: unknown = Array.isArray(units) ? units[0] : undefined
  return isObject(first) ? textOf(first['value']) : ''
}

/** Least and most milliseconds of a time in Google's answer. */
const [FIRST_MS, LAST_MS] = [Date.UTC(2004, 0), Date.UTC(2100, 0)]

/**
 * Reads the answer of Google's traffic page: arrays in arrays, of which those with a time in milliseconds first and a
 * share of the world's traffic behind it are the points. The form is not documented.
 */
export function readGoogle(value: unknown, named: string): LevelRows {
  const levels = new Levels()
  const visit = (item: unknown): void => {
    if (!Array.isArray(item)) return
    const [time, ...rest] = item as readonly unknown[]
    if (typeof time === 'number' && time > FIRST_MS && time < LAST_MS) {
      const found = rest.flatMap(flatten).filter((one) => typeof one === 'number')
      const last = found.at(-1)
      if (last !== undefined && last >= 0)
        levels.add('google', { signal: 'traffic', place: named }, { at: instant(time), value: last })
      return
    }
    for (const inner of item as readonly unknown[]) visit(inner)
  }
  visit(value)
  return levels
}

/** Columns of a table of levels, by what they hold. */
const TIME = [
  'at_utc',
  'time',
  'timestamp',
  'timestamps',
  'datetime',
  'date',
  'date (utc)',
  'time (utc)',
  'start',
  'serie_0 timestamps',
]
const PLACE = ['country', 'region', 'location', 'place', 'entity', 'entitycode', 'asn', 'network']
const SIGNAL = ['product', 'datasource', 'signal', 'metric', 'service']
const VALUE = ['value', 'values', 'level', 'traffic']
/** Share of the cells of a column that must be numbers or empty for it to be one of values. */
const MOSTLY = 0.8

/** Columns of a table that say that it is one of levels; undefined where it is none. */
export interface LevelColumns {
  readonly time: string
  readonly place?: string
  readonly signal?: string
  readonly values: readonly string[]
}

/** Finds the columns of a table of levels: a time and at least one column of numbers. */
export function levelColumns(names: readonly string[], rows: readonly FormRow[]): LevelColumns | undefined {
  const has = (known: readonly string[]): string | undefined => known.find((name) => names.includes(name))
  const time = has(TIME)
  if (time === undefined || rows.length === 0) return undefined
  const place = has(PLACE)
  const signal = has(SIGNAL)
  const value = has(VALUE)
  const others = names.filter((name) => name !== '' && ![time, place, signal].includes(name))
  const values = value === undefined ? others.filter((name) => isNumeric(name, rows)) : [value]
  if (values.length === 0) return undefined
  return { time, values, ...(place === undefined ? {} : { place }), ...(signal === undefined ? {} : { signal }) }
}

function isNumeric(name: string, rows: readonly FormRow[]): boolean {
  const numbers = rows.map(({ cells }) => numberOf(cells[name]))
  const given = numbers.filter((number) => number !== undefined)
  return given.length > 0 && given.filter((number) => !Number.isNaN(number)).length >= MOSTLY * given.length
}

/**
 * Reads a table of levels: one value a row with its place and signal, or one column for each. Columns of a Google or a
 * Radar table are places; those of an export of IODA are signals.
 */
export function readLevelTable(rows: readonly FormRow[], columns: LevelColumns, named: string): LevelRows {
  const levels = new Levels()
  const { time, place, signal, values } = columns
  for (const row of rows)
    for (const column of values)
      attempt(levels, row.place, () => {
        const point = pointOf(row.cells[time], row.cells[column])
        if (point === undefined) return
        const wide = values.length > 1 || !VALUE.includes(column)
        const ofRow = place === undefined ? '' : textOf(row.cells[place])
        const about = signal === undefined ? '' : textOf(row.cells[signal])
        const isPlace = wide && place === undefined && COUNTRY.test(column)
        levels.add(
          'table',
          {
            signal: about || (wide && !isPlace ? column : named),
            place: ofRow || (isPlace ? column.toUpperCase() : ''),
          },
          point,
        )
      })
  return levels
}

/** A column that is named as a country or a network is a place, and others a signal. */
const COUNTRY = /^(?:[a-z]{2}|as\d{1,10})$/i
