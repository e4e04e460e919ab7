import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import {
  openMastodonServer,
  openTelegramServer,
  type ChannelServer,
} from '../../../test/kit/servers/channel-servers.ts'
import { MovedClock, NewsRoom } from '../../../test/kit/subscriptions/subscription-world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { LANGS } from '../../core/model/tables/langs.ts'
import { say } from '../../core/text/format.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { NEWS_KINDS } from '../../core/model/people/subscription.ts'
import { parseAsn } from '../../core/model/units.ts'
import { openLog } from '../../runtime/log.ts'
import { memoryWhere } from '../../store/registry/database.ts'
import { conclusionOf, newsOf } from '../news.ts'
import { kindText } from '../texts.ts'
import { openSubscriptionStore } from '../registry/open.ts'
import { openChannelDesk, type ChannelDesk } from './channel-desk.ts'
import { lengthOf, postText } from './post-texts.ts'
import { openChannels } from './settings.ts'

const TOKENS = { telegram: `1234567890:${'A'.repeat(35)}`, mastodon: 'a-token-of-an-application' } as const
const CHAT = '@kuager_test'
const KINDS = ['telegram', 'mastodon'] as const
type Kind = (typeof KINDS)[number]

const openServer = (kind: Kind): Promise<ChannelServer> =>
  kind === 'telegram' ? openTelegramServer(TOKENS.telegram, CHAT) : openMastodonServer(TOKENS.mastodon)
const settingsOf = (kind: Kind, url: string, change: object = {}): string =>
  JSON.stringify([
    { kind, url, token: TOKENS[kind], lang: 'en', ...(kind === 'telegram' ? { chat: CHAT } : {}), ...change },
  ])

const running = (change: Partial<Incident> = {}): Incident => {
  const one = { ...SAMPLE_KINDS.finished, simulated: false, ...change }
  return { ...one, running: true, revisedAt: one.end.bracket[0] ?? one.revisedAt }
}
const ended = (change: Partial<Incident> = {}): Incident => ({
  ...SAMPLE_KINDS.finished,
  simulated: false,
  revision: 2,
  ...change,
})

