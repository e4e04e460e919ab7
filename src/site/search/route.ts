import type { Hono } from 'hono'
import { entriesOf, reaches } from '../../core/model/incident/entries.ts'
import type { Episode, Incident } from '../../core/model/incident/incident.ts'
import { instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import { homeDayBounds } from '../../core/text/home-day.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatDate } from '../../core/text/time.ts'
import { readTypedCode, type IncidentCodes } from '../code/codes.ts'
import { namedEntries } from '../incident/route.ts'
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

/** Entries that a search lists at most; the list of all is a link away. */
const MOST_ENTRIES = 12
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
      const episodes = (await options.incidents?.episodes()) ?? []
      const isWanted = wantedBy(typed, { found, now: board.asOf })
      const spoken = isWanted === undefined ? [] : await parts.speak(current)
      const entries = entriesOf(spoken, episodes, isWanted)
      const view: SearchView = {
        typed,
        exact:
          typed === '' ? [] : await exactly(lang, typed, { ...options, codes: parts.codes, board, current, episodes }),
        links: found.map((one) => linkOf(lang, one)),
        entries: namedEntries(entries.slice(0, MOST_ENTRIES), options.names),
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
  readonly episodes: readonly Episode[]
}

/** What the words mean exactly: a check code, an incident, a network by its number, a measured host, a day. */
async function exactly(
  lang: Lang,
  typed: string,
  { codes, board, current, episodes, ...options }: Exact,
): Promise<readonly SearchLink[]> {
  const links: SearchLink[] = []
  const code = readTypedCode(typed)
  // A word may have the form of a code: only one that names something is shown.
  const isKnown = async (one: string): Promise<boolean> =>
    ((await codes?.find(one)) ?? []).length > 0 || (await codes?.findEpisode(one)) !== undefined
  if (code !== undefined && (code.kind === 'service' || (await isKnown(code.code))))
    links.push({ href: urls.code(lang, typed), text: typed.toUpperCase(), note: say(lang, 'search.code') })
  if (current.some(({ id }) => id === typed))
    links.push({ href: urls.incident(lang, typed), text: typed, note: say(lang, 'search.incident') })
  if (episodes.some(({ id }) => id === typed))
    links.push({ href: urls.episode(lang, typed), text: typed, note: say(lang, 'search.episode') })
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

/** Which incidents are wanted: those of the day that was typed, else of the service or network that fits best. */
function wantedBy(
  typed: string,
  { found, now }: { readonly found: readonly Found[]; readonly now: Board['asOf'] },
): ((one: Incident) => boolean) | undefined {
  const day = readDay(typed, now)
  if (day !== undefined) return (one) => reaches(one, homeDayBounds(day))
  const [best] = found
  if (best === undefined || best.kind === 'page' || best.kind === 'region') return undefined
  return (one) => (best.kind === 'service' ? one.service === best.service : one.asn === best.asn)
}
