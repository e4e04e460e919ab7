import { Fault } from '../../core/model/errors.ts'
import { DISCORDANT } from '../../core/model/measured/discordant.ts'
import { CHANNELS, type MeasurementHead, type Provenance } from '../../core/model/measured/measurement.ts'
import { parseSubmittedBy } from '../../core/model/standing.ts'
import { instant, parseAsn, parseSha256 } from '../../core/model/units.ts'
import { KINDS, type Kind, type Verdict } from '../../core/model/measured/verdict.ts'
import type {
  KeptApart,
  ListedPoint,
  ExploredBin,
  CountStep,
  MatrixCell,
  MeasuredDay,
  LastInterfered,
  RecentSeries,
  RowKey,
  SeriesPoint,
  StoredVerdict,
} from './contract.ts'
import type { Row } from './engine.ts'

/** A value that this program would not have written. */
export const brokenColumn = (column: string, value: unknown): Fault =>
  new Fault(
    `Cannot read the warehouse: column ${column} holds ${JSON.stringify(value)}; "kuager rebuild" makes it again`,
  )

/** A column's text; throws Fault for anything else. */
export function requiredText(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw brokenColumn(column, value)
  return value
}

/** A column's number; throws Fault for anything else. */
export function number(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw brokenColumn(column, value)
  return value
}

/** A column's number, or undefined for NULL. */
export const columnNumber = (row: Row, column: string): number | undefined =>
  row[column] === null || row[column] === undefined ? undefined : number(row, column)

/** A column's text, or undefined for NULL. */
export const columnText = (row: Row, column: string): string | undefined =>
  row[column] === null ? undefined : requiredText(row, column)

/** A column's word out of a closed list; throws Fault for any other. */
export function oneOf<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = row[column]
  const word = words.find((candidate) => candidate === value)
  if (word === undefined) throw brokenColumn(column, value)
  return word
}

/** A row of sql/series.sql; throws Fault for a value that the program would not have written. */
export function decodeSeriesPoint(row: Row): SeriesPoint {
  const mechanism = columnText(row, 'mechanism')
  const layer = columnText(row, 'layer')
  const input = columnText(row, 'input')
  const probe = requiredText(row, 'probe')
  const device = requiredText(row, 'device')
  return {
    id: parseSha256(row['id']),
    at: instant(number(row, 'at')),
    kind: oneOf(row, 'kind', KINDS),
    ...(mechanism !== undefined && { mechanism }),
    ...(layer !== undefined && { layer }),
    log10Lr: number(row, 'log10_lr'),
    testName: requiredText(row, 'test_name'),
    ...(input !== undefined && { input }),
    channel: requiredText(row, 'channel'),
    simulated: number(row, 'simulated') === 1,
    ...(probe !== '' && { probe }),
    ...(device !== '' && { device }),
  }
}

/** A row of sql/listed.sql; throws Fault for a value that the program would not have written. */
export const decodeListedPoint = (row: Row): ListedPoint => ({
  ...decodeSeriesPoint(row),
  asn: parseAsn(row['probe_asn']),
  leafIndex: number(row, 'leaf_index'),
})

/** Rows of sql/kept-apart.sql; throws Fault for a value that the program would not have written. */
export function decodeKeptApart(rows: readonly Row[]): KeptApart {
  const newest = rows.map((row) => {
    const standing = parseSubmittedBy(requiredText(row, 'origin'))?.standing
    return { ...decodeSeriesPoint(row), ...(standing !== undefined && { standing }) }
  })
  return { total: rows[0] === undefined ? 0 : number(rows[0], 'total'), newest }
}

/** A row of sql/matrix.sql; throws Fault for a value that the program would not have written. */
export function decodeMatrixCell(row: Row): MatrixCell {
  const mechanism = columnText(row, 'mechanism')
  const kinds: Record<Kind, number> = {
    reachable: number(row, 'reachable'),
    interfered: number(row, 'interfered'),
    unreachable: number(row, 'unreachable'),
    inconclusive: number(row, 'inconclusive'),
    'not-judged': number(row, 'not_judged'),
  }
  return {
    service: requiredText(row, 'service'),
    asn: parseAsn(row['probe_asn']),
    kinds,
    probes: number(row, 'probes'),
    simulated: number(row, 'simulated') === 1,
    latest: instant(number(row, 'latest')),
    ...(mechanism !== undefined && { mechanism }),
  }
}

