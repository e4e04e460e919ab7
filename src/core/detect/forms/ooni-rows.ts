import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { defined } from '../../model/defined.ts'
import { InputError } from '../../model/errors.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { DetectedIncident, Edge } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant, type Instant } from '../../model/units.ts'
import { numberOf, textOf, type FormReject, type FormRow } from './rows.ts'
import { parseTime } from './time-cell.ts'

// OONI's answers and tables as readings of series. What OONI calls an anomaly is taken as a failure without a control:
// docs/formats/series.md, "Answers and tables of OONI".

/** A stretch of time that one row counts as a whole. */
export interface AggregationBucket {
  readonly from: Instant
  readonly until: Instant
}

/** Readings of one name on one network. */
export interface OoniSeries {
  readonly service: string
  readonly network: string
  readonly readings: readonly Reading[]
  /** Where rows are counts: the stretches that were counted, in the order of time. Inside one, no order is known. */
  readonly buckets?: readonly AggregationBucket[]
}

export interface OoniRows {
  readonly series: readonly OoniSeries[]
  readonly rejects: readonly FormReject[]
}

/** Longest name of a service or network. */
const MAX_NAME = 200

interface Cell {
  readonly service: string
  readonly network: string
  readonly reading: Reading
}

/** Rows one by one: a row that cannot be read is set aside, and no other. */
function each<T>(
  rows: readonly FormRow[],
  read: (row: FormRow) => T,
): { readonly found: readonly T[]; readonly rejects: readonly FormReject[] } {
  const found: T[] = []
  const rejects: FormReject[] = []
  for (const row of rows) {
    try {
      found.push(read(row))
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      rejects.push({ place: row.place, message: `${error.message}; expected ${error.expected}` })
    }
  }
  return { found, rejects }
}

const wrong = (column: string, value: unknown, expected: string): InputError =>
  new InputError(`${column} is ${JSON.stringify(textOf(value).slice(0, 60))}`, {
    code: 'series.cell',
    path: column,
    expected,
  })

