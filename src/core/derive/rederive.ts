import { defined } from '../model/defined.ts'
import type { BundleMeasurement, BundleObservations, BundleVerdict, Program } from '../model/incident/bundle.ts'
import { encodeBundleObservations, encodeBundleVerdict } from '../model/incident/bundle-wire.ts'
import { numberedDevice } from '../model/device.ts'
import { InputError } from '../model/errors.ts'
import { readDraft, type ReadIncident } from '../model/incident/incident-read.ts'
import type { Digest } from '../model/tables/parse-tables.ts'
import { instant, parseSha256, type Instant, type Sha256 } from '../model/units.ts'
import type { Certificates } from '../x509/certificates.ts'
import { encodeResult, parseDerivation, seriesInputs, type Derivation } from './derivation-form.ts'
import { parseDerivationTables, type DerivationTables } from './derivation-tables.ts'
import { deriveShown, draftOf, nearestTo } from './derive-incident.ts'
import { differencesOf } from './differences.ts'
import type { Draft } from './draft.ts'
import { judgePublic, type JudgedJson } from './judge-public.ts'
import { measuredOf, MeasuredSet, type Measured } from './measured.ts'
import { readerSeesChange, stageOf } from './reader-sees.ts'
import { HeadsSeen, otherSettings, type SeenHeads } from './seen-heads.ts'
import { detectionVersion, underRevision, type SameRules } from './rules.ts'
import type { ShownIncident } from './shown.ts'
import { windowOf } from './window.ts'
import { latestOf, revisionOf, withdrawalOf, type Withdrawal } from './withdrawal.ts'

/** What a bundle holds, as far as it is derived again. Everything in it is hostile. */
export interface RederiveParts {
  /** Files of `data/tables/`, by their names in it. */
  readonly tables: ReadonlyMap<string, Uint8Array>
  readonly program: Pick<Program, 'rules' | 'detection'>
  /** Lines of `measurements.jsonl`. */
  readonly measurements: readonly BundleMeasurement[]
  /** Bytes of `raw/<leaf>.json`; undefined where there is no such file. */
  readonly raw: (leaf: number) => Promise<Uint8Array | undefined>
  /** Lines of `verdicts.jsonl` and `observations.jsonl`, by rising leaf. */
  readonly verdicts: AsyncIterable<BundleVerdict>
  readonly observations: AsyncIterable<BundleObservations>
  /** JSON of `derivation.json`; absent in a bundle of measurements alone. */
  readonly derivation?: unknown
  /** JSON of the files of `revisions/`, by leaf. */
  readonly revisions: ReadonlyMap<number, unknown>
}

/** A decoder of certificates that checks signatures by asking first and being told later, as browsers do. */
export interface LaterCertificates extends Certificates {
  /** Signatures that were asked for and are not yet checked: until then a chain that needs them counts as not anchored. */
  readonly pending: number
  /** Rises with each thing asked that it cannot read or check and that another machine might. */
  readonly unsure: number
  /** Checks them. */
  settle(): Promise<void>
}

export interface RederiveTools {
  readonly digest: Digest
  /** Opens the decoder of certificates with roots in PEM, those of `tables/roots.pem` alone. */
  readonly openCertificates: (roots: readonly string[]) => Certificates | LaterCertificates
  /** Measurements judged so far, of how many. May wait, so that a page stays alive; what it throws ends the work. */
  readonly onJudged?: (done: number, total: number) => void | Promise<void>
}

/** What is wrong with one measurement. */
export interface VerdictDifference {
  readonly leaf: number
  /** `verdict` and `observations` differ from the bundle's; `unread`: its bytes cannot be read or are not there. */
  readonly kind: 'verdict' | 'observations' | 'unread'
  /** Places that differ, or what the reader of it said. */
  readonly about: readonly string[]
}

/** What came of deriving the incident of a bundle again. Paths are places in the JSON of `result`. */
export interface RederivedIncident {
  /** From a settled state the beginning of the series is stated, not derived. */
  readonly begins: 'first-reading' | 'settled'
  /** Paths in which the derived incident differs from `result`, its weight aside; `/` where there is none at all. */
  readonly incident: readonly string[]
  /** Paths in which its weight of evidence differs. */
  readonly weight: readonly string[]
  /** Inputs that are not as the logged revisions and tables have them. */
  readonly inputs: readonly string[]
  /** Settings of the detector that are not this program's: they are in the bundle, and were chosen by its author. */
  readonly otherSettings: readonly string[]
  /** Incidents beside it that its weight looks at. */
  readonly others: number
  /** Of a withdrawn incident, instead of the incident and its weight: what the measurements show at its time. */
  readonly withdrawn?: Withdrawal
  /** Whether the latest logged revision says to a reader what `result` says; undefined where it is not in the bundle. */
  readonly readsAlike: boolean | undefined
}

