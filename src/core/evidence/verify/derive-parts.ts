import type { BundleObservations, BundleVerdict } from '../../model/incident/bundle.ts'
import { InputError } from '../../model/errors.ts'
import { parseBoundedJson } from './source/bounded-json.ts'
import { isJsonObject, type BundleParts } from './bundle-parts.ts'
import { AT, OF_INCIDENT, rawPath } from './source/bundle-paths.ts'
import { LIMITS, type BundleSource } from './source/bundle-source.ts'
import type { DeriveParts } from './derived.ts'
import { readLines } from './source/read-lines.ts'
import type { BundledRevision } from './step/custody.ts'

const TABLES = 'data/tables/'
/** Of all tables together. */
const MOST_TABLES = 256 * 1024 ** 2

/** What deriving again needs of a bundle. Throws InputError where it cannot be read. */
export async function gatherForDeriving(
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
