import type { Hono } from 'hono'
import { entriesOf, type IncidentEntry } from '../../core/model/incident/entries.ts'
import type { Names } from '../../core/text/names.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Frame } from '../../web/html/frame.ts'
import { rememberDigests } from '../code/digests.ts'
import { codeOfEntry } from '../code/episode-codes.ts'
import { namedEntries, type ReadableIncidents } from '../incident/route.ts'
import { answerPage } from '../respond.ts'
import type { DescribeIncident } from '../spoken.ts'
import { urls } from '../urls.ts'
import { episodePage, type EpisodeView } from './page.ts'

export interface EpisodePagesOptions {
  readonly incidents: ReadableIncidents
  readonly names: Names
  readonly frame: Frame
  /** How incidents are spoken of now; absent: as their revisions had it. */
  readonly speak?: DescribeIncident
}

const PREFIX = 'episode-'

/**
 * Adds the pages of episodes. The id of an episode names its earliest incident and changes with it: a former address
 * leads to the episode that this incident is in now, or to the incident.
 */
export function addEpisodePages(site: Hono, options: EpisodePagesOptions): void {
  const digestOf = rememberDigests(options.incidents)
  for (const lang of LANGS)
    site.get(`/${lang}/e/:id`, async (c) => {
      const id = c.req.param('id')
      const found = await findEpisode(id, options)
      if (found === undefined) return c.notFound()
      c.header('cache-control', 'no-cache')
      if (found.kind === 'incident') return c.redirect(urls.incident(lang, found.id), 302)
      if (found.kind === 'moved') return c.redirect(urls.episode(lang, found.id), 302)
      const { view } = found
      const code = await codeOfEntry(view.entry, digestOf)
      return answerPage(c, episodePage(lang, { ...view, code }), options.frame)
    })
}

type Found =
  | { readonly kind: 'episode'; readonly view: Omit<EpisodeView, 'code'> }
  | { readonly kind: 'moved'; readonly id: string }
  | { readonly kind: 'incident'; readonly id: string }

async function findEpisode(id: string, { incidents, names, speak }: EpisodePagesOptions): Promise<Found | undefined> {
  const [current, episodes] = await Promise.all([incidents.current(), incidents.episodes()])
  const named = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : ''
  const episode = episodes.find((one) => one.id === id) ?? episodes.find((one) => one.incidents.includes(named))
  const members = new Set(episode?.incidents)
  const own = current.filter((one) => members.has(one.id))
  const spoken = (await speak?.(own)) ?? own
  const [entry, published] = [spoken, own].map((all) => entriesOf(all, episodes).find(isEpisode))
  if (episode !== undefined && entry !== undefined && published !== undefined) {
    if (episode.id !== id) return { kind: 'moved', id: episode.id }
    const [whole, quoted] = namedEntries([entry, published], names)
    // Of what is shown: where an incident of it is on hold, nothing is known of places outside.
    const isExact = episode.rule.exact && entry.incidents.length === episode.incidents.length
    return whole === undefined || quoted === undefined
      ? undefined
      : { kind: 'episode', view: { id, entry: whole, quoted, isExact } }
  }
  const [left] = own.filter(({ withdrawn }) => !withdrawn)
  if (left !== undefined) return { kind: 'incident', id: left.id }
  return (await incidents.revisions(named)).length === 0 ? undefined : { kind: 'incident', id: named }
}

const isEpisode = ({ episode }: IncidentEntry): boolean => episode !== undefined
