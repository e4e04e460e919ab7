import { InputError } from '../../../model/errors.ts'
import { isJsonObject, type BundleParts } from '../bundle-parts.ts'
import { decodeUtf8, parseBoundedJson } from '../source/bounded-json.ts'
import { AT, OF_INCIDENT, rawPath } from '../source/bundle-paths.ts'
import { LIMITS, type BundleSource } from '../source/bundle-source.ts'
import type { DeriveAgain, Derived, DeriveParts, OnJudged } from '../derived.ts'
import type { BundledRevision } from './custody.ts'
import type { StepFindings } from './findings.ts'
import type { BundleObservations, BundleVerdict } from '../../../model/incident/bundle.ts'
import { readLines } from '../source/read-lines.ts'

const KINDS = { verdict: 'verdict-differs', observations: 'observations-differ', unread: 'not-judged' } as const

/** Leaves that are judged again unless the reader asks for more. */
export const MOST_JUDGED = 20_000

export interface DeriveInput {
  readonly source: BundleSource
  readonly parts: BundleParts
  readonly revisions: readonly BundledRevision[]
}

/** What came of deriving again; or why nothing did. */
export type DeriveOutcome =
  | { readonly kind: 'derived'; readonly derived: Derived }
  | { readonly kind: 'no-judge' }
  | { readonly kind: 'too-many'; readonly count: number }
  | { readonly kind: 'unreadable'; readonly about: string }

/** Derives everything again, where it is asked for and is not too much. */
export async function checkDerivation(
  { source, parts, revisions }: DeriveInput,
  {
    derive,
    mostJudged = MOST_JUDGED,
    onJudged,
  }: { readonly derive?: DeriveAgain; readonly mostJudged?: number; readonly onJudged?: OnJudged },
): Promise<DeriveOutcome> {
  if (derive === undefined) return { kind: 'no-judge' }
  const held = parts.measurements.filter(({ state }) => state === 'held').length
  if (held > mostJudged) return { kind: 'too-many', count: held }
  try {
    return { kind: 'derived', derived: await derive(await gatherForDeriving(source, parts, revisions), onJudged) }
  } catch (error) {
    if (error instanceof InputError) return { kind: 'unreadable', about: `${error.path} ${error.message}`.trim() }
    throw error
  }
}

/** What was derived; where nothing was, the reason is the outcome of the step. */
function derivedOr(outcome: DeriveOutcome, find: StepFindings): Derived | undefined {
  if (outcome.kind === 'derived') return outcome.derived
  if (outcome.kind === 'unreadable') find.skip('unread')
  else find.skip(outcome.kind, outcome.kind === 'too-many' ? String(outcome.count) : undefined)
  return undefined
}

/**
 * Whether a difference means anything: by other rules than the bundle names other verdicts are no sign of a change. Tables
 * come with the bundle, and excuse nothing.
 */
function comparable({ sameRules, sameTables, unchecked = [] }: Derived, differs: boolean, find: StepFindings): boolean {
  const own = sameRules || !sameTables
  if (!differs || (own && unchecked.length === 0)) return true
  find.skip(own ? 'no-tool' : 'rules')
  return false
}

/** Whether every measurement, judged again, gives the verdict and observations of the bundle. */
export function checkVerdicts(outcome: DeriveOutcome, parts: BundleParts, find: StepFindings): void {
  if (outcome.kind === 'unreadable') {
    find.fail('not-derived', outcome.about)
    return
  }
  const derived = derivedOr(outcome, find)
  if (derived === undefined) return
  if (!derived.sameTables) find.fail('tables-differ', TABLES)
  if (!comparable({ ...derived, unchecked: [] }, derived.verdicts.length > 0, find)) return
  const { unchecked = [] } = derived
  if (unchecked.length > 0) find.skip('no-tool', `leaf ${unchecked.slice(0, 20).join(' ')}`)
  if (derived.heads !== undefined) checkHeads(derived.heads, parts, find)
  for (const { leaf, kind, about } of derived.verdicts) find.fail(KINDS[kind], `leaf ${leaf}: ${about.join(' ')}`)
  find.fact('verdicts', { count: derived.judged })
}

