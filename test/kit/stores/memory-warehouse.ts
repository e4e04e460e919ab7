import { defined } from '../../../src/core/model/defined.ts'
import { DAY_MS } from '../../../src/core/model/duration.ts'
import { deviceOf } from '../../../src/core/model/device.ts'
import type { Observation } from '../../../src/core/model/measured/observation.ts'
import { pairTimesOf } from '../../../src/core/model/measured/pair-times.ts'
import { halvesOf } from '../../../src/core/model/measured/reading-of.ts'
import type { Reading } from '../../../src/core/model/measured/reading.ts'
import { COUNTED_STANDINGS, parseSubmittedBy } from '../../../src/core/model/standing.ts'
import { instant, type Asn, type Instant, type Sha256 } from '../../../src/core/model/units.ts'
import { KINDS, type Kind } from '../../../src/core/model/measured/verdict.ts'
import { HOME_ZONE, zonedParts } from '../../../src/core/text/time.ts'
import { midnightBefore } from '../../../src/core/text/home-day.ts'
import {
  CONFIRMED_MECHANISMS,
  type AggregatedRow,
  type AggregationAsked,
  type ExploredBin,
  type CountStep,
  type Judged,
  type ListPlace,
  type MatrixCell,
  type MeasuredDay,
  type Period,
  type RecentSeries,
  type SeriesName,
  type SeriesPoint,
  type Warehouse,
} from '../../../src/store/warehouse/contract.ts'

type SiteWarehouse = Pick<
  Warehouse,
  | 'matrix'
  | 'recent'
  | 'lastInterfered'
  | 'measuredHours'
  | 'series'
  | 'explored'
  | 'aggregated'
  | 'listed'
  | 'readings'
  | 'keptApart'
  | 'apart'
  | 'measurement'
  | 'observations'
>

const domainOf = (input: string | undefined): string => {
  const url = input !== undefined && URL.canParse(input) ? new URL(input) : undefined
  return url?.hostname ?? ''
}

function axisKey(
  head: Judged['head'],
  axis: AggregationAsked['axes'][number],
  grain: AggregationAsked['grain'],
): string {
  const at = new Date(head.startedAt)
  const day = (date: Date): string => date.toISOString().slice(0, 10)
  switch (axis) {
    case 'measurement_start_day':
      if (grain === 'hour') return `${at.toISOString().slice(0, 13)}:00:00Z`
      if (grain === 'week') return day(new Date(head.startedAt - ((at.getUTCDay() + 6) % 7) * DAY_MS))
      return grain === 'day'
        ? day(at)
        : grain === 'month'
          ? `${day(at).slice(0, 7)}-01`
          : `${day(at).slice(0, 4)}-01-01`
    case 'probe_cc':
      return head.probeCc
    case 'probe_asn':
      return String(head.probeAsn)
    case 'test_name':
      return head.testName
    case 'input':
      return head.input ?? ''
    case 'domain':
      return domainOf(head.input)
  }
}

function toAggregated(keys: readonly string[], own: readonly Judged[]): AggregatedRow {
  const count = (is: (row: Judged) => boolean): number => own.filter(is).length
  const isConfirmed = ({ verdict: { mechanism } }: Judged): boolean =>
    mechanism !== undefined && CONFIRMED_MECHANISMS.includes(mechanism)
  return {
    keys,
    ok: count(({ verdict }) => verdict.kind === 'reachable'),
    confirmed: count((row) => row.verdict.kind === 'interfered' && isConfirmed(row)),
    anomaly: count((row) => row.verdict.kind === 'interfered' && !isConfirmed(row)),
    failure: count(({ verdict: { kind } }) => kind === 'unreachable' || kind === 'inconclusive'),
  }
}

