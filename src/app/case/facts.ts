import { join } from 'node:path'
import { DAY_MS } from '../../core/model/duration.ts'
import type { World } from '../../runtime/world.ts'
import type { BundleFacts, CaseFile, CaseRecord } from '../../casework/case/case-form.ts'
import { requestsOf, shownBundles, stayedSilent } from '../../casework/case/occurrences.ts'
import type { QuestionId } from '../../casework/case/questions.ts'
import { loadLaw } from '../../casework/law/load-law.ts'
import type { ExhibitFinding } from '../../casework/exhibit/finding.ts'
import type { BesideBundle } from '../../casework/statement/completeness.ts'
import { momentBounds } from '../../core/model/moment.ts'
import type { Order, Statement } from '../../core/model/tables/record.ts'
import { type Instant, parseSha256 } from '../../core/model/units.ts'
import { loadRecord } from '../../runtime/tables/record.ts'
import { names } from './names.ts'
import { hash } from 'node:crypto'
import type { Names } from '../../core/text/names.ts'
import { parseDerivationTables, type DerivationTables } from '../../core/derive/derivation-tables.ts'
import { judgePublic } from '../../core/derive/judge-public.ts'
import { pemBlocks } from '../../core/derive/rederive.ts'
import { readParts, type BundleParts } from '../../core/evidence/verify/bundle-parts.ts'
import { rawPath } from '../../core/evidence/verify/source/bundle-paths.ts'
import { LIMITS, type BundleSource } from '../../core/evidence/verify/source/bundle-source.ts'
import { StepFindings } from '../../core/evidence/verify/step/findings.ts'
import type { BundleIndex, BundleMeasurement, Program, Redactions } from '../../core/model/incident/bundle.ts'
import { CAUSES, type Cause } from '../../core/model/incident/cause.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { readIncident } from '../../core/model/incident/incident-read.ts'
import { InputError, settledOrUndefined } from '../../core/model/errors.ts'
import { bundled, type BundledMeasurement } from '../../pipeline/bundle/make-bundle.ts'
import type { ExhibitAbout } from '../../pipeline/bundle/write-bundle.ts'
import { codeOfValue } from '../../site/code/codes.ts'
import { openCertificates } from '../../runtime/certificates.ts'
import { findingOf } from '../exhibit/exhibit.ts'
import { openBundle } from '../proof/open-bundle.ts'

/** A bundle of a case with what its files say. */
export interface CaseFinding {
  readonly record: CaseRecord
  readonly finding: ExhibitFinding
}

/**
 * What the bundles of a case say, oldest incident first. Nothing is read out of one that fails verification, or that
 * has no incident.
 */
export async function readFindings(folder: string, file: CaseFile, world: World): Promise<readonly CaseFinding[]> {
  const found: CaseFinding[] = []
  for (const record of shownBundles(file)) {
    const { held, bundle } = record
    if (held === undefined || bundle === undefined || bundle.verified.kind === 'wanting') continue
    const path = join(folder, held.path)
    const finding = await readFinding(path, bundle.verified, { names: names(), world })
    if (finding !== undefined) found.push({ record, finding })
  }
  return found.toSorted((a, b) => startOf(a) - startOf(b))
}

const startOf = ({ finding: { incident } }: CaseFinding): number =>
  incident.start.median ?? incident.start.bracket[1] ?? 0

/** Statements so long before and after an incident are shown next to it. */
const AROUND_MS = 30 * DAY_MS

/**
 * Statements made at the time of the incidents, and acts on record that name their services. Simulated incidents have
 * no statement next to them that was really made.
 */