/** Host of an input, which is a URL, a host, or an address of one of OONI's schemes. */
function hostOf(input: string): string {
  const host = /^(?:[a-z+]+:\/\/)?([^/:?#]+)/i.exec(input)?.[1] ?? ''
  return host.toLowerCase()
}

/** The name that a row is about: the domain or the host of the input; without both, the test. */
function serviceOf({ cells }: FormRow): string {
  const host = textOf(cells['domain']).toLowerCase() || hostOf(textOf(cells['input']))
  const test = textOf(cells['test_name'])
  const web = test === '' || test === 'web_connectivity'
  const name = web ? host || textOf(cells['category_code']) : [test, host].filter((part) => part !== '').join(' ')
  if (name.length > MAX_NAME) throw wrong('input', name, `a name of at most ${MAX_NAME} characters`)
  return name
}

function networkOf({ cells }: FormRow): string {
  const value = textOf(cells['probe_asn'])
  if (value === '') return textOf(cells['probe_cc']).toUpperCase().slice(0, 2)
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(value)?.[1]
  if (digits === undefined) throw wrong('probe_asn', value, 'AS and a number')
  return `AS${Number(digits)}`
}

const PLAIN = { probe: '', control: 'none', canary: 'none', artefact: false, scheduled: false } as const

/** Values of a column of truth: of JSON, of Postgres, of ClickHouse, of a spreadsheet. */
const TRUE: ReadonlySet<string> = new Set(['true', 't', '1', 'yes'])
const FALSE: ReadonlySet<string> = new Set(['false', 'f', '0', 'no', 'n', '', 'null', '\\n'])
function truth(row: FormRow, ...names: readonly string[]): boolean {
  const name = names.find((one) => row.cells[one] !== undefined) ?? names[0]! // called with one name at least
  const word = textOf(row.cells[name]).toLowerCase()
  if (TRUE.has(word)) return true
  if (FALSE.has(word)) return false
  throw wrong(name, word, 'true or false')
}

/** Reads listings of measurements (`GET /api/v1/measurements`, rows of `fastpath`). */
export function readListing(rows: readonly FormRow[], named: string): OoniRows {
  const { found, rejects } = each(rows, (row): Cell => {
    const time = textOf(row.cells['measurement_start_time']) || textOf(row.cells['test_start_time'])
    const confirmed = truth(row, 'confirmed')
    const failure = truth(row, 'failure', 'msm_failure')
    const target = failure && !confirmed ? 'none' : confirmed || truth(row, 'anomaly') ? 'fail' : 'ok'
    return {
      service: serviceOf(row) || named,
      network: networkOf(row),
      // One report is of one device; several may be of one device too.
      reading: {
        ...PLAIN,
        at: parseTime(time, 'measurement_start_time'),
        probe: textOf(row.cells['report_id']) || textOf(row.cells['measurement_uid']),
        target,
        artefact: confirmed,
      },
    }
  })
  return { series: grouped(found), rejects }
}

/** The part of (blocked, down, ok) that an answer must have to be taken for it. */
const DECIDES = 0.5

const LAYERS = ['tls', 'tcp', 'dns'] as const

/** Mechanisms by layer and OONI's word of the failure; others stay without. */
const MECHANISM: Readonly<Record<string, Mechanism>> = {
  'tls generic_timeout_error': 'tls.timeout',
  'tls connection_reset': 'tls.reset',
  'tls eof_error': 'tls.close',
  'tcp generic_timeout_error': 'tcp.timeout',
  'tcp connection_refused': 'tcp.refused',
  'tcp connection_reset': 'tcp.reset',
  'dns dns_nxdomain_error': 'dns.nxdomain',
  'dns dns_servfail_error': 'dns.servfail',
  'dns dns_refused_error': 'dns.refused',
  'dns generic_timeout_error': 'dns.timeout',
}

/**
 * Reads rows of `analysis_web_measurement` of OONI's pipeline: for each layer how far it is blocked, down and ok. A TLS
 * handshake with a valid certificate is a completed exchange also where DNS is odd; where the control of a layer is down
 * too, the row is a failure in both halves.
 */
export function readAnalysis(rows: readonly FormRow[], named: string): OoniRows {
  const { found, rejects } = each(rows, (row): Cell => ({
    service: serviceOf(row) || named,
    network: networkOf(row),
    reading: {
      ...PLAIN,
      at: parseTime(textOf(row.cells['measurement_start_time']), 'measurement_start_time'),
      probe: textOf(row.cells['report_id']) || textOf(row.cells['measurement_uid']),
      ...analysed(row),
    },
  }))
  return { series: grouped(found), rejects }
}

function analysed(row: FormRow): Pick<Reading, 'target' | 'control' | 'mechanism'> {
  const part = (layer: string, what: string): number => {
    const name = `${layer}_${what}`
    const value = numberOf(row.cells[name]) ?? 0
    if (!(value >= 0 && value <= 1)) throw wrong(name, row.cells[name], 'a number from 0 to 1')
    return value
  }
  if (part('tls', 'ok') > DECIDES) return { target: 'ok', control: 'none' }
  const failed = LAYERS.filter((layer) => part(layer, 'blocked') + part(layer, 'down') > DECIDES)
  if (failed.length === 0) {
    const opened =
      part('tcp', 'ok') > DECIDES && part('dns', 'ok') > DECIDES && /^http:/i.test(textOf(row.cells['input']))
    return { target: opened ? 'ok' : 'none', control: 'none' } // a connection alone says nothing of an https name
  }
  const blocked = failed.find((layer) => part(layer, 'blocked') > part(layer, 'down'))
  if (blocked === undefined) return { target: 'fail', control: 'fail' }
  const failure = textOf(row.cells[`top_${blocked}_failure`])
  return { target: 'fail', control: 'none', ...defined({ mechanism: MECHANISM[`${blocked} ${failure}`] }) }
}

function grouped(cells: readonly Cell[]): readonly OoniSeries[] {
  const series = new Map<string, { service: string; network: string; readings: Reading[] }>()
  for (const { service, network, reading } of cells) {
    const key = `${service}\n${network}`
    const one = series.get(key) ?? { service, network, readings: [] }
    one.readings.push(reading)
    series.set(key, one)
  }
  return [...series.values()].map((one) => ({ ...one, readings: one.readings.toSorted((a, b) => a.at - b.at) }))
}

/** Most readings that one stretch is given: its measurements are not independent, and their order is not known. */
const MOST_OF_DAY = 12
const MOST_OF_HOUR = 4

interface Count {
  readonly service: string
  readonly network: string
  readonly at: Instant
  readonly ok: number
  readonly failed: number
  readonly confirmed: number
}

/**
 * Reads counts (`GET /api/v1/aggregation` with the axis `measurement_start_day`): the share that failed in each
 * stretch is kept by up to twelve readings a day and four an hour, failures and passes mingled.
 */
export function readAggregation(rows: readonly FormRow[], named: string): OoniRows {
  const { found, rejects } = each(rows, (row): Count => {
    const count = (name: string): number => {
      const value = numberOf(row.cells[name]) ?? 0
      if (!Number.isInteger(value) || value < 0) throw wrong(name, row.cells[name], 'a whole number from 0')
      return value
    }
    const [ok, anomaly, confirmed] = [count('ok_count'), count('anomaly_count'), count('confirmed_count')]
    if (ok + anomaly + confirmed > count('measurement_count'))
      throw wrong('measurement_count', row.cells['measurement_count'], 'no less than the sum of its parts')
    return {
      service: serviceOf(row) || named,
      network: networkOf(row),
      at: parseTime(textOf(row.cells['measurement_start_day']), 'measurement_start_day'),
      ok,
      failed: anomaly + confirmed,
      confirmed,
    }
  })
  const bucketOf = grainOf(found.map(({ at }) => at))
  const series = new Map<string, Count[]>()
  for (const count of found) {
    const key = `${count.service}\n${count.network}`
    series.set(key, [...(series.get(key) ?? []), count])
  }
  return { series: [...series.values()].map((counts) => spread(counts, bucketOf)), rejects }
}

/** How long the stretches of a table are: its times are their beginnings. */
function grainOf(times: readonly Instant[]): (at: Instant) => AggregationBucket {
  const all = [...new Set(times)].toSorted((a, b) => a - b)
  const long =
    (length: number) =>
    (at: Instant): AggregationBucket => ({ from: at, until: instant(at + length) })
  if (all.some((at) => at % DAY_MS !== 0)) return long(HOUR_MS)
  const gaps = all.slice(1).map((at, i) => at - all[i]!) // i is the one before
  if (gaps.length >= 2 && all.every((at) => new Date(at).getUTCDate() === 1))
    return (at) => {
      const day = new Date(at)
      return { from: at, until: instant(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 1)) }
    }
  return gaps.length >= 3 && gaps.every((gap) => gap % (7 * DAY_MS) === 0) ? long(7 * DAY_MS) : long(DAY_MS)
}

function spread(counts: readonly Count[], bucketOf: (at: Instant) => AggregationBucket): OoniSeries {
  const buckets = new Map<Instant, { ok: number; failed: number; confirmed: number }>()
  for (const { at, ok, failed, confirmed } of counts) {
    const sum = buckets.get(at) ?? { ok: 0, failed: 0, confirmed: 0 }
    buckets.set(at, { ok: sum.ok + ok, failed: sum.failed + failed, confirmed: sum.confirmed + confirmed })
  }
  const readings: Reading[] = []
  const stretches: AggregationBucket[] = []
  for (const [at, { ok, failed, confirmed }] of [...buckets].toSorted(([a], [b]) => a - b)) {
    if (ok + failed === 0) continue
    const bucket = bucketOf(at)
    stretches.push(bucket)
    const length = bucket.until - bucket.from
    const n = Math.min(
      ok + failed,
      length <= HOUR_MS ? MOST_OF_HOUR : Math.max(1, Math.round((MOST_OF_DAY * length) / DAY_MS)),
    )
    for (let i = 0; i < n; i++) {
      const share = failed / (ok + failed)
      const fails = Math.floor((i + 1) * share + 0.5) > Math.floor(i * share + 0.5)
      readings.push({
        ...PLAIN,
        at: instant(Math.round(bucket.from + ((i + 0.5) / n) * length)),
        target: fails ? 'fail' : 'ok',
        artefact: fails && confirmed * 2 > failed,
      })
    }
  }
  const [{ service, network } = { service: '', network: '' }] = counts
  return { service, network, readings, buckets: stretches }
}

/**
 * An incident of a series of counts: inside a stretch no order is known, so that every bound of start and end is moved
 * out to the bound of the stretch that it falls into. Medians stay: they say which stretch, and no more.
 */
export function widenToBuckets(found: DetectedIncident, buckets: readonly AggregationBucket[]): DetectedIncident {
  return { ...found, start: widen(found.start, buckets), end: widen(found.end, buckets) }
}

function widen(edge: Edge, buckets: readonly AggregationBucket[]): Edge {
  const holding = (at: Instant): AggregationBucket | undefined =>
    buckets.find(({ from, until }) => at >= from && at < until)
  const out: { -readonly [Key in keyof Edge]: Edge[Key] } = { ...edge }
  if (edge.lo95 !== undefined) out.lo95 = holding(edge.lo95)?.from ?? edge.lo95
  if (edge.hi95 !== undefined) out.hi95 = holding(edge.hi95)?.until ?? edge.hi95
  if (edge.lo50 !== undefined) out.lo50 = holding(edge.lo50)?.from ?? edge.lo50
  if (edge.hi50 !== undefined) out.hi50 = holding(edge.hi50)?.until ?? edge.hi50
  const [first, last] = edge.bracket
  out.bracket = [
    first === undefined ? undefined : (holding(first)?.from ?? first),
    last === undefined ? undefined : (holding(last)?.until ?? last),
  ]
  return out
}