async function openWorld(kind: Kind, url: string) {
  const [clock, room, lines] = [new MovedClock(), new NewsRoom(), [] as string[]]
  const log = openLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const store = await openSubscriptionStore(memoryWhere)
  const [to] = openChannels(settingsOf(kind, url), clock)
  const open = (): Promise<ChannelDesk> =>
    openChannelDesk({
      ...{ store, clock, log, texts: room.texts, random: () => 0.5, wait: async () => undefined },
      to: to!, // there is one
    })
  let desk = await open()
  const never = new AbortController().signal
  return {
    ...{ clock, room, lines },
    /** Moves time on in steps, as a server lives through it. */
    async live(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= MINUTE_MS) {
        clock.pass(Math.min(left, MINUTE_MS))
        await desk.tell(await room.tellable(), never)
      }
    },
    reopen: async () => (desk = await open()),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

for (const kind of KINDS)
  describe(`a channel of ${kind}, over a local server of its form`, () => {
    it('posts what is new, answers it with each correction, and edits what is withdrawn', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      world.room.publish(running(), world.clock.now())
      await world.live(5 * MINUTE_MS)
      assert.equal(server.posts.size, 0, 'what begins together is waited for')
      await world.live(HOUR_MS)
      world.room.publish(running({ revision: 2, readings: 9 }), world.clock.now())
      await world.live(HOUR_MS)
      world.room.publish(ended({ revision: 3 }), world.clock.now())
      await world.live(HOUR_MS)
      world.room.publish(ended({ revision: 4, withdrawn: true, reason: 'withdrawn' }), world.clock.now())
      await world.live(HOUR_MS)
      const [first, end, withdrawal, ...more] = [...server.posts]
      assert.deepEqual(more, [])
      assert.match(end?.[1].text ?? '', /^The incident is over\n/)
      assert.match(withdrawal?.[1].text ?? '', /^Correction, the conclusion is withdrawn\n/)
      assert.deepEqual([end?.[1].replyTo, withdrawal?.[1].replyTo], [first?.[0], first?.[0]])
      assert.deepEqual([first?.[1].edits, first?.[1].text], [1, withdrawal?.[1].text])
      for (const [, { text }] of server.posts) assert.match(text, /K7M4-2Q9X[\s\S]*https:\/\/kuager\.example\/en\/i\//)
      assert.deepEqual(server.malformed, [])
    })

    it('begins with what is published after it was set up, and posts nothing twice after a restart', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.room.publish(running({ id: 'old-as1-x' }), world.clock.now())
      await world.live(HOUR_MS)
      world.room.publish(running(), world.clock.now())
      await world.live(HOUR_MS)
      await world.reopen()
      await world.live(DAY_MS / 4)
      assert.equal(server.posts.size, 1)
    })

    it('says a second withdrawal of the same revision once, also after a restart', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      world.room.publish(running(), world.clock.now())
      await world.live(HOUR_MS)
      for (const withdrawn of [true, false, true]) {
        world.room.publish(ended({ withdrawn }), world.clock.now())
        await world.live(HOUR_MS)
      }
      const posted = server.posts.size
      assert.equal(posted, 4)
      await world.reopen()
      await world.live(HOUR_MS)
      assert.equal(server.posts.size, posted)
    })

    it('makes one post of an evening that touches everything, and answers that post with corrections', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      const id = (nth: number): string => `youtube-as${65000 + nth}-x`
      for (let nth = 0; nth < 14; nth++)
        world.room.publish(running({ id: id(nth), asn: parseAsn(65000 + nth) }), world.clock.now())
      await world.live(HOUR_MS)
      assert.equal(server.posts.size, 1)
      const [many = '', text = ''] = [...server.posts].flatMap(([key, post]) => [key, post.text])
      assert.match(text, /^New incidents: 14\. YouTube/)
      assert.match(text, /do not show who did it/)
      world.room.publish(
        ended({ id: id(3), asn: parseAsn(65003), withdrawn: true, reason: 'withdrawn' }),
        world.clock.now(),
      )
      await world.live(HOUR_MS)
      assert.equal([...server.posts.values()].at(-1)?.replyTo, many)
      assert.equal(server.posts.get(many)?.edits, 0, 'one of fourteen takes back no other')
      assert.deepEqual(server.malformed, [])
    })

    it('waits as long as it is asked to when it is too fast, and keeps the order', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      const reset = new Date(world.clock.now() + 40 * MINUTE_MS).toISOString()
      server.wanted.push(
        kind === 'telegram'
          ? {
              status: 429,
              body: {
                ok: false,
                error_code: 429,
                description: 'Too Many Requests: retry after 1800',
                parameters: { retry_after: 1800 },
              },
            }
          : {
              status: 429,
              headers: { 'x-ratelimit-limit': '300', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset },
              body: { error: 'Too many requests' },
            },
      )
      world.room.publish(running(), world.clock.now())
      await world.live(20 * MINUTE_MS)
      world.room.publish(ended(), world.clock.now())
      await world.live(15 * MINUTE_MS)
      assert.equal(server.calls.length, 1)
      await world.live(HOUR_MS)
      assert.match([...server.posts.values()][0]?.text ?? '', /^New incident/)
      assert.match([...server.posts.values()][1]?.text ?? '', /^The incident is over/)
    })

    it('tries again after a fault, a page of a proxy and a broken line; where the answer was lost it says what a twin costs', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      server.wanted.push({ status: 502, body: '<html>Bad Gateway</html>' }, { status: 500, body: {} }, 'drop')
      world.room.publish(running(), world.clock.now())
      await world.live(3 * HOUR_MS)
      assert.equal(server.calls.length, 4)
      // Mastodon knows the second try by its key; Telegram has no key, so that a lost answer leaves a twin.
      assert.equal(server.posts.size, kind === 'telegram' ? 2 : 1)
      if (kind === 'mastodon') {
        assert.equal(new Set(server.calls.map(({ headers }) => headers['idempotency-key'])).size, 1)
      }
    })

    it('says in the log that it may not post, without the token, and goes on when it may', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      server.wanted.push(
        kind === 'telegram'
          ? {
              status: 403,
              body: { ok: false, error_code: 403, description: 'Forbidden: bot is not a member of the channel chat' },
            }
          : { status: 403, body: { error: 'This action is not allowed' } },
      )
      world.room.publish(running(), world.clock.now())
      await world.live(30 * MINUTE_MS)
      assert.equal(server.posts.size, 0)
      assert.match(world.lines.join(''), /does not let us post/)
      await world.live(2 * HOUR_MS)
      assert.equal(server.posts.size, 1)
      assert.ok(!world.lines.join('').includes(TOKENS[kind]))
    })

    it('gives up a post that is refused, and still posts the next', async () => {
      await using server = await openServer(kind)
      await using world = await openWorld(kind, server.url)
      world.clock.pass(1)
      server.wanted.push(
        kind === 'telegram'
          ? { status: 400, body: { ok: false, error_code: 400, description: 'Bad Request: message text is empty' } }
          : { status: 422, body: { error: 'Validation failed' } },
      )
      world.room.publish(running(), world.clock.now())
      await world.live(HOUR_MS)
      world.room.publish(ended(), world.clock.now())
      await world.live(HOUR_MS)
      const [only, ...more] = [...server.posts.values()]
      assert.deepEqual([only?.replyTo, more.length], [undefined, 0])
      assert.match(world.lines.join(''), /refused a post/)
    })
  })

