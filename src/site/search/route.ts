import type { Hono } from 'hono'
import { anchor, lastKnown } from '../../core/model/incident/bounds.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { homeDayBounds } from '../../core/text/home-day.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatDate } from '../../core/text/time.ts'
import { readTypedCode, type IncidentCodes } from '../code/codes.ts'
import { named } from '../incident/route.ts'
import { isKnownService } from '../known-service.ts'
import type { Board } from '../now/board.ts'
import { MOST_TYPED } from '../parts/search-form.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import type { DescribeIncident } from '../spoken.ts'
import { urls } from '../urls.ts'
import { readDay } from './dates.ts'
import { linkOf, makeFinder, readAsn, type Finder, type Found } from './find.ts'
import { searchPage, type SearchLink, type SearchView } from './page.ts'

/** Incidents that a search lists at most; the list of all is a link away. */
const MOST_INCIDENTS = 12
const HOST = /^(?:https?:\/\/)?((?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})(?:[/:?#].*)?$/i

interface SearchParts {
  readonly board: () => Promise<Board>
  readonly speak: DescribeIncident
  readonly codes: IncidentCodes | undefined
}

/** Looks for services, networks, hosts, days, incidents and check codes; what was typed is kept nowhere. */
export function addSearchPages(site: Hono, options: SiteOptions, parts: SearchParts): void {
  const finderOf = rememberFinder(options)
  for (const lang of LANGS)
    site.get(`/${lang}/search`, async (c) => {
      const typed = (c.req.query('q') ?? '').trim().slice(0, MOST_TYPED)
      const board = await parts.board()
      const found = finderOf(board).find(typed)
      const current = (await options.incidents?.current()) ?? []
      const incidents = incidentsOf(typed, { current, found, now: board.asOf })
      const spoken = await parts.speak(incidents.slice(0, MOST_INCIDENTS))
      const view: SearchView = {
        typed,
        exact: typed === '' ? [] : await exactly(lang, typed, { ...options, codes: parts.codes, board, current }),
        links: found.map((one) => linkOf(lang, one)),
        incidents: spoken.map((one) => named(one, options.names)),
        simulated: board.simulated,
      }
      return answerPage(c, searchPage(lang, view), options.frame)
    })
}

/** The finder of a board: made again only where its networks changed. */
function rememberFinder({ names }: SiteOptions): (board: Board) => Finder {
  let known: { readonly key: string; readonly finder: Finder } | undefined
  return ({ networks }) => {
    const key = networks.map(({ asn }) => asn).join(' ')
    if (known?.key !== key) known = { key, finder: makeFinder(names, networks) }
    return known.finder
  }
}

type Exact = SiteOptions & {
  readonly codes: IncidentCodes | undefined
  readonly board: Board
  readonly current: readonly Incident[]
}

/** What the words mean exactly: a check code, an incident, a network by its number, a measured host, a day. */
async function exactly(
  lang: Lang,
  typed: string,
  { codes, board, current, ...options }: Exact,
): Promise<readonly SearchLink[]> {
  const links: SearchLink[] = []
  const code = readTypedCode(typed)
  // A word may have the form of a code: only one that names something is shown.
  if (code !== undefined && (code.kind === 'service' || ((await codes?.find(code.code)) ?? []).length > 0))
    links.push({ href: urls.code(lang, typed), text: typed.toUpperCase(), note: say(lang, 'search.code') })
  if (current.some(({ id }) => id === typed))
    links.push({ href: urls.incident(lang, typed), text: typed, note: say(lang, 'search.incident') })
  const asn = readAsn(typed)
  const networkName = asn === undefined ? undefined : options.names.networkName(asn)
  if (asn !== undefined && networkName !== undefined && !board.networks.some((one) => one.asn === asn))
    links.push(linkOf(lang, { kind: 'network', asn, name: networkName }))
  const host = HOST.exec(typed)?.[1]?.toLowerCase()
  if (host !== undefined && (await isKnownService(`web:${host}`, options)))
    links.push({ href: urls.service(lang, `web:${host}`), text: host, note: say(lang, 'search.site') })
  const day = readDay(typed, board.asOf)
  if (day !== undefined) {
    const text = formatDate(lang, instant(homeDayBounds(day).from))
    const days = { since: day, until: day }
    links.push({ href: urls.matrix(lang, days), text, note: say(lang, 'search.day') })
  }
  return links
}

/** Incidents of the day that was typed, else of the service or network that fits best; newest first. */
function incidentsOf(
  typed: string,
  {
    current,
    found,
    now,
  }: { readonly current: readonly Incident[]; readonly found: readonly Found[]; readonly now: Board['asOf'] },
): readonly Incident[] {
  const begun = (one: Incident): number => anchor(one) ?? one.revisedAt
  const newest = current.toSorted((a, b) => begun(b) - begun(a))
  const day = readDay(typed, now)
  if (day !== undefined) {
    const { from, until } = homeDayBounds(day)
    return newest.filter((one) => begun(one) < until && (one.running || (lastKnown(one) ?? begun(one)) >= from))
  }
  const [best] = found
  if (best === undefined || best.kind === 'page' || best.kind === 'region') return []
  return newest.filter((one) => (best.kind === 'service' ? one.service === best.service : one.asn === best.asn))
}
