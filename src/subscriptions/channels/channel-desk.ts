import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/model/duration.ts'
import type { NewsKind } from '../../core/model/people/subscription.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { backoff } from '../../runtime/backoff.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import { conclusionSchema, newsOf, type NewsConclusion, type Tellable, type TellableIncident } from '../news.ts'
import type { PostRow, SubscriptionStore } from '../registry/contract.ts'
import type { NewsTextOptions } from '../texts.ts'
import type { PostedTo } from './channel.ts'
import { manyText, postText } from './post-texts.ts'
import type { ChannelInLang } from './settings.ts'
import { z } from 'zod'

/** What begins together is posted together: the first news waits so long for others. */
export const POST_GATHER_MS = 10 * MINUTE_MS
/** New incidents that are posted one by one; more than these become one post. */
const MOST_SINGLE = 3
/** Between two posts: Telegram takes 20 a minute into one channel. */
const BETWEEN_MS = 3 * SECOND_MS
const FIRST_PAUSE_MS = 30 * SECOND_MS
const LONGEST_PAUSE_MS = HOUR_MS
const GIVE_UP_MS = 3 * DAY_MS

/**
 * What a row of `posts` does. `post`: says one thing. `many`: one post about several new incidents. `part`: an incident
 * of such a post, which has no post of its own. `edit`: puts a withdrawal in the place of the first post.
 */
const bodySchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.enum(['post', 'many', 'edit']), text: z.string() }),
  z.strictObject({ do: z.literal('part'), of: z.string() }),
])
type PostBody = z.infer<typeof bodySchema>

