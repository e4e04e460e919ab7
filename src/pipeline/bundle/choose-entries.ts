import { frozenSchema } from '../../core/model/incident/coincidence.ts'
import { custodyEventSchema, type CustodyEvent } from '../../core/model/custody.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import type { TransparencyLog } from '../log/contract.ts'
import type { BundledEntry } from './write-bundle.ts'

/** What the other entries of a log are chosen by. */
export interface EntriesAbout {
  /** Leaves of the measurements in the bundle. */
  readonly measurements: ReadonlySet<number>
  /** Id of the incident, where it is about one, and its series. */
  readonly incident?: { readonly id: string; readonly series: SeriesOf }
  /** Sizes of stamped checkpoints in the bundle. */
  readonly stamped: ReadonlySet<number>
  /** Nothing from this leaf on: the checkpoint of the bundle does not hold it. */
  readonly size: number
}

type Entries = Pick<TransparencyLog, 'entries'>

/** Pre-registered lists with a question about the series of the incident, with any answer. */
export async function chooseEvents(log: Entries, { incident, size }: EntriesAbout): Promise<readonly BundledEntry[]> {
  if (incident === undefined) return []
  const { service, asn, simulated } = incident.series
  const chosen: BundledEntry[] = []
  for await (const { leafIndex, bytes } of log.entries('frozen-events')) {
    const read = leafIndex < size ? frozenSchema.safeParse(jsonOf(bytes)) : undefined
    if (read?.success !== true || read.data.simulated !== simulated) continue
    const { primary, secondary, negativeControls } = read.data.plan
    const asks = [primary, ...secondary, ...negativeControls].some(
      ({ services, networks }) =>
        services.includes(service) && (networks.length === 0 || networks.some((one) => one === Number(asn))),
    )
    if (asks) chosen.push({ leafIndex, bytes })
  }
  return chosen
}

/** Events of custody that concern what is in the bundle, in the order of their chain. */
export async function chooseCustody(log: Entries, about: EntriesAbout): Promise<readonly BundledEntry[]> {
  const sorted = [...about.measurements].toSorted((a, b) => a - b)
  const chosen: BundledEntry[] = []
  for await (const { leafIndex, bytes } of log.entries('custody-event')) {
    const read = leafIndex < about.size ? custodyEventSchema.safeParse(jsonOf(bytes)) : undefined
    if (read?.success === true && concerns(read.data, sorted, about)) chosen.push({ leafIndex, bytes })
  }
  return chosen
}

function concerns(event: CustodyEvent, sorted: readonly number[], about: EntriesAbout): boolean {
  const { kind, id } = event.evidence
  switch (kind) {
    case 'measurement':
      return about.measurements.has(Number(id))
    case 'measurements':
      return holdsAny(event, sorted)
    case 'incident':
      return id === about.incident?.id
    case 'bundle':
      return about.incident !== undefined && id.startsWith(`kuager-${about.incident.id.toLowerCase()}-`)
    case 'log':
      return event.type !== 'timestamped' || about.stamped.has(Number(id))
    case 'events':
      return about.incident !== undefined
    // A change of the key that signs events concerns all of them.
    case 'file':
      return typeof event.detail['next_key'] === 'string'
    case 'case':
      return false
  }
}

/** Whether a run of leaves, as an event names it, holds any of these. One that names none may be about all of them. */
function holdsAny({ evidence, detail }: CustodyEvent, sorted: readonly number[]): boolean {
  // An act that was recorded by hand names the run only in its id.
  const [, from, until = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(evidence.id) ?? []
  const [first, last] = from === undefined ? [detail['first_leaf'], detail['last_leaf']] : [Number(from), Number(until)]
  if (typeof first !== 'number' || typeof last !== 'number') return sorted.length > 0
  const next = sorted.find((leaf) => leaf >= first)
  return next !== undefined && next <= last
}

/** JSON of an entry of our own; null for one that is none, which no schema takes. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return null
  }
}