export interface Rederived {
  /** Measurements judged again; those without a verdict, since nothing is judged of them, are among them. */
  readonly judged: number
  readonly verdicts: readonly VerdictDifference[]
  /** Leaves that differ, but only by certificates that this machine cannot check: no statement is made about them. */
  readonly unchecked: readonly number[]
  /** What the measurements say of themselves. */
  readonly heads: SeenHeads
  /** Absent in a bundle of measurements alone. */
  readonly derived?: RederivedIncident
  /** This program judges and detects by the rules that the bundle names; where not, a difference may be one of rules. */
  readonly sameRules: boolean
  /** Tables and settings are those that the bundle's versions of the rules name: another program has no part in this. */
  readonly sameTables: boolean
}

/**
 * Judges every held measurement of a bundle again and derives its incident again, from public forms and stated inputs
 * alone:
 * the one function of `kuager verify` and of the page of verification. Throws InputError where tables or derivation
 * cannot be
 * read: then nothing can be said. Pure but for what it is given; memory grows with the measurements, not with their
 * bytes.
 */
export async function rederive(parts: RederiveParts, tools: RederiveTools): Promise<Rederived> {
  const parsed = parseDerivationTables(parts.tables, tools.digest)
  const rules = underRevision(parsed.verdicts.rulesVersion, parts.program.rules)
  const tables = { ...parsed, verdicts: { ...parsed.verdicts, rulesVersion: rules.version } }
  const derivation = parts.derivation === undefined ? undefined : parseDerivation(parts.derivation)
  const heads = new HeadsSeen(derivation && { ...derivation.inputs.series, comparisons: tables.weigh.comparisons })
  const { measured, judged, differences, unchecked } = await judgeAll(parts, tables, { ...tools, heads })
  const result = { judged, verdicts: differences, unchecked, heads: heads.seen }
  if (derivation === undefined) return { ...result, sameRules: rules.same, sameTables: rules.tables }
  const { derived, detection } = deriveAgain(derivation, { measured, tables, parts, tools })
  return {
    ...result,
    derived,
    sameRules: rules.same && detection.same,
    sameTables: rules.tables && detection.tables,
  }
}

/** Blocks of PEM in a file. */
export const pemBlocks = (text: string): readonly string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,100000}-----END CERTIFICATE-----/g) ?? []

interface JudgedAll {
  readonly measured: readonly Measured[]
  readonly judged: number
  readonly differences: readonly VerdictDifference[]
  readonly unchecked: readonly number[]
}

async function judgeAll(
  parts: RederiveParts,
  tables: DerivationTables,
  tools: RederiveTools & { readonly heads: HeadsSeen },
): Promise<JudgedAll> {
  const pem = parts.tables.get('roots.pem')
  const certificates = tools.openCertificates(pem === undefined ? [] : pemBlocks(new TextDecoder().decode(pem)))
  const judgeTools = { tables: tables.verdicts, certificates, digest: tools.digest }
  const verdicts = byLeaf(parts.verdicts)
  const observations = byLeaf(parts.observations)
  const held = parts.measurements.filter(({ state }) => state === 'held').toSorted((a, b) => a.leaf - b.leaf)
  const measured: Measured[] = []
  const differences: VerdictDifference[] = []
  const unchecked: number[] = []
  let judged = 0
  for (const one of held) {
    await tools.onJudged?.(judged, held.length)
    const verdict = await verdicts(one.leaf)
    const rows = await observations(one.leaf)
    const bytes = await parts.raw(one.leaf)
    const unsure = unsureOf(certificates)
    const found = bytes === undefined ? 'no file' : await judgeOne(bytes, judgeTools)
    judged++
    const wrong =
      typeof found === 'string'
        ? unread(one.leaf, found, bytes !== undefined && verdict === undefined && rows === undefined)
        : compareJudged(one.leaf, found, { verdict, rows })
    if (wrong.length > 0 && unsureOf(certificates) > unsure) unchecked.push(one.leaf)
    else differences.push(...wrong)
    if (typeof found !== 'object') continue
    tools.heads.add(one, found.head, found.service)
    if (one.id !== null) measured.push(measuredFrom(one, found))
  }
  await tools.onJudged?.(judged, held.length)
  return { measured, judged, differences, unchecked }
}

