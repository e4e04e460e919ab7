import { InputError } from '../../../model/errors.ts'
import { encodeCanonical } from '../../canonical-json.ts'
import { isJsonObject, type BundleParts } from '../bundle-parts.ts'
import { OF_INCIDENT } from '../source/bundle-paths.ts'
import type { BundledRevision } from './custody.ts'
import type { DeriveOutcome } from './derived.ts'
import type { StepFindings } from './findings.ts'

const LEAF = 'leaf:'
const ERASED = 'erased'
type Json = Readonly<Record<string, unknown>>

/**
 * Whether `incident.json` says what the logged revisions say, and the latest of these says to a reader what is derived.
 * A revision names measurements by leaf where it was logged and by id where it is shown: both are brought to leaves, and
 * an erased one counts on neither side.
 */
export function checkPublished(
  parts: BundleParts,
  { revisions, outcome }: { readonly revisions: readonly BundledRevision[]; readonly outcome: DeriveOutcome },
  find: StepFindings,
): void {
  const { index, incident } = parts
  if (index?.about.kind !== 'incident') {
    find.skip(index === undefined ? 'unread' : 'no-incident')
    return
  }
  const id = index.about.incident
  const logged = new Map(revisions.filter((one) => one.id === id).map(({ revision, json }) => [revision, json]))
  for (const shown of incident ?? []) {
    const revision = typeof shown['revision'] === 'number' ? shown['revision'] : -1
    const own = logged.get(revision)
    logged.delete(revision)
    if (own === undefined || !sayTheSame(shown, own, parts)) find.fail('revision-differs', `revision ${revision}`)
  }
  for (const revision of logged.keys()) find.fail('revision-differs', `${OF_INCIDENT.incident}: revision ${revision}`)
  find.fact('published', { count: incident?.length ?? 0 })
  if (outcome.kind !== 'derived') {
    find.skip(outcome.kind === 'unreadable' ? 'unread' : outcome.kind)
    return
  }
  const alike = outcome.derived.derived?.readsAlike
  if (alike === undefined) find.fail('left-out', 'latest revision')
  else if (!alike && !outcome.derived.sameRules && outcome.derived.sameTables) find.skip('rules')
  else if (!alike) find.fail('published-differs', id)
}

function sayTheSame(shown: Json, logged: Json, { measurements }: BundleParts): boolean {
  const leaves = new Map(measurements.flatMap(({ id, leaf }) => (id === null ? [] : [[id, leaf] as const])))
  const gone = new Set(measurements.filter(({ state }) => state === 'erased').map(({ leaf }) => leaf))
  const byId = (source: string): string => {
    const leaf = leaves.get(source)
    return leaf === undefined ? source : `${LEAF}${leaf}`
  }
  const byLeaf = (source: string): string =>
    source.startsWith(LEAF) && gone.has(Number(source.slice(LEAF.length))) ? ERASED : source
  const leafOf = (one: unknown): unknown => (typeof one === 'string' ? (leaves.get(one) ?? one) : one)
  const kept = (one: unknown): unknown => (typeof one === 'number' && gone.has(one) ? undefined : one)
  try {
    return encodeCanonical(named(shown, leafOf, byId)) === encodeCanonical(named(logged, kept, byLeaf))
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/** The same revision with its measurements and sources named in another way; measurements ascend, and one without a name is left out. */
function named(json: Json, measurement: (one: unknown) => unknown, source: (one: string) => string): Json {
  const { measurements, cause } = json
  const items = isJsonObject(cause) ? cause['items'] : undefined
  return {
    ...json,
    ...(Array.isArray(measurements)
      ? {
          measurements: measurements
            .map(measurement)
            .filter((one) => one !== undefined)
            .toSorted(ascending),
        }
      : {}),
    ...(isJsonObject(cause) && Array.isArray(items)
      ? {
          cause: {
            ...cause,
            items: items.map((item: unknown) =>
              isJsonObject(item) && typeof item['source'] === 'string'
                ? { ...item, source: source(item['source']) }
                : item,
            ),
          },
        }
      : {}),
  }
}

const ascending = (a: unknown, b: unknown): number => Number(a) - Number(b)
