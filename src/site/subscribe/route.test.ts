import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { countedWork, SOLVED } from '../../../test/kit/crash/counted-work.ts'
import { firstSite } from '../../../test/kit/evening/first-sample.ts'
import { openMailServer, textOfMail } from '../../../test/kit/servers/mail-server.ts'
import { senderTo, subscriptionWorld } from '../../../test/kit/subscriptions/subscription-world.ts'
import { openLog } from '../../runtime/log.ts'
import { memoryWhere } from '../../store/registry/database.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { SiteOptions } from '../site-options.ts'

const FORM = 'application/x-www-form-urlencoded'
const MAIL = 'asel.reader@mailbox.example'

/** A body of node:http, as the server hands it to a route. */
function incoming(body: string): object {
  const stream = new PassThrough()
  stream.end(body)
  return Object.assign(stream, { complete: true, socket: { remoteAddress: '127.0.0.1' } })
}

async function openSite(change: Partial<SiteOptions> = {}) {
  const server = await openMailServer()
  const links = (what: string): string =>
    new RegExp(`/${what}/([\\w-]{43})`).exec(server.received.map(textOfMail).at(-1) ?? '')?.[1] ?? ''
  const world = await subscriptionWorld(memoryWhere, { sender: senderTo(server.port), links: () => links('confirm') })
  const lines: string[] = []
  const log = openLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const site = await firstSite({ clock: world.clock, log, subscriptions: world.subscriptions.desk!, ...change })
  const post = async (
    path: string,
    fields: string | URLSearchParams,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    site.request(
      path,
      { method: 'POST', headers: { 'content-type': FORM, 'sec-fetch-site': 'same-origin', ...headers } },
      { incoming: incoming(String(fields)) },
    )
  const ticket = async (path = '/en/subscribe'): Promise<string> =>
    /name="ticket" value="([\w-]+)"/.exec(await (await site.request(path)).text())?.[1] ?? ''
  return {
    ...{ server, world, site, lines, links, post, ticket },
    /** Opens the form, waits as a person does, sends; gives the page that it leads to. */
    async send(fields: Readonly<Record<string, string | readonly string[]>>): Promise<Response> {
      const sent = new URLSearchParams({ ticket: await ticket(), lang: 'en', mail: MAIL })
      for (const [name, value] of Object.entries(fields)) {
        sent.delete(name)
        for (const one of [value].flat()) sent.append(name, one)
      }
      world.clock.pass(20_000)
      const answer = await post('/en/subscribe', sent)
      assert.deepEqual([answer.status, await answer.text()], [303, ''])
      return site.request(answer.headers.get('location') ?? '')
    },
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

describe('the form of subscriptions', () => {
  it('says where no mail is set up, takes nothing, and names feeds', async () => {
    const site = await firstSite({})
    for (const lang of LANGS) {
      const text = await (await site.request(`/${lang}/subscribe`)).text()
      assert.ok(!text.includes('id="subscribe"'))
      assert.ok(text.includes(`href="/${lang}/data"`))
    }
    assert.match(await (await site.request('/en/subscribe')).text(), /operator has not set up a mail server/)
    assert.equal((await site.request('/en/subscribe', { method: 'POST' })).status, 405)
  })

  it('takes a person without scripts through it: form, mail, button, mails, one click out', async () => {
    await using opened = await openSite()
    const { world, server, site, post, links } = opened
    const sent = await opened.send({ service: ['youtube', 'telegram'], network: 'AS64500', region: 'KZ-75' })
    assert.match(await sent.text(), /<h1>Check your mailbox<\/h1>/)
    await world.subscriptions.tick()
    assert.deepEqual(
      server.received.map(({ to }) => to),
      [[MAIL]],
    )
    const link = links('confirm')
    const path = `/en/subscribe/confirm/${link}`
    // A program that checks mails opens the link, and any number of times.
    for (let look = 0; look < 3; look++) {
      const page = await site.request(path)
      assert.equal(page.headers.get('cache-control'), 'private, no-store')
      const text = await page.text()
      assert.match(text, /Services: YouTube, Telegram/)
      assert.ok(!text.includes(MAIL))
    }
    assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 1, outbox: 0 })
    const foreign = await post(path, '', { 'sec-fetch-site': 'cross-site' })
    assert.equal(foreign.headers.get('location'), path)
    assert.equal((await world.store.sizes()).active, 0)
    const confirmed = await post(path, '')
    assert.deepEqual([confirmed.status, confirmed.headers.get('location')], [303, '/en/subscribe/confirmed'])
    assert.deepEqual(await world.store.sizes(), { active: 1, waiting: 0, outbox: 0 })
    assert.match(await (await site.request('/en/subscribe/confirmed')).text(), /The subscription is active/)
    for (const what of ['sent', 'confirmed', 'left'])
      assert.equal(
        (await site.request(`/en/subscribe/${what}`)).headers.get('cache-control'),
        'private, no-store',
        what,
      )

    const [row] = await world.store.active('', 1)
    const keys = (await import('../../subscriptions/keys.ts')).openSubscriberKeys(new Uint8Array(32).fill(7))
    const leave = `/kk/subscribe/leave/${keys.link('leave', row?.id ?? '')}`
    assert.match(await (await site.request(leave)).text(), /<button/)
    assert.equal((await world.store.sizes()).active, 1)
    // RFC 8058: posted by a mail program, from nowhere, without a redirect in answer.
    const out = await post(leave, 'List-Unsubscribe=One-Click', { 'sec-fetch-site': 'cross-site' })
    assert.equal(out.status, 200)
    assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 0, outbox: 0 })
    const again = await post(leave, '')
    assert.deepEqual([again.status, again.headers.get('location')], [303, '/kk/subscribe/left'])
    assert.ok(!opened.lines.join('').includes('asel') && !world.lines.join('').includes('asel'))
  })

  it('brings back what was ticked and typed, with each error at its place', async () => {
    await using opened = await openSite()
    const cases: readonly (readonly [Readonly<Record<string, string | readonly string[]>>, string])[] = [
      [{ mail: 'asel', service: 'youtube' }, 'Write an address'],
      [{}, 'Tick at least one'],
      [{ service: 'no-such' }, 'Tick at least one'],
      [{ network: 'AS1' }, 'Tick at least one'],
      [{ region: 'abroad' }, 'Tick at least one'],
      [{ service: 'youtube', lang: 'de' }, 'Choose a language'],
    ]
    for (const [fields, said] of cases) {
      const page = await opened.send(fields)
      assert.equal(page.status, 422, JSON.stringify(fields))
      const text = await page.text()
      assert.ok(text.includes(said), JSON.stringify(fields))
      assert.match(text, /role="alert"/)
      if (fields['service'] === 'youtube') assert.match(text, /value="youtube"\s+checked/)
    }
    assert.deepEqual(await opened.world.store.sizes(), { active: 0, waiting: 0, outbox: 0 })
  })

  it('answers a mailbox that is subscribed exactly as one that is not', async () => {
    await using opened = await openSite()
    await opened.world.subscribe(MAIL, { services: ['youtube'] })
    const pages = []
    for (const mail of [MAIL, 'someone.else@mailbox.example'])
      pages.push(await (await opened.send({ mail, service: 'youtube' })).text())
    assert.equal(pages[0], pages[1])
    await opened.world.subscriptions.tick()
    const [one, two] = opened.server.received.slice(-2).map((mail) => textOfMail(mail).replaceAll(/[\w-]{43}/g, 'LINK'))
    assert.equal(one, two)
  })

  it('asks for a second press where no work came and it was too fast, and for none with work', async () => {
    const work = countedWork('subscribe')
    await using opened = await openSite({ work })
    const fast = new URLSearchParams({ ticket: await opened.ticket(), lang: 'en', mail: MAIL, service: 'youtube' })
    const answer = await opened.post('/en/subscribe', fast)
    const back = await opened.site.request(answer.headers.get('location') ?? '')
    assert.equal(back.status, 422)
    assert.match(await back.text(), /Press the button again/)
    fast.set('work', SOLVED)
    assert.equal((await opened.post('/en/subscribe', fast)).headers.get('location'), '/en/subscribe/sent')
  })

  it('takes nothing from another site, nothing that is no form, and no flood', async () => {
    await using opened = await openSite()
    const good = new URLSearchParams({ ticket: await opened.ticket(), lang: 'en', mail: MAIL, service: 'youtube' })
    opened.world.clock.pass(20_000)
    const statusOf = async (answer: Response): Promise<number> =>
      (await opened.site.request(answer.headers.get('location') ?? '')).status
    assert.equal(await statusOf(await opened.post('/en/subscribe', good, { 'sec-fetch-site': 'cross-site' })), 403)
    assert.equal(await statusOf(await opened.post('/en/subscribe', '{}', { 'content-type': 'application/json' })), 415)
    assert.equal(await statusOf(await opened.post('/en/subscribe', `${good}&x=${'x'.repeat(20_000)}`)), 413)
    assert.equal((await opened.site.request('/en/subscribe/back/AAAAAAAAAAAAAAAAAAAAAA')).status, 410)
    let refused = 0
    for (let nth = 0; nth < 150; nth++) {
      good.set('mail', `reader${nth}@one.example`)
      const answer = await opened.post('/en/subscribe', good)
      if ((answer.headers.get('location') ?? '').includes('/back/')) refused++
    }
    assert.ok(refused >= 49, `mails to one domain are bounded: ${refused}`)
  })

  it('does not know links of another kind or key', async () => {
    await using opened = await openSite()
    for (const what of ['confirm', 'leave'])
      for (const link of ['x', 'A'.repeat(43), '..%2f..%2f', 'A'.repeat(5000)]) {
        assert.equal((await opened.site.request(`/en/subscribe/${what}/${link}`)).status, 410)
        const answer = await opened.post(`/en/subscribe/${what}/${link}`, 'List-Unsubscribe=One-Click')
        assert.ok([303, 404].includes(answer.status))
      }
  })
})