/** What the site asks of a warehouse, answered from an array: the same shapes as the real one's, by the same names. */
export function memoryWarehouse(rows: readonly Judged[]): SiteWarehouse {
  const byId = new Map<Sha256, Judged>(rows.map((row) => [row.provenance.id, row]))
  const within = (period: Period): readonly Judged[] =>
    [...byId.values()].filter(({ head }) => head.startedAt >= period.since && head.startedAt < period.until)
  return {
    matrix: async (period) => [...Map.groupBy(within(period).filter(counts), cellKey).values()].map(toCell),
    recent: async (period) => bySeries(judged(within(period), period.simulated)).map(toRecent),
    lastInterfered: async (period) =>
      bySeries(judged(within(period), period.simulated).filter(({ verdict }) => verdict.kind === 'interfered')).map(
        (rows) => ({ ...seriesOf(rows), latest: rows.toSorted(byTime).at(-1)!.head.startedAt }), // a group is never empty
      ),
    measuredHours: async (period) =>
      bySeries(judged(within(period), period.simulated)).flatMap((rows) => toMeasuredDays(rows, period.since)),
    series: async (service, asn, period) =>
      within(period)
        .filter((row) => row.service === service && row.head.probeAsn === asn && counts(row))
        .map(toPoint)
        .toSorted((a, b) => a.at - b.at),
    explored: async (service, { asns, step, simulated, ...period }) => {
      const rows = judged(within(period), simulated).filter(
        (row) => row.service === service && (asns === undefined || asns.includes(row.head.probeAsn)),
      )
      const keyOf = ({ head }: Judged): string =>
        `${asns === undefined ? '' : head.probeAsn} ${binOf(head.startedAt, step)}`
      return [...Map.groupBy(rows, keyOf).values()]
        .map((own) => toExplored(own, step, asns === undefined))
        .toSorted((a, b) => (a.asn ?? 0) - (b.asn ?? 0) || a.bin - b.bin)
    },
    aggregated: async ({ axes, grain, countries, asns, tests, inputs, domains, most, simulated, ...period }) => {
      const isIn = <T>(list: readonly T[], value: T): boolean => list.length === 0 || list.includes(value)
      const rows = judged(within(period), simulated).filter(
        ({ head }) =>
          isIn(countries, head.probeCc) &&
          isIn(asns, head.probeAsn) &&
          isIn(tests, head.testName) &&
          isIn(inputs, head.input ?? '') &&
          isIn(domains, domainOf(head.input)),
      )
      const keysOf = ({ head }: Judged): readonly string[] => axes.map((axis) => axisKey(head, axis, grain))
      return [...Map.groupBy(rows, (row) => keysOf(row).join('\n'))]
        .map(([key, own]) => toAggregated(axes.length === 0 ? [] : key.split('\n'), own))
        .toSorted((a, b) => (a.keys.join('\n') < b.keys.join('\n') ? -1 : 1))
        .slice(0, most)
    },
    listed: async (service, { asn, after, most, realOnly = false, ...period }) =>
      within(period)
        .filter((row) => row.service === service && counts(row) && !(realOnly && row.head.simulated))
        .map((row) => ({ ...toPoint(row), asn: row.head.probeAsn, leafIndex: row.leafIndex }))
        .filter((row) => asn === undefined || row.asn === asn)
        .toSorted(byPlace)
        .filter((row) => after === undefined || byPlace(row, after) > 0)
        .slice(0, most),
    keptApart: async (service, asn, { most, ...period }) => {
      const rows = within(period)
        .filter((row) => row.service === service && row.head.probeAsn === asn && !counts(row))
        .toSorted((a, b) => b.head.startedAt - a.head.startedAt || b.leafIndex - a.leafIndex)
      const newest = rows.slice(0, most).map((row) => {
        const standing = parseSubmittedBy(row.provenance.origin)?.standing
        return { ...toPoint(row), ...defined({ standing }) }
      })
      return { total: rows.length, newest }
    },
    apart: async (service, asn, { simulated, ...period }) =>
      within(period).filter(
        (row) =>
          row.service === service &&
          row.head.probeAsn === asn &&
          row.head.simulated === simulated &&
          !counts(row) &&
          toReading(row).target !== 'none',
      ).length,
    readings: async (service, asn, period) =>
      readingsOf(
        within(period)
          .filter(counts)
          .filter(
            (row) => row.service === service && row.head.probeAsn === asn && row.head.simulated === period.simulated,
          ),
      ),
    measurement: async (id) => {
      const row = byId.get(id)
      if (row === undefined) return undefined
      const { observations: _, ...stored } = row
      return stored
    },
    observations: async (id) => (byId.get(id)?.observations ?? []).map(toRow),
  }
}

const byPlace = (a: ListPlace, b: ListPlace): number => a.asn - b.asn || a.at - b.at || a.leafIndex - b.leafIndex

/** Whether the sender is known to the collector, or it came by another way. */
const counts = ({ provenance: { channel, origin } }: Judged): boolean =>
  channel !== 'collector' || COUNTED_STANDINGS.some((standing) => parseSubmittedBy(origin)?.standing === standing)

