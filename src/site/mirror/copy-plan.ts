import { anchor } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, type Asn } from '../../core/model/units.ts'
import type { MatrixCell } from '../../store/warehouse/contract.ts'
import { LANGS } from '../../core/text/lang.ts'
import { PLAIN_PAGES } from '../../core/text/plain-pages.ts'
import { rememberLastData } from '../last-data.ts'
import { lastDays } from '../query.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import type { CopyScope } from './copy-scope.ts'

/** How much of what has no natural end a copy holds. */
export interface CopyLimits {
  /** Measurements with pages, of one incident and of all. */
  readonly measurementsOfIncident: number
  readonly measurements: number
  /** Newest incidents that have a share card. */
  readonly cards: number
}

export const COPY_LIMITS: CopyLimits = { measurementsOfIncident: 10, measurements: 600, cards: 30 }

/** Where a copy begins, and how far it goes. */
export interface CopyPlan {
  readonly starts: readonly string[]
  readonly scope: CopyScope
  /** Whether anything in it is simulated. */
  readonly simulated: boolean
}

const DAYS_WITH_DATA = 31

/**
 * Plans a copy of everything that a site shows. Series without data for a month are left to readers of the live site.
 */
export async function planCopy(options: SiteOptions, limits: CopyLimits = COPY_LIMITS): Promise<CopyPlan> {
  const { warehouse, incidents, record } = options
  const lastData = await rememberLastData(options)()
  const cells = await warehouse.matrix(lastDays(lastData, DAYS_WITH_DATA))
  const all = (await incidents?.current()) ?? []
  const newest = all.toSorted((a, b) => begun(b) - begun(a))
  const cards = newest.slice(0, limits.cards).map(({ id }) => id)
  return {
    starts: [
      ...assetStarts(options),
      ...plainStarts(),
      ...placeStarts(cells),
      ...(await incidentStarts(newest, options)),
      ...(options.cards === undefined ? [] : cardStarts(newest.slice(0, limits.cards))),
    ],
    scope: {
      measurements: await decisive(newest, options, limits),
      cards: new Set(cards),
      days: lastDays(lastData, 7).days,
    },
    simulated:
      cells.some(({ simulated }) => simulated) ||
      all.some(({ simulated }) => simulated) ||
      (record?.simulated ?? false),
  }
}

const begun = (incident: Incident): number => anchor(incident) ?? incident.revisedAt

/** Every one: the style sheet names fonts, and what it names is not looked for. */
const assetStarts = ({ assets, frame }: SiteOptions): readonly string[] =>
  assets.map(({ path }) => urls.asset(path, frame.assets))

const plainStarts = (): readonly string[] => [
  ...LANGS.flatMap((lang) => [
    urls.first(lang),
    urls.first(lang, 'all'),
    urls.matrix(lang),
    urls.methodInFull(lang),
    urls.check(lang),
    urls.report(lang),
    urls.feed(lang),
    ...PLAIN_PAGES.map((page) => urls.plain(lang, page)),
  ]),
  urls.apiDescription(),
  urls.apiIncidents(),
  urls.apiDemands(),
  ...['board', 'services', 'networks', 'claims', 'orders', 'corrections', 'reviews'].map((list) => `/api/v1/${list}`),
  ...['incidents', 'corrections', 'demands'].map((list) => `/api/v1/${list}?format=csv`),
]

function placeStarts(cells: readonly MatrixCell[]): readonly string[] {
  const services = new Set(cells.map(({ service }) => service))
  const networks = new Set<Asn>(cells.map(({ asn }) => asn))
  // The languages of a page one after the other: they ask the stores the same.
  return [
    ...[...services].flatMap((service) =>
      LANGS.flatMap((lang) => [urls.service(lang, service), urls.feed(lang, { service })]),
    ),
    ...[...networks].flatMap((asn) =>
      LANGS.flatMap((lang) => [
        urls.first(lang, asn),
        urls.check(lang, asn),
        urls.network(lang, asn),
        urls.feed(lang, { asn }),
      ]),
    ),
    ...cells.flatMap(({ service, asn }) => LANGS.map((lang) => urls.series(lang, service, asn))),
  ]
}

async function incidentStarts(list: readonly Incident[], { incidents }: SiteOptions): Promise<readonly string[]> {
  const starts: string[] = []
  for (const { id, revision } of list) {
    starts.push(
      ...LANGS.flatMap((lang) => [urls.incident(lang, id), urls.incidentText(lang, id)]),
      urls.apiIncident(id),
    )
    starts.push(`${urls.apiIncident(id)}/measurements.csv`)
    const former = revision > 1 ? ((await incidents?.revisions(id)) ?? []) : []
    for (const one of former) if (one.revision !== revision) starts.push(urls.apiIncident(id, one.revision))
  }
  return starts
}

const cardStarts = (list: readonly Incident[]): readonly string[] =>
  list.flatMap(({ id, revision }) => LANGS.map((lang) => urls.incidentCard(lang, id, revision)))

/** Measurements on which incidents rest: of each, the failed ones first; the newest incidents first. */
async function decisive(
  list: readonly Incident[],
  { warehouse }: SiteOptions,
  limits: CopyLimits,
): Promise<ReadonlySet<string>> {
  const chosen = new Set<string>()
  for (const incident of list) {
    if (chosen.size >= limits.measurements) break
    if (incident.withdrawn || incident.measurements.length === 0) continue
    const { service, asn, simulated } = incident
    const since = incident.start.lo95 ?? incident.start.bracket[0] ?? incident.start.bracket[1]
    const until = incident.end.hi95 ?? incident.end.bracket[1] ?? incident.end.bracket[0]
    const listed = new Set<string>(incident.measurements)
    const readings =
      since === undefined || until === undefined || until <= since
        ? []
        : await warehouse.readings(service, asn, { since, until: instant(until + 1), simulated })
    const failed = readings.flatMap(({ id, target }) =>
      id !== undefined && target === 'fail' && listed.has(id) ? [id] : [],
    )
    const own = new Set([...failed, ...incident.measurements])
    const room = Math.min(limits.measurementsOfIncident, limits.measurements - chosen.size)
    for (const id of [...own].slice(0, room)) chosen.add(id)
  }
  return chosen
}