const unsureOf = (certificates: Certificates | LaterCertificates): number =>
  'unsure' in certificates ? certificates.unsure : 0

/** What a measurement says; undefined where nothing is judged of it, a sentence where it cannot be read. */
async function judgeOne(
  bytes: Uint8Array,
  tools: Parameters<typeof judgePublic>[1] & { readonly certificates: Certificates | LaterCertificates },
): Promise<JudgedJson | string | undefined> {
  try {
    for (;;) {
      const judged = judgePublic(bytes, tools)
      const { certificates } = tools
      if (!('pending' in certificates) || certificates.pending === 0)
        return judged.kind === 'aside' ? undefined : judged
      await certificates.settle()
    }
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
}

/** What cannot be read: no difference where the bundle has its bytes and no verdict of them either. */
const unread = (leaf: number, found: string, agrees: boolean): readonly VerdictDifference[] =>
  agrees ? [] : [{ leaf, kind: 'unread', about: [found] }]

function compareJudged(
  leaf: number,
  found: JudgedJson | undefined,
  stated: { readonly verdict: BundleVerdict | undefined; readonly rows: BundleObservations | undefined },
): readonly VerdictDifference[] {
  const own = found && {
    verdict: encodeBundleVerdict(leaf, found.service, found.verdict),
    rows: encodeBundleObservations(leaf, found.observations),
  }
  const verdict = differencesOf(plain(stated.verdict), plain(own?.verdict))
  const rows = differencesOf(plain(stated.rows), plain(own?.rows))
  return [
    ...(verdict.length === 0 ? [] : [{ leaf, kind: 'verdict' as const, about: verdict }]),
    ...(rows.length === 0 ? [] : [{ leaf, kind: 'observations' as const, about: rows }]),
  ]
}

/** A value as a file would have it: members without a value are absent. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown)

function measuredFrom(one: BundleMeasurement, { head, service, verdict, observations }: JudgedJson): Measured {
  const id = parseSha256(one.id)
  // An excluded sender counts nowhere, even if the rest of the line says otherwise.
  const provenance =
    one.role === 'apart' || one.channel === null
      ? ({ id, channel: 'collector', origin: 'unsigned' } as const)
      : { id, channel: one.channel, origin: one.origin ?? '' }
  const measured = measuredOf({ leafIndex: one.leaf, provenance, head, service, verdict, observations })
  return one.device === undefined ? measured : { ...measured, device: numberedDevice(one.device) }
}

/** Looks lines up that come by rising leaf, of leaves that are asked for by rising leaf. */
function byLeaf<T extends { readonly leaf: number }>(
  lines: AsyncIterable<T>,
): (leaf: number) => Promise<T | undefined> {
  const iterator = lines[Symbol.asyncIterator]()
  let next: T | undefined
  let ended = false
  return async (leaf) => {
    while (!ended && (next === undefined || next.leaf < leaf)) {
      const line = await iterator.next()
      if (line.done === true) ended = true
      else next = line.value
    }
    return next?.leaf === leaf ? next : undefined
  }
}

interface Around {
  readonly measured: readonly Measured[]
  readonly tables: DerivationTables
  readonly parts: RederiveParts
  readonly tools: RederiveTools
}

interface DerivedAgain {
  readonly derived: RederivedIncident
  readonly detection: SameRules
}

/** Derives the incident that the bundle is about, or looks whether the measurements show one that was withdrawn. */
function deriveAgain(derivation: Derivation, around: Around): DerivedAgain {
  const set = new MeasuredSet(around.measured)
  const shown = deriveShown(set, seriesInputs(derivation), around.tables.weigh) ?? []
  const { result } = derivation
  return result === undefined
    ? withdrawnAgain(derivation, shown, around)
    : incidentAgain({ ...derivation, result }, { set, shown }, around)
}

/** A derivation with an incident as what came out. */
type WithResult = Derivation & Required<Pick<Derivation, 'result'>>

/** The incident nearest in time, beside the one that is stated; none where the measurements show none near it. */
function incidentAgain(
  derivation: WithResult,
  { set, shown }: { readonly set: MeasuredSet; readonly shown: readonly ShownIncident[] },
  around: Around,
): DerivedAgain {
  const { tables, parts, tools } = around
  const one = nearestTo(windowOf(readDraft(derivation.result)), shown)
  if (one === undefined)
    return { derived: comparedWith(undefined, derivation, around), detection: { same: true, tables: true } }
  const inputs = seriesInputs(derivation)
  const draft = draftOf(one, { set, shown, inputs }, { tables: tables.weigh, digest: tools.digest })
  // Verdict rules, then those of the detection.
  const [verdicts = '', detection = ''] = draft.rulesVersion.split(' ')
  const under = underRevision(detection, parts.program.detection)
  const named = { ...draft, rulesVersion: `${verdicts} ${under.version}` }
  return { derived: comparedWith(named, derivation, around), detection: under }
}

/** Whether the measurements show nothing at the time of a withdrawn incident. */
function withdrawnAgain(derivation: Derivation, shown: readonly ShownIncident[], around: Around): DerivedAgain {
  const { tables, parts, tools } = around
  const { settings, begins, others } = derivation.inputs
  const own = detectionVersion(settings, tables.weigh.causes.digest, tools.digest)
  const logged = [...parts.revisions.values()].flatMap((value) => revisionOf(value) ?? [])
  const latest = latestOf(derivation.incident, logged)
  return {
    derived: {
      begins: begins.kind,
      incident: [],
      weight: [],
      inputs: wrongInputs(derivation, around),
      otherSettings: otherSettings(settings),
      others: others.length,
      readsAlike: latest?.withdrawn,
      ...(latest === undefined ? {} : { withdrawn: withdrawalOf(latest, shown, logged) }),
    },
    detection: underRevision(own, parts.program.detection),
  }
}

function comparedWith(draft: Draft | undefined, derivation: WithResult, about: Around): RederivedIncident {
  const leaves = new Map(about.measured.map(({ provenance, leafIndex }) => [provenance.id, leafIndex]))
  const { cause: stated, ...told } = derivation.result
  const encoded = draft && encodeResult(draft, (id: Sha256) => leaves.get(id))
  const { cause, ...own } = encoded ?? {}
  return {
    begins: derivation.inputs.begins.kind,
    incident: encoded === undefined ? ['/'] : differencesOf(told, plain(own)),
    weight: encoded === undefined ? ['/cause'] : differencesOf(stated, plain(cause), '/cause'),
    inputs: wrongInputs(derivation, about),
    otherSettings: otherSettings(derivation.inputs.settings),
    others: derivation.inputs.others.length,
    readsAlike: readsAlike(derivation, about.parts.revisions),
  }
}

/** Inputs that a third party can compare with something else of the bundle. */
function wrongInputs(
  { causeTable, inputs }: Derivation,
  { tables, parts }: { readonly tables: DerivationTables; readonly parts: Pick<RederiveParts, 'revisions'> },
): readonly string[] {
  const wrong: string[] = []
  if (tables.weigh.causes.digest !== causeTable) wrong.push('/cause_table')
  const logged = [...parts.revisions.values()].flatMap((value) => revisionOf(value) ?? [])
  for (const [i, other] of inputs.others.entries()) {
    const same = logged.find(({ id, revision }) => id === other.incident && revision === other.revision)
    const { incident: _, revision: __, ...said } = other
    const differs =
      same === undefined ||
      same.withdrawn ||
      differencesOf(said, {
        service: same.service,
        asn: same.asn,
        state: same.state,
        running: same.running,
        start: same.start,
        end: same.end,
        ...('mechanism' in other ? { mechanism: same.mechanism ?? null } : {}),
      }).length > 0
    if (differs) wrong.push(`/others/${i}`)
  }
  return wrong
}

/** Whether a reader of the latest logged revision and of the result would read the same. */
function readsAlike(
  { incident, inputs, result }: WithResult,
  revisions: RederiveParts['revisions'],
): boolean | undefined {
  const logged = [...revisions.values()].flatMap((value) => revisionOf(value) ?? [])
  const latest = latestOf(incident, logged)
  if (latest === undefined) return undefined
  const { withdrawn, impact } = latest
  const draft = { ...readDraft(result), withdrawn, ...defined({ impact }) }
  return !readerSeesChange(latest, draft, stageOf(latest, seenUntil(inputs.until, latest)))
}

/** What was known when the revision was made, or when it was derived: the later of the two. */
const seenUntil = (until: Instant, { revisedAt }: ReadIncident): Instant => instant(Math.max(until, revisedAt))
