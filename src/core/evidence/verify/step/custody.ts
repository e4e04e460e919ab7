import { decodeReview, reviewAt } from '../../../model/incident/review.ts'
import { parseInstant } from '../../../model/units.ts'
import type { CustodyEvent } from '../../../model/custody.ts'
import { verifyCustody } from '../../custody/custody-chain.ts'
import { isJsonObject, type BundleParts } from '../bundle-parts.ts'
import { loggedAt } from '../source/bundle-paths.ts'
import type { BundleTools } from '../bundle-tools.ts'
import { parseBoundedJson } from '../source/bounded-json.ts'
import { InputError } from '../../../model/errors.ts'
import type { EntryKind } from '../../../model/log-entry.ts'
import type { FilesRead } from '../source/read-files.ts'
import type { StepFindings } from './findings.ts'

/** Files of one kind of leaf, by leaf. */
export const keptOf = (
  files: FilesRead,
  kind: EntryKind,
): readonly { readonly leaf: number; readonly path: string; readonly bytes: Uint8Array }[] =>
  [...files.kept]
    .flatMap(([path, bytes]) => {
      const logged = loggedAt(path)
      return logged?.kind === kind ? [{ leaf: logged.leaf, path, bytes }] : []
    })
    .toSorted((a, b) => a.leaf - b.leaf)

/** Whether the events of custody are signed and in order, and every erasure has one. */
export function checkCustody(parts: BundleParts, files: FilesRead, tools: BundleTools, find: StepFindings): void {
  const filed = keptOf(files, 'custody-event')
  const seal = files.kept.get('seal.json')
  const paths = [...filed.map(({ path }) => path), ...(seal === undefined ? [] : ['seal.json'])]
  const given = [...filed.map(({ bytes }) => bytes), ...(seal === undefined ? [] : [seal])]
  const { events, keys, problems } = verifyCustody(given, tools, { part: true })
  for (const { problem, at } of problems)
    find.fail(problem === 'form' ? 'file-form' : problem === 'signature' ? 'bad-signature' : 'chain', paths[at])
  const erasures = new Set(events.flatMap((event) => (event?.type === 'erased' ? erasedLeaves(event) : [])))
  for (const { leaf, state } of parts.measurements)
    if (state === 'erased' && !erasures.has(String(leaf))) find.fail('erased-silently', `leaf ${leaf}`)
  noteReviews(parts, events, find)
  if (filed.length === 0) find.note('no-custody')
  find.fact('custody', { count: given.length, keys: keys.length })
}

/** How the incident stands by what people did with it, at the time of the bundle: said beside what is derived again. */
function noteReviews({ index }: BundleParts, events: readonly (CustodyEvent | undefined)[], find: StepFindings): void {
  if (index?.about.kind !== 'incident') return
  const { incident } = index.about
  const acts = events.flatMap((event) => (event === undefined ? [] : (decodeReview(event) ?? [])))
  const own = acts.filter((act) => act.incident === incident)
  if (own.length === 0) return
  const { standing, by } = reviewAt(own, parseInstant(index.made_at_utc))
  find.note(`people-${standing}`, by === undefined ? undefined : `${by.role}: ${by.actor}`)
}

const erasedLeaves = ({ evidence }: CustodyEvent): readonly string[] =>
  evidence.kind === 'measurement' ? [evidence.id] : []

/** A revision as it was logged, as far as it is needed here. */
export interface BundledRevision {
  readonly leaf: number
  readonly id: string
  readonly revision: number
  readonly measurements: readonly number[]
  readonly json: Readonly<Record<string, unknown>>
}

/** Logged revisions in the bundle, by leaf; what is none is found. */
export function readBundledRevisions(files: FilesRead, find: StepFindings): readonly BundledRevision[] {
  return keptOf(files, 'incident-revision').flatMap(({ leaf, path, bytes }) => {
    try {
      const json = parseBoundedJson(bytes)
      const { id, revision, measurements } = isJsonObject(json) ? json : {}
      if (isJsonObject(json) && typeof id === 'string' && typeof revision === 'number' && isLeaves(measurements))
        return [{ leaf, id, revision, measurements, json }]
    } catch (error) {
      if (!(error instanceof InputError)) throw error
    }
    find.fail('file-form', path)
    return []
  })
}

const isLeaves = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one, at) => Number.isSafeInteger(one) && (at === 0 || one > value[at - 1]))

/** Whether every measurement that a logged revision of this incident names is here, or said to be erased. */
export function checkComplete(parts: BundleParts, revisions: readonly BundledRevision[], find: StepFindings): void {
  const { index, measurements } = parts
  const states = new Map(measurements.map(({ leaf, state }) => [leaf, state]))
  const about = index?.about
  if (about?.kind !== 'incident') {
    find.fact('complete', {
      named: measurements.length,
      held: [...states.values()].filter((one) => one === 'held').length,
    })
    // Nothing is concluded from them, so that nothing says which belong here.
    if (about === undefined) find.skip('unread', 'data/bundle.json')
    else find.skip('chosen')
    noteNotHeld(measurements, find)
    return
  }
  const own = revisions.filter(({ id }) => id === about.incident)
  const numbers = new Set(own.map(({ revision }) => revision))
  for (let revision = 1; revision <= about.revision && revision <= MOST_REVISIONS; revision++)
    if (!numbers.has(revision)) find.fail('left-out', `revision ${revision}`)
  const named = new Set(own.flatMap((one) => one.measurements))
  let held = 0
  for (const leaf of named) {
    const state = states.get(leaf)
    if (state === 'held') held++
    else if (state === undefined) find.fail('left-out', `leaf ${leaf}`)
  }
  noteNotHeld(measurements, find)
  find.fact('complete', { named: named.size, held })
}

/** What is named and not shown, also what no revision names. */
function noteNotHeld(measurements: BundleParts['measurements'], find: StepFindings): void {
  for (const wanted of ['erased', 'form-changed'] as const)
    find.noteLeaves(
      wanted,
      measurements.filter(({ state }) => state === wanted).map(({ leaf }) => leaf),
    )
}

/** A bundle that claims more revisions than this is wrong already where its revisions are counted. */
const MOST_REVISIONS = 10_000
