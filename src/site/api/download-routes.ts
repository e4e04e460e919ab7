import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { axisWindow } from '../../core/model/incident/bounds.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, type Sha256 } from '../../core/model/units.ts'
import type { Archived } from '../../store/archive/contract.ts'
import type { ListedPoint } from '../../store/warehouse/contract.ts'
import { route, type ApiContext, type ApiRoute, type RouteFound } from './api-route.ts'
import { cursorOf } from './cursor.ts'
import { findIncident } from './incident-routes.ts'
import { encodeListedPoint, listedPart } from './measurement-routes.ts'
import { listedPointSchema } from './measurement-schema.ts'
import { next, simulated } from './field.ts'
import { cursor, incident, limit, network, revision, service, since, until } from './parts.ts'

/** Measurements of one download: a measurement is some tens of kilobytes, and the next part is one request away. */
const LINES = { usual: 200, most: 500 }
/** Rows that are read at once while an incident's are picked out of its series. */
const ROWS = 1000
const SAMPLE = 'youtube-as64500-20260305T1502Z'
const OONI =
  'One measurement a line, in the public (scrubbed) form that OONI’s own tools read, made while it is sent. Left out are measurements that were erased, and those whose public form cannot be made within its budget. The header x-kuager-next, where it stands, is the cursor of the next part.'

/** Public forms of measurements, one at a time: what is not sent yet is not made yet. */
async function* publicLines(
  wanted: readonly { readonly id: Sha256; readonly simulated: boolean }[],
  { options }: ApiContext,
): AsyncIterable<Uint8Array> {
  for (const { id, simulated: isSimulated } of wanted) {
    const archived = await options.archive.read(id)
    if (archived?.kind !== 'blob') continue
    const line = await lineOf(archived, isSimulated, options)
    if (line !== undefined) yield line
  }
}

/** How long a download waits for one line, and between two tries while other readers are before it. */
const PATIENCE_MS = MINUTE_MS
const PAUSE_MS = 500

