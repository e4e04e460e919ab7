import { serviceName, type Names } from '../../core/text/names.ts'
import { formatAsn, formatInstantUtc, type Asn } from '../../core/model/units.ts'
import { encodeVerdict } from '../../core/model/measured/verdict-wire.ts'
import { encodeApartPoint, encodeSeriesPoint } from '../../store/warehouse/series-wire.ts'
import type { KeptApart, MatrixCell, SeriesPoint, StoredVerdict } from '../../store/warehouse/contract.ts'
import { isCountedProvenance, publicOrigin, standingOf } from '../measurement/view.ts'
import { cellState } from '../../core/model/cell-state.ts'
import type { ChosenPeriod } from '../query.ts'

// Bodies of the JSON interface: snake_case, times as RFC 3339 in UTC, null for what is not known.

const period = ({ days }: ChosenPeriod): object => ({ since: days.since, until: days.until })

/** Body of `/api/v1/matrix`. A pair of service and network without an entry has no data. */
export const matrixBody = (cells: readonly MatrixCell[], chosen: ChosenPeriod, names: Names): object => ({
  simulated: cells.some((cell) => cell.simulated),
  ...period(chosen),
  cells: cells.map((cell) => ({
    service: cell.service,
    service_name: serviceName(names, cell.service),
    network: formatAsn(cell.asn),
    network_name: names.networkName(cell.asn) ?? null,
    state: cellState(cell.kinds),
    reachable: cell.kinds.reachable,
    interfered: cell.kinds.interfered,
    unreachable: cell.kinds.unreachable,
    inconclusive: cell.kinds.inconclusive,
    not_judged: cell.kinds['not-judged'],
    mechanism: cell.mechanism ?? null,
    devices: cell.probes,
    latest_at_utc: formatInstantUtc(cell.latest),
    simulated: cell.simulated,
  })),
})

/** Measurements of a series: those that count, and those of unknown senders. */
export interface SeriesPoints {
  readonly points: readonly SeriesPoint[]
  readonly apart: KeptApart
}

/** Distinct devices, those unnamed left out. */
export const distinctDevices = (points: readonly SeriesPoint[]): number =>
  new Set(points.flatMap(({ device }) => device ?? [])).size

/** Body of `/api/v1/series`: what counts in `points`, the newest of what does not in `apart`. */
export const seriesBody = (
  { points, apart }: SeriesPoints,
  chosen: ChosenPeriod & { readonly service: string; readonly asn: Asn },
  names: Names,
): object => ({
  simulated: [...points, ...apart.newest].some((point) => point.simulated),
  ...period(chosen),
  service: chosen.service,
  service_name: serviceName(names, chosen.service),
  network: formatAsn(chosen.asn),
  network_name: names.networkName(chosen.asn) ?? null,
  devices: distinctDevices(points),
  points: points.map(encodeSeriesPoint),
  kept_apart: apart.total,
  apart: apart.newest.map(encodeApartPoint),
})

/** Body of `/api/v1/measurement/<id>`. The measurement's own JSON is at `/m/<id>.json`. */
export const measurementBody = (stored: StoredVerdict, names: Names): object => ({
  simulated: stored.head.simulated,
  id: stored.provenance.id,
  leaf_index: stored.leafIndex,
  measurement_uid: stored.head.measurementUid ?? null,
  test_name: stored.head.testName,
  test_version: stored.head.testVersion,
  software_name: stored.head.softwareName,
  software_version: stored.head.softwareVersion,
  service: stored.service,
  service_name: serviceName(names, stored.service),
  input: stored.head.input ?? null,
  probe_asn: formatAsn(stored.head.probeAsn),
  probe_network_name: names.networkName(stored.head.probeAsn) ?? null,
  probe_cc: stored.head.probeCc,
  started_at_utc: formatInstantUtc(stored.head.startedAt),
  received_at_utc: formatInstantUtc(stored.provenance.receivedAt),
  channel: stored.provenance.channel,
  origin: publicOrigin(stored.provenance) ?? null,
  standing: standingOf(stored.provenance) ?? null,
  counted: isCountedProvenance(stored.provenance),
  verdict: encodeVerdict(stored.verdict),
  claim: stored.head.claim,
})
