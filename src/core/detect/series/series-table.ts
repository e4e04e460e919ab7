import { InputError } from '../../model/errors.ts'
import { FAILURES } from '../../model/measured/failure.ts'
import { MECHANISMS } from '../../model/measured/mechanism.ts'
import type { Half, Reading, TargetHalf } from '../../model/measured/reading.ts'
import { parseCsv, type CsvRow } from '../../model/csv.ts'
import type { AggregationBucket } from '../forms/ooni-rows.ts'
import { separatorOf } from '../forms/rows.ts'
import { parseTime } from '../forms/time-cell.ts'

/** Readings of one service on one network, as a third party's table gives them. */
export interface TableSeries {
  readonly service: string
  readonly network: string
  /** In the order of time. */
  readonly readings: readonly Reading[]
  /** Where the table counts stretches of time: those, in the order of time. Inside one, no order is known. */
  readonly buckets?: readonly AggregationBucket[]
  /** Page of the service that each reading is about, '' where the table does not say; absent: it never does. */
  readonly pages?: readonly string[]
}

/** A line that could not be read; the rest of the table stands. */
export interface TableReject {
  readonly line: number
  readonly message: string
}

export interface SeriesTable {
  readonly series: readonly TableSeries[]
  readonly rejects: readonly TableReject[]
  /** Unknown columns: ignored and reported. */
  readonly ignored: readonly string[]
}

/** Columns of docs/formats/series.md, each with the other names under which exports call it. */
const COLUMNS = {
  at_utc: ['at_utc', 'at', 'time', 'timestamp', 'started_at_utc', 'measurement_start_time'],
  probe: ['probe', 'probe_id'],
  outcome: ['outcome'],
  log10_lr: ['log10_lr'],
  control: ['control'],
  canary: ['canary'],
  service: ['service'],
  network: ['network', 'asn', 'probe_asn'],
  mechanism: ['mechanism'],
  ln_ratio: ['ln_ratio'],
  page: ['page', 'input', 'url'],
} as const
type Column = keyof typeof COLUMNS
const NAMES = Object.keys(COLUMNS).filter((name): name is Column => name in COLUMNS)

const OK = new Set(['ok', 'success', 'pass', 'passed', 'reachable', 'open'])
const FAIL = new Set(['fail', 'failed', 'failure', 'interfered', 'blocked', 'anomaly', 'timeout', 'reset'])
const NONE = new Set(['', 'none', 'missing', 'inconclusive', 'null', 'na', 'n/a', '-'])
const CODES: ReadonlySet<string> = new Set<string>(FAILURES)

/** Longest name of a service or network, and longest piece of a cell that a message repeats. */
const MAX_NAME = 200
const MAX_SHOWN = 60
/** Name of a file without its folders. */
const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1)

/** Most rows of one table: enough for ten years of one probe every five minutes. */
const MAX_ROWS = 1_100_000

/**
 * Reads a table of dated outcomes (docs/formats/series.md): CSV with commas, semicolons or tabs and a head line.
 * Lines that cannot be read are given back with what is wrong. Throws InputError for a table without the columns it
 * cannot do without, and for one of more than 1,100,000 rows.
 */
export function readSeriesTable(text: string, file: string): SeriesTable {
  const [head, ...rows] = parseCsv(text, separatorOf(text))
  const refuse = (found: string, expected: string): InputError =>
    new InputError(`Cannot read series "${nameOf(file)}": ${found}; expected ${expected}`, {
      code: 'series.invalid',
      path: 'line 1',
      expected,
    })
  if (head === undefined) throw refuse('the file is empty', 'a head line such as at_utc,probe,outcome')
  if (rows.length > MAX_ROWS) throw refuse(`${rows.length} rows`, `at most ${MAX_ROWS}`)
  const names = head.cells.map((cell) => cell.trim().toLowerCase())
  const at = placesOf(names)
  const twice = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) throw refuse(`two columns "${twice}"`, 'each column once')
  if (at.get('at_utc') === undefined) throw refuse(`no column at_utc among ${list(names)}`, 'at_utc,probe,outcome')
  if (at.get('outcome') === undefined && at.get('log10_lr') === undefined)
    throw refuse(`neither outcome nor log10_lr among ${list(names)}`, 'one of them')
  const known = new Set(at.values())
  return { ...collect(rows, at, file), ignored: names.filter((name, i) => name !== '' && !known.has(i)) }
}

const list = (names: readonly string[]): string => `"${names.join(',').slice(0, 120)}"`