const judged = (rows: readonly Judged[], simulated: boolean): readonly Judged[] =>
  rows.filter((row) => counts(row) && row.head.simulated === simulated && row.verdict.kind !== 'not-judged')

const bySeries = (rows: readonly Judged[]): readonly (readonly Judged[])[] => [...Map.groupBy(rows, cellKey).values()]

function toRecent(rows: readonly Judged[]): RecentSeries {
  const devices = Map.groupBy(rows, ({ provenance, head, leafIndex }) => deviceOf(provenance, head) || leafIndex)
  const kinds = { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0 }
  for (const own of devices.values()) {
    const settled = own.filter(({ verdict }) => verdict.kind !== 'inconclusive').toSorted(byTime)
    const kind = settled.at(-1)?.verdict.kind ?? 'inconclusive'
    if (kind !== 'not-judged') kinds[kind]++
  }
  return {
    ...seriesOf(rows),
    kinds,
    devices: [...devices.keys()].filter((device) => typeof device === 'string').length,
    measurements: rows.length,
    latest: rows.toSorted(byTime).at(-1)!.head.startedAt, // a group is never empty
  }
}

function toMeasuredDays(rows: readonly Judged[], since: Instant): readonly MeasuredDay[] {
  const hourOf = ({ head }: Judged): number => Math.floor((head.startedAt - since) / 3_600_000)
  return [...Map.groupBy(rows, (row) => Math.floor(hourOf(row) / 24))].map(([day, own]) => {
    const bits = { measured: 0, unreached: 0, unsettled: 0 }
    for (const [hour, list] of Map.groupBy(own, (row) => hourOf(row) % 24)) {
      const unreachable = list.filter(({ verdict }) => verdict.kind === 'unreachable').length
      const reachable = list.filter(({ verdict }) => verdict.kind === 'reachable').length
      const interfered = list.filter(({ verdict }) => verdict.kind === 'interfered').length
      bits.measured |= 1 << hour
      if (unreachable > reachable + interfered) bits.unreached |= 1 << hour
      else if (interfered >= reachable) bits.unsettled |= 1 << hour
    }
    const latest = own.toSorted(byTime).at(-1)!.head.startedAt // a group is never empty
    return { ...seriesOf(own), day, ...bits, measurements: own.length, latest }
  })
}

/** Start of the bin of an instant in the home zone; of `clock` the hour of the week, of `day-hour` that of the day. */
function binOf(at: Instant, step: CountStep): number {
  if (step === 'hour') return Math.floor(at / 3_600_000) * 3_600_000
  if (step === 'day-hour') return zonedParts(at, HOME_ZONE).hour
  const day = midnightBefore(at)
  const weekday = (new Date(day + 12 * 3_600_000).getUTCDay() + 6) % 7
  if (step === 'clock') return weekday * 24 + zonedParts(at, HOME_ZONE).hour
  return step === 'day' ? day : midnightBefore(instant(day - weekday * DAY_MS + DAY_MS / 2))
}

function toExplored(rows: readonly Judged[], step: CountStep, isPooled: boolean): ExploredBin {
  const [{ head }] = rows as [Judged]
  const kinds = { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0 }
  const devices = rows.map((row) => deviceOf(row.provenance, row.head))
  const failed = rows.filter(({ verdict }) => verdict.kind === 'interfered' || verdict.kind === 'unreachable')
  for (const { verdict } of rows) if (verdict.kind !== 'not-judged') kinds[verdict.kind]++
  const ratios = rows
    .map((row) => toReading(row).lnRatio)
    .filter((one) => one !== undefined)
    .toSorted((a, b) => a - b)
  return {
    ...(isPooled ? {} : { asn: head.probeAsn }),
    bin: binOf(head.startedAt, step),
    kinds,
    devices: new Set(devices.filter((name) => name !== '')).size,
    unnamed: devices.filter((name) => name === '').length,
    mechanisms: counted(failed.map(({ verdict }) => verdict.mechanism)),
    layers: counted(failed.map(({ verdict }) => verdict.layer)),
    timed: ratios.length,
    ...defined({ lnRatio: ratios[Math.floor(ratios.length / 2)] }),
  }
}