/** Whether what the bundle says of its measurements is what they say of themselves. */
function checkHeads(heads: NonNullable<Derived['heads']>, { index }: BundleParts, find: StepFindings): void {
  for (const leaf of heads.otherRole) find.fail('not-agreeing', `${AT.measurements}: leaf ${leaf}`)
  find.noteLeaves('early', heads.early)
  if (index === undefined) return
  const { span, simulated } = index
  const stated = span && { since: Date.parse(span.since_utc), until: Date.parse(span.until_utc) }
  if (stated?.since !== heads.span?.since || stated?.until !== heads.span?.until)
    find.fail('not-agreeing', `${AT.index}: span`)
  if ((simulated ? heads.real : heads.simulated) > 0) find.fail('not-agreeing', `${AT.index}: simulated`)
}

const TABLES = 'data/tables/'
const ROOTS = 'data/tables/roots.pem'

/**
 * Certificates are judged by the roots in the bundle, which its maker chose: a root that this machine does not trust may
 * hide a forged certificate, or may only be of another year. It is said, and is no problem by itself.
 */
export async function checkRoots(
  source: BundleSource,
  { isKnownRoot }: { readonly isKnownRoot?: (pem: string) => boolean },
  find: StepFindings,
): Promise<void> {
  if (!source.files.has(ROOTS)) return
  const text = decodeUtf8(await source.read(ROOTS, LIMITS.wholeBytes))
  const roots = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,100000}-----END CERTIFICATE-----/g) ?? []
  if (roots.length === 0) return
  if (isKnownRoot === undefined) find.note('own-roots')
  else if (!roots.every(isKnownRoot)) find.note('unknown-root', String(roots.filter((pem) => !isKnownRoot(pem)).length))
}

/**
 * Everything is judged and weighed by the tables in the bundle, which its maker chose: with others the same measurements may
 * say something else. Those that are not the ones of this program are named; they may only be of another version.
 */
export async function checkTables(
  source: BundleSource,
  { isKnownTable }: { readonly isKnownTable?: (name: string, bytes: Uint8Array) => boolean },
  find: StepFindings,
): Promise<void> {
  if (isKnownTable === undefined) return find.note('own-tables')
  const others: string[] = []
  for (const path of source.files.keys()) {
    if (!path.startsWith(TABLES) || path === ROOTS) continue
    const name = path.slice(TABLES.length)
    if (!isKnownTable(name, await source.read(path, LIMITS.wholeBytes))) others.push(name)
  }
  if (others.length > 0) find.note('other-tables', others.join(', '))
}

/** Whether the bundle names no incident: then none is derived, even on request. */
const ofMeasurements = ({ index }: BundleParts): boolean => index?.about.kind === 'measurements'

/**
 * Whether the incident, derived again, is `result` of `derivation.json`, from inputs in the bundle; or whether
 * the measurements show none at the time of a withdrawn one.
 */
export function checkIncident(outcome: DeriveOutcome, parts: BundleParts, find: StepFindings): void {
  if (ofMeasurements(parts)) return find.skip('no-incident')
  const all = derivedOr(outcome, find)
  if (all === undefined) return
  const { derived } = all
  if (derived === undefined) {
    find.skip('no-incident')
    return
  }
  for (const path of derived.inputs) find.fail('inputs-differ', path)
  if (derived.begins === 'settled') find.note('settled')
  const { otherSettings = [] } = derived
  if (otherSettings.length > 0) find.note('other-settings', otherSettings.join(', '))
  if (derived.withdrawn !== undefined) return checkWithdrawal(derived.withdrawn, all, find)
  if (!comparable(all, derived.incident.length > 0, find)) return
  for (const path of derived.incident) find.fail('incident-differs', path)
  find.fact('incident', { count: all.judged })
}