export function besideFindings(findings: readonly CaseFinding[]): {
  readonly statements: readonly Statement[]
  readonly orders: readonly Order[]
} {
  const record = loadRecord()
  const real = findings.filter(({ finding }) => finding.incident.simulated === record.simulated)
  const services = new Set(real.map(({ finding }) => finding.incident.service))
  const spans = real.flatMap(({ finding: { incident } }) => {
    const from = incident.start.lo95 ?? incident.start.median ?? incident.start.bracket[1]
    const until = incident.end.hi95 ?? incident.end.median ?? incident.end.bracket[0] ?? from
    return from === undefined || until === undefined ? [] : [{ from: from - AROUND_MS, until: until + AROUND_MS }]
  })
  const near = (at: Instant, until: Instant): boolean => spans.some((span) => at < span.until && until > span.from)
  return {
    statements: record.statements.filter(({ at }) => {
      const bounds = momentBounds(at)
      return near(bounds.from, bounds.until)
    }),
    orders: record.orders.filter(({ scope }) => scope.some((one) => services.has(one))),
  }
}

const EFFECT: readonly QuestionId[] = ['use', 'purpose', 'harm', 'substitute']

/** What the case holds besides a bundle, by the id of its record, for the list of what a court looks for. */
export function besideBundle(file: CaseFile, bundle: string): BesideBundle {
  const means = file.means?.[bundle] ?? {}
  const holds = (kind: CaseRecord['kind']): boolean => file.records.some((one) => one.kind === kind)
  const states = requestsOf(file)
  const law = loadLaw()
  const request = states.some(({ reply }) => reply?.kind === 'answer')
    ? 'answered'
    : states.some((one) => stayedSilent(one, file, law))
      ? 'term-passed'
      : 'sent'
  return {
    qualification: means.who !== undefined,
    device: means.device !== undefined,
    contract: means.contract !== undefined,
    clock: means.clock !== undefined,
    independent: holds('independent-data'),
    signedStatement: holds('signed-statement'),
    specialist: holds('specialist-opinion'),
    translations: file.records.flatMap((one) => (one.in === undefined ? [] : [one.in])),
    attribution: file.records.some(({ kind, says }) => kind === 'act' || says === 'act-named'),
    ...(states.length === 0 ? {} : { request }),
    effect: EFFECT.every((id) => file.answers[id] !== undefined),
    consent: file.answers.consent?.value === true,
  }
}

const TABLES = 'data/tables/'
const MANIFEST = 'manifest-sha512.txt'

/**
 * What papers say of a bundle that a case holds, only out of its files; its measurements are judged again. `rederived`
 * is what the verification found when it was added. Undefined for a bundle without an incident. Throws InputError where
 * its files are not of the form.
 */
async function readFinding(
  path: string,
  verified: BundleFacts['verified'],
  { names, world }: { readonly names: Names; readonly world: World },
): Promise<ExhibitFinding | undefined> {
  await using opened = await openBundle(path, world.cwd, world.signal)
  const { source } = opened
  if (source === undefined) throw broken(path, 'its files cannot be read')
  const find = new StepFindings()
  const parts = await readParts(source, find)
  const { index, program, redactions, incident: revisions } = parts
  const last = revisions?.at(-1)
  if (revisions === undefined || last === undefined) return undefined
  if (index === undefined || program === undefined || redactions === undefined)
    throw broken(path, 'an index file is missing or of another form')
  const tables = parseDerivationTables(await readTables(source), digest)
  const incident = incidentOf(last)
  const measurements = await judgeHeld(source, parts, { tables, world })
  const about = await aboutOf(source, { index, program, redactions })
  const { comparisons } = tables.weigh
  const found = await findingOf(
    about,
    { incident, revisions: revisions.map(incidentOf), measurements },
    { names, operator: undefined, comparisons },
  )
  const rederived = verified.kind === 'sound' ? 'same' : verified.kind === 'wanting' ? 'differs' : 'not-done'
  // The code is that of the revision as the file has it, which is what a reader can look up.
  return { ...found, rederived, code: await codeOfValue(last) }
}

const digest = (bytes: Uint8Array | string): ReturnType<typeof parseSha256> => parseSha256(hash('sha256', bytes))

const broken = (path: string, found: string): InputError =>
  new InputError(`Cannot read the bundle "${path}" of the case: ${found}`, {
    code: 'case.bundle',
    path,
    expected: 'a bundle as it was added',
  })

