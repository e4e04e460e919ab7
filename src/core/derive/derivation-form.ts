import { DERIVATION_FORMAT } from '../model/incident/bundle.ts'
import { defined } from '../model/defined.ts'
import { readDerivation, type OtherIncident } from '../model/incident/derivation.ts'
import { encodeCause, encodeDetected, encodeEdge, encodePooled } from '../model/incident/incident-wire.ts'
import { encodeOutages } from '../model/incident/outage-wire.ts'
import { isMeasurement } from '../model/measured/named-measurements.ts'
import { formatAsn, formatInstantUtc, type Sha256 } from '../model/units.ts'
import type { SeriesInputs } from './derive-incident.ts'
import type { Draft } from './draft.ts'
import type { StandingOf } from './shown.ts'

export type { OtherIncident } from '../model/incident/derivation.ts'

/** Everything in `derivation.json`: what one incident is derived from besides measurements and tables, and what came out. */
export interface Derivation {
  /** Id of the published incident. */
  readonly incident: string
  readonly inputs: Omit<SeriesInputs, 'others'> & { readonly others: readonly OtherIncident[] }
  /** SHA-256 of causes.json. */
  readonly causeTable: Sha256
  /** JSON of the incident as derived (`encodeResult`); absent of a withdrawn one: the measurements show none. */
  readonly result?: Readonly<Record<string, unknown>>
}

/** A published incident as the derivation of another one takes it. */
export const otherIncident = (other: OtherIncident, simulated: boolean): StandingOf => ({
  series: { service: other.service, asn: other.asn, simulated },
  detected: other,
  ...(other.mechanism === undefined
    ? {}
    : { published: { id: other.incident, ...defined({ mechanism: other.mechanism ?? undefined }) } }),
})

/** The inputs as the derivation takes them. */
export const seriesInputs = ({ inputs }: Pick<Derivation, 'inputs'>): SeriesInputs => ({
  ...inputs,
  others: inputs.others.map((other) => otherIncident(other, inputs.series.simulated)),
})

/** A derived incident as JSON: the form of docs/formats/incidents.md, measurements named by their leaves. */
export function encodeResult(draft: Draft, leafOf: (id: Sha256) => number | undefined): Record<string, unknown> {
  const leaves = draft.measurements.flatMap((id) => leafOf(id) ?? [])
  const { items } = draft.cause
  const named = items.map((one) => ({ ...one, source: sourceOf(one.source, leafOf) }))
  return {
    service: draft.service,
    network: formatAsn(draft.asn),
    ...encodeDetected(draft),
    ...encodePooled(draft),
    ...encodeOutages(draft),
    cause: encodeCause({ ...draft.cause, items: named }),
    simulated: draft.simulated,
    rules_version: draft.rulesVersion,
    measurements: leaves.toSorted((a, b) => a - b),
  }
}

/** A measurement is named by its leaf, so that an erasure changes no byte and names no one. */
function sourceOf(source: string, leafOf: (id: Sha256) => number | undefined): string {
  if (!isMeasurement(source)) return source
  const leaf = leafOf(source as Sha256) // 64 hexadecimal digits
  return leaf === undefined ? 'erased' : `leaf:${leaf}`
}

/** `derivation.json` as a JSON value; its canonical text is in the bundle. */
export function encodeDerivation({ incident, inputs, causeTable, result }: Derivation): Record<string, unknown> {
  const { series, until, settings, begins, others, outages } = inputs
  return {
    format: DERIVATION_FORMAT,
    incident,
    service: series.service,
    asn: series.asn,
    simulated: series.simulated,
    until_utc: formatInstantUtc(until),
    settings,
    cause_table: causeTable,
    begins,
    others: others.map((other) => ({
      incident: other.incident,
      revision: other.revision,
      service: other.service,
      asn: other.asn,
      state: other.state,
      running: other.running,
      start: encodeEdge(other.start),
      end: encodeEdge(other.end),
      ...defined({ mechanism: other.mechanism }),
    })),
    ...(outages.length === 0 ? {} : encodeOutages({ outages })),
    result: result ?? null,
  }
}

/** Reads a JSON value of `encodeDerivation`. Throws InputError with the place of what is not as the format has it. */
export function parseDerivation(value: unknown): Derivation {
  const read = readDerivation(value)
  const { service, asn, simulated } = read
  return {
    incident: read.incident,
    inputs: {
      series: { service, asn, simulated },
      until: read.until_utc,
      settings: read.settings,
      begins: read.begins,
      others: read.others,
      outages: read.outages ?? [],
    },
    causeTable: read.cause_table,
    ...(read.result === null ? {} : { result: read.result }),
  }
}