function placesOf(names: readonly string[]): ReadonlyMap<Column, number> {
  const places = new Map<Column, number>()
  for (const column of NAMES) {
    const place = COLUMNS[column].map((name) => names.indexOf(name)).find((found) => found !== -1)
    if (place !== undefined) places.set(column, place)
  }
  return places
}

function collect(rows: readonly CsvRow[], at: ReadonlyMap<Column, number>, file: string): Omit<SeriesTable, 'ignored'> {
  const rejects: TableReject[] = []
  const series = new Map<string, { service: string; network: string; rows: { reading: Reading; page: string }[] }>()
  for (const row of rows) {
    const cell = (column: Column): string => (row.cells[at.get(column) ?? -1] ?? '').trim()
    try {
      const page = cell('page')
      const service = cell('service') || hostOf(page) || nameOf(file).replace(/\.[a-z]+$/i, '')
      const network = cell('network').replace(/^(?=\d+$)/, 'AS')
      for (const [column, name] of [
        ['service', service],
        ['network', network],
      ] as const)
        if (name.length > MAX_NAME) throw wrong(column, name, `a name of at most ${MAX_NAME} characters`)
      const key = `${service}\n${network}`
      const found = series.get(key) ?? { service, network, rows: [] }
      found.rows.push({ reading: parseRow(cell), page })
      series.set(key, found)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      rejects.push({ line: row.line, message: `${error.message}; expected ${error.expected}` })
    }
  }
  const sorted = [...series.values()].map(({ rows: all, ...names }): TableSeries => {
    const ordered = all.toSorted((a, b) => a.reading.at - b.reading.at)
    const readings = ordered.map(({ reading }) => reading)
    return ordered.some(({ page }) => page !== '')
      ? { ...names, readings, pages: ordered.map(({ page }) => page) }
      : { ...names, readings }
  })
  return { series: sorted, rejects }
}

/** Host of the page of a row: the service where the table does not name it. */
const hostOf = (page: string): string =>
  /^https?:\/\//i.test(page) && URL.canParse(page) ? new URL(page).hostname : ''

const shown = (found: string): string => (found.length > MAX_SHOWN ? `${found.slice(0, MAX_SHOWN)}…` : found)

const wrong = (column: Column, found: string, expected: string): InputError =>
  new InputError(`${column} is ${JSON.stringify(shown(found))}`, { code: 'series.cell', path: column, expected })

function parseRow(cell: (column: Column) => string): Reading {
  const outcome = parseOutcome(cell('outcome'))
  const log10Lr = parseNumber('log10_lr', cell('log10_lr'))
  const lnRatio = parseNumber('ln_ratio', cell('ln_ratio'))
  const mechanism = MECHANISMS.find((known) => known === cell('mechanism'))
  if (cell('mechanism') !== '' && mechanism === undefined)
    throw wrong('mechanism', cell('mechanism'), 'a mechanism of the taxonomy, such as tls.timeout.sni')
  return {
    at: parseTime(cell('at_utc'), 'at_utc'),
    probe: cell('probe'),
    target: cell('outcome') !== '' || log10Lr === undefined ? outcome.target : log10Lr > 0 ? 'fail' : 'ok',
    control: parseHalf('control', cell('control')),
    canary: parseHalf('canary', cell('canary')),
    artefact: outcome.artefact,
    scheduled: false, // no one says so
    ...(log10Lr === undefined ? {} : { log10Lr }),
    ...(lnRatio === undefined ? {} : { lnRatio }),
    ...(mechanism === undefined ? {} : { mechanism }),
  }
}

function parseOutcome(text: string): { readonly target: TargetHalf; readonly artefact: boolean } {
  const word = text.toLowerCase()
  if (OK.has(word)) return { target: 'ok', artefact: false }
  if (word === 'slow' || word === 'throttled') return { target: 'slow', artefact: false }
  if (word === 'confirmed') return { target: 'fail', artefact: true }
  if (FAIL.has(word) || CODES.has(word)) return { target: 'fail', artefact: false }
  if (NONE.has(word)) return { target: 'none', artefact: false }
  throw wrong('outcome', text, 'ok, slow, fail, confirmed, an OONI failure such as generic_timeout_error, or nothing')
}

function parseHalf(column: Column, text: string): Half {
  const word = text.toLowerCase()
  if (OK.has(word)) return 'ok'
  if (FAIL.has(word) || CODES.has(word)) return 'fail'
  if (NONE.has(word)) return 'none'
  throw wrong(column, text, 'ok, fail or nothing')
}

function parseNumber(column: Column, text: string): number | undefined {
  if (NONE.has(text.toLowerCase())) return undefined
  const value = /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(value)) throw wrong(column, text, 'a number')
  return value
}
