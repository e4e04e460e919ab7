import { parseCsv } from '../../model/csv.ts'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { InputError } from '../../model/errors.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant, parseInstant, type Instant } from '../../model/units.ts'
import {
  canaryOf,
  controlOf,
  hasArtefact,
  isScheduled,
  lowerBound,
  packOutcome,
  targetOf,
  type Columns,
} from '../chain/columns.ts'
import { serviceOwner, type Owners } from './owners.ts'
import type { TableSeries } from './series-table.ts'

// What an outage explains is no restriction of a service (docs/methods/detecting.md, section 9, "Outages").

/** An outage that is known from elsewhere, of one network or of all. */
export interface TableOutage {
  readonly from: Instant
  readonly until: Instant
  /** As the table names it; absent: all networks. */
  readonly network?: string
}

/** Owners of other services that must have failed within an hour, and none passed, for a failure to be the network's. */
const LEAST_OTHERS = 3
const NEAR_MS = HOUR_MS
/** All that is measured may also be restricted at once: a longer time is not taken for an outage. */
const LONGEST_MS = 7 * DAY_MS

/** A series without the failures that an outage explains, and how many those were. */
export interface MaskedSeries extends TableSeries {
  readonly outage: number
}

/**
 * Takes failures out that are those of a known outage, or of a time at which everything measured on the network failed.
 * Series whose network the table does not name share none.
 */
export function maskOutages(
  series: readonly TableSeries[],
  { outages = [], owners }: { readonly outages?: readonly TableOutage[]; readonly owners?: Owners },
): readonly MaskedSeries[] {
  const masked = new Map(series.map((one) => [one, new Set<number>()]))
  const named = series.filter(({ network }) => !UNNAMED.test(network))
  for (const group of Map.groupBy(named, ({ network }) => network).values())
    for (const [one, index] of withinOutages(rowsOf(group, owners))) masked.get(one)?.add(index)
  return series.map((one) => {
    const hidden = masked.get(one) ?? new Set<number>()
    const known = outages.filter(({ network }) => network === undefined || network === one.network)
    one.readings.forEach((reading, index) => {
      if (open(reading) && known.some(({ from, until }) => reading.at >= from && reading.at <= until)) hidden.add(index)
    })
    const readings = one.readings.map((reading, index) =>
      hidden.has(index)
        ? { ...reading, target: 'none' as const, control: 'none' as const, canary: 'none' as const }
        : reading,
    )
    return { ...one, readings: hidden.size === 0 ? one.readings : readings, outage: hidden.size }
  })
}

/** Not a network: nothing, or the country that rows of OONI give in its place. */
const UNNAMED = /^(?:[A-Z]{2})?$/

/**
 * Readings of a series without the failures that an outage explains: they count as not measured, as in a table. Gives
 * the same columns where there is none.
 */
export function maskColumns(
  columns: Columns,
  outages: readonly { readonly from: number; readonly until: number }[],
): Columns {
  const hidden = outages.flatMap(({ from, until }) =>
    range(lowerBound(columns.at, from), lowerBound(columns.at, until + 1)).filter(
      (k) => open(outcomeOf(columns.outcome[k]!)), // below the size
    ),
  )
  if (hidden.length === 0) return columns
  const outcome = columns.outcome.slice()
  const log10Lr = columns.log10Lr.slice()
  for (const k of hidden) {
    const scheduled = isScheduled(outcome[k]!) // below the size
    outcome[k] = packOutcome({ target: 'none', control: 'none', canary: 'none', artefact: false, scheduled })
    log10Lr[k] = Number.NaN
  }
  return { ...columns, outcome, log10Lr }
}

const range = (from: number, until: number): readonly number[] =>
  Array.from({ length: Math.max(0, until - from) }, (_, k) => from + k)

const outcomeOf = (outcome: number): Outcome => ({
  target: targetOf(outcome),
  control: controlOf(outcome),
  canary: canaryOf(outcome),
  artefact: hasArtefact(outcome),
})

type Outcome = Pick<Reading, 'target' | 'control' | 'canary' | 'artefact'>