/** A row of sql/explored.sql; throws Fault for a value that the program would not have written. */
export function decodeExploredBin(row: Row, step: CountStep): ExploredBin {
  const timed = number(row, 'timed')
  const asn = number(row, 'asn')
  return {
    ...(asn === 0 ? {} : { asn: parseAsn(asn) }),
    bin: number(row, 'bin') * (step === 'clock' || step === 'day-hour' ? 1 : 1000),
    kinds: {
      reachable: number(row, 'reachable'),
      interfered: number(row, 'interfered'),
      unreachable: number(row, 'unreachable'),
      inconclusive: number(row, 'inconclusive'),
    },
    devices: number(row, 'devices'),
    unnamed: number(row, 'unnamed'),
    mechanisms: countsOf(row, 'mechanisms'),
    layers: countsOf(row, 'layers'),
    timed,
    ...(timed === 0 ? {} : { lnRatio: number(row, 'middle') }),
  }
}

/** A column of counts by name; throws Fault for anything else. */
function countsOf(row: Row, column: string): Readonly<Record<string, number>> {
  const value = row[column]
  if (typeof value !== 'object' || value === null) throw brokenColumn(column, value)
  return Object.fromEntries(Object.entries(value).map(([name, count]) => [name, Number(count)]))
}

/** A row of sql/recent.sql; throws Fault for a value that the program would not have written. */
export const decodeRecentSeries = (row: Row): RecentSeries => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  kinds: {
    reachable: number(row, 'reachable'),
    interfered: number(row, 'interfered'),
    unreachable: number(row, 'unreachable'),
    inconclusive: number(row, 'inconclusive'),
  },
  devices: number(row, 'devices'),
  measurements: number(row, 'measurements'),
  latest: instant(number(row, 'latest')),
})

/** A row of sql/last-interfered.sql; throws Fault for a value that the program would not have written. */
export const decodeLastInterfered = (row: Row): LastInterfered => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  latest: instant(number(row, 'latest')),
})

/** A row of sql/measured-hours.sql; throws Fault for a value that the program would not have written. */
export const decodeMeasuredDay = (row: Row): MeasuredDay => ({
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  day: number(row, 'day'),
  measured: number(row, 'measured'),
  unreached: number(row, 'unreached'),
  unsettled: number(row, 'unsettled'),
  measurements: number(row, 'measurements'),
  latest: instant(number(row, 'latest')),
})

/** Everything of a leaf's place but the id, which its verdict holds. */
export const decodeKnownLeaf = (row: Row): Omit<RowKey, 'id'> => ({
  leafIndex: number(row, 'leaf_index'),
  service: requiredText(row, 'service'),
  asn: parseAsn(row['probe_asn']),
  startedAt: instant(number(row, 'at')),
})

export interface FoundVerdict {
  readonly stored: StoredVerdict
  readonly key: Omit<RowKey, 'id'>
  readonly judged: number
}

/** A stored verdict with where it stands; head and verdict are the JSON that rows.ts wrote. */
export function decodeStoredVerdict(id: Provenance['id'], row: Row): FoundVerdict {
  const verdict = json(row, 'verdict') as Verdict
  if (!KINDS.includes(verdict.kind)) throw brokenColumn('verdict', verdict.kind)
  const key = decodeKnownLeaf(row)
  const discordant = DISCORDANT.find((half) => half === row['discordant'])
  return {
    key,
    judged: number(row, 'judged'),
    stored: {
      provenance: {
        id,
        receivedAt: instant(number(row, 'received')),
        channel: oneOf(row, 'channel', CHANNELS),
        origin: requiredText(row, 'origin'),
      },
      leafIndex: key.leafIndex,
      head: json(row, 'head') as MeasurementHead,
      service: key.service,
      verdict,
      ...(discordant !== undefined && { discordant }),
    },
  }
}

function json(row: Row, column: string): object {
  const value: unknown = JSON.parse(requiredText(row, column))
  if (typeof value !== 'object' || value === null) throw brokenColumn(column, value)
  return value
}
