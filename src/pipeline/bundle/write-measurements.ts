import { isCounted } from '../../core/derive/measured.ts'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { defined } from '../../core/model/defined.ts'
import type {
  BundleMeasurement,
  BundleRole,
  OriginClass,
  Redactions,
  RedactionReason,
} from '../../core/model/incident/bundle.ts'
import { encodeBundleObservations, encodeBundleVerdict } from '../../core/model/incident/bundle-wire.ts'
import { deviceOf, type DeviceNumbers } from '../../core/model/device.ts'
import { Fault, settledOrUndefined } from '../../core/model/errors.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { withoutTraces } from '../../core/model/personal-trace.ts'
import { parseSubmittedBy } from '../../core/model/standing.ts'
import { formatInstantUtc, type Instant, type Sha256 } from '../../core/model/units.ts'
import { PUBLIC_FORM_VERSION } from '../../core/ooni/publish/public-form.ts'
import type { RedactedField } from '../../core/ooni/publish/redacted-fields.ts'
import type { Archive, Archived } from '../../store/archive/contract.ts'
import type { JudgedForm, JudgeForm } from '../judge/judged-once.ts'
import type { ShownForms } from '../publish/shown-forms.ts'
import type { BagFolder } from './bag-folder.ts'

/** A measurement that belongs into a bundle, with any result. */
export interface ChosenMeasurement {
  readonly leaf: number
  readonly role: BundleRole
}

export interface MeasurementsParts {
  readonly archive: Pick<Archive, 'readLeaf'>
  /** Digest of the public form that the leaf of a measurement carries. */
  readonly publicOf: (leaf: number) => Sha256
  readonly forms: Pick<ShownForms, 'logged' | 'redacted'>
  /** Judges the bytes of a public form by the tables that the bundle carries. */
  readonly judge: JudgeForm
  /** Numbers of devices whose names must not be published. */
  readonly devices: DeviceNumbers
  readonly signal: AbortSignal
  /** Told of each line as it is written, with what was judged of the measurement. */
  readonly onMeasurement?: (line: BundleMeasurement, judged: JudgedForm | undefined) => void
  readonly onProgress?: (done: number, total: number) => void
}

export interface WrittenMeasurements {
  readonly counts: {
    readonly measurements: number
    readonly apart: number
    readonly erased: number
    readonly form_changed: number
  }
  /** When the first and the last of those held began, as their probes say. */
  readonly span: { readonly since: Instant; readonly until: Instant } | undefined
  readonly redactions: Redactions
}

/** Different fields that are named; those of more unusual documents are counted together. */
const MOST_FIELDS = 2000
/** Characters of a reason of an erasure, without what leads to a person. */
const MOST_REASON = 2000

/**
 * Writes measurements in the order of their leaves: their public forms, what was judged of each, and which of them
 * cannot be shown. One at a time: memory does not grow with their number. Throws Fault for a leaf that is no
 * measurement.
 */
export async function writeMeasurements(
  bag: BagFolder,
  chosen: readonly ChosenMeasurement[],
  parts: MeasurementsParts,
): Promise<WrittenMeasurements> {
  const sorted = chosen.toSorted((a, b) => a.leaf - b.leaf)
  const files = {
    measurements: await bag.lines('data/measurements.jsonl'),
    verdicts: await bag.lines('data/verdicts.jsonl'),
    observations: await bag.lines('data/observations.jsonl'),
  }
  const taken = new TakenOut()
  const counts = { measurements: 0, apart: 0, erased: 0, form_changed: 0 }
  let since: Instant | undefined
  let until: Instant | undefined
  try {
    for (const [at, { leaf, role }] of sorted.entries()) {
      parts.signal.throwIfAborted()
      if (at > 0 && sorted[at - 1]?.leaf === leaf) throw new Fault(`Cannot bundle leaf ${leaf} twice`)
      const archived = await parts.archive.readLeaf(leaf)
      const shown = await showOf(archived, leaf, parts, taken)
      counts.measurements++
      if (role === 'apart') counts.apart++
      if (shown.state === 'erased') counts.erased++
      if (shown.state === 'form-changed') counts.form_changed++
      const judged = shown.state === 'held' ? await judgedOf(shown.bytes, parts) : undefined
      const line = lineOf(archived, { leaf, role, state: shown.state, ...deviceNumber(archived, judged, parts) })
      await files.measurements.write(encodeCanonical(line))
      if (shown.state === 'held') {
        await bag.put(`data/raw/${leaf}.json`, shown.bytes)
        if (judged !== undefined) {
          const { head, service, verdict, observations } = judged
          await files.verdicts.write(encodeCanonical(encodeBundleVerdict(leaf, service, verdict)))
          await files.observations.write(encodeCanonical(encodeBundleObservations(leaf, observations)))
          if (since === undefined || head.startedAt < since) since = head.startedAt
          if (until === undefined || head.startedAt > until) until = head.startedAt
        }
      }
      parts.onMeasurement?.(line, judged)
      parts.onProgress?.(at + 1, sorted.length)
    }
  } finally {
    for (const file of Object.values(files)) await file.end()
  }
  return {
    counts,
    span: since === undefined || until === undefined ? undefined : { since, until },
    redactions: taken.redactions(),
  }
}

