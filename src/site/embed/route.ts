import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { anchor } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import type { Asn, Instant } from '../../core/model/units.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { networkLabel } from '../../core/text/sentence/verdict.ts'
import { formatClock, formatDate, formatDateTime } from '../../core/text/time.ts'
import { answerBytes } from '../api/respond-api.ts'
import type { Board } from '../now/board.ts'
import { PRESENT_MS, type CellAt } from '../now/cell-at.ts'
import { isKnownService } from '../known-service.ts'
import { inUse, isMostUsed } from '../first/view.ts'
import type { MarkName } from '../parts/mark.ts'
import { EMBED_HEADERS } from './frame.ts'
import { renderEmbed, type EmbedRow, type EmbedView } from './page.ts'
import type { SiteOptions } from '../site-options.ts'
import { readTopic, topicName, topicPage } from './topic.ts'
import { urls, type Topic } from '../urls.ts'

/** Rows that a card has room for: names of networks are longer than those of services. */
const MOST_SERVICES = 8
const MOST_NETWORKS = 4
const RESTRICTED: readonly MarkName[] = ['shut', 'part', 'slow']
/** What a reader needs to know first. */
const ORDER: readonly MarkName[] = ['shut', 'part', 'slow', 'fault', 'unkn', 'open', 'none']

/** Adds the small pages for others to embed: the state of a service on its networks, of a network's services. */
export function addEmbedPages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  for (const lang of LANGS)
    site.get(`/${lang}/embed/:topic{.+}`, async (c) => {
      const topic = readTopic(c.req.param('topic'))
      if (topic === undefined) return c.notFound()
      if ('service' in topic && !(await isKnownService(topic.service, options))) return c.notFound()
      const view = embedView(lang, topic, { board: await board(), names: options.names })
      return answerBytes(c, String(await renderEmbed(lang, view, options.frame)), EMBED_HEADERS)
    })
}

function embedView(
  lang: Lang,
  topic: Topic,
  { board, names }: { readonly board: Board; readonly names: SiteOptions['names'] },
): EmbedView {
  const whole = {
    topic: topicName(lang, topic, names),
    page: topicPage(lang, topic),
    simulated: board.simulated,
    asOf: board.asOf,
    stale: board.newest === undefined || board.asOf - board.newest > PRESENT_MS,
  }
  if ('asn' in topic) {
    const measured = new Set(board.servicesOn(topic.asn))
    const all = board.services.map((one) => ({ ...one, cell: board.cell(one.id, topic.asn) }))
    // The same six as on the first screen, and any other that is restricted: a card that hid it would say that it
    // opens.
    const others = all.filter(({ id, cell }) => !isMostUsed(id) && RESTRICTED.includes(cell.state))
    const shown = [...inUse(all), ...others]
    const rows = shown.slice(0, MOST_SERVICES).map(({ name, cell }) => rowOf(lang, name, cell, board.asOf))
    return { ...whole, rows: measured.size === 0 ? [] : rows, rest: 0 }
  }
  const label = (asn: Asn): string => names.networkName(asn) ?? networkLabel(lang, asn)
  const cells = board.networks
    .map(({ asn }) => ({ name: label(asn), cell: board.cell(topic.service, asn) }))
    .filter(({ cell }) => cell.state !== 'none')
    .toSorted((a, b) => ORDER.indexOf(a.cell.state) - ORDER.indexOf(b.cell.state) || b.cell.devices - a.cell.devices)
  return {
    ...whole,
    rows: cells.slice(0, MOST_NETWORKS).map(({ name, cell }) => rowOf(lang, name, cell, board.asOf)),
    rest: Math.max(0, cells.length - MOST_NETWORKS),
    networks: { total: cells.length, open: cells.filter(({ cell }) => cell.state === 'open').length },
  }
}

function rowOf(lang: Lang, name: string, { state, incident }: CellAt, now: Instant): EmbedRow {
  const since = incident === undefined ? undefined : sinceOf(lang, incident, now)
  return { name, state, ...defined({ since }) }
}

/** Clock of the start where it is on this day, else with its date. */
function sinceOf(lang: Lang, incident: Incident, now: Instant): string | undefined {
  const at = anchor(incident)
  if (at === undefined) return undefined
  return formatDate(lang, at) === formatDate(lang, now) ? formatClock(at) : formatDateTime(lang, at)
}

/**
 * What others put into their page. The sandbox lets the link open the site as a window of its own, and nothing else.
 */
export const embedSnippet = (
  { origin, title, height = 440 }: { readonly origin: string; readonly title: string; readonly height?: number },
  lang: Lang,
  topic: Topic,
): string =>
  `<iframe src="${origin}${urls.embed(lang, topic)}" title="${title.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}" width="320" height="${height}" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`