export interface ChannelDeskOptions {
  readonly store: Pick<SubscriptionStore, 'channelSince' | 'posts' | 'begin' | 'setPost'>
  readonly to: ChannelInLang
  readonly texts: NewsTextOptions
  readonly clock: Clock
  readonly random: () => number
  readonly wait: (delay: Millis, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** Posts to one channel what is new, and answers each post with what became of it. */
export interface ChannelDesk {
  /** Begins posts for what is new, and tries those that wait. */
  tell(tellable: Tellable, signal: AbortSignal): Promise<void>
}

/**
 * Opens a channel. A post is in the registry, with its text, before it is sent: a crash leads to a second try of the very
 * same post. Mastodon makes one post of both (Idempotency-Key, for an hour); Telegram knows no such key, so that a crash
 * between its answer and our disk leaves a twin. A channel that is new begins with what is published from then on.
 */
export async function openChannelDesk(options: ChannelDeskOptions): Promise<ChannelDesk> {
  const { store, to, clock } = options
  const { name } = to.channel
  const since = await store.channelSince(name, clock.now())
  const rows = new Map((await store.posts(name)).map((row) => [row.key, row]))
  let pending: number | undefined
  let closedUntil = 0
  return {
    async tell(tellable, signal) {
      const news = newsFor(rows, tellable, since)
      if (news.length === 0) pending = undefined
      else {
        pending ??= clock.now()
        if (clock.now() - pending >= POST_GATHER_MS) {
          pending = undefined
          const begun = await rowsFor(news, { ...options, rows })
          await store.begin(begun)
          for (const row of begun) rows.set(row.key, row)
        }
      }
      if (clock.now() < closedUntil) return
      if ((await postWaiting(rows, options, signal)) === 'closed') closedUntil = clock.now() + HOUR_MS
    },
  }
}

interface ChannelNews {
  readonly kind: NewsKind
  readonly incident: TellableIncident
}

const parseConclusion = (text: string): NewsConclusion => conclusionSchema.parse(JSON.parse(text))
const parseBody = (row: PostRow): PostBody => bodySchema.parse(JSON.parse(row.body))

/** Rows of one incident, the oldest first. */
const rowsOf = (rows: ReadonlyMap<string, PostRow>, incident: string): readonly PostRow[] =>
  [...rows.values()].filter((row) => row.incident === incident).toSorted((a, b) => a.since - b.since)

function newsFor(rows: ReadonlyMap<string, PostRow>, { incidents }: Tellable, since: number): readonly ChannelNews[] {
  const told = new Map<string, NewsConclusion>()
  for (const row of [...rows.values()].toSorted((a, b) => a.since - b.since))
    if (row.incident !== '') told.set(row.incident, parseConclusion(row.conclusion))
  return incidents.flatMap((incident) => {
    const before = told.get(incident.id)
    if (before === undefined && incident.publishedAt <= since) return []
    const kind = newsOf(before, incident.conclusion)
    return kind === undefined ? [] : [{ kind, incident }]
  })
}

type RowFacts = ChannelDeskOptions & { readonly rows: ReadonlyMap<string, PostRow> }

async function rowsFor(news: readonly ChannelNews[], facts: RowFacts): Promise<readonly PostRow[]> {
  const isNew = ({ kind }: ChannelNews): boolean => kind === 'started' || kind === 'found'
  const fresh = news.filter(isNew)
  const single = news.filter((one) => !isNew(one) || fresh.length <= MOST_SINGLE)
  const begun: PostRow[] = fresh.length > MOST_SINGLE ? await manyRows(fresh, facts) : []
  for (const one of single) begun.push(...(await singleRows(one, facts)))
  return begun
}

async function manyRows(fresh: readonly ChannelNews[], { to, texts, clock }: RowFacts): Promise<PostRow[]> {
  const { lang, channel } = to
  const now = clock.now()
  const incidents = fresh.map(({ incident }) => incident)
  const text = await manyText(texts, incidents, { lang, most: channel.mostCharacters })
  const key = `${channel.name} many ${now}`
  const row = rowMaker(channel.name, now)
  return [
    row(key, { do: 'many', text }),
    ...incidents.map((incident) => ({
      ...row(`${keyOf(channel.name, incident)} part`, { do: 'part', of: key }, incident),
      state: 'sent' as const,
    })),
  ]
}

async function singleRows({ kind, incident }: ChannelNews, { to, texts, clock, rows }: RowFacts): Promise<PostRow[]> {
  const { lang, channel } = to
  const row = rowMaker(channel.name, clock.now())
  const text = await postText(texts, incident, { lang, kind, most: channel.mostCharacters })
  const said = `${keyOf(channel.name, incident)} ${kind}`
  // What people withdrew and restored may be withdrawn again: another post about the same revision.
  const key = rows.has(said) ? `${said} ${clock.now()}` : said
  const post = row(key, { do: 'post', text }, incident)
  const [first] = rowsOf(rows, incident.id)
  if (kind !== 'withdrawn' || first === undefined || parseBody(first).do !== 'post') return [post]
  // The first post is passed on without its answers: it says itself that it is withdrawn.
  return [row(`${key} edit`, { do: 'edit', text }, incident), post]
}

const keyOf = (channel: string, { id, conclusion }: TellableIncident): string =>
  `${channel} ${id} ${conclusion.revision}`

const rowMaker =
  (channel: string, now: number) =>
  (key: string, body: PostBody, incident?: TellableIncident): PostRow => ({
    ...{ key, channel, since: now, next: now, tries: 0, state: 'waiting', message: null },
    incident: incident?.id ?? '',
    body: JSON.stringify(body),
    conclusion: incident === undefined ? '' : JSON.stringify(incident.conclusion),
  })

/** Tries posts in their order; a channel that takes none for now is asked again later, and then with the same post. */
async function postWaiting(
  rows: Map<string, PostRow>,
  options: ChannelDeskOptions,
  signal: AbortSignal,
): Promise<'done' | 'closed'> {
  const { store, clock, wait, log, to } = options
  const set = async (row: PostRow, change: Parameters<typeof store.setPost>[1]): Promise<void> => {
    await store.setPost(row.key, change)
    rows.set(row.key, { ...row, ...change })
  }
  // A row that was edited into another place keeps its own: the map has them in the order in which they were begun.
  for (const { key } of [...rows.values()].filter(({ state }) => state === 'waiting')) {
    const row = rows.get(key)
    if (row === undefined || signal.aborted || row.next > clock.now()) return 'done'
    // Not cut short by the end of the server: what became of it would not be known.
    const posted = await postOne(row, rows, { to, signal: new AbortController().signal })
    const channel = to.channel.name
    switch (posted.kind) {
      case 'posted':
        await set(row, { state: 'sent', message: posted.message })
        break
      case 'closed':
        log.error({ channel, code: posted.code }, 'a channel does not let us post; it is tried again in an hour')
        return 'closed'
      case 'refused':
        await set(row, { state: 'given-up' })
        log.error({ channel, code: posted.code, key }, 'a channel refused a post')
        break
      case 'later': {
        if (clock.now() - row.since > GIVE_UP_MS) {
          await set(row, { state: 'given-up' })
          log.error({ channel, code: posted.code, key }, 'a channel did not take a post for three days')
          break
        }
        const { random } = options
        const pause = backoff(row.tries + 1, {
          first: FIRST_PAUSE_MS,
          longest: LONGEST_PAUSE_MS,
          jitter: [0.5, 1],
          random,
        })
        const next = clock.now() + Math.max(pause, Math.min(posted.pause ?? 0, DAY_MS))
        if (row.tries === 0) log.warn({ channel, code: posted.code }, 'a channel takes no posts for now')
        await set(row, { next, tries: row.tries + 1 })
        return 'done'
      }
    }
    await wait(millis(BETWEEN_MS), signal).catch(() => undefined)
  }
  return 'done'
}

async function postOne(
  row: PostRow,
  rows: ReadonlyMap<string, PostRow>,
  { to, signal }: { readonly to: ChannelInLang; readonly signal: AbortSignal },
): Promise<PostedTo> {
  const body = parseBody(row)
  if (body.do === 'part') return { kind: 'refused', code: 'part' }
  const earlier = row.incident === '' ? undefined : rowsOf(rows, row.incident).find(({ key }) => key !== row.key)
  const first = earlier === undefined ? undefined : messageOf(earlier, rows)
  if (body.do === 'edit')
    return first === undefined
      ? { kind: 'refused', code: 'nothing to edit' }
      : to.channel.edit(first, { key: row.key, text: body.text }, signal)
  return to.channel.post({ key: row.key, text: body.text, ...(first === undefined ? {} : { replyTo: first }) }, signal)
}

/** Id of the first post about an incident: its own, or the one about many. */
function messageOf(row: PostRow, rows: ReadonlyMap<string, PostRow>): string | undefined {
  const body = parseBody(row)
  return (body.do === 'part' ? rows.get(body.of)?.message : row.message) ?? undefined
}
