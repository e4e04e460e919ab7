import { defined } from '../../core/model/defined.ts'
import { lastKnown } from '../../core/model/incident/bounds.ts'
import { isAlwaysShown, serviceName, type ListedService, type Names } from '../../core/text/names.ts'
import type { Order, Statement } from '../../core/model/tables/record.ts'
import { formatAsn, type Asn } from '../../core/model/units.ts'
import type { SeriesName } from '../../store/warehouse/contract.ts'
import type { OutsideRecord } from '../../runtime/tables/record.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatMoment } from '../../core/text/moment.ts'
import { say } from '../../core/text/format.ts'
import { entriesOf, entryGoesOn } from '../../core/model/incident/entries.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { BOARD_DAYS, type Board } from '../now/board.ts'
import { spokenAt } from '../now/cell-at.ts'
import { withLastFailed } from '../last-failed.ts'
import { named, namedEntries } from '../incident/route.ts'
import type { NamedSeries } from './page/hours.ts'
import type { NetworkView } from './page/network.ts'
import type { PlaceRow, PlaceView } from './page/parts.ts'
import type { PlaceRecord, ServiceView } from './page/service.ts'
import { byWeight } from './state.ts'
import { boardStrip } from '../now/strip-view.ts'
import { topicName, topicPage } from '../embed/topic.ts'
import { stripChart } from '../now/strip-chart.ts'
import type { PageChart } from '../take/page-chart.ts'
import { topicPath, urls, type Topic } from '../urls.ts'

// What the pages of one service and of one network show, from the board that all readers share.

/** Strips on one page: more are not read, and each service on each network has a page of its own. */
const MOST_STRIPS = 6
/** Statements and acts listed on the page of a service. */
const MOST_RECORD = 20

export interface PlaceParts {
  readonly board: Board
  readonly names: Names
  /** Latest revisions of all incidents. */
  readonly incidents: readonly Incident[]
  /** Episodes of the latest detection. */
  readonly episodes: readonly Episode[]
  readonly page: number
}

/** Entries of a place, with its incidents of each episode: those that go on, and the others newest first. */
function entriesAt(
  { board, incidents, episodes, names }: PlaceParts,
  about: (incident: Incident) => boolean,
): Pick<PlaceView, 'running' | 'past'> {
  const shown = incidents
    .filter((one) => one.simulated === board.simulated)
    .map((one) => spokenAt(withLastFailed(one, board.lastFailed), board.asOf))
  const entries = entriesOf(shown, episodes, about)
  return {
    running: namedEntries(entries.filter(entryGoesOn), names),
    past: namedEntries(
      entries.filter((one) => !entryGoesOn(one)),
      names,
    ),
  }
}

type Named = Pick<PlaceRow, 'name' | 'number' | 'href'>

/** One line of the states: a series with its name on this page. */
function rowOf(
  { board, names }: PlaceParts,
  of: { readonly service: string; readonly asn: Asn },
  name: Named,
): PlaceRow {
  const { incident, ...cell } = board.cell(of.service, of.asn)
  return { ...name, ...cell, ...(incident === undefined ? {} : { incident: named(incident, names) }) }
}

const isMeasured = ({ board }: Pick<PlaceParts, 'board'>, service: string, asn: Asn): boolean =>
  board.measured(service, asn).length > 0 || board.cell(service, asn).state !== 'none'

/** Networks on which a service was measured in the days of the board. */
const networksOf = (
  parts: Pick<PlaceParts, 'board'>,
  service: string,
): readonly { readonly asn: Asn; readonly name: string }[] =>
  parts.board.networks.filter(({ asn }) => isMeasured(parts, service, asn))

/** The first of some series: those with an incident in the days of the board, then the others in their order. */
function restrictedFirst<T extends SeriesName>(board: Board, list: readonly T[], most: number): readonly T[] {
  const isRestricted = ({ service, asn }: T): boolean =>
    board.incidents(service, asn).some((incident) => (lastKnown(incident) ?? 0) >= board.since)
  const first = list.filter(isRestricted)
  return [...first, ...list.filter((one) => !first.includes(one))].slice(0, most)
}

