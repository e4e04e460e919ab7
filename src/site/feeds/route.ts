import type { Context, Hono } from 'hono'
import { checkCode } from '../../core/evidence/check-code.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { formatInstantUtc, instant } from '../../core/model/units.ts'
import { channelText } from '../../core/text/channel-text.ts'
import { say } from '../../core/text/format.ts'
import { headline, headlineState, networkText } from '../../core/text/sentence/incident.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { answerBytes, OPEN_TO_PAGES } from '../api/respond-api.ts'
import { renderAtom, type AtomEntry } from './atom.ts'
import { digestOf } from '../incident/around.ts'
import { named, type IncidentPagesOptions } from '../incident/route.ts'
import { publicUrl } from '../../web/html/frame.ts'
import { readTopic, topicName, topicPage, topicWord } from '../embed/topic.ts'
import { urls, type Topic } from '../urls.ts'

/**
 * Incidents that a feed holds, the last revised first: a hundred, and however many more were revised in the two days up
 * to the newest, so that a reader that asks once a day misses none of an evening that touched everything.
 * BUG: of more than the most that are held the rest is in no feed; webhooks and the interface tell of all.
 */
const USUAL_ENTRIES = 100
const MOST_ENTRIES = 600
const ALL_OF_MS = 2 * DAY_MS
/** Year of the ids (RFC 4151): it never changes, or every entry would be new to every reader. */
const TAG_YEAR = '2026'

type FeedOptions = Pick<IncidentPagesOptions, 'incidents' | 'names' | 'frame' | 'speak'> & {
  /** Check code of an incident's latest revision. */
  readonly codeOf: (incident: Incident) => Promise<string>
}

/** Adds Atom feeds of all incidents, of those of a service and of a network, in every language. */
export function addFeedPages(site: Hono, parts: Omit<FeedOptions, 'codeOf'>): void {
  const options: FeedOptions = { ...parts, codeOf: rememberCodes(parts.incidents) }
  for (const lang of LANGS)
    site.get(`/${lang}/feed/:file{.+\\.xml}`, async (c) => {
      const path = c.req.param('file').slice(0, -'.xml'.length)
      if (path === 'all') return answerFeed(c, lang, undefined, options)
      const topic = readTopic(path)
      return topic === undefined ? c.notFound() : answerFeed(c, lang, topic, options)
    })
}

/** Codes that are remembered: each costs a read of the journal and a digest of the whole revision. */
const MOST_CODES = 5000

/**
 * Check codes as pages cite them: of the revision as the journal has it. The list of current incidents tells the
 * newest episode next to it, which is no part of what was published. A revision that lost measurements by erasure has
 * a code of its own.
 */
function rememberCodes(incidents: FeedOptions['incidents']): FeedOptions['codeOf'] {
  const known = new Map<string, string>()
  return async ({ id, revision, measurements }) => {
    const key = `${revision} ${measurements.length} ${id}`
    const found = known.get(key)
    if (found !== undefined) return found
    const published = (await incidents.revisions(id)).find((one) => one.revision === revision)
    const code = published === undefined ? '' : checkCode(await digestOf(published))
    if (known.size >= MOST_CODES) known.clear()
    known.set(key, code)
    return code
  }
}

const isAbout = (topic: Topic | undefined, { service, asn }: Incident): boolean =>
  topic === undefined || ('service' in topic ? topic.service === service : topic.asn === asn)

async function answerFeed(c: Context, lang: Lang, topic: Topic | undefined, options: FeedOptions): Promise<Response> {
  const { incidents, names, frame, speak } = options
  const all = (await incidents.current())
    .filter((one) => isAbout(topic, one))
    .toSorted((a, b) => b.revisedAt - a.revisedAt || (a.id < b.id ? -1 : 1))
  const since = (all[0]?.revisedAt ?? 0) - ALL_OF_MS
  const published = all.filter(({ revisedAt }, nth) => nth < USUAL_ENTRIES || revisedAt >= since).slice(0, MOST_ENTRIES)
  const spoken = (await speak?.(published)) ?? published
  // Whether it continues is given as of now; its times are those of the revision that `updated` and the code are of.
  const shown = published.map((one, nth) => ({ ...one, running: spoken[nth]?.running ?? one.running }))
  const title =
    topic === undefined ? say(lang, 'feed.title') : say(lang, 'feed.title-of', { topic: topicName(lang, topic, names) })
  const simulated = shown.some((one) => one.simulated)
  const word = topic === undefined ? 'all' : topicWord(topic)
  const text = renderAtom({
    id: tagOf(options, `feed/${lang}/${word}`),
    lang,
    title: simulated ? `${say(lang, 'page.simulated-tag')}: ${title}` : title,
    about: say(lang, 'feed.about'),
    // Without an incident nothing ever changed.
    updated: formatInstantUtc(shown[0]?.revisedAt ?? instant(0)),
    ...(frame.origin === undefined ? {} : { base: `${frame.origin}/` }),
    self: publicUrl(frame, urls.feed(lang, topic)),
    page: publicUrl(frame, topic === undefined ? urls.incidents(lang) : topicPage(lang, topic)),
    entries: await Promise.all(shown.map((one) => entryOf(lang, one, options))),
  })
  return answerBytes(c, text, { ...OPEN_TO_PAGES, 'content-type': 'application/atom+xml; charset=utf-8' })
}

/**
 * An id that stays with the incident on every copy of the site, at any address: it is made from the public one.
 * BUG: a site that moves to another name gives every entry a new id, and readers show all of them again.
 */
const tagOf = ({ frame }: FeedOptions, word: string): string =>
  `tag:${frame.origin === undefined ? 'kuager.invalid' : new URL(frame.origin).hostname},${TAG_YEAR}:${word}`

async function entryOf(lang: Lang, incident: Incident, options: FeedOptions): Promise<AtomEntry> {
  const { names, frame } = options
  const one = named(incident, names)
  const page = publicUrl(frame, urls.incident(lang, incident.id))
  const network = say(lang, 'incident.network', { network: networkText(lang, one) })
  const title = `${headline(lang, one)}. ${network}`
  const state = headlineState(incident)
  return {
    id: tagOf(options, `i/${encodeURIComponent(incident.id)}`),
    title: incident.simulated ? `${say(lang, 'page.simulated-tag')}: ${title}` : title,
    updated: formatInstantUtc(incident.revisedAt),
    summary: channelText(lang, one, { address: page, code: await options.codeOf(incident) }).trim(),
    page,
    data: publicUrl(frame, urls.apiIncident(incident.id)),
    category: { term: state, label: say(lang, `incident.state.${state}`) },
  }
}