describe('postText()', () => {
  it('fits every kind of incident and news into both channels, uncut, with code and address', async () => {
    const room = new NewsRoom()
    for (const incident of Object.values(SAMPLE_KINDS)) {
      room.publish(incident, incident.revisedAt)
      const tellable = {
        id: incident.id,
        service: incident.service,
        asn: incident.asn,
        publishedAt: incident.revisedAt,
        conclusion: conclusionOf(incident),
      }
      for (const lang of LANGS)
        for (const kind of NEWS_KINDS)
          for (const most of [500, 920]) {
            const text = await postText(room.texts, tellable, { lang, kind, most })
            assert.ok(lengthOf(text) <= most, `${lang} ${kind} ${most}: ${lengthOf(text)}`)
            assert.ok(text.endsWith(`https://kuager.example/${lang}/i/${incident.id}`))
            assert.match(text, /Simulated|Смоделировано|Модельденген/)
            if (!incident.withdrawn) assert.ok(text.includes('K7M4-2Q9X'), text)
          }
    }
  })
})

describe('openChannels()', () => {
  it('refuses a token over a connection that others read, and repeats none', () => {
    const wrong: readonly string[] = [
      '{',
      '{}',
      settingsOf('mastodon', 'http://social.example'),
      settingsOf('telegram', 'http://192.0.2.1'),
      settingsOf('telegram', 'https://10.0.0.1'),
      settingsOf('telegram', 'https://api.telegram.org', { token: 'secret word' }),
      settingsOf('telegram', 'https://api.telegram.org', { chat: 'kuager' }),
      settingsOf('mastodon', 'https://social.example', { lang: 'de' }),
      settingsOf('mastodon', 'https://social.example', { more: 1 }),
      JSON.stringify([1, 2].flatMap(() => JSON.parse(settingsOf('telegram', 'https://api.telegram.org')) as object[])),
    ]
    for (const text of wrong)
      assert.throws(
        () => openChannels(text, new MovedClock()),
        (error: Error & { code?: string }) =>
          error.code === 'channels.invalid' &&
          !JSON.stringify({ ...error, message: error.message }).includes('secret word'),
        text,
      )
    assert.equal(openChannels(settingsOf('mastodon', 'https://social.example'), new MovedClock())[0]?.isLocal, false)
    assert.equal(openChannels(settingsOf('mastodon', 'http://127.0.0.1:1'), new MovedClock())[0]?.isLocal, true)
  })

  it('takes an account for each language of one instance, and each of them once', () => {
    const of = (langs: readonly string[]): string =>
      JSON.stringify(
        langs.flatMap(
          (lang) => JSON.parse(settingsOf('mastodon', 'https://social.example', { lang })) as readonly object[],
        ),
      )
    const names = openChannels(of(LANGS), new MovedClock()).map(({ channel }) => channel.name)
    assert.equal(new Set(names).size, LANGS.length)
    assert.throws(() => openChannels(of(['kk', 'kk']), new MovedClock()))
  })
})

describe('kindText()', () => {
  it('names the time of the last data where the end is unknown for lack of them, in three languages', () => {
    const [last] = SAMPLE_KINDS.finished.end.bracket
    assert.ok(last !== undefined)
    const stopped = { ...SAMPLE_KINDS.finished, end: { kind: 'open', bracket: [last, undefined] } as const }
    for (const lang of LANGS) {
      assert.ok(kindText(lang, 'unseen', stopped).includes(formatDateTime(lang, last)))
      // Data came after it, which do not date the end.
      assert.equal(kindText(lang, 'unseen', SAMPLE_KINDS.finished), say(lang, 'news.kind.unseen'))
    }
  })
})

describe('newsOf()', () => {
  it('says that an incident is over only where its end is dated, and later that it is', () => {
    const { finished } = SAMPLE_KINDS
    const going = conclusionOf({
      ...SAMPLE_KINDS.finished,
      running: true,
      revisedAt: finished.end.bracket[0] ?? finished.revisedAt,
    })
    const dated = conclusionOf(finished)
    const open = { ...dated, dated: false }
    assert.deepEqual([newsOf(going, dated), newsOf(going, open)], ['ended', 'unseen'])
    assert.deepEqual([newsOf(open, dated), newsOf(open, open), newsOf(dated, dated)], ['ended', undefined, undefined])
  })
})