/** Series of a place that are drawn, and how many there are. */
export function placeSeries(
  parts: Pick<PlaceParts, 'board' | 'names'>,
  topic: Topic,
  most: number,
): { readonly list: readonly NamedSeries[]; readonly total: number } {
  const { board, names } = parts
  const all = ((): readonly NamedSeries[] => {
    if ('service' in topic)
      return networksOf(parts, topic.service).map(({ asn, name }) => ({
        service: topic.service,
        asn,
        name: name === '' ? formatAsn(asn) : name,
      }))
    const { listed, others } = servicesOn(parts, topic.asn)
    return [...listed, ...others]
      .filter((service) => isMeasured(parts, service, topic.asn))
      .map((service) => ({ service, asn: topic.asn, name: serviceName(names, service) }))
  })()
  return { list: restrictedFirst(board, all, most), total: all.length }
}

/** Strips of a place, and of how many series they are. */
function placeStrips(
  lang: Lang,
  parts: Pick<PlaceParts, 'board' | 'names'>,
  topic: Topic,
): Pick<PlaceView, 'strips' | 'series'> {
  const { list, total } = placeSeries(parts, topic, MOST_STRIPS)
  return {
    strips: list.map(({ service, asn, name }) => boardStrip(lang, parts.board, { service, asn, title: name })),
    series: total,
  }
}

/** Those strips as a chart to be taken. */
export function placeStripChart(
  lang: Lang,
  parts: Pick<PlaceParts, 'board' | 'names'>,
  topic: Topic,
): PageChart | undefined {
  const { board, names } = parts
  const name = topicName(lang, topic, names)
  return stripChart(lang, {
    path: `days/${topicPath(topic)}`,
    page: topicPage(lang, topic),
    at: board.asOf,
    simulated: board.simulated,
    subject: name,
    list: placeStrips(lang, parts, topic).strips,
    of: 'service' in topic ? 'network' : 'service',
  })
}

export interface ServiceParts extends PlaceParts {
  readonly service: string
  readonly record?: OutsideRecord
  readonly card?: string
}

/** Arranges the page of a service. */
export function serviceView(lang: Lang, parts: ServiceParts): ServiceView {
  const { board, names, service, page } = parts
  const networks = networksOf(parts, service)
  const listed = names.services.find(({ id }) => id === service)
  const rows = networks.map(({ asn, name }) => {
    const named = name === '' ? { name: `AS${asn}` } : { name, number: `AS${asn}` }
    return { asn, service, row: rowOf(parts, { service, asn }, { ...named, href: urls.series(lang, service, asn) }) }
  })
  return {
    service,
    serviceName: serviceName(names, service),
    asOf: board.asOf,
    simulated: board.simulated,
    rows: rows.toSorted((a, b) => byWeight({ ...a, ...a.row }, { ...b, ...b.row })).map(({ row }) => row),
    ...entriesAt(parts, (one) => one.service === service),
    page,
    ...placeStrips(lang, parts, { service }),
    ...testedOf(listed),
    record: parts.record?.simulated === board.simulated ? recordOf(lang, service, listed, parts.record) : [],
    ...defined({ card: parts.card }),
  }
}

const testedOf = (listed: ListedService | undefined): Pick<ServiceView, 'tested'> =>
  listed?.endpoints === undefined
    ? {}
    : {
        tested: { tier: listed.tier ?? 'A', comparison: listed.comparison === true, endpoints: listed.endpoints },
      }

