import { COUNTED_STANDINGS, parseSubmittedBy, type Standing } from '../model/standing.ts'
import { instant } from '../model/units.ts'
import type { Archived } from '../store/archive/contract.ts'
import type { StoredVerdict } from '../store/warehouse/contract.ts'
import { serviceName, type Names } from './matrix-view.ts'
import { certificatesOf, parseOperation } from './operation.ts'
import type { MeasurementView, PublicJson } from './pages/measurement.ts'
import { lastDays } from './query.ts'

/** Gives the public (scrubbed) form of the bytes as received, as a JSON value. Throws InputError for bytes it cannot read. */
export type PublicForm = (bytes: Uint8Array) => unknown

/** The public form as a JSON value; a simulated one says so first. Throws InputError for bytes it cannot read. */
export function publicValue(bytes: Uint8Array, publicForm: PublicForm, simulated: boolean): unknown {
  const value = publicForm(bytes)
  return simulated && typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { simulated: true, ...value }
    : value
}

/** The public form as text; `absent` where the archive of this server does not hold the bytes. */
export function publicJson(archived: Archived | undefined, publicForm: PublicForm, simulated: boolean): PublicJson {
  if (archived?.kind !== 'blob') return { kind: 'absent' }
  const text = `${JSON.stringify(publicValue(archived.bytes, publicForm, simulated), undefined, 2)}\n`
  return { kind: 'text', text, bytes: new TextEncoder().encode(text).length }
}

/**
 * Where a measurement was taken from, as far as it is anybody's business: names of files on the disk of whoever
 * imported them may name a person, and stay in the archive. Of a submission: what the collector knows of its key.
 */
export function publicOrigin({ channel, origin }: StoredVerdict['provenance']): string | undefined {
  if (channel === 'collector') return parseSubmittedBy(origin) === undefined ? undefined : origin
  return channel === 'file' ? undefined : origin
}

/** What the collector knows of the sender; undefined for what came another way. */
export const standingOf = ({ channel, origin }: StoredVerdict['provenance']): Standing | undefined =>
  channel === 'collector' ? parseSubmittedBy(origin)?.standing : undefined

/** Whether a measurement is in what is counted: all but the submissions of senders whom nobody knows. */
export const isCounted = (provenance: StoredVerdict['provenance']): boolean =>
  provenance.channel !== 'collector' || COUNTED_STANDINGS.some((standing) => standing === standingOf(provenance))

export interface MeasurementParts {
  readonly stored: StoredVerdict
  readonly rows: readonly Readonly<Record<string, unknown>>[]
  readonly json: PublicJson
  readonly names: Names
  readonly logOrigin?: string
}

/** Arranges what the stores hold of one measurement for its page. */
export function measurementView({ stored, rows, json, names, logOrigin }: MeasurementParts): MeasurementView {
  const { head, provenance, verdict, service } = stored
  const networkName = names.networkName(head.probeAsn)
  const standing = standingOf(provenance)
  const origin = standing === undefined ? publicOrigin(provenance) : parseSubmittedBy(provenance.origin)?.pseudonym
  return {
    id: provenance.id,
    leafIndex: stored.leafIndex,
    ...(logOrigin === undefined ? {} : { logOrigin }),
    service,
    serviceName: serviceName(names, service),
    asn: head.probeAsn,
    ...(networkName === undefined ? {} : { networkName }),
    country: head.probeCc,
    ...(head.networkType === undefined ? {} : { access: head.networkType }),
    // What our own probe is given is a service, which is named already.
    ...(head.input === undefined || head.input === service ? {} : { input: head.input }),
    ...(head.line === undefined ? {} : { line: head.line }),
    test: `${head.testName} ${head.testVersion}`,
    program: `${head.softwareName} ${head.softwareVersion}`,
    ...(head.measurementUid === undefined ? {} : { uid: head.measurementUid }),
    startedAt: head.startedAt,
    receivedAt: provenance.receivedAt,
    channel: provenance.channel,
    ...(origin === undefined ? {} : { origin }),
    ...(standing === undefined ? {} : { standing }),
    counted: isCounted(provenance),
    verdict,
    claim: head.claim,
    operations: rows.flatMap((row) => parseOperation(row) ?? []),
    certificates: certificatesOf(rows),
    json,
    days: lastDays(instant(head.startedAt), 7).days,
    simulated: head.simulated,
  }
}
