import { defined } from '../../core/model/defined.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import { COUNTED_STANDINGS, parseSubmittedBy, type Standing } from '../../core/model/standing.ts'
import { instant, type Sha256, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Archived } from '../../store/archive/contract.ts'
import { MOST_OBSERVATIONS, type StoredVerdict } from '../../store/warehouse/contract.ts'
import type { MeasurementView, PublicJson } from './page/measurement.ts'
import { lastDays } from '../query.ts'
import { LAYERS, type Layer } from '../../core/model/measured/mechanism.ts'
import { orUndefined } from '../../core/model/errors.ts'
import { protocolName } from '../../core/text/protocol-name.ts'
import { HALVES, type CertificateEntry, type OperationEntry } from '../parts/operation-entry.ts'

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

type Row = Readonly<Record<string, unknown>>

const text = (row: Row, column: string): string | undefined => {
  const value = row[column]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Numbers come as numbers, or as text where the engine fears for their exactness. */
const number = (row: Row, column: string): number | undefined => {
  const value = row[column]
  const read = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : undefined
}

/** Milliseconds as a number, or a time as ClickHouse prints it. */
function time(row: Row, column: string): Instant | undefined {
  const value = row[column]
  if (typeof value === 'number') return instant(value)
  return value === null || value === undefined ? undefined : orUndefined(() => parseInstant(value))
}

const layerOf = (kind: string | undefined): Layer | undefined => LAYERS.find((layer) => layer === kind)

/** What an operation was done to, in the words of its own data. */
function target(row: Row): string {
  const address = text(row, 'address')
  const port = number(row, 'port')
  const endpoint =
    address === undefined
      ? undefined
      : port === undefined
        ? address
        : `${address.includes(':') ? `[${address}]` : address}:${port}`
  const protocol = text(row, 'protocol')
  const named = text(row, 'url') ?? text(row, 'name') ?? (protocol === undefined ? undefined : protocolName(protocol))
  const what = named ?? endpoint ?? text(row, 'part') ?? ''
  const detail = text(row, 'query_type') ?? (what === endpoint ? undefined : endpoint)
  return detail === undefined ? what : `${what} (${detail})`
}

/** Reads one row of `observations` as the warehouse gives it; undefined for a row of no known layer. */
function parseOperation(row: Row): OperationEntry | undefined {
  const layer = layerOf(text(row, 'kind'))
  if (layer === undefined) return undefined
  const began = number(row, 'began_s')
  const ended = number(row, 'ended_s')
  const failure = text(row, 'failure')
  const status = number(row, 'status')
  const half = HALVES.find((role) => role === row['name_role'])
  return {
    layer,
    side: text(row, 'side') === 'control' ? 'control' : 'probe',
    target: target(row),
    source: text(row, 'source') ?? '',
    hop: number(row, 'hop') ?? 0,
    ...defined({ began, ended, failure, status, half }),
  }
}

const CHAINS = ['trusted', 'unanchored', 'expired', 'broken', 'unchecked', 'none'] as const

/** Leaf certificates of the handshakes, each once with every name it was shown for. */
function certificatesOf(rows: readonly Row[]): readonly CertificateEntry[] {
  const found = new Map<string, CertificateEntry & { names: string[] }>()
  for (const row of rows) {
    const issuer = text(row, 'leaf_issuer') ?? text(row, 'leaf_issuer_organisation')
    const subject = text(row, 'leaf_subject')
    if (issuer === undefined && subject === undefined) continue
    const certificates = row['certificates']
    const digest: unknown = Array.isArray(certificates) ? certificates[0] : undefined
    const notBefore = time(row, 'leaf_not_before')
    const notAfter = time(row, 'leaf_not_after')
    const matches = number(row, 'name_matches')
    const name = text(row, 'name')
    const key = [digest, subject, issuer, notAfter, matches, text(row, 'chain')].join('\n')
    const known = found.get(key)
    if (known !== undefined) {
      if (name !== undefined && !known.names.includes(name)) known.names.push(name)
      continue
    }
    found.set(key, {
      names: name === undefined ? [] : [name],
      subject: subject ?? '',
      issuer: issuer ?? '',
      organisation: text(row, 'leaf_issuer_organisation') ?? '',
      chain: CHAINS.find((chain) => chain === row['chain']) ?? 'unchecked',
      ...(typeof digest === 'string' && /^[0-9a-f]{64}$/i.test(digest) ? { sha256: digest.toLowerCase() } : {}),
      ...defined({ notBefore, notAfter }),
      ...(matches === undefined ? {} : { nameMatches: matches === 1 }),
    })
  }
  return [...found.values()]
}