/** The public form as a line; undefined where it cannot be made, which is logged. */
async function lineOf(
  measurement: Archived & { kind: 'blob' },
  simulated: boolean,
  { publicForm, log }: ApiContext['options'],
): Promise<Uint8Array | undefined> {
  const { id } = measurement.provenance
  const patience = AbortSignal.timeout(PATIENCE_MS)
  try {
    for (;;) {
      const made = await publicForm(id, { measurement, simulated, layout: 'line' }, patience)
      if (made.kind === 'text') return made.text
      if (made.kind === 'slow' || patience.aborted) throw new Error(`its public form is ${made.kind}`)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  } catch (error) {
    log.warn({ error, id }, 'a measurement has no public form and is left out of a download')
    return undefined
  }
}

export const seriesLines = route({
  id: 'seriesDownload',
  path: '/api/v1/series.jsonl',
  summary: 'Measurements of a service in OONI’s format',
  about: OONI,
  asks: z.strictObject({
    service,
    network: network.optional(),
    since,
    until,
    cursor: cursor.optional(),
    limit: limit(LINES.most).optional(),
  }),
  answer: 'ooni',
  cost: 2,
  example: '/api/v1/series.jsonl?service=youtube&network=AS64496&since=2026-02-27&until=2026-03-05&limit=2',
  file: (asked) => [asked.service, asked.network, asked.since, asked.until].filter(Boolean).join('-'),
  async find(asked, context) {
    const part = await listedPart(asked, Number(asked.limit ?? LINES.usual), context)
    const isSimulated = part.points.some((point) => point.simulated)
    return { kind: 'lines', lines: publicLines(part.points, context), simulated: isSimulated, next: part.next }
  },
})

const positions = cursorOf('d', z.tuple([z.string().max(250), z.int().min(1), z.int().min(0)]))

/**
 * Where a part begins, and in which revision: a cursor is of one revision, whose list no later one changes. Throws
 * InputError.
 */
function startOf(asked: {
  readonly id: string
  readonly revision?: string | undefined
  readonly cursor?: string | undefined
}): { readonly from: number; readonly revision: string | undefined } {
  if (asked.cursor === undefined) return { from: 0, revision: asked.revision }
  const [id, number, from] = positions.decode(asked.cursor)
  if (id === asked.id && (asked.revision === undefined || asked.revision === String(number)))
    return { from, revision: String(number) }
  throw new InputError('Cannot read cursor: it is of another incident or revision', {
    code: 'query.invalid',
    path: 'cursor',
    expected: cursor.description ?? 'cursor',
  })
}

export const incidentLines = route({
  id: 'incidentDownload',
  path: '/api/v1/incident/{id}/measurements.jsonl',
  summary: 'Measurements behind an incident in OONI’s format',
  about: OONI,
  asks: z.strictObject({
    id: incident,
    revision: revision.optional(),
    cursor: cursor.optional(),
    limit: limit(LINES.most).optional(),
  }),
  answer: 'ooni',
  cost: 2,
  example: `/api/v1/incident/${SAMPLE}/measurements.jsonl?limit=2`,
  file: ({ id }) => id,
  async find(asked, context): Promise<RouteFound> {
    const { from, revision: number } = startOf(asked)
    const found = await findIncident({ id: asked.id, revision: number }, context)
    if ('kind' in found) return found
    const until = from + Number(asked.limit ?? LINES.usual)
    const wanted = found.measurements.slice(from, until).map((one) => ({ id: one, simulated: found.simulated }))
    const more = until < found.measurements.length
    return {
      kind: 'lines',
      lines: publicLines(wanted, context),
      simulated: found.simulated,
      next: more ? positions.encode([found.id, found.revision, until]) : null,
    }
  },
})

/** Rows of the measurements that a revision names, out of the series it is in. */
async function rowsOf(found: Incident, { options }: ApiContext): Promise<readonly ListedPoint[]> {
  const named = new Set<string>(found.measurements)
  const window = axisWindow(found)
  if (named.size === 0 || window === undefined) return []
  const rows: ListedPoint[] = []
  const period = { since: window.from, until: instant(window.until + 1), asn: found.asn, most: ROWS }
  for (let last: ListedPoint | undefined; ;) {
    const part = await options.warehouse.listed(found.service, {
      ...period,
      ...defined({ after: last }),
    })
    rows.push(...part.filter(({ id }) => named.has(id)))
    last = part.at(-1)
    if (part.length < ROWS || rows.length === named.size) return rows
  }
}

export const incidentTable = route({
  id: 'incidentMeasurements',
  path: '/api/v1/incident/{id}/measurements.csv',
  summary: 'Measurements behind an incident as a table',
  about:
    'One row a measurement, by time. Those that an item of evidence was read from and that lie elsewhere are in the incident itself.',
  asks: z.strictObject({ id: incident, revision: revision.optional() }),
  answer: {
    name: 'IncidentMeasurements',
    schema: z.strictObject({ simulated, measurements: z.array(listedPointSchema), next }),
  },
  csv: {
    rows: 'measurements',
    columns: [
      ...['started_at_utc', 'kind', 'mechanism', 'layer', 'log10_lr', 'probe', 'network', 'test_name', 'input'],
      ...['channel', 'id', 'leaf_index', 'simulated'],
    ],
  },
  cost: 2,
  example: `/api/v1/incident/${SAMPLE}/measurements.csv`,
  file: ({ id }) => `${id}-measurements`,
  async find(asked, context): Promise<RouteFound> {
    const found = await findIncident(asked, context)
    if ('kind' in found) return found
    const rows = await rowsOf(found, context)
    return {
      kind: 'body',
      body: { simulated: found.simulated, measurements: rows.map(encodeListedPoint), next: null },
    }
  },
})

export const DOWNLOAD_ROUTES: readonly ApiRoute[] = [seriesLines, incidentLines, incidentTable]
