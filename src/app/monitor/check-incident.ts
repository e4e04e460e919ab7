import { z } from 'zod'
import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { isJsonObject } from '../../core/evidence/verify/bundle-parts.ts'
import type { CheckedBundle } from '../../core/evidence/verify/bundle-report.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { Fault } from '../../core/model/errors.ts'
import { encodeVerdict } from '../../core/model/measured/verdict-wire.ts'
import type { JudgeForm } from '../../pipeline/judge/judged-once.ts'
import { incidentBundleName } from '../../pipeline/bundle/bundle-name.ts'
import { withheld } from '../../pipeline/log/served-tree.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { fetchEntry, fetchLeaf, type WatchedEntry, type WatchedLog } from './check-entries.ts'
import { readServedJson, unreadable } from './finding.ts'

const MOST_JSON = 16_000_000
const MOST_PAGE = 8_000_000
/** Bundles that are larger are not fetched: the tool for them is `kuager verify`. */
export const MOST_BUNDLE = 64_000_000
/** Measurements of an incident that are judged again. */
const JUDGED = 3
/** A revision is logged within seconds of its publication; one that is older and in no log is hidden from it. */
const LOGGED_WITHIN_MS = 10 * MINUTE_MS

const named = z.looseObject({
  id: z.string().min(1).max(250),
  revision: z.number().int().positive(),
  revised_at_utc: z.iso.datetime(),
  measurements: z.array(z.string().regex(/^([0-9a-f]{64}|erased)$/)).max(200_000),
})
const logged = z.looseObject({
  id: z.string().max(250),
  revision: z.number().int().positive(),
  measurements: z.array(z.number().int().nonnegative()).max(200_000),
})
const judged = z.looseObject({ leaf_index: z.number().int().nonnegative(), verdict: z.looseObject({}) })
/** The answer of the interface with 410: a measurement that was erased, whose leaf stays in the log. */
const erased = z.looseObject({ error: z.looseObject({ code: z.literal('measurement.erased') }) })

/** What a check of incidents is made with. */
export interface IncidentTools extends WatchedLog {
  /** Judges a public form; throws Fault for one that takes more work or memory than its length allows. */
  readonly judge: JudgeForm
  /** Verifies a bundle offline; it is given the bytes of a zip. */
  readonly verify: (zip: Uint8Array) => Promise<CheckedBundle>
  /** A whole number below another, by chance that the server cannot foresee. */
  readonly below: (most: number) => number
  /** Milliseconds since 1970. */
  readonly now: number
  /** What was done, counted. */
  readonly count: (what: 'revisions' | 'pages' | 'measurements' | 'derived') => void
}

const incidentPath = (id: string, revision?: number): string =>
  `/api/v1/incident/${encodeURIComponent(id)}${revision === undefined ? '' : `?revision=${revision}`}`

function parseAs<T>(schema: z.ZodType<T>, path: string, bytes: Uint8Array): T {
  const parsed = schema.safeParse(readServedJson(path, bytes))
  if (parsed.success) return parsed.data
  throw unreadable(path, 'the form of docs/formats/incidents.md')
}

/** Whether the site shows a revision that was logged, and as it was logged. */
export async function checkLoggedRevision(tools: IncidentTools, entry: WatchedEntry): Promise<void> {
  const bytes = await fetchEntry(tools, entry)
  if (bytes === undefined) return
  const { id, revision } = parseAs(logged, `entry/${entry.index}`, bytes)
  const path = incidentPath(id, revision)
  const shown = await tools.get(path, MOST_JSON)
  if (shown === undefined) {
    const about = `Revision ${revision} of incident "${id}" is entry ${entry.index} of the log, and the site does not show it`
    tools.alerts.push({ kind: 'revision-hidden', about })
  } else compare(tools, { path, shown, bytes, entry })
}

/** An incident that the site shows: is it in the log, does its page name it, does it follow from what was measured? */
export async function checkShownIncident(tools: IncidentTools, id: string): Promise<void> {
  const { get, alerts, now } = tools
  const path = incidentPath(id)
  const shown = await get(path, MOST_JSON)
  if (shown === undefined) throw withheld(path)
  const incident = parseAs(named, path, shown)
  const { revision } = incident
  if (incident.id !== id) throw unreadable(path, `the incident "${id}"`)
  const hint = await get(`/log/revision/${encodeURIComponent(id)}/${revision}`, 100)
  const leaf = hint === undefined ? undefined : Number(new TextDecoder().decode(hint))
  if (leaf === undefined || !Number.isSafeInteger(leaf) || leaf < 0 || leaf >= tools.size) {
    const age = now - Date.parse(incident.revised_at_utc)
    // Its own word says how old it is; a revision of tomorrow is none that waits to be logged.
    if (age > LOGGED_WITHIN_MS || age < -LOGGED_WITHIN_MS)
      alerts.push({ kind: 'revision-unlogged', about: `Revision ${revision} of incident "${id}" is in no log` })
    return
  }
  const entry = await fetchLeaf(tools, leaf)
  if (entry === undefined) return
  if (entry.record.kind !== 'incident-revision') {
    alerts.push({ kind: 'revision-unlogged', about: `Entry ${leaf} is no revision of incident "${id}"` })
    return
  }
  const bytes = await fetchEntry(tools, entry)
  if (bytes === undefined || !compare(tools, { path, shown, bytes, entry })) return
  await checkPage(tools, { id, shown })
  await checkMeasurements(tools, incident.measurements, parseAs(logged, `entry/${leaf}`, bytes).measurements)
  await checkBundle(tools, { id, revision })
}

interface Compared {
  readonly path: string
  readonly shown: Uint8Array
  readonly bytes: Uint8Array
  readonly entry: WatchedEntry
}

