import type { Context, Hono } from 'hono'
import { checkCode } from '../../core/evidence/check-code.ts'
import { DAY_MS } from '../../core/model/duration.ts'
import { defined } from '../../core/model/defined.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { takenIncident, type TakenIncident } from '../../core/model/incident/review.ts'
import { takenText } from '../../core/text/sentence/review.ts'
import { NO_REVIEWS } from '../incident/reviewed.ts'
import { formatInstantUtc, instant, type Instant } from '../../core/model/units.ts'
import { channelText } from '../../core/text/channel-text.ts'
import { say } from '../../core/text/format.ts'
import { headline, headlineState, networkText } from '../../core/text/sentence/incident.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { answerBytes, OPEN_TO_PAGES } from '../api/respond-api.ts'
import { renderAtom, type AtomEntry } from './atom.ts'
import { entriesOf } from '../../core/model/incident/entries.ts'
import {
  entryDate,
  entryHeadline,
  episodeParagraph,
  worstState,
  type NamedEntry,
} from '../../core/text/sentence/episode.ts'
import { rememberDigests, type RevisionDigest } from '../code/digests.ts'
import { codeOfEntry } from '../code/episode-codes.ts'
import { heldOf, named, namedEntries, type IncidentPagesOptions } from '../incident/route.ts'
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

type FeedOptions = Pick<IncidentPagesOptions, 'incidents' | 'names' | 'frame' | 'speak' | 'reviews'> & {
  /** Digest of an incident's latest revision. */
  readonly digestOf: RevisionDigest
}

/** Adds Atom feeds of all incidents, of those of a service and of a network, and of episodes, in every language. */
export function addFeedPages(site: Hono, parts: Omit<FeedOptions, 'digestOf'>): void {
  const options: FeedOptions = { ...parts, digestOf: rememberDigests(parts.incidents) }
  for (const lang of LANGS)
    site.get(`/${lang}/feed/:file{.+\\.xml}`, async (c) => {
      const path = c.req.param('file').slice(0, -'.xml'.length)
      if (path === 'all') return answerFeed(c, lang, undefined, options)
      if (path === 'episodes') return answerEpisodes(c, lang, options)
      const topic = readTopic(path)
      return topic === undefined ? c.notFound() : answerFeed(c, lang, topic, options)
    })
}

const isAbout = (topic: Topic | undefined, { service, asn }: Incident): boolean =>
  topic === undefined || ('service' in topic ? topic.service === service : topic.asn === asn)

/** The last revised first: as many as a feed holds. */
function newestOf<T extends Pick<Incident, 'id'>>(all: readonly T[], revisedAt: (one: T) => number): readonly T[] {
  const sorted = all.toSorted((a, b) => revisedAt(b) - revisedAt(a) || (a.id < b.id ? -1 : 1))
  const [first] = sorted
  const since = (first === undefined ? 0 : revisedAt(first)) - ALL_OF_MS
  return sorted.filter((one, nth) => nth < USUAL_ENTRIES || revisedAt(one) >= since).slice(0, MOST_ENTRIES)
}

/** Titles say as of now whether it continues; the summary is that of the revision that `updated` and the code are of. */
async function asOfNow(published: readonly Incident[], { speak }: FeedOptions): Promise<readonly Incident[]> {
  const spoken = (await speak?.(published)) ?? published
  return published.map((one, nth) => ({ ...one, running: spoken[nth]?.running ?? one.running }))
}

/** A reader of feeds who has an incident gets its entry again when it is put on hold. */
async function heldEntries({ incidents, reviews = NO_REVIEWS }: FeedOptions): Promise<readonly TakenIncident[]> {
  return (await heldOf(incidents, reviews)).flatMap((one) => takenIncident(one, reviews.of(one.id)) ?? [])
}

async function answerFeed(c: Context, lang: Lang, topic: Topic | undefined, options: FeedOptions): Promise<Response> {
  const { incidents, names, frame } = options
  const held = await heldEntries(options)
  const takenBy = new Map(held.map((taken) => [taken.incident.id, taken]))
  const all = [
    ...(await incidents.current()),
    ...held.map(({ incident, since }) => ({ ...incident, revisedAt: since })),
  ].filter((one) => isAbout(topic, one))
  const shown = newestOf(all, ({ revisedAt }) => revisedAt)
  const spoken = await asOfNow(shown, options)
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
    entries: await Promise.all(
      shown.map((one, nth) =>
        entryOf(lang, one, { options, spoken: spoken[nth] ?? one, ...defined({ taken: takenBy.get(one.id) }) }),
      ),
    ),
  })
  return answerBytes(c, text, { ...OPEN_TO_PAGES, 'content-type': 'application/atom+xml; charset=utf-8' })
}

/**
 * An id that stays with the incident on every copy of the site, at any address: it is made from the public one.
 * BUG: a site that moves to another name gives every entry a new id, and readers show all of them again.
 */
const tagOf = ({ frame }: FeedOptions, word: string): string =>
  `tag:${frame.origin === undefined ? 'kuager.invalid' : new URL(frame.origin).hostname},${TAG_YEAR}:${word}`

const codeOf = async (incident: Incident, { digestOf }: FeedOptions): Promise<string> => {
  const digest = await digestOf(incident)
  return digest === undefined ? '' : checkCode(digest)
}

