import { defined } from '../core/model/defined.ts'
import { formatAsn, type Asn, type Sha256 } from '../core/model/units.ts'
import type { Lang } from '../core/text/lang.ts'
import type { PlainPage } from '../core/text/plain-pages.ts'
import { logUrls } from '../web/log-urls.ts'
import type { ExploreAsked } from './explore/choice.ts'
import type { WorkFor } from '../web/work/contract.ts'

/** Days as `YYYY-MM-DD`, both inclusive, as a reader chooses them. */
export interface Days {
  readonly since: string
  readonly until: string
}

/** Which incidents a reader wants to see; absent: all. */
export interface IncidentFilter {
  readonly service?: string
  readonly network?: string
  /** What was seen on a day, `YYYY-MM-DD` of Astana. */
  readonly day?: string
}

/** How one incident is shown: from which starting point, and which of its revisions. */
export interface IncidentChoice {
  readonly prior?: string
  readonly revision?: string
}

/** What a feed, a card or an embedded page is about. */
export type Topic = { readonly service: string } | { readonly asn: Asn }

const query = (values: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(values).toString()
  return text === '' ? '' : `?${text}`
}
const part = encodeURIComponent
const paged = (page: number): string => (page === 1 ? '' : query({ page: String(page) }))
/** The part of an address that names a topic. */
export const topicPath = (topic: Topic): string =>
  'service' in topic ? `s/${part(topic.service)}` : `n/AS${topic.asn}`

/** The choice as the query of an address. */
function exploreQuery(asked: ExploreAsked): string {
  const query = new URLSearchParams()
  for (const service of asked.services) query.append('service', service)
  for (const network of asked.networks) query.append('network', formatAsn(network))
  query.append('since', asked.days.since)
  query.append('until', asked.days.until)
  if (asked.with !== undefined) {
    query.append('since2', asked.with.since)
    query.append('until2', asked.with.until)
  }
  query.append('by', asked.by)
  query.append('value', asked.value)
  query.append('chart', asked.chart)
  return query.toString()
}

