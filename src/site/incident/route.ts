import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { axisWindow } from '../../core/model/incident/bounds.ts'
import { entriesOf, entryGoesOn, reaches, type IncidentEntry } from '../../core/model/incident/entries.ts'
import { homeDayBounds } from '../../core/text/home-day.ts'
import type { NamedEntry } from '../../core/text/sentence/episode.ts'
import { serviceName, type Names } from '../../core/text/names.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import { asReviewed, effectiveSince, takenIncident } from '../../core/model/incident/review.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { WatchedCounts } from '../../core/model/incident/watched.ts'
import { formatAsn, parseAsn, type Asn } from '../../core/model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import { channelText } from '../../core/text/channel-text.ts'
import type { NamedIncident } from '../../core/text/sentence/incident.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import type { CardMaker } from '../cards/card-maker.ts'
import { drawHere, type Draw } from '../charts/drawings.ts'
import {
  apartOf,
  axisOf,
  digestOf,
  drawingsOf,
  statementsAround,
  statementsOfDays,
  type Findings,
  type SiteRecord,
} from './around.ts'
import { actsAbout, othersAround } from './beside.ts'
import { correctionsPage, type CorrectionEntry } from './page/corrections.ts'
import { incidentPage } from './page/incident.ts'
import { type IncidentView, PRIORS, type Prior } from './page/shown.ts'
import { hasListPage, incidentsPage, type IncidentsView } from './page/list.ts'
import { publicUrl, type Frame } from '../../web/html/frame.ts'
import { correctedRows, isTaken, NO_REVIEWS, takingActsOf, type SiteReviews } from './reviewed.ts'
import type { BundleDesk } from './bundle-desk.ts'
import type { PublishedBundles } from './published-bundles.ts'
import { answerPage } from '../respond.ts'
import type { DescribeIncident } from '../spoken.ts'
import { urls, type IncidentFilter } from '../urls.ts'
import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'

export type ReadableIncidents = Pick<IncidentStore, 'current' | 'revisions' | 'corrections' | 'episodes'>

/** As much of the board as a list asks of it. */
interface Present {
  isSilent(of: { readonly service?: string | undefined; readonly asn?: Asn | undefined }): boolean
}

export interface IncidentPagesOptions {
  readonly incidents: ReadableIncidents
  readonly warehouse: Pick<Warehouse, 'readings' | 'apart'>
  readonly names: Names
  readonly frame: Frame
  /** What people did with incidents; absent: nothing. */
  readonly reviews?: SiteReviews
  /** Events and statements; absent: none is shown. */
  readonly record?: SiteRecord
  /** How the claims of its statements stand; asked only where a statement is shown. */
  readonly findings?: () => Promise<Findings>
  /** What is known now; absent: it is not said where nothing was measured. */
  readonly present?: () => Promise<Present>
  /** How incidents are spoken of now; absent: as their revisions had it. */
  readonly speak?: DescribeIncident
  /** What is watched; absent: it is not said. */
  readonly watched?: (incidents: readonly Incident[]) => Promise<WatchedCounts>
  /** Published bundles; absent: there are none. */
  readonly bundles?: PublishedBundles
  /** Makes bundles for the asking; absent: none are made. */
  readonly bundleDesk?: BundleDesk
  /** Draws share cards; absent: there are none. */
  readonly cards?: CardMaker
  /** Draws charts; absent: in this thread. */
  readonly draw?: Draw
}

/** Adds the pages of incidents in every language. */
export function addIncidentPages(site: Hono, options: IncidentPagesOptions): void {
  for (const lang of LANGS) {
    site.get(`/${lang}/incidents`, async (c) => {
      const view = await listOf(parseFilter(c.req.query()), options)
      if (!hasListPage(view.page, view.finished.length)) return c.notFound()
      return answerPage(c, incidentsPage(lang, view), options.frame)
    })
    site.get(`/${lang}/i/:file{[^/]+\\.txt}`, async (c) => {
      const id = c.req.param('file').slice(0, -'.txt'.length)
      const published = choose(await options.incidents.revisions(id), undefined)
      const review = (options.reviews ?? NO_REVIEWS).of(id)
      if (published === undefined) return c.notFound()
      const incident = asReviewed(published, review) ?? published
      c.header('cache-control', 'no-cache')
      return c.text(
        channelText(lang, named(incident, options.names), {
          code: checkCode(await digestOf(published)),
          address: publicUrl(options.frame, urls.incident(lang, id)),
          ...defined({ taken: takenIncident(published, review) }),
        }),
      )
    })
    site.get(`/${lang}/i/:id`, async (c) => {
      const view = await incidentOf(lang, { ...c.req.query(), id: c.req.param('id') }, options)
      return view === undefined ? c.notFound() : answerPage(c, incidentPage(lang, view), options.frame)
    })
    site.get(`/${lang}/corrections`, async (c) => {
      return answerPage(c, correctionsPage(lang, await correctionsOf(options)), options.frame)
    })
  }
}