/** Statements and acts that name a service, newest first. */
function recordOf(
  lang: Lang,
  service: string,
  listed: ListedService | undefined,
  record: OutsideRecord,
): readonly PlaceRecord[] {
  const hosts = new Set([service, ...(listed?.endpoints ?? []).map(({ host }) => host.replace(/^\*\./, ''))])
  const names = (scope: string): boolean =>
    hosts.has(scope.toLowerCase()) || scope.toLowerCase() === listed?.name.toLowerCase()
  const statements = record.statements
    .filter(({ claims }) => claims.some(({ services }) => services.includes(service)))
    .map((one: Statement) => ({
      at: one.at,
      when: formatMoment(lang, one.at),
      href: urls.claims(lang, one.id),
      text: `${one.who[lang]}. ${one.summary[lang]}`,
    }))
  const orders = record.orders
    .filter(({ scope }) => scope.some(names))
    .map((one: Order) => ({
      at: one.at ?? '',
      when: one.at === undefined ? say(lang, 'reported.unknown') : formatMoment(lang, one.at),
      href: `${urls.plain(lang, 'orders')}#o-${one.id}`,
      text: one.title[lang],
    }))
  return [...statements, ...orders]
    .toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0))
    .slice(0, MOST_RECORD)
    .map(({ when, href, text }) => ({ when, href, text }))
}

export interface NetworkParts extends PlaceParts {
  readonly asn: Asn
  /** Measurements excluded in the days of the board. */
  readonly apart: number
}

/** Sites outside the list shown on the page of a network: volunteers may measure any number of them. */
const MOST_OTHERS = 30

/**
 * Services that the page of a network shows: those of every page always, others of the list where they were measured there,
 * and of sites outside the list those measured most. `hidden`: how many sites are left out.
 */
export function servicesOn(
  { board, names }: Pick<PlaceParts, 'board' | 'names'>,
  asn: Asn,
): { readonly listed: readonly string[]; readonly others: readonly string[]; readonly hidden: number } {
  const measured = new Set(board.servicesOn(asn))
  const listed = names.services.filter((one) => isAlwaysShown(one) || measured.has(one.id)).map(({ id }) => id)
  const count = (service: string): number =>
    board.measured(service, asn).reduce((sum, { measurements }) => sum + measurements, 0)
  const others = [...measured]
    .filter((service) => !listed.includes(service))
    .map((service) => ({ service, count: count(service) }))
    .toSorted((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1))
    .map(({ service }) => service)
  return { listed, others: others.slice(0, MOST_OTHERS), hidden: Math.max(0, others.length - MOST_OTHERS) }
}

/** Arranges the page of a network. */
export function networkView(lang: Lang, parts: NetworkParts): NetworkView {
  const { board, names, asn, page, apart } = parts
  const { listed, others, hidden } = servicesOn(parts, asn)
  const services = [...listed, ...others]
  const rows = services.map((service) => {
    const name = { name: serviceName(names, service), href: urls.series(lang, service, asn) }
    return { asn, service, row: rowOf(parts, { service, asn }, name) }
  })
  const measured = services.flatMap((service) => board.measured(service, asn))
  const network = names.network?.(asn)
  const name = names.networkName(asn)
  const owner = network?.owner
  return {
    asn,
    ...defined({ name, network }),
    asOf: board.asOf,
    simulated: board.simulated,
    rows: rows.toSorted((a, b) => byWeight({ ...a, ...a.row }, { ...b, ...b.row })).map(({ row }) => row),
    ...entriesAt(parts, (one) => one.asn === asn),
    page,
    ...placeStrips(lang, parts, { asn }),
    sameOwner:
      owner === undefined
        ? []
        : board.networks.filter((one) => one.asn !== asn && names.network?.(one.asn)?.owner === owner),
    devices: Math.max(0, ...rows.map(({ row }) => row.devices)),
    measurements: measured.reduce((sum, one) => sum + one.measurements, 0),
    daysWithData: new Set(measured.filter((one) => one.measured !== 0).map(({ day }) => day)).size,
    days: BOARD_DAYS,
    hidden,
    apart,
  }
}