/** Every address of the site is made here and nowhere else; routes are their patterns. */
export const urls = {
  /** Without a network the server looks at where the request comes from; `all` asks for all networks together. */
  first: (lang: Lang, network?: Asn | 'all'): string =>
    `/${lang}/${network === undefined ? '' : query({ network: network === 'all' ? network : `AS${network}` })}`,
  plain: (lang: Lang, page: PlainPage): string => `/${lang}/${page}`,
  /** The matrix of other days than today's. */
  matrix: (lang: Lang, days?: Days): string => `/${lang}/matrix${days === undefined ? '' : query({ ...days })}`,
  /** `page` counts from 1: the first page of past incidents has no number in its address. */
  service: (lang: Lang, service: string, page = 1): string => `/${lang}/s/${part(service)}${paged(page)}`,
  network: (lang: Lang, asn: Asn, page = 1): string => `/${lang}/n/AS${asn}${paged(page)}`,
  series: (lang: Lang, service: string, asn: Asn, days?: Days): string =>
    `/${lang}/s/${part(service)}/AS${asn}${days === undefined ? '' : query({ ...days })}`,
  /** Reports by region, of one service or all, in the last day or week. */
  map: (
    lang: Lang,
    { service, days = 1 }: { readonly service?: { readonly id: string }; readonly days?: 1 | 7 } = {},
  ): string =>
    `/${lang}/map${query({ ...(service === undefined ? {} : { service: service.id }), ...(days === 1 ? {} : { days: String(days) }) })}`,
  region: (lang: Lang, region: string): string => `/${lang}/r/${part(region)}`,
  search: (lang: Lang, typed = ''): string => `/${lang}/search${typed === '' ? '' : query({ q: typed })}`,
  /** What a reader combines; without a choice the usual one. */
  explore: (lang: Lang, asked?: ExploreAsked): string =>
    `/${lang}/explore${asked === undefined ? '' : `?${exploreQuery(asked)}`}`,
  /** The chart of one revision as a file, and of an incident as a page for others to embed. */
  incidentChart: (lang: Lang, id: string, revision: number, form: 'png' | 'svg'): string =>
    `/chart/${lang}/i/${part(id)}-${revision}.${form}`,
  incidentEmbed: (lang: Lang, id: string): string => `/${lang}/embed/i/${part(id)}`,
  /** The drawing of a choice as a file, and as a page for others to embed. */
  exploreFile: (lang: Lang, asked: ExploreAsked, form: 'png' | 'svg'): string =>
    `/chart/${lang}/explore.${form}?${exploreQuery(asked)}`,
  exploreEmbed: (lang: Lang, asked: ExploreAsked): string => `/${lang}/embed/explore?${exploreQuery(asked)}`,
  /** A chart of a page as a file, and as a page for others to embed; `path` and `query` as in take/page-chart.ts. */
  chartFile: (
    lang: Lang,
    { path, query = '' }: { readonly path: string; readonly query?: string },
    form: 'png' | 'svg' | 'csv',
  ): string => `/chart/${lang}/${path}/chart.${form}${query}`,
  chartEmbed: (lang: Lang, { path, query = '' }: { readonly path: string; readonly query?: string }): string =>
    `/${lang}/embed/${path}${query}`,
  measurement: (lang: Lang, id: Sha256): string => `/${lang}/m/${id}`,
  measurementJson: (id: Sha256): string => `/m/${id}.json`,
  incidents: (lang: Lang, filter: IncidentFilter = {}, page = 1): string =>
    `/${lang}/incidents${query({ ...filter, ...(page === 1 ? {} : { page: String(page) }) })}`,
  incident: (lang: Lang, id: string, chosen: IncidentChoice = {}): string =>
    `/${lang}/i/${part(id)}${query({ ...chosen })}`,
  /** The quotable paragraph as plain text, ready for a channel. */
  incidentText: (lang: Lang, id: string): string => `/${lang}/i/${part(id)}.txt`,
  /** Incidents of one time, over networks and services. */
  episode: (lang: Lang, id: string): string => `/${lang}/e/${part(id)}`,
  corrections: (lang: Lang): string => `/${lang}/corrections`,
  claims: (lang: Lang, statement?: string): string =>
    `/${lang}/claims${statement === undefined ? '' : `#s-${part(statement)}`}`,
  /** Statements of one kind of speaker. */
  claimsBy: (lang: Lang, speaker: string): string => `/${lang}/claims${query({ speaker })}`,
  /** The chronicle of one service as the record names it. */
  chronicle: (lang: Lang, service: string): string => `/${lang}/chronicle${query({ service })}`,
  /** The course of one reported incident. */
  course: (lang: Lang, id: string): string => `/${lang}/chronicle/${part(id)}`,
  order: (lang: Lang, id: string): string => `/${lang}/orders#o-${part(id)}`,
  study: (lang: Lang, id: string): string => `/${lang}/coincidence/${part(id)}`,
  /** The pre-registered list of a study and the answer to it, byte for byte as they were published. */
  studyFile: (id: string, file: 'frozen' | 'result'): string => `/study/${part(id)}/${file}.json`,
  /** Frozen predictions of a validation and the labels, byte for byte as they were published. */
  validationFile: (id: string, file: 'frozen' | 'labels'): string => `/validation/${part(id)}/${file}.json`,
  methodInFull: (lang: Lang): string => `/${lang}/method/full`,
  limits: (lang: Lang): string => `/${lang}/method#limits`,
  check: (lang: Lang, network?: Asn | 'all'): string =>
    `/${lang}/check${network === undefined ? '' : query({ network: network === 'all' ? network : `AS${network}` })}`,
  /** Where a page sends what its check found, and from where it has the challenge that it solves before. */
  checkResults: (): string => '/check/results',
  work: (purpose: WorkFor): string => `/work/${purpose}`,
  /** `about`: what the form has chosen when it opens. */
  report: (lang: Lang, about: { readonly service?: string; readonly asn?: Asn } = {}): string =>
    `/${lang}/report${query({
      ...defined({ service: about.service }),
      ...(about.asn === undefined ? {} : { network: `AS${about.asn}` }),
    })}`,
  /**
   * The form as it comes back to one person, for two minutes (brief-pages.ts), or by a status that says why to anyone.
   */
  reportBack: (lang: Lang, name: string): string => `/${lang}/report/back/${name}`,
  /** Where the reporter is led; it names nothing that was reported. */
  reportThanks: (lang: Lang): string => `/${lang}/report/thanks`,
  /** The form of subscriptions; `about`: what it has chosen when it opens. */
  subscribe: (
    lang: Lang,
    about: {
      readonly services?: readonly string[]
      readonly networks?: readonly string[]
      readonly regions?: readonly string[]
    } = {},
  ): string => {
    const asked = new URLSearchParams([
      ...(about.services ?? []).map((one) => ['service', one] as [string, string]),
      ...(about.networks ?? []).map((one) => ['network', one] as [string, string]),
      ...(about.regions ?? []).map((one) => ['region', one] as [string, string]),
    ]).toString()
    return `/${lang}/subscribe${asked === '' ? '' : `?${asked}`}`
  },
  subscribeBack: (lang: Lang, name: string): string => `/${lang}/subscribe/back/${name}`,
  /** Where a person is led after each step; it names nothing of them. */
  subscribeDone: (lang: Lang, what: 'sent' | 'confirmed' | 'left'): string => `/${lang}/subscribe/${what}`,
  /** What a link of a mail opens; its last part is a key. */
  subscribeLink: (lang: Lang, what: 'confirm' | 'leave', link: string): string => `/${lang}/subscribe/${what}/${link}`,
  /** Where a check code from a card or a citation leads. */
  code: (lang: Lang, code: string): string => `/${lang}/k/${part(code)}`,
  embed: (lang: Lang, topic: Topic): string => `/${lang}/embed/${topicPath(topic)}`,
  feed: (lang: Lang, topic?: Topic): string => `/${lang}/feed/${topic === undefined ? 'all' : topicPath(topic)}.xml`,
  /** One evening as one entry. */
  feedOfEpisodes: (lang: Lang): string => `/${lang}/feed/episodes.xml`,
  incidentCard: (lang: Lang, id: string, revision: number): string => `/card/${lang}/i/${part(id)}-${revision}.png`,
  /** `at` is the minute of UTC that the card speaks of, `20260305T1610Z`. */
  serviceCard: (lang: Lang, service: string, at: string): string => `/card/${lang}/s/${part(service)}-${at}.png`,
  apiMatrix: (days: Days): string => `/api/v1/matrix${query({ ...days })}`,
  /** The counts behind a page of that choice. */
  apiExplored: ({ services, networks, days, by }: ExploreAsked): string =>
    `/api/v1/explored${query({ service: services.join(','), ...(networks.length === 0 ? {} : { network: networks.map((one) => `AS${one}`).join(',') }), ...days, by })}`,
  apiSeries: (service: string, asn: Asn, days: Days): string =>
    `/api/v1/series${query({ service, network: `AS${asn}`, ...days })}`,
  apiMeasurement: (id: Sha256): string => `/api/v1/measurement/${id}`,
  apiIncidents: ({ day, ...filter }: IncidentFilter = {}): string =>
    `/api/v1/incidents${query({ ...filter, ...(day === undefined ? {} : { since: day, until: day }) })}`,
  apiEpisodes: (id?: string): string => `/api/v1/episodes${query(defined({ id }))}`,
  apiIncident: (id: string, revision?: number): string =>
    `/api/v1/incident/${part(id)}${query(revision === undefined ? {} : { revision: String(revision) })}`,
  /** What is counted since each demand of the record. */
  apiDemands: (format?: 'csv'): string => `/api/v1/demands${query(defined({ format }))}`,
  /** What people reported, of the last week where no days are asked for. */
  apiReports: (topic?: Topic): string =>
    `/api/v1/reports${query(topic === undefined ? {} : 'service' in topic ? { service: topic.service } : { network: `AS${topic.asn}` })}`,
  /** Measurements behind an incident: `jsonl` in OONI's format, `csv` as a table. */
  apiIncidentMeasurements: (id: string, form: 'jsonl' | 'csv'): string =>
    `/api/v1/incident/${part(id)}/measurements.${form}`,
  /** Measurements of a series in OONI's format. */
  apiSeriesLines: (service: string, asn: Asn, days: Days): string =>
    `/api/v1/series.jsonl${query({ service, network: `AS${asn}`, ...days })}`,
  /** The same answer as a table. */
  asCsv: (address: string): string => `${address}${address.includes('?') ? '&' : '?'}format=csv`,
  /** A list that needs no choice. */
  apiList: (list: 'board' | 'services' | 'networks' | 'claims' | 'orders' | 'corrections' | 'incidents'): string =>
    `/api/v1/${list}`,
  /** The page on verifying sends what was typed here; it leads on to the code. */
  typedCode: (lang: Lang): string => `/${lang}/verify`,
  ...logUrls,
  /** Where the digest of a check is sent that a person keeps. */
  savedChecks: (): string => '/log/saved-checks',
  /** A published bundle, by the name of its bag. */
  bundle: (name: string): string => `/bundles/${part(name)}.zip`,
  /** An exhibit out of it. */
  exhibit: (name: string, lang: Lang): string => `/bundles/${part(name)}/exhibit-${lang}.pdf`,
  /** Where the bundle of an incident is made for the asking. */
  bundleOrder: (lang: Lang, incident: string): string => `/${lang}/bundle/${part(incident)}`,
  /** Whether the server is in full service: for programs and for people. */
  health: (): string => '/health',
  healthPage: (lang: Lang): string => `/${lang}/health`,
  /** Files for researchers, and what describes them. */
  dataset: (file: 'index.json' | 'schema.json' | 'datacite.json' | 'SHA256SUMS'): string => `/data/${file}`,
  datasetFile: (name: string): string => `/data/files/${part(name)}`,
  /** The poster with the code that leads to the page on joining. */
  poster: (lang: Lang): string => `/${lang}/take-part/poster.pdf`,
  /** A program of the release, or what is next to it. */
  download: (name: string): string => `/download/${part(name)}`,
  /** What programs can ask for, as a page for people. */
  api: (lang: Lang): string => `/${lang}/api`,
  apiDescription: (): string => '/api/v1/openapi.json',
  /** The site as an app, in a language, and one picture of it. */
  manifest: (lang: Lang): string => `/${lang}/app.webmanifest`,
  appIcon: (name: string): string => `/icon/${name}`,
  /** Acts for the whole site where a reader asked for it: so it is at its root. */
  keptPageWorker: (): string => '/kept-page.js',
  asset: (path: string, tag: string): string => `/assets/${path}?v=${tag}`,
}