interface EntryParts {
  readonly options: FeedOptions
  /** The incident as of now. */
  readonly spoken: Incident
  /** Of an incident on hold. */
  readonly taken?: TakenIncident
}

async function entryOf(lang: Lang, incident: Incident, { options, spoken, taken }: EntryParts): Promise<AtomEntry> {
  const { names, frame } = options
  const one = named(incident, names)
  const page = publicUrl(frame, urls.incident(lang, incident.id))
  const network = say(lang, 'incident.network', { network: networkText(lang, one) })
  const words =
    taken === undefined ? headline(lang, named(spoken, names)) : takenText(lang, taken, one.serviceName).title
  const title = `${words}. ${network}`
  const state = headlineState(incident)
  return {
    id: tagOf(options, `i/${encodeURIComponent(incident.id)}`),
    title: incident.simulated ? `${say(lang, 'page.simulated-tag')}: ${title}` : title,
    updated: formatInstantUtc(incident.revisedAt),
    summary: channelText(lang, one, {
      address: page,
      code: await codeOf(incident, options),
      ...defined({ taken }),
    }).trim(),
    page,
    data: publicUrl(frame, urls.apiIncident(incident.id)),
    category:
      taken === undefined
        ? { term: state, label: say(lang, `incident.state.${state}`) }
        : { term: taken.kind, label: say(lang, `review.standing.${taken.kind}`) },
  }
}

/** One evening as one entry, which is revised with its incidents; an incident of no episode is one as in the other feeds. */
async function answerEpisodes(c: Context, lang: Lang, options: FeedOptions): Promise<Response> {
  const { incidents, names, frame } = options
  const [current, episodes] = await Promise.all([incidents.current(), incidents.episodes()])
  const spoken = new Map((await asOfNow(current, options)).map((one) => [one.id, one]))
  const held = await heldEntries(options)
  const takenBy = new Map(held.map((taken) => [taken.incident.id, taken]))
  // What is on hold is an entry by itself, as what was withdrawn is: its episode no longer has it.
  const apart = held.map(({ incident, since }) => ({ incidents: [{ ...incident, revisedAt: since }], total: 1 }))
  const entries = namedEntries([...entriesOf(current, episodes), ...apart], names)
  const dated = entries.map((entry) => ({
    entry,
    id: entry.episode ?? entry.incidents[0]?.incident.id ?? '',
    at: instant(Math.max(...entry.incidents.map(({ incident }) => incident.revisedAt))),
  }))
  const shown = newestOf(dated, ({ at }) => at)
  const simulated = shown.some(({ entry }) => entry.incidents.some(({ incident }) => incident.simulated))
  const title = say(lang, 'feed.title-episodes')
  const text = renderAtom({
    id: tagOf(options, `feed/${lang}/episodes`),
    lang,
    title: simulated ? `${say(lang, 'page.simulated-tag')}: ${title}` : title,
    about: say(lang, 'feed.about'),
    updated: formatInstantUtc(shown[0]?.at ?? instant(0)),
    ...(frame.origin === undefined ? {} : { base: `${frame.origin}/` }),
    self: publicUrl(frame, urls.feedOfEpisodes(lang)),
    page: publicUrl(frame, urls.incidents(lang)),
    entries: await Promise.all(
      shown.map(({ entry, at }) => episodeEntry(lang, entry, { at, options, spoken, takenBy })),
    ),
  })
  return answerBytes(c, text, { ...OPEN_TO_PAGES, 'content-type': 'application/atom+xml; charset=utf-8' })
}

type SpokenById = ReadonlyMap<string, Incident>

async function episodeEntry(
  lang: Lang,
  entry: NamedEntry,
  {
    at,
    options,
    spoken,
    takenBy,
  }: Pick<EntryParts, 'options'> & {
    readonly at: Instant
    readonly spoken: SpokenById
    readonly takenBy: ReadonlyMap<string, TakenIncident>
  },
): Promise<AtomEntry> {
  const now = entry.incidents.map((one) => ({ ...one, incident: spoken.get(one.incident.id) ?? one.incident }))
  const [first] = entry.incidents
  const id = entry.episode
  // An entry has one incident at least.
  if (id === undefined) {
    const taken = takenBy.get(first!.incident.id)
    return entryOf(lang, first!.incident, { options, spoken: now[0]!.incident, ...defined({ taken }) })
  }
  const { frame, digestOf } = options
  const page = publicUrl(frame, urls.episode(lang, id))
  const code = await codeOfEntry(entry, digestOf)
  const title = `${entryHeadline(lang, { ...entry, incidents: now })}. ${entryDate(lang, entry)}`
  const state = worstState(entry)
  return {
    id: tagOf(options, `e/${encodeURIComponent(id)}`),
    title: first?.incident.simulated === true ? `${say(lang, 'page.simulated-tag')}: ${title}` : title,
    updated: formatInstantUtc(at),
    summary: [episodeParagraph(lang, entry), `${say(lang, 'incident.code')}: ${code}`, page].join('\n'),
    page,
    data: publicUrl(frame, urls.apiEpisodes(id)),
    category: { term: state, label: say(lang, `incident.state.${state}`) },
  }
}