/** What is judged of bytes; undefined where it is nothing, or a field cannot be read by the rules of today. */
async function judgedOf(bytes: Uint8Array, { judge }: MeasurementsParts): Promise<JudgedForm | undefined> {
  const judged = await settledOrUndefined(judge(bytes))
  return judged?.kind === 'judged' ? judged : undefined
}

type Shown = { readonly state: 'held'; readonly bytes: Uint8Array } | { readonly state: 'erased' | 'form-changed' }

/** What can be shown of a measurement; what cannot, and what was taken out of it, is noted. */
async function showOf(
  archived: Archived | undefined,
  leaf: number,
  parts: MeasurementsParts,
  taken: TakenOut,
): Promise<Shown> {
  if (archived === undefined || archived.kind === 'entry')
    throw new Fault(`Cannot bundle leaf ${leaf}: it is no measurement of this archive`)
  if (archived.kind === 'erased') {
    const reason = withoutTraces(archived.reason).slice(0, MOST_REASON).toWellFormed()
    taken.erased.push({ leaf, at_utc: formatInstantUtc(archived.erasedAt), reason })
    return { state: 'erased' }
  }
  const logged = parts.publicOf(leaf)
  const form = await parts.forms.logged(archived, logged)
  if (form === undefined) {
    taken.changed.push({ leaf, public: logged })
    return { state: 'form-changed' }
  }
  taken.note(await parts.forms.redacted(archived))
  return { state: 'held', bytes: form }
}

/** The device of a measurement that counts, by its number, where its name must not be published. */
function deviceNumber(
  archived: Archived | undefined,
  judged: JudgedForm | undefined,
  { devices }: MeasurementsParts,
): Pick<BundleMeasurement, 'device'> {
  if (archived?.kind !== 'blob' || judged === undefined || !isCounted(archived.provenance)) return {}
  const device = devices.numberOf(deviceOf(archived.provenance, judged.head))
  return defined({ device })
}

function lineOf(
  archived: Archived | undefined,
  known: Pick<BundleMeasurement, 'leaf' | 'role' | 'state' | 'device'>,
): BundleMeasurement {
  if (archived?.kind !== 'blob') return { ...known, id: null, received_at_utc: null, channel: null, origin: null }
  const { id, receivedAt, channel } = archived.provenance
  return {
    ...known,
    id,
    received_at_utc: formatInstantUtc(receivedAt),
    channel,
    origin: originClass(archived.provenance),
  }
}

/** Class of a sender or source: an origin may hold a pseudonym, or the name that a person gave to a file. */
export function originClass({ channel, origin }: Pick<Provenance, 'channel' | 'origin'>): OriginClass {
  switch (channel) {
    case 'collector':
      return parseSubmittedBy(origin)?.standing ?? 'unsigned'
    case 'ooni-bucket':
      return 'bucket'
    case 'file':
    case 'simulator':
      return channel
  }
}

/** What is not in `raw/`, gathered on the way. */
class TakenOut {
  readonly erased: { leaf: number; at_utc: string; reason: string }[] = []
  readonly changed: { leaf: number; public: string }[] = []
  readonly #fields = new Map<string, { readonly why: RedactionReason; measurements: number }>()

  note(fields: readonly RedactedField[]): void {
    const counted = new Set<string>()
    for (const { what, why } of fields) {
      const name = this.#fields.has(what) || this.#fields.size < MOST_FIELDS ? what : '/*'
      if (counted.has(name)) continue
      counted.add(name)
      const known = this.#fields.get(name) ?? { why, measurements: 0 }
      known.measurements++
      this.#fields.set(name, known)
    }
  }

  redactions(): Redactions {
    const fields = [...this.#fields].map(([what, { why, measurements }]) => ({ what, why, measurements }))
    return {
      public_form: PUBLIC_FORM_VERSION,
      fields: fields.toSorted((a, b) => (a.what < b.what ? -1 : 1)),
      erased: this.erased,
      form_changed: this.changed,
    }
  }
}