/** Later revisions, acts that took an incident from the public, corrections of the record: the newest first. */
async function correctionsOf({
  incidents,
  names,
  record,
  reviews = NO_REVIEWS,
}: IncidentPagesOptions): Promise<readonly CorrectionEntry[]> {
  const revised = (await incidents.corrections()).map(async (incident): Promise<CorrectionEntry> => {
    const revisions = await incidents.revisions(incident.id)
    const [before, published] = [incident.revision - 1, incident.revision].map((nth) =>
      revisions.find(({ revision }) => revision === nth),
    )
    const byPeople = reviews.of(incident.id).standing === 'withdrawn'
    const parts = { ...named(incident, names), byPeople, ...defined({ before, published }) }
    return { kind: 'revision', at: incident.revisedAt, ...parts }
  })
  const acts = (await takingActsOf(incidents, reviews)).map(({ act, newest }): CorrectionEntry => ({
    kind: 'act',
    at: effectiveSince(act),
    act,
    ...named(newest, names),
  }))
  const all = [...(await Promise.all(revised)), ...acts, ...correctedRows(record)]
  return all.toSorted((a, b) => b.at - a.at)
}

const choose = (revisions: readonly Incident[], revision: number | undefined): Incident | undefined =>
  revision === undefined ? revisions.at(-1) : revisions.find((one) => one.revision === revision)

const fits =
  ({ service, network, day }: IncidentFilter) =>
  (incident: Incident): boolean =>
    (service === undefined || incident.service === service) &&
    (network === undefined || formatAsn(incident.asn) === network) &&
    (day === undefined || reaches(incident, homeDayBounds(day)))

/** An incident with the names of its service and network. */
export function named(incident: Incident, names: Names): NamedIncident {
  const networkName = names.networkName(incident.asn)
  return {
    incident,
    serviceName: serviceName(names, incident.service),
    ...defined({ networkName }),
  }
}

/** Entries with the names of their services and networks. */
export const namedEntries = (entries: readonly IncidentEntry[], names: Names): readonly NamedEntry[] =>
  entries.map((entry) => ({ ...entry, incidents: entry.incidents.map((one) => named(one, names)) }))

