import { defined } from '../../core/model/defined.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import { COUNTED_STANDINGS, parseSubmittedBy, type Standing } from '../../core/model/standing.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { MOST_OBSERVATIONS, type StoredVerdict } from '../../store/warehouse/contract.ts'
import { certificatesOf, parseOperation } from './operation.ts'
import type { MeasurementView, PublicJson } from './page/measurement.ts'
import { lastDays } from '../query.ts'

/** What is wanted of the public (scrubbed) form of a measurement. */
export interface WantedForm {
  /** As the archive holds it. */
  readonly measurement: Archived & { kind: 'blob' }
  /** Said first in the text. */
  readonly simulated: boolean
  /** Indented for people, or one line for programs. */
  readonly layout: 'indented' | 'line'
  /** Bytes of the text that are wanted; the whole text where absent. */
  readonly most?: number
}

/** `slow`: it takes longer than its budget, now and later; `busy`: not now. */
export type MadeForm =
  | { readonly kind: 'text'; readonly text: Uint8Array<ArrayBuffer>; readonly bytes: number }
  | { readonly kind: 'slow' | 'busy' }

/**
 * Makes the public form of a measurement outside the thread that answers requests. Until the signal ends the wait it is
 * being made. Throws for bytes that cannot be read.
 */
export type PublicForm = (id: Sha256, wanted: WantedForm, signal: AbortSignal) => Promise<MadeForm>

/** Longer texts are cut on the page, never in the file. */
const MOST_SHOWN_BYTES = 40_000
/** How long a reader waits for the public form of one measurement. */
const PATIENCE_MS = 10_000

/** The beginning of the public form, for a page; `absent` where the archive of this server does not hold the bytes. */
export async function publicJson(
  archived: Archived | undefined,
  publicForm: PublicForm,
  simulated: boolean,
): Promise<PublicJson | { readonly kind: 'busy' }> {
  if (archived?.kind !== 'blob') return { kind: 'absent' }
  const wanted = { measurement: archived, simulated, layout: 'indented', most: MOST_SHOWN_BYTES } as const
  const made = await publicForm(archived.provenance.id, wanted, AbortSignal.timeout(PATIENCE_MS))
  if (made.kind !== 'text') return { kind: made.kind }
  const isCut = made.text.length < made.bytes
  return { kind: 'text', text: new TextDecoder().decode(made.text), isCut, bytes: made.bytes }
}

/** The whole public form, for a file. */
export const publicFile = (
  measurement: Archived & { kind: 'blob' },
  publicForm: PublicForm,
  simulated: boolean,
): Promise<MadeForm> =>
  publicForm(
    measurement.provenance.id,
    { measurement, simulated, layout: 'indented' },
    AbortSignal.timeout(PATIENCE_MS),
  )

/**
 * Where a measurement was taken from, as far as it may be public: names of files on the disk of the person who imported
 * them may name a person, and stay in the archive. Of a submission: what the collector knows of its key.
 */
export function publicOrigin({ channel, origin }: StoredVerdict['provenance']): string | undefined {
  if (channel === 'collector') {
    const by = parseSubmittedBy(origin)
    return by && `${by.standing}:${by.pseudonym ?? ''}`
  }
  return channel === 'file' ? undefined : origin
}

/** What the collector knows of the sender; undefined for what came another way. */
export const standingOf = ({ channel, origin }: StoredVerdict['provenance']): Standing | undefined =>
  channel === 'collector' ? parseSubmittedBy(origin)?.standing : undefined

/** Whether a measurement is in what is counted: all but the submissions of unknown senders. */
export const isCountedProvenance = (provenance: StoredVerdict['provenance']): boolean =>
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
    ...defined({ logOrigin }),
    service,
    serviceName: serviceName(names, service),
    asn: head.probeAsn,
    ...defined({ networkName }),
    country: head.probeCc,
    ...defined({ access: head.networkType }),
    // What our own probe is given is a service, which is named already.
    ...(head.input === undefined || head.input === service ? {} : { input: head.input }),
    ...defined({ line: head.line }),
    test: `${head.testName} ${head.testVersion}`,
    program: `${head.softwareName} ${head.softwareVersion}`,
    ...defined({ uid: head.measurementUid }),
    startedAt: head.startedAt,
    receivedAt: provenance.receivedAt,
    channel: provenance.channel,
    ...defined({ origin, standing }),
    counted: isCountedProvenance(provenance),
    verdict,
    claim: head.claim,
    operations: rows.flatMap((row) => parseOperation(row) ?? []),
    hasAllOperations: rows.length < MOST_OBSERVATIONS,
    certificates: certificatesOf(rows),
    json,
    days: lastDays(instant(head.startedAt), 7).days,
    simulated: head.simulated,
  }
}
