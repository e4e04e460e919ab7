import {
  bundleMeasurementSchema,
  bundleSchema,
  derivationEnvelopeSchema,
  programSchema,
  redactionsSchema,
  type BundleIndex,
  type BundleMeasurement,
  type DerivationEnvelope,
  type Program,
  type Redactions,
} from '../../model/incident/bundle.ts'
import { InputError } from '../../model/errors.ts'
import { parseBoundedJson, parseCanonical, type Schema } from './source/bounded-json.ts'
import { AT, OF_INCIDENT } from './source/bundle-paths.ts'
import { LIMITS, type BundleSource } from './source/bundle-source.ts'
import { readLines } from './source/read-lines.ts'
import type { StepFindings } from './step/findings.ts'

/** Index files of a bundle as read; what is absent or of another form is undefined, and a problem. */
export interface BundleParts {
  readonly index: BundleIndex | undefined
  /** By leaf index. */
  readonly measurements: readonly BundleMeasurement[]
  readonly redactions: Redactions | undefined
  readonly program: Program | undefined
  readonly derivation: DerivationEnvelope | undefined
  /** Revisions of the incident in the form of docs/formats/incidents.md, oldest first. */
  readonly incident: readonly Readonly<Record<string, unknown>>[] | undefined
  /** Leaves that have a verdict, and leaves that have observations. */
  readonly judged: ReadonlySet<number>
}

/** Reads the index files. What is wrong with any is found; none stops the others. */
export async function readParts(source: BundleSource, find: StepFindings): Promise<BundleParts> {
  const one = async <T>(path: string, schema: Schema<T>): Promise<T | undefined> => {
    if (source.files.has(path))
      return find.attempt('file-form', path, async () =>
        parseCanonical(await source.read(path, LIMITS.wholeBytes), schema),
      )
    find.fail('missing-file', path)
    return undefined
  }
  const index = await one(AT.index, bundleSchema)
  const ofIncident = index?.about.kind === 'incident' || source.files.has(OF_INCIDENT.incident)
  const parts = {
    index,
    measurements: (await readMeasurements(source, find)) ?? [],
    redactions: await one(AT.redactions, redactionsSchema),
    program: await one(AT.program, programSchema),
    derivation: ofIncident ? await one(OF_INCIDENT.derivation, derivationEnvelopeSchema) : undefined,
    incident: ofIncident ? await readIncident(source, find) : undefined,
  }
  for (const path of [AT.crate, AT.how, AT.policy]) if (!source.files.has(path)) find.fail('missing-file', path)
  const verdicts = await leavesOfLines(source, AT.verdicts, find)
  const observed = await leavesOfLines(source, AT.observations, find)
  for (const leaf of verdicts) if (!observed.has(leaf)) find.fail('not-agreeing', `${AT.observations}: leaf ${leaf}`)
  for (const leaf of observed) if (!verdicts.has(leaf)) find.fail('not-agreeing', `${AT.verdicts}: leaf ${leaf}`)
  return { ...parts, judged: verdicts }
}

function readMeasurements(source: BundleSource, find: StepFindings): Promise<BundleMeasurement[] | undefined> {
  return find.attempt('file-form', AT.measurements, async () => {
    const found: BundleMeasurement[] = []
    for await (const line of readLines(source.chunks(AT.measurements))) {
      const one = parseCanonical(line, bundleMeasurementSchema)
      if (one.leaf <= (found.at(-1)?.leaf ?? -1) || found.length === LIMITS.files)
        find.fail('not-agreeing', `${AT.measurements}: leaf ${one.leaf}`)
      else found.push(one)
    }
    return found
  })
}

async function readIncident(
  source: BundleSource,
  find: StepFindings,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const path = OF_INCIDENT.incident
  if (!source.files.has(path)) {
    find.fail('missing-file', path)
    return undefined
  }
  return find.attempt('file-form', path, async () => {
    const value = parseBoundedJson(await source.read(path, LIMITS.wholeBytes))
    if (Array.isArray(value) && value.length > 0 && value.every(isJsonObject)) return value
    throw new InputError('Cannot read incident', {
      code: 'bundle.incident',
      path: '',
      expected: 'an array of revisions',
    })
  })
}

export const isJsonObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Leaves that the lines of a file are of; they must ascend. What is in them is compared when it is judged again. */
async function leavesOfLines(source: BundleSource, path: string, find: StepFindings): Promise<ReadonlySet<number>> {
  const leaves = new Set<number>()
  if (!source.files.has(path)) {
    find.fail('missing-file', path)
    return leaves
  }
  await find.attempt('file-form', path, async () => {
    let before = -1
    for await (const line of readLines(source.chunks(path))) {
      const value = parseBoundedJson(line)
      const leaf = isJsonObject(value) ? value['leaf'] : undefined
      if (typeof leaf !== 'number' || !(leaf > before)) find.fail('file-form', `${path}: after leaf ${before}`)
      else {
        leaves.add(leaf)
        before = leaf
      }
    }
  })
  return leaves
}