async function listOf(
  { filter, page }: ReturnType<typeof parseFilter>,
  { incidents, names, speak, present, reviews = NO_REVIEWS, watched: watchedOf }: IncidentPagesOptions,
): Promise<IncidentsView> {
  const current = await incidents.current()
  const all = (await speak?.(current)) ?? current
  const watched = await watchedOf?.(current)
  const isWanted = fits(filter)
  const entries = entriesOf(all, await incidents.episodes(), isWanted)
  const [running, finished] = [entries.filter(entryGoesOn), entries.filter((one) => !entryGoesOn(one))]
  const ids = new Set(all.map(({ service }) => service))
  const asns = [...new Set(all.map(({ asn }) => asn))].toSorted((a, b) => a - b)
  return {
    filter,
    page,
    ...defined({ watched }),
    running: namedEntries(running, names),
    finished: namedEntries(finished, names),
    held: (await heldOf(incidents, reviews)).filter(isWanted).map((one) => named(one, names)),
    services: [...ids]
      .map((id) => ({ id, name: serviceName(names, id) }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    networks: asns.map((asn) => ({
      id: formatAsn(asn),
      name: [formatAsn(asn), names.networkName(asn) ?? ''].join(' ').trim(),
    })),
    simulated: all.some((one) => one.simulated && isWanted(one)),
    silent:
      (await present?.())?.isSilent({
        service: filter.service,
        asn: filter.network === undefined ? undefined : parseAsn(filter.network),
      }) ?? false,
  }
}

/** Newest revisions of incidents that are on hold. */
export async function heldOf(incidents: ReadableIncidents, reviews: SiteReviews): Promise<readonly Incident[]> {
  const held: Incident[] = []
  for (const { incident, review } of reviews.all()) {
    const newest = review.standing === 'held' ? (await incidents.revisions(incident)).at(-1) : undefined
    if (newest !== undefined) held.push(newest)
  }
  return held
}

/**
 * Everything that the page of an incident says; `prior` and `revision` as a reader chose them. `asPublished`: without what
 * is known since, for files that carry the code of the revision. Throws InputError.
 */
export async function incidentOf(
  lang: Lang,
  { id, ...query }: Readonly<Record<string, string>>,
  {
    incidents,
    warehouse,
    names,
    record,
    findings,
    speak,
    cards,
    bundles,
    bundleDesk,
    draw = drawHere,
    reviews = NO_REVIEWS,
    asPublished = false,
  }: IncidentPagesOptions & { readonly asPublished?: boolean },
): Promise<IncidentView | undefined> {
  const { prior, revision } = parseChoice(query)
  const revisions = await incidents.revisions(id ?? '')
  const published = choose(revisions, revision)
  if (published === undefined) return undefined
  const [spoken = published] = asPublished ? [] : ((await speak?.([published])) ?? [])
  const review = reviews.of(published.id)
  const incident = asReviewed(spoken, review) ?? spoken
  const readings: Warehouse['readings'] = (service, asn, period) => warehouse.readings(service, asn, period)
  const statements = async (): Promise<IncidentView['statements']> => {
    const bare = statementsAround(lang, incident, { record })
    if (bare.length === 0 || findings === undefined) return bare
    return statementsAround(lang, incident, { record, findings: await findings() })
  }
  const window = axisWindow(incident)
  const apart = window === undefined ? 0 : await apartOf(incident, window, warehouse)
  const newest = revisions.at(-1)?.revision ?? incident.revision
  const of = { published, isNewest: !asPublished && newest === published.revision }
  const axis = await axisOf(lang, incident, { readings, record, of })
  const digest = await digestOf(published)
  return {
    ...named(incident, names),
    quoted: named(asReviewed(published, review) ?? published, names),
    newest,
    revisions,
    digest,
    code: checkCode(digest),
    review,
    ...defined({ taken: takenIncident(revisions.at(-1), review) }),
    hasCard: cards !== undefined && !isTaken(review),
    ...defined({ axis }),
    drawings: axis === undefined ? [] : await drawingsOf(lang, axis, { simulated: incident.simulated, draw }),
    apart,
    statements: await statements(),
    statementsOfDays: statementsOfDays(incident, record).length,
    acts: actsAbout(
      lang,
      { service: incident.service, name: serviceName(names, incident.service) },
      record?.orders ?? [],
    ),
    bundles: (await bundles?.about(incident.id)) ?? [],
    hasDesk: bundleDesk !== undefined,
    others: othersAround(incident, record?.others),
    prior,
    ...defined({ episode: await episodeOf(published.id, incidents) }),
  }
}

/** The episode of an incident as its page shows it; none where no other incident of it is shown. */
async function episodeOf(
  id: string,
  incidents: Pick<ReadableIncidents, 'current' | 'episodes'>,
): Promise<IncidentView['episode']> {
  const episode = (await incidents.episodes()).find((one) => one.incidents.includes(id))
  if (episode === undefined) return undefined
  const members = (await incidents.current()).filter((one) => !one.withdrawn && episode.incidents.includes(one.id))
  return members.length > 1 && members.some((one) => one.id === id)
    ? { id: episode.id, total: members.length }
    : undefined
}

const priors = Object.keys(PRIORS)
const isPrior = (text: string): text is Prior => priors.includes(text)

const choiceSchema = z.strictObject({
  prior: z.string().refine(isPrior).optional(),
  revision: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .optional(),
})
// A form sends an empty field for "all".
const filterSchema = z.strictObject({
  service: z
    .string()
    .regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})?$/)
    .optional(),
  network: z
    .string()
    .regex(/^(?:AS\d{1,10})?$/i)
    .optional(),
  day: z.union([z.literal(''), z.iso.date()]).optional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,3}$/)
    .optional(),
})

const EXPECTED: Readonly<Record<string, string>> = {
  prior: `one of ${priors.join(', ')}`,
  revision: 'the number of a revision',
  service: 'a service such as youtube',
  network: 'a network such as AS9198',
  day: 'a day by Astana time, YYYY-MM-DD',
  page: 'the number of a page',
}

function parseWith<T>(schema: z.ZodType<T>, values: Readonly<Record<string, string>>): T {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const path = String(parsed.error.issues[0]?.path[0] ?? 'query')
  const known = Object.hasOwn(EXPECTED, path)
  throw new InputError(`Cannot read query, ${known ? path : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? path : 'query',
    expected: EXPECTED[path] ?? `only ${Object.keys(EXPECTED).join(', ')}`,
  })
}

/** Reads from which starting point and in which revision an incident is shown. Throws InputError. */
function parseChoice(values: Readonly<Record<string, string>>): {
  readonly prior: Prior
  readonly revision?: number
} {
  const { prior, revision } = parseWith(choiceSchema, values)
  return { prior: prior ?? '1:1', ...(revision === undefined ? {} : { revision: Number(revision) }) }
}

/** Reads which incidents are wanted, and which page of them; an empty field means all. Throws InputError. */
function parseFilter(values: Readonly<Record<string, string>>): {
  readonly filter: IncidentFilter
  readonly page: number
} {
  const { service, network, day, page } = parseWith(filterSchema, values)
  const filter = {
    ...(service === undefined || service === '' ? {} : { service }),
    ...(network === undefined || network === '' ? {} : { network: network.toUpperCase() }),
    ...(day === undefined || day === '' ? {} : { day }),
  }
  return { filter, page: Number(page ?? '1') }
}