const counted = (names: readonly (string | undefined)[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [
      ...Map.groupBy(
        names.filter((name) => name !== undefined),
        (name) => name,
      ),
    ].map(([name, own]) => [name, own.length]),
  )

const byTime = (a: Judged, b: Judged): number => a.head.startedAt - b.head.startedAt || a.leafIndex - b.leafIndex

function seriesOf(rows: readonly Judged[]): SeriesName {
  const [{ service, head }] = rows as [Judged]
  return { service, asn: head.probeAsn }
}

const cellKey = ({ service, head }: Judged): string => `${service} ${head.probeAsn}`

function toCell(rows: readonly Judged[]): MatrixCell {
  const kinds = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>
  let latest = 0 as Instant
  let simulated = false
  for (const { head, verdict } of rows) {
    kinds[verdict.kind]++
    if (head.startedAt > latest) latest = head.startedAt
    simulated ||= head.simulated
  }
  const [{ service, head }] = rows as [Judged]
  const asn: Asn = head.probeAsn
  const mechanism = rows.find(({ verdict }) => verdict.kind === 'interfered')?.verdict.mechanism
  const probes = new Set(rows.map((row) => deviceOf(row.provenance, row.head)).filter((name) => name !== '')).size
  return { service, asn, kinds, probes, simulated, latest, ...defined({ mechanism }) }
}

function toPoint({ provenance, head, verdict }: Judged): SeriesPoint {
  const device = deviceOf(provenance, head)
  return {
    id: provenance.id,
    at: head.startedAt,
    kind: verdict.kind,
    ...defined({ mechanism: verdict.mechanism, layer: verdict.layer }),
    log10Lr: verdict.log10Lr,
    testName: head.testName,
    ...defined({ input: head.input }),
    channel: provenance.channel,
    simulated: head.simulated,
    ...defined({ probe: head.probe }),
    ...(device === '' ? {} : { device }),
  }
}

/** What rows tell the detector, by time; those that tell it nothing are left out. */
export const readingsOf = (rows: readonly Judged[]): readonly Reading[] =>
  rows
    .map(toReading)
    .filter(({ target, canary }) => target !== 'none' || canary === 'fail')
    .toSorted((a, b) => a.at - b.at)

function toReading({ provenance, head, verdict, observations }: Judged): Reading {
  const times = pairTimesOf(observations)
  const halves = halvesOf(verdict, times, head.line)
  const ratio = halves.target === 'ok' || (halves.target === 'fail' && halves.control !== 'fail')
  return {
    at: head.startedAt,
    probe: deviceOf(provenance, head),
    ...halves,
    ...(ratio && { log10Lr: verdict.log10Lr }),
    ...(halves.target === 'fail' && verdict.mechanism !== undefined && { mechanism: verdict.mechanism }),
    ...times,
    scheduled: head.scheduled ?? false,
    id: provenance.id,
  }
}

/** A row as sql/observations.sql gives it, of the columns that pages read. */
function toRow(one: Observation): Record<string, unknown> {
  const leaf = one.kind === 'tls' || one.kind === 'quic' ? one.certificates[0] : undefined
  return {
    kind: one.kind,
    source: one.source,
    side: one.side,
    hop: one.hop,
    part: one.part,
    began_s: one.startedAt ?? null,
    ended_s: one.endedAt ?? null,
    failure: one.failure?.code ?? null,
    name: 'name' in one ? (one.name ?? null) : 'host' in one ? (one.host ?? null) : null,
    address: 'address' in one ? (one.address ?? null) : null,
    port: 'port' in one ? (one.port ?? null) : null,
    query_type: one.kind === 'dns' ? one.queryType : null,
    url: one.kind === 'http' ? (one.url ?? null) : null,
    status: one.kind === 'http' ? (one.status ?? null) : null,
    protocol: one.kind === 'tunnel' ? one.protocol : null,
    leaf_subject: leaf?.subjectName ?? null,
    leaf_issuer: leaf?.issuerName ?? null,
    leaf_issuer_organisation: leaf?.issuerOrganisation ?? null,
    leaf_not_before: leaf?.notBefore ?? null,
    leaf_not_after: leaf?.notAfter ?? null,
    certificates: leaf === undefined ? [] : [leaf.sha256],
    chain: one.kind === 'tls' || one.kind === 'quic' ? one.chain : null,
    name_matches:
      (one.kind === 'tls' || one.kind === 'quic') && one.nameMatches !== undefined ? Number(one.nameMatches) : null,
  }
}