/** Whether a shown revision says what the logged one says. Measurements have ids in one and leaves in the other. */
function compare({ alerts, count }: IncidentTools, { path, shown, bytes, entry }: Compared): boolean {
  const [own, other] = [parseAs(named, path, shown), parseAs(logged, `entry/${entry.index}`, bytes)]
  // What was erased since is named on neither side: the site may show fewer, and never more.
  const same =
    encodeCanonical(unnamed(own)) === encodeCanonical(unnamed(other)) &&
    own.measurements.length <= other.measurements.length
  if (same) count('revisions')
  else {
    const about = `Revision ${own.revision} of incident "${own.id}" is shown otherwise than entry ${entry.index} of the log has it`
    alerts.push({ kind: 'revision-differs', about })
  }
  return same
}

/** A revision without the names of measurements. */
function unnamed(revision: Readonly<Record<string, unknown>>): unknown {
  const { measurements: _, ...rest } = revision
  const { cause } = rest
  const items = isJsonObject(cause) ? cause['items'] : undefined
  if (!isJsonObject(cause) || !Array.isArray(items)) return rest
  const named = (source: unknown): unknown =>
    typeof source === 'string' && /^([0-9a-f]{64}|leaf:\d+|erased)$/.test(source) ? 'measurement' : source
  const bare = items.map((item: unknown) => (isJsonObject(item) ? { ...item, source: named(item['source']) } : item))
  return { ...rest, cause: { ...cause, items: bare } }
}

/** The page of an incident cites the hash of the bytes that the interface gives: a page of other bytes cites another. */
async function checkPage(
  { get, alerts, count }: IncidentTools,
  { id, shown }: { readonly id: string; readonly shown: Uint8Array },
): Promise<void> {
  const path = `/en/i/${encodeURIComponent(id)}`
  const page = await get(path, MOST_PAGE)
  if (page === undefined) throw withheld(path)
  const digest = Buffer.from(sha256(shown)).toString('hex')
  if (new TextDecoder().decode(page).includes(digest)) count('pages')
  else alerts.push({ kind: 'revision-differs', about: `The page "${path}" cites another hash than ${digest}` })
}

/** Judges some measurements of an incident again from what is public, and compares with what the site says of them. */
async function checkMeasurements(
  tools: IncidentTools,
  ids: readonly string[],
  leaves: readonly number[],
): Promise<void> {
  const { get, alerts, judge, below, count } = tools
  const known = ids.filter((id) => id !== 'erased')
  for (let nth = 0; nth < Math.min(JUDGED, known.length); nth++) {
    const [id = ''] = known.splice(below(known.length), 1)
    const path = `/api/v1/measurement/${id}`
    const about = await get(path, MOST_JSON, [410])
    if (about === undefined) throw withheld(path)
    if (erased.safeParse(readServedJson(path, about)).success) continue
    const said = parseAs(judged, path, about)
    const json = await get(`/m/${id}.json`, MOST_JSON)
    if (json === undefined) throw withheld(`/m/${id}.json`)
    if (!leaves.includes(said.leaf_index))
      alerts.push({ kind: 'revision-differs', about: `Measurement ${id} is said to be leaf ${said.leaf_index}, which the logged revision does not name` }) // prettier-ignore
    const found = await judge(json).catch((error: unknown) => {
      if (!(error instanceof Fault)) throw error
      throw unreadable(`/m/${id}.json`, 'a measurement that is judged within its budget of work')
    })
    const own = found.kind === 'judged' ? encodeVerdict(found.verdict) : undefined
    // By other rules another verdict is no sign of a change.
    if (own === undefined || own['rules_version'] !== said.verdict['rules_version']) continue
    if (encodeCanonical(own) === encodeCanonical(said.verdict)) count('measurements')
    else alerts.push({ kind: 'verdict-differs', about: `Judged again, measurement ${id} gives another verdict` })
  }
}

/** Verifies and derives the published bundle of a revision again; there need not be one. */
async function checkBundle(
  { get, alerts, verify, count }: IncidentTools,
  about: { readonly id: string; readonly revision: number },
): Promise<void> {
  const name = incidentBundleName(about)
  const zip = await get(`/bundles/${name}.zip`, MOST_BUNDLE)
  if (zip === undefined) return
  const { steps } = await verify(zip).catch((error: unknown): Pick<CheckedBundle, 'steps'> => {
    // A bundle that breaks the program that verifies it is a finding, and no reason to watch no longer.
    if (!(error instanceof Fault)) throw error
    alerts.push({ kind: 'bundle-fails', about: `Bundle "${name}" breaks its verification: ${error.message}` })
    return { steps: [] }
  })
  const failed = steps.filter(({ outcome }) => outcome === 'failed')
  if (failed.length > 0)
    alerts.push({ kind: 'bundle-fails', about: `Bundle "${name}": ${failed.map(told).join(', ')}` })
  else if (steps.some(({ step, outcome }) => step === 'incident' && outcome === 'ok')) count('derived')
}

const told = ({ step, problems }: CheckedBundle['steps'][number]): string =>
  `${step} (${problems.map(({ problem }) => problem).join(' ')})`

/** Ids of the incidents that the site lists; none where it has no such list, as a letter service has none. */
export async function listIncidents({ get }: Pick<WatchedLog, 'get'>): Promise<readonly string[]> {
  const path = '/api/v1/incidents?limit=1000'
  const bytes = await get(path, MOST_JSON)
  if (bytes === undefined) return []
  return parseAs(LISTED, path, bytes).incidents.map(({ id }) => id)
}
const LISTED = z.looseObject({ incidents: z.array(z.looseObject({ id: z.string().min(1).max(250) })).max(1000) })