/** A failure that the connection may explain: no control and no comparison passed, and nothing was shown. */
const open = ({ target, control, canary, artefact }: Outcome): boolean =>
  (target === 'fail' || target === 'slow') && control !== 'ok' && canary !== 'ok' && !artefact

interface Row {
  readonly at: number
  readonly series: TableSeries
  readonly index: number
  readonly owner: string
  /** `up`: something passed, or a restriction is shown; `neither`: nothing was learnt. */
  readonly kind: 'up' | 'failed' | 'neither'
}

function kindOf(reading: Reading): Row['kind'] {
  if (open(reading)) return 'failed'
  return reading.target === 'none' && reading.control !== 'ok' && reading.canary !== 'ok' ? 'neither' : 'up'
}

const rowsOf = (group: readonly TableSeries[], owners: Owners | undefined): readonly Row[] =>
  group
    .flatMap((series) => {
      const owner = serviceOwner(series.service, owners)
      return series.readings.map((reading, index): Row => ({
        at: reading.at,
        series,
        index,
        owner,
        kind: kindOf(reading),
      }))
    })
    .toSorted((a, b) => a.at - b.at)

/** Failures within stretches in which everything fails that is measured on one network. */
function withinOutages(rows: readonly Row[]): readonly (readonly [TableSeries, number])[] {
  const found: (readonly [TableSeries, number])[] = []
  const explained = rows.map((row, place) => row.kind === 'failed' && allFail(rows, place))
  for (let first = 0; first < rows.length; first++) {
    if (explained[first] !== true) continue
    let last = first
    for (let k = first + 1; k < rows.length && rows[k]!.kind !== 'up'; k++) if (explained[k] === true) last = k // below length, here and below
    if (rows[last]!.at - rows[first]!.at <= LONGEST_MS)
      for (const { series, index, kind } of rows.slice(first, last + 1))
        if (kind === 'failed') found.push([series, index])
    first = last
  }
  return found
}

/** Whether within an hour of a row services of enough other owners failed and nothing passed. */
function allFail(rows: readonly Row[], place: number): boolean {
  const { at, owner } = rows[place]! // a row
  const others = new Set<string>()
  for (const step of [-1, 1])
    for (let k = place; k >= 0 && k < rows.length && Math.abs(rows[k]!.at - at) <= NEAR_MS; k += step) {
      const row = rows[k]! // within the rows
      if (row.kind === 'up') return false
      if (row.kind === 'failed' && row.owner !== owner) others.add(row.owner)
    }
  return others.size >= LEAST_OTHERS
}

const COLUMNS = ['from_utc', 'until_utc', 'network'] as const

/**
 * Reads known outages (docs/formats/series.md): CSV with `from_utc,until_utc` and, for one network only, `network`. Throws
 * InputError with line and column for what it cannot read: an outage that is left out would make a restriction of it.
 */
export function readOutages(text: string, file: string): readonly TableOutage[] {
  const [head, ...rows] = parseCsv(text)
  const names = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? []
  const refuse = (line: number, found: string, expected: string): InputError =>
    new InputError(`Cannot read outages "${file}", line ${line}: ${found}`, {
      code: 'outages.invalid',
      path: `line ${line}`,
      expected,
    })
  const [from, until, network] = COLUMNS.map((name) => names.indexOf(name))
  if (from === undefined || until === undefined || from < 0 || until < 0)
    throw refuse(1, 'no column from_utc or until_utc', COLUMNS.join(','))
  return rows.map(({ line, cells }): TableOutage => {
    const time = (place: number): Instant => {
      try {
        return instant(parseInstant((cells[place] ?? '').trim()))
      } catch (error) {
        if (error instanceof InputError) throw refuse(line, 'a time that cannot be read', 'YYYY-MM-DDTHH:MM:SSZ')
        throw error
      }
    }
    const span = { from: time(from), until: time(until) }
    if (span.until < span.from) throw refuse(line, 'it ends before it begins', 'from_utc before until_utc')
    const name = (cells[network ?? -1] ?? '').trim().replace(/^(?=\d+$)/, 'AS')
    return name === '' ? span : { ...span, network: name }
  })
}
