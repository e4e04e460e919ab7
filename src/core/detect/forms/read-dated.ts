import type { LevelSeries } from '../levels/level.ts'
import { readSeriesTable, type TableSeries } from '../series/series-table.ts'
import { levelColumns, readGoogle, readIoda, readLevelTable, readRadar, type LevelRows } from './level-rows.ts'
import { readAggregation, readAnalysis, readListing, type OoniRows } from './ooni-rows.ts'
import { isObject, readContent, rowsOfItems, type FormReject, type FormRow } from './rows.ts'
import { InputError } from '../../model/errors.ts'

/** Forms of files that can be dated (docs/formats/series.md). */
export const DATED_FORMS = [
  'series',
  'ooni-aggregation',
  'ooni-listing',
  'ooni-analysis',
  'ioda-signals',
  'radar-timeseries',
  'google-traffic',
  'level-table',
] as const
export type DatedForm = (typeof DATED_FORMS)[number]

/** What a file holds: outcomes of services, or levels of traffic and connectivity. */
export interface DatedFile {
  readonly form: DatedForm
  readonly series: readonly TableSeries[]
  readonly levels: readonly LevelSeries[]
  readonly rejects: readonly FormReject[]
  /** Unknown columns of a table of outcomes: ignored and reported. */
  readonly ignored: readonly string[]
}

/** Name of a file without its folders and its ending. */
const nameOf = (file: string): string => file.slice(file.lastIndexOf('/') + 1).replace(/\.[a-z]+$/i, '')

/** Most rows of one answer. */
const MAX_ROWS = 1_100_000

/**
 * Recognises a file by what it holds and reads it: OONI's counts, listings and analysis, IODA's signals, Cloudflare
 * Radar, Google's traffic, a table of levels, or our own table of dated outcomes. A row that cannot be read is set aside
 * with its place. Throws InputError for a file of no known form.
 */
export function readDated(text: string, file: string): DatedFile {
  if (OWN_HEAD.test(/^[^\n]*/.exec(text)?.[0] ?? '')) return ownTable(text, file)
  const content = readContent(text)
  const found = content.kind === 'json' ? ofJson(content.value, file) : ofRows(content.rows, content.names, file)
  if (found !== undefined) {
    const rejects = content.kind === 'rows' ? [...content.rejects, ...found.rejects] : found.rejects
    return { ...found, rejects }
  }
  if (content.kind === 'json') throw refuse(file, 'no form that is known')
  return ownTable(text, file)
}

/** A head line of our own table: a large one is read once. */
const OWN_HEAD = /^\uFEFF?[^[{]*\b(?:outcome|log10_lr)\b/i

function ownTable(text: string, file: string): DatedFile {
  const { series, rejects, ignored } = readSeriesTable(text, file)
  return {
    form: 'series',
    series,
    levels: [],
    rejects: rejects.map(({ line, message }) => ({ place: `line ${line}`, message })),
    ignored,
  }
}

const refuse = (file: string, found: string): InputError =>
  new InputError(`Cannot read series "${nameOf(file)}": ${found}`, {
    code: 'series.invalid',
    path: '',
    expected: 'a form of docs/formats/series.md',
  })

const outcomes = (form: DatedForm, { series, rejects }: OoniRows): DatedFile => ({
  form,
  series,
  levels: [],
  rejects,
  ignored: [],
})

const levelsOf = (form: DatedForm, { levels, rejects }: LevelRows): DatedFile => ({
  form,
  series: [],
  levels,
  rejects,
  ignored: [],
})

function ofJson(value: unknown, file: string): DatedFile | undefined {
  if (Array.isArray(value)) {
    const { rows, rejects } = rowsOfItems(value)
    if (rows.length === 0) {
      const google = readGoogle(value, nameOf(file))
      return google.levels.length === 0 ? undefined : levelsOf('google-traffic', google)
    }
    const found =
      ofRows(rows, namesOf(rows), file) ?? (isIoda(value) ? levelsOf('ioda-signals', readIoda(value)) : undefined)
    return found === undefined ? undefined : { ...found, rejects: [...rejects, ...found.rejects] }
  }
  if (!isObject(value)) return undefined
  const { result, results, data } = value
  if (isObject(result)) {
    const radar = readRadar(result)
    return radar.levels.length + radar.rejects.length === 0 ? undefined : levelsOf('radar-timeseries', radar)
  }
  if (isIoda(data)) return levelsOf('ioda-signals', readIoda(data))
  if (isIoda(value)) return levelsOf('ioda-signals', readIoda(value))
  const list = [result, results, data].find((one) => Array.isArray(one))
  return list === undefined ? undefined : ofJson(list, file)
}

/** Whether there is a signal of IODA in it, at any depth of arrays. */
function isIoda(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(isIoda)
  return isObject(value) && Array.isArray(value['values']) && 'step' in value && 'from' in value
}

/** Names of the first rows: a row may lack some. */
const namesOf = (rows: readonly FormRow[]): readonly string[] => [
  ...new Set(rows.slice(0, 20).flatMap(({ cells }) => Object.keys(cells))),
]

function ofRows(rows: readonly FormRow[], names: readonly string[], file: string): DatedFile | undefined {
  if (rows.length > MAX_ROWS) throw refuse(file, `${rows.length} rows, at most ${MAX_ROWS}`)
  const has = (...all: readonly string[]): boolean => all.every((name) => names.includes(name))
  const named = nameOf(file)
  if (has('measurement_count') && (has('ok_count') || has('anomaly_count'))) {
    if (!has('measurement_start_day')) throw refuse(file, 'counts without the axis measurement_start_day')
    return outcomes('ooni-aggregation', readAggregation(rows, named))
  }
  if (has('tls_blocked') || has('dns_blocked')) return outcomes('ooni-analysis', readAnalysis(rows, named))
  if (has('anomaly') && (has('measurement_start_time') || has('test_start_time')))
    return outcomes('ooni-listing', readListing(rows, named))
  const columns = levelColumns(names, rows)
  return columns === undefined ? undefined : levelsOf('level-table', readLevelTable(rows, columns, named))
}
