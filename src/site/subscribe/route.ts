import type { Context, Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { MOST_TOPICS, type Topics } from '../../core/model/people/subscription.ts'
import { parseAsn } from '../../core/model/units.ts'
import { isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import { say } from '../../core/text/format.ts'
import { systemRandom } from '../../runtime/random.ts'
import { BriefPages } from '../../web/answer/brief-pages.ts'
import { isForeign } from '../../web/request/foreign-page.ts'
import { readFormBody } from '../../web/request/form-body.ts'
import { PostMemory } from '../../web/request/post-memory.ts'
import { incomingOf } from '../../web/request/request-body.ts'
import { PRIVATE } from '../first/route.ts'
import { TILES } from '../map/tiles.ts'
import type { Board } from '../now/board.ts'
import type { Page } from '../parts/layout.ts'
import { answerForm, leadUnread, hasWork } from '../form-answer.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import type { SubscriptionDesk } from './desk.ts'
import type { SubscribeField, SubscribeValues, SubscribeView, SubscribeWord } from './page/form.ts'
import {
  subscribeConfirmPage,
  leavePage,
  subscribeConfirmedPage,
  subscribeLeftPage,
  subscribePage,
  subscribeSentPage,
  subscribeStalePage,
} from './page/subscribe.ts'

const MOST_BYTES = 16 * 1024
/** Of bodies that are being read at once. */
const ROOM_BYTES = 8 * 2 ** 20
/** Longest text of the field of the address. */
const MOST_MAIL = 320
/** The form loads a challenge from this site. */
/** Regions of the country: who lives abroad chooses services and networks. */
const REGIONS = TILES.map(([region]) => region)
/** Why a body could not be read: the form that says so is the same for everyone, and has its status. */
const UNREAD: ReadonlyMap<string, Shown['status']> = new Map(
  ([415, 422, 503] as const).map((status) => [String(status), status]),
)
/** What a mail program posts to end a subscription: RFC 8058 §3.1. */
const ONE_CLICK = 'List-Unsubscribe'

interface Shown {
  readonly lang: Lang
  readonly values: SubscribeValues
  readonly errors: readonly SubscribeField[]
  readonly word?: SubscribeWord
  /** 200 for a form that was not sent yet. */
  readonly status: 200 | 403 | 410 | 413 | 415 | 422 | 429 | 503
}

interface Desk {
  readonly options: SiteOptions
  /** Networks to choose from; none where they cannot be read. */
  readonly board: () => Promise<Pick<Board, 'networks' | 'simulated'>>
  readonly subscriptions: SubscriptionDesk
  readonly room: PostMemory
  readonly brief: BriefPages<Shown>
}

/**
 * Subscriptions by mail in every language. No post is answered with a page, no address is in a line of a log or in an
 * address of the site, and a link of a mail changes nothing before its button is pressed.
 */
export function addSubscribePages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { subscriptions, frame, log, clock } = options
  const boardOrNone = (): ReturnType<Desk['board']> =>
    board().catch((error: unknown) => {
      log.error({ error }, 'the networks of the form of subscriptions could not be read')
      return { networks: [], simulated: false }
    })
  const room = new PostMemory(ROOM_BYTES)
  for (const lang of LANGS) {
    const brief = new BriefPages<Shown>({
      ...{ clock, random: systemRandom },
      addressOf: (name) => urls.subscribeBack(lang, name),
    })
    site.get(`/${lang}/subscribe`, async (c) => {
      const { simulated } = await boardOrNone()
      if (subscriptions === undefined) return answerPage(c, subscribePage(lang, { simulated }), frame)
      const desk = { options, board: boardOrNone, subscriptions, room, brief }
      return showForm(c, desk, { lang, values: askedOf(c, lang), errors: [], status: 200 })
    })
    if (subscriptions === undefined) continue
    const desk: Desk = { options, board: boardOrNone, subscriptions, room, brief }
    site.get(urls.subscribeBack(lang, ':name'), (c) => {
      const name = c.req.param('name') ?? ''
      const empty: Shown = { lang, values: NO_VALUES(lang), errors: [], status: 410, word: { kind: 'gone' } }
      const status = UNREAD.get(name)
      if (status !== undefined) return showForm(c, desk, { ...empty, status, word: { kind: 'broken' } })
      return showForm(c, desk, brief.find(name) ?? empty)
    })
    site.post(`/${lang}/subscribe`, (c) => take(c, lang, desk))
    for (const [what, page] of DONE)
      site.get(urls.subscribeDone(lang, what), async (c) => {
        const answer = await answerPage(c, page(lang, (await desk.board()).simulated), frame)
        // A browser is not to keep that its reader subscribed.
        answer.headers.set('cache-control', PRIVATE)
        return answer
      })
    addLinks(site, lang, desk)
  }
}

const NO_VALUES = (lang: Lang): SubscribeValues => ({ mail: '', services: [], networks: [], regions: [], lang })

const DONE = [
  ['sent', subscribeSentPage],
  ['confirmed', subscribeConfirmedPage],
  ['left', subscribeLeftPage],
] as const

/** What links of mails lead to: a page with a button, and what the button does. */
function addLinks(site: Hono, lang: Lang, desk: Desk): void {
  const { subscriptions, options } = desk
  const answer = async (c: Context, made: (simulated: boolean) => Page, status: 200 | 410 = 200): Promise<Response> => {
    const page = await answerPage(c, made((await desk.board()).simulated), options.frame)
    const headers = new Headers(page.headers)
    headers.set('cache-control', PRIVATE)
    // The address is a key: no other site is to learn it, and the button is to say which page it is on.
    headers.set('referrer-policy', 'same-origin')
    return new Response(page.body, { status, headers })
  }
  site.get(urls.subscribeLink(lang, 'confirm', ':link'), async (c) => {
    const link = c.req.param('link') ?? ''
    const found = await subscriptions.asked(link, lang)
    if (found === undefined) return answer(c, (simulated) => subscribeStalePage(lang, simulated), 410)
    return answer(c, (simulated) => subscribeConfirmPage(lang, simulated, { link, lines: found }))
  })
  site.post(urls.subscribeLink(lang, 'confirm', ':link'), async (c) => {
    c.header('cache-control', 'no-store')
    const link = c.req.param('link') ?? ''
    const isDone = !isForeign(c, options.frame) && (await subscriptions.confirm(link))
    return c.redirect(isDone ? urls.subscribeDone(lang, 'confirmed') : urls.subscribeLink(lang, 'confirm', link), 303)
  })
  site.get(urls.subscribeLink(lang, 'leave', ':link'), (c) => {
    const link = c.req.param('link') ?? ''
    if (!subscriptions.canLeave(link)) return answer(c, (simulated) => subscribeStalePage(lang, simulated), 410)
    return answer(c, (simulated) => leavePage(lang, simulated, link))
  })
  // Not asked which page it comes from: a mail program says none, and the link is the only key that is needed.
  site.post(urls.subscribeLink(lang, 'leave', ':link'), async (c) => {
    c.header('cache-control', 'no-store')
    const body = await readFormBody(c, { room: desk.room, most: MOST_BYTES })
    const isLeft = await subscriptions.leave(c.req.param('link') ?? '')
    // A mail program is not redirected (RFC 8058 §3.1); a person is, so that no browser keeps the page of a post.
    if (body.kind === 'form' && body.fields.has(ONE_CLICK))
      return c.text(isLeft ? `${say(lang, 'news.left')}\n` : '', isLeft ? 200 : 404)
    return c.redirect(isLeft ? urls.subscribeDone(lang, 'left') : urls.subscribe(lang), 303)
  })
}

/** What the link to the form already says; a part that cannot be read is left out. */
function askedOf(c: Context, lang: Lang): SubscribeValues {
  const some = (name: string): readonly string[] =>
    (c.req.queries(name) ?? []).slice(0, MOST_TOPICS).map((text) => text.slice(0, 300))
  return { mail: '', services: some('service'), networks: some('network'), regions: some('region'), lang }
}

async function showForm(c: Context, { options, board, subscriptions }: Desk, shown: Shown): Promise<Response> {
  const { lang, values, errors, word, status } = shown
  const { names, frame } = options
  const { networks, simulated } = await board()
  const view: SubscribeView = {
    ticket: subscriptions.ticket(status !== 200 && status !== 410),
    ...{ values, errors, networks, simulated },
    ...defined({ word }),
    services: names.services.map(({ id, name, tier = 'A' }) => ({ id, name, first: tier === 'A' })),
    regions: REGIONS,
  }
  const wait = word?.kind === 'later' ? word.wait : undefined
  return answerForm(c, subscribePage(lang, { view, simulated }), { frame, status, wait })
}

async function take(c: Context, lang: Lang, desk: Desk): Promise<Response> {
  const { options, subscriptions, room, brief } = desk
  const body = await readFormBody(c, { room, most: MOST_BYTES })
  if (body.kind === 'unread') return leadUnread(c, urls.subscribeBack(lang, String(body.status)))
  const { fields: sent, isWhole } = body
  if (!isWhole) c.header('connection', 'close')
  const from = { socket: incomingOf(c)?.socket.remoteAddress, forwardedFor: c.req.header('x-forwarded-for') }
  const values = valuesOf(sent)
  const back = (status: Shown['status'], word?: SubscribeWord, errors: Shown['errors'] = []): Response =>
    brief.answer(
      c,
      { lang, values, errors, status, ...defined({ word }) },
      { typed: JSON.stringify(values).length, part: subscriptions.partOf(from) },
    )
  if (isForeign(c, options.frame)) return back(403, { kind: 'foreign' })
  if (!isWhole) return back(413, { kind: 'broken' })
  const topics = parseTopics(values, options, (await desk.board()).networks)
  const mailLang = isLang(values.lang) ? values.lang : undefined
  if (topics === undefined || mailLang === undefined)
    return back(422, undefined, [
      ...(topics === undefined ? (['topics'] as const) : []),
      ...(mailLang === undefined ? (['lang'] as const) : []),
    ])
  try {
    const worked = await hasWork(sent.get('work') ?? '', options.work, 'subscribe')
    // A program fills in every field; a person who did it by mistake, without scripts, presses again.
    if ((sent.get('website') ?? '') !== '' && !worked) return back(422, { kind: 'again' })
    const subscription = { mail: values.mail, topics, lang: mailLang }
    const taken = await subscriptions.take({ subscription, ticket: sent.get('ticket') ?? undefined, worked }, from)
    switch (taken.kind) {
      case 'mail':
        return back(422, undefined, ['mail'])
      case 'again':
        return back(422, { kind: 'again' })
      case 'later':
        return back(429, taken)
      case 'taken':
        c.header('cache-control', 'no-store')
        return c.redirect(urls.subscribeDone(lang, 'sent'), 303)
    }
  } catch (error) {
    options.log.error({ error }, 'a subscription could not be stored')
    return back(503, { kind: 'fault' })
  }
}

/** What was typed and ticked, bounded, so that it can be shown again. */
function valuesOf(sent: URLSearchParams): SubscribeValues {
  const all = (name: string): readonly string[] =>
    [...new Set(sent.getAll(name))].slice(0, 2 * MOST_TOPICS).map((text) => text.slice(0, 300).toWellFormed())
  return {
    mail: (sent.get('mail') ?? '').slice(0, MOST_MAIL).toWellFormed(),
    services: all('service'),
    networks: all('network'),
    regions: all('region'),
    lang: (sent.get('lang') ?? '').slice(0, 10),
  }
}

/** Topics of our lists; undefined where none is chosen, too many are, or one is not of our lists. */
function parseTopics(
  { services, networks, regions }: SubscribeValues,
  { names }: SiteOptions,
  known: Board['networks'],
): Topics | undefined {
  const counts = [services.length, networks.length, regions.length]
  if (Math.max(...counts) > MOST_TOPICS || Math.max(...counts) === 0) return undefined
  const asns = known.filter(({ asn }) => networks.includes(`AS${asn}`)).map(({ asn }) => parseAsn(asn))
  const found = {
    services: names.services.flatMap(({ id }) => (services.includes(id) ? [id] : [])),
    networks: asns,
    regions: REGIONS.filter((region) => regions.includes(region)),
  }
  const isKnown =
    found.services.length === services.length &&
    found.networks.length === networks.length &&
    found.regions.length === regions.length
  return isKnown ? found : undefined
}