/** A revision of a file as papers take one. The curve and the posterior are in no file, and no paper prints them. */
function incidentOf(last: Readonly<Record<string, unknown>>): Incident {
  const read = readIncident(last)
  const { note, episode, reason } = last
  return {
    ...read,
    cause: {
      ...read.cause,
      posterior: Object.fromEntries(CAUSES.map((one) => [one, Number.NaN])) as Record<Cause, number>,
    },
    curve: [],
    measurements: read.measurements.flatMap((one) => (typeof one === 'string' ? [parseSha256(one)] : [])),
    // `readIncident` has held them to their forms.
    reason: reason as Incident['reason'],
    ...(typeof note === 'string' ? { note } : {}),
    ...(typeof episode === 'string' ? { episode } : {}),
  }
}

async function readTables(source: BundleSource): Promise<ReadonlyMap<string, Uint8Array>> {
  const tables = new Map<string, Uint8Array>()
  for (const path of source.files.keys())
    if (path.startsWith(TABLES)) tables.set(path.slice(TABLES.length), await source.read(path, LIMITS.wholeBytes))
  return tables
}

async function judgeHeld(
  source: BundleSource,
  { measurements }: BundleParts,
  { tables, world }: { readonly tables: DerivationTables; readonly world: World },
): Promise<readonly BundledMeasurement[]> {
  const roots = source.files.has(`${TABLES}roots.pem`)
    ? await source.read(`${TABLES}roots.pem`, LIMITS.wholeBytes)
    : undefined
  const certificates = openCertificates(roots === undefined ? [] : pemBlocks(new TextDecoder().decode(roots)))
  const tools = { tables: tables.verdicts, certificates, digest }
  const judged: BundledMeasurement[] = []
  for (const line of measurements) {
    world.signal.throwIfAborted()
    judged.push(bundled(line, await judgeLine(source, line, tools)))
  }
  return judged
}

async function judgeLine(
  source: BundleSource,
  { leaf, state }: BundleMeasurement,
  tools: Parameters<typeof judgePublic>[1],
): Promise<Parameters<typeof bundled>[1]> {
  const path = rawPath(leaf)
  if (state !== 'held' || !source.files.has(path)) return undefined
  // What cannot be read fails the verification, which says so.
  const found = await settledOrUndefined(
    source.read(path, LIMITS.wholeBytes).then((bytes) => judgePublic(bytes, tools)),
  )
  return found?.kind === 'aside' ? undefined : found
}

async function aboutOf(
  source: BundleSource,
  about: { readonly index: BundleIndex; readonly program: Program; readonly redactions: Redactions },
): Promise<ExhibitAbout> {
  const read = (path: string): Promise<Uint8Array> => source.read(path, LIMITS.wholeBytes)
  const manifest = new TextDecoder().decode(await read(MANIFEST))
  const files = manifest.split('\n').flatMap((line) => {
    const [, sha512, path] = /^([0-9a-f]{128}) {2}(data\/.{1,300})$/.exec(line) ?? []
    return sha512 === undefined || path === undefined
      ? []
      : [{ path, sha512, size: source.files.get(path) ?? 0, crc32: 0 }]
  })
  return { ...about, files, stamps: await readStamps(source), read }
}

async function readStamps(source: BundleSource): Promise<ExhibitAbout['stamps']> {
  const read = (path: string): Promise<Uint8Array> => source.read(path, LIMITS.wholeBytes)
  const stamps: ExhibitAbout['stamps'][number][] = []
  for (const path of source.files.keys()) {
    const [, size, authority] = /^data\/log\/stamped\/(\d{1,15})-([a-z0-9._-]{1,80})\.tsr$/.exec(path) ?? []
    if (size === undefined || authority === undefined) continue
    const [query, checkpoint, chain] = [
      `data/log/stamped/${size}-${authority}.tsq`,
      `data/log/stamped/${size}.checkpoint`,
      `data/log/authorities/${authority}.pem`,
    ]
    if (query === undefined || checkpoint === undefined || chain === undefined) continue
    if (![query, checkpoint, chain].every((one) => source.files.has(one))) continue
    stamps.push({
      size: Number(size),
      authority,
      query: await read(query),
      reply: await read(path),
      checkpoint: await read(checkpoint),
      chain: await read(chain),
    })
  }
  return stamps
}
