import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { toPlainJson } from '../../core/model/incident/bundle-wire.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Gathered } from './gather.ts'
import type { TransparencyLog } from '../log/contract.ts'
import { chooseCustody, chooseEvents } from './choose-entries.ts'
import type { BundledEntry, BundleSubject } from './write-bundle.ts'
import type { ChosenMeasurement } from './write-measurements.ts'

export interface IncidentParts {
  readonly incidents: Pick<IncidentStore, 'revisions'>
  readonly log: Pick<TransparencyLog, 'entries' | 'simulated'>
  /** Size of the tree of the bundle's checkpoint. */
  readonly size: number
  /** Sizes of the stamped checkpoints that the bundle carries. */
  readonly stamped: ReadonlySet<number>
}

/** A revision as logged, with what is read of it here. */
interface LoggedRevision extends BundledEntry {
  readonly id: string
  readonly revision: number
  /** Leaves that it names: in its window, and as sources of its evidence. */
  readonly names: readonly number[]
}

/**
 * Everything that a bundle of an incident carries, from what it was derived from: also measurements that a revision
 * named and that were erased since. Throws Fault where a published revision is not in the log.
 */
export async function collectIncident(gathered: Gathered, parts: IncidentParts): Promise<BundleSubject> {
  const { incident, others } = gathered
  const published = (await parts.incidents.revisions(incident.id)).filter(
    ({ revision }) => revision <= incident.revision,
  )
  const wanted = new Set([...published.map(keyOf), ...others.map((one) => keyOf({ ...one, id: one.incident }))])
  const logged = await loggedRevisions(wanted, parts)
  const own = logged.filter(({ id }) => id === incident.id)
  const measurements = withNamed(gathered.measurements, own, parts.size)
  const about = {
    measurements: new Set(measurements.map(({ leaf }) => leaf)),
    incident: { id: incident.id, series: seriesOf(incident) },
    stamped: parts.stamped,
    size: parts.size,
  }
  return {
    about: { kind: 'incident', incident: incident.id, revision: incident.revision },
    simulated: parts.log.simulated,
    measurements,
    incident: { revisions: published, derivation: encodeCanonical(toPlainJson(gathered.derivation)) },
    revisions: logged,
    events: await chooseEvents(parts.log, about),
    custody: await chooseCustody(parts.log, about),
  }
}

const seriesOf = ({ service, asn, simulated }: Incident) => ({ service, asn, simulated })
const keyOf = ({ id, revision }: Pick<LoggedRevision, 'id' | 'revision'>): string => `${id} ${revision}`

async function loggedRevisions(
  wanted: ReadonlySet<string>,
  { log, size }: IncidentParts,
): Promise<readonly LoggedRevision[]> {
  const found = new Map<string, LoggedRevision>()
  for await (const { leafIndex, bytes } of log.entries('incident-revision')) {
    const read = leafIndex < size ? readRevision(leafIndex, bytes) : undefined
    if (read !== undefined && wanted.has(keyOf(read))) found.set(keyOf(read), read)
  }
  for (const key of wanted)
    if (!found.has(key)) throw new Fault(`Cannot bundle revision "${key}": it is published and not in the log`)
  return [...found.values()].toSorted((a, b) => a.leafIndex - b.leafIndex)
}

function readRevision(leafIndex: number, bytes: Uint8Array): LoggedRevision {
  const json = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly id: string
    readonly revision: number
    readonly measurements: readonly number[]
    readonly cause?: { readonly items?: readonly { readonly source: string }[] }
  }
  const sources = (json.cause?.items ?? []).flatMap(({ source }) => {
    const leaf = /^leaf:(\d{1,15})$/.exec(source)?.[1]
    return leaf === undefined ? [] : [Number(leaf)]
  })
  return { leafIndex, bytes, id: json.id, revision: json.revision, names: [...json.measurements, ...sources] }
}

/** What revisions name belongs in, even if it was erased; what is included anyway keeps its role. */
function withNamed(
  chosen: readonly ChosenMeasurement[],
  own: readonly LoggedRevision[],
  size: number,
): readonly ChosenMeasurement[] {
  const all = new Map(chosen.filter(({ leaf }) => leaf < size).map((one) => [one.leaf, one]))
  for (const { names } of own) for (const leaf of names) if (!all.has(leaf)) all.set(leaf, { leaf, role: 'series' })
  return [...all.values()].toSorted((a, b) => a.leaf - b.leaf)
}