/** What is shown at the time of a withdrawn incident may be another one that stands; then this one is not derived. */
function checkWithdrawal(
  { shown, successor }: NonNullable<NonNullable<Derived['derived']>['withdrawn']>,
  all: Derived,
  find: StepFindings,
): void {
  if (shown > 0 && successor !== undefined) return find.skip('successor', successor)
  if (!comparable(all, shown > 0, find)) return
  if (shown > 0) find.fail('incident-differs', '/')
  else find.fact('shown-no-longer', { count: all.judged })
}

/** Whether the weight of evidence, weighed again, is that of `result`. */
export function checkWeight(outcome: DeriveOutcome, parts: BundleParts, find: StepFindings): void {
  if (ofMeasurements(parts)) return find.skip('no-incident')
  if (parts.derivation?.result === null) return find.skip('not-weighed')
  const all = derivedOr(outcome, find)
  if (all === undefined) return
  if (all.derived === undefined) {
    find.skip('no-incident')
    return
  }
  find.note('stated-others', String(all.derived.others ?? 0))
  if (!comparable(all, all.derived.weight.length > 0, find)) return
  for (const path of all.derived.weight) find.fail('weight-differs', path)
  const cause = parts.derivation?.result?.['cause']
  const word = isJsonObject(cause) ? cause['word'] : undefined
  const quoted = isJsonObject(cause) && isJsonObject(cause['quoted']) ? cause['quoted'] : cause
  const ratio = isJsonObject(quoted) ? quoted['log10_lr'] : undefined
  if (typeof word === 'string') find.fact('weight', { word, ratio: typeof ratio === 'number' ? ratio : 0 })
}

/** Of all tables together. */
const MOST_TABLES = 256 * 1024 ** 2

/** What deriving again needs of a bundle. Throws InputError where it cannot be read. */
async function gatherForDeriving(
  source: BundleSource,
  { program, measurements }: BundleParts,
  revisions: readonly BundledRevision[],
): Promise<DeriveParts> {
  if (program === undefined)
    throw new InputError('Cannot derive again', {
      code: 'bundle.program',
      path: AT.program,
      expected: 'the rules by which the bundle was judged',
    })
  return {
    tables: await readTables(source),
    program,
    measurements,
    raw: (leaf) =>
      source.files.has(rawPath(leaf)) ? source.read(rawPath(leaf), LIMITS.wholeBytes) : Promise.resolve(undefined),
    verdicts: linesOf(source, AT.verdicts, isVerdict),
    observations: linesOf(source, AT.observations, isObservations),
    ...(source.files.has(OF_INCIDENT.derivation)
      ? { derivation: parseBoundedJson(await source.read(OF_INCIDENT.derivation, LIMITS.wholeBytes)) }
      : {}),
    revisions: new Map(revisions.map(({ leaf, json }) => [leaf, json])),
  }
}

async function readTables(source: BundleSource): Promise<ReadonlyMap<string, Uint8Array>> {
  const tables = new Map<string, Uint8Array>()
  let total = 0
  for (const [path, size] of source.files) {
    if (!path.startsWith(TABLES)) continue
    total += size
    if (total > MOST_TABLES)
      throw new InputError('Cannot read tables', {
        code: 'bundle.tables',
        path,
        expected: `at most ${MOST_TABLES} bytes`,
      })
    tables.set(path.slice(TABLES.length), await source.read(path, LIMITS.wholeBytes))
  }
  return tables
}

// These lines are compared whole with what is judged again: what their members may be is not asked of each of a hundred
// thousand.
const isVerdict = (value: unknown): value is BundleVerdict =>
  isJsonObject(value) && typeof value['leaf'] === 'number' && isJsonObject(value['verdict'])
const isObservations = (value: unknown): value is BundleObservations =>
  isJsonObject(value) && typeof value['leaf'] === 'number' && Array.isArray(value['observations'])

/** Values of a file of lines; a line of another form is passed over here, since its form is the description's to say. */
async function* linesOf<T>(
  source: BundleSource,
  path: string,
  isOne: (value: unknown) => value is T,
): AsyncGenerator<T> {
  if (!source.files.has(path)) return
  for await (const line of readLines(source.chunks(path))) {
    const value = parseBoundedJson(line)
    if (isOne(value)) yield value
  }
}
