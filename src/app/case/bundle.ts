import { z } from 'zod'
import type { Names } from '../../core/text/names.ts'
import type { World } from '../../runtime/world.ts'
import type { BundleFacts } from '../../casework/case/case-form.ts'
import { parseBoundedJson } from '../../core/evidence/verify/source/bounded-json.ts'
import { AT, OF_INCIDENT } from '../../core/evidence/verify/source/bundle-paths.ts'
import { LIMITS, type BundleSource } from '../../core/evidence/verify/source/bundle-source.ts'
import { bundleSchema } from '../../core/model/incident/bundle.ts'
import { SUPPORT } from '../../core/model/incident/cause.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import { openBundle } from '../proof/open-bundle.ts'

const edge = z.object({
  lo95_utc: z.iso.datetime().nullable(),
  median_utc: z.iso.datetime().nullable(),
  hi95_utc: z.iso.datetime().nullable(),
})
const line = z.string().min(1).max(300)

/** What a case takes out of a revision in the form of docs/formats/incidents.md; its other members are passed over. */
const revisionSchema = z.object({
  id: line,
  revision: z.number().int().positive(),
  service: line,
  network: z.string().regex(/^AS\d{1,10}$/),
  state: line,
  cause: z.object({ word: line, support: z.enum(SUPPORT), log10_lr: z.number().min(-1000).max(1000) }),
  running: z.boolean(),
  withdrawn: z.boolean(),
  start: edge,
  end: edge,
  probes: z.number().int().nonnegative(),
  probes_failed: z.number().int().nonnegative(),
  readings: z.number().int().nonnegative(),
})

interface ReadBundle {
  readonly facts: BundleFacts
  readonly madeAt: Instant
}

/**
 * Reads what a case says of a bundle: its name and the latest revision of its incident. Nothing of it is believed for
 * standing there: `verified` says what the verification found. Throws InputError where it is not a bundle.
 */
export async function readBundle(
  path: string,
  verified: BundleFacts['verified'],
  { names, world }: { readonly names: Pick<Names, 'services' | 'networkName'>; readonly world: World },
): Promise<ReadBundle> {
  await using opened = await openBundle(path, world.cwd, world.signal)
  const { source } = opened
  if (source === undefined || !source.files.has(AT.index)) throw notBundle(path, `there is no ${AT.index} in it`)
  const index = parse(bundleSchema, await readJsonOf(source, AT.index, path), { path, file: AT.index })
  const incident = source.files.has(OF_INCIDENT.incident) ? await lastRevision(source, path) : undefined
  const { simulated } = index
  return {
    madeAt: parseInstant(index.made_at_utc),
    facts: { name: index.name, simulated, verified, incident: incident === undefined ? null : told(incident, names) },
  }
}

async function lastRevision(source: BundleSource, path: string): Promise<z.infer<typeof revisionSchema>> {
  const file = OF_INCIDENT.incident
  const revisions = parse(z.array(z.unknown()).min(1), await readJsonOf(source, file, path), { path, file })
  return parse(revisionSchema, revisions.at(-1), { path, file })
}

function told(
  found: z.infer<typeof revisionSchema>,
  { services, networkName }: Pick<Names, 'services' | 'networkName'>,
): NonNullable<BundleFacts['incident']> {
  const name = networkName(parseAsn(found.network))
  const bounds = (one: z.infer<typeof edge>): (string | null)[] => [one.lo95_utc, one.median_utc, one.hi95_utc]
  return {
    id: found.id,
    revision: found.revision,
    service_id: found.service,
    service: services.find(({ id }) => id === found.service)?.name ?? found.service,
    network: name === undefined ? found.network : `${found.network} ${name}`,
    state: found.state,
    word: found.cause.word,
    support: found.cause.support,
    log10_lr: found.cause.log10_lr,
    running: found.running,
    withdrawn: found.withdrawn,
    start_utc: bounds(found.start),
    end_utc: bounds(found.end),
    probes: found.probes,
    probes_failed: found.probes_failed,
    readings: found.readings,
  }
}

const notBundle = (path: string, found: string, place = ''): InputError =>
  new InputError(`Cannot add the bundle "${path}": ${found}`, {
    code: 'case.bundle',
    path: place,
    expected: 'a folder or zip made by "kuager bundle"',
  })

async function readJsonOf(source: BundleSource, file: string, path: string): Promise<unknown> {
  try {
    return parseBoundedJson(await source.read(file, LIMITS.wholeBytes))
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw notBundle(path, `${file}: ${error.message}`, file)
  }
}

function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { path, file }: { readonly path: string; readonly file: string },
): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw notBundle(path, `${file}: ${issue?.message ?? 'of another form'}`, `${file}/${issue?.path.join('/') ?? ''}`)
}
