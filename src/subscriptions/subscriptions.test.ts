import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../test/kit/evening/incident-sample.ts'
import { openMailServer, textOfMail, type MailServer, type ReceivedMail } from '../../test/kit/servers/mail-server.ts'
import { REGISTRY_KINDS, registryPlaces, WITHOUT_POSTGRES } from '../../test/kit/stores/postgres.ts'
import {
  senderTo,
  subscriptionWorld,
  type MovedClock,
  type SubscriptionWorld,
} from '../../test/kit/subscriptions/subscription-world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/model/duration.ts'
import type { Incident } from '../core/model/incident/incident.ts'
import { MOST_MAILS_A_DAY } from '../core/model/people/subscription.ts'
import { parseAsn } from '../core/model/units.ts'
import { oneSentence } from '../core/text/sentence/incident-quote.ts'

const MAIL = 'asel.reader@mailbox.example'
const FROM = { socket: undefined, forwardedFor: undefined }

/** The incident of the sample, as if it had been measured. */
const real = (change: Partial<Incident> = {}): Incident => ({ ...SAMPLE_KINDS.finished, simulated: false, ...change })
const running = (change: Partial<Incident> = {}): Incident => {
  const one = real(change)
  return { ...one, running: true, revisedAt: one.end.bracket[0] ?? one.revisedAt, withdrawn: false }
}
const ended = (change: Partial<Incident> = {}): Incident => ({ ...real(), revision: 2, running: false, ...change })

const subjectOf = ({ raw }: ReceivedMail): string => {
  const folded = (/^Subject: ((?:.|\r\n[ \t])*)/m.exec(raw)?.[1] ?? '').replaceAll(/\r\n[ \t]/g, ' ')
  return folded.replaceAll(/=\?UTF-8\?B\?([^?]*)\?= ?/gi, (_, text: string) => Buffer.from(text, 'base64').toString())
}
const headerOf = ({ raw }: ReceivedMail, name: string): string =>
  (new RegExp(`^${name}:((?:.|\\r\\n[ \\t])*)`, 'im').exec(raw)?.[1] ?? '').replaceAll(/\r\n[ \t]/g, '').trim()
const linkIn = (mail: ReceivedMail | undefined, what: 'confirm' | 'leave'): string =>
  new RegExp(`/${what}/([\\w-]{43})`).exec(mail === undefined ? '' : textOfMail(mail))?.[1] ?? ''
/** Moves time on in steps, as a server lives through it. */
async function live(world: SubscriptionWorld, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 5 * MINUTE_MS) {
    world.clock.pass(Math.min(left, 5 * MINUTE_MS))
    await world.subscriptions.tick()
  }
}

for (const kind of REGISTRY_KINDS)
  describe(
    `subscriptions by mail, in ${kind}, with a real mail server`,
    { skip: kind === 'postgres' && WITHOUT_POSTGRES },
    () => {
      const places = registryPlaces(kind)
      before(places.begin)
      after(places.end)
      const open = async (server: MailServer, clock?: MovedClock): Promise<SubscriptionWorld> =>
        subscriptionWorld(await places.place(), {
          sender: senderTo(server.port),
          links: () => linkIn(server.received.at(-1), 'confirm'),
          ...(clock === undefined ? {} : { clock }),
        })

      it('go out beside a row and a mail that cannot be read, and the log names no one', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        const [id, broken, now] = ['0'.repeat(32), new Uint8Array(60), world.clock.now()]
        await world.store.ask(
          {
            ...{ id, state: 'active', mailbox: 'box', expires: null, due: null, settled: false, refusals: 0 },
            ...{ sealed: broken, told: broken },
          },
          { id, subscriber: id, kind: 'news', since: now, next: now - 1, tries: 0, sealed: broken },
        )
        await world.subscribe(MAIL, { services: ['youtube'] })
        world.room.publish(running(), world.clock.now())
        await live(world, HOUR_MS)
        assert.deepEqual(
          server.received.map(({ to }) => to),
          [[MAIL], [MAIL]],
        )
        assert.ok(world.lines.some((line) => line.includes('could not be read or handed over')))
        assert.ok(!world.lines.join('').includes('asel.reader'))
      })

      it('begin, change, end and withdrawal reach who heard of it, each once, in plain text with the way out', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        assert.equal(server.received.length, 1)
        assert.deepEqual(server.received[0]?.to, [MAIL])

        world.room.publish(running(), world.clock.now())
        await live(world, HOUR_MS)
        assert.equal(server.received.length, 2)
        const first = server.received[1]! // it is there
        assert.match(subjectOf(first), /^Kuager: YouTube, Example Rail \(AS64500\): new incident, ongoing$/)
        assert.match(textOfMail(first), /K7M4-2Q9X/)
        assert.match(textOfMail(first), /^New incident, ongoing\r?\n/)
        assert.match(first.raw, /^Content-Type: text\/plain; charset=utf-8\r$/m)
        assert.ok(!/<img|<a |html/i.test(first.raw))
        const leave = headerOf(first, 'List-Unsubscribe')
        assert.equal(leave, `<https://kuager.example/kk/subscribe/leave/${linkIn(first, 'leave')}>`)
        assert.equal(headerOf(first, 'List-Unsubscribe-Post').trim(), 'List-Unsubscribe=One-Click')
        // Links lead to the site itself, and nothing in them tells two readers apart but the link that ends it.
        const links = textOfMail(first).match(/https?:\/\/\S+/g) ?? []
        assert.ok(links.length > 0 && links.every((one) => one.startsWith('https://kuager.example/')))
        assert.equal(links.filter((one) => /[\w-]{22,}/.test(one) && !one.includes('/i/')).length, 1)

        await live(world, DAY_MS)
        assert.equal(server.received.length, 2, 'the same conclusion is not sent twice')
        world.room.publish(running({ revision: 2, reason: 'new-data', readings: 999 }), world.clock.now())
        await live(world, DAY_MS)
        assert.equal(server.received.length, 2, 'more data with the same conclusion is no news')
        world.room.publish(ended({ revision: 3 }), world.clock.now())
        await live(world, HOUR_MS)
        assert.match(subjectOf(server.received[2]!), /the incident is over$/)
        await live(world, DAY_MS)
        const changed = ended({ revision: 4, cause: { ...real().cause, word: 'fault' } })
        world.room.publish(changed, world.clock.now())
        await live(world, HOUR_MS)
        assert.match(subjectOf(server.received[3]!), /correction, the conclusion has changed$/)
        await live(world, DAY_MS)
        world.room.publish(ended({ revision: 5, withdrawn: true, reason: 'withdrawn' }), world.clock.now())
        await live(world, DAY_MS)
        assert.equal(server.received.length, 5)
        assert.match(subjectOf(server.received[4]!), /correction, the conclusion is withdrawn$/)
        assert.match(textOfMail(server.received[4]!), /withdrawn/i)
      })

      it('what was known before the subscription is no news, and its end is', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        world.room.publish(running(), world.clock.now())
        world.room.publish(ended({ id: 'youtube-as64501-20260304T1502Z', asn: parseAsn(64501) }), world.clock.now())
        await world.subscribe(MAIL, { services: ['youtube'] })
        await live(world, DAY_MS)
        assert.equal(server.received.length, 1)
        world.room.publish(ended(), world.clock.now())
        await live(world, DAY_MS)
        assert.equal(server.received.length, 2)
        assert.match(subjectOf(server.received[1]!), /the incident is over$/)
      })

      it('an evening with fourteen incidents is one mail, and a day of them at most four', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        const publish = (nth: number): void =>
          world.room.publish(
            running({ id: `youtube-as${65000 + nth}-20260305T1502Z`, asn: parseAsn(65000 + nth) }),
            world.clock.now(),
          )
        for (let nth = 0; nth < 14; nth++) {
          publish(nth)
          await live(world, MINUTE_MS)
        }
        await live(world, HOUR_MS)
        assert.equal(server.received.length, 2)
        const digest = textOfMail(server.received[1]!)
        assert.match(subjectOf(server.received[1]!), /^Kuager: 14 messages$/)
        for (let nth = 0; nth < 14; nth++) assert.ok(digest.includes(`AS${65000 + nth})`), `${nth}`)
        assert.ok(digest.length < 10_000)
        for (let nth = 20; nth < 20 + 48; nth++) {
          publish(nth)
          await live(world, HOUR_MS / 2)
        }
        const inADay = server.received.length - 2
        assert.ok(inADay >= MOST_MAILS_A_DAY - 1 && inADay <= MOST_MAILS_A_DAY, `${inADay}`)
        assert.match(textOfMail(server.received.at(-1)!), /Kuager, K7M4-2Q9X/)
      })

      it('who chose a network hears of it alone; who chose regions hears reports, once a day, and no measurement', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe('one@mailbox.example', { services: ['youtube'], networks: [parseAsn(64501)] })
        await world.subscribe('two@mailbox.example', { regions: ['KZ-75'] })
        const before = server.received.length
        world.room.publish(running(), world.clock.now())
        world.room.publish(running({ id: 'x-as64501-1', service: 'telegram', asn: parseAsn(64501) }), world.clock.now())
        world.room.reports = [{ region: 'KZ-75', service: 'youtube', count: 23 }]
        await live(world, HOUR_MS)
        assert.deepEqual(
          server.received.slice(before).flatMap(({ to }) => to),
          ['two@mailbox.example'],
        )
        const text = textOfMail(server.received.at(-1)!)
        assert.match(text, /YouTube, Almaty.*23 reports/)
        assert.match(text, /not measurements/)
        assert.match(text, /https:\/\/kuager\.example\/en\/r\/KZ-75/)
        await live(world, DAY_MS - 2 * HOUR_MS)
        assert.equal(server.received.length, before + 1)
        await live(world, 4 * HOUR_MS)
        assert.equal(server.received.length, before + 2, 'reports that go on are sent again the next day')
      })

      it('what is simulated says so in the subject and in the first line', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        const one = { ...running(), simulated: true }
        world.room.publish(one, world.clock.now())
        await live(world, HOUR_MS)
        assert.match(subjectOf(server.received[1]!), /^Simulated\. /)
        assert.match(textOfMail(server.received[1]!), /^Simulated, not a real measurement\./)
      })

      it('a link changes nothing before it is pressed, works once, and not after its day', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        const desk = world.subscriptions.desk!
        const subscription = {
          mail: MAIL,
          topics: { services: ['youtube'], networks: [], regions: [] },
          lang: 'en',
        } as const
        const ask = async (): Promise<string> => {
          assert.deepEqual(await desk.take({ subscription, ticket: undefined, worked: true }, FROM), { kind: 'taken' })
          world.clock.pass(MINUTE_MS)
          await world.subscriptions.tick()
          return linkIn(server.received.at(-1), 'confirm')
        }
        const link = await ask()
        assert.deepEqual(await desk.asked(link, 'en'), ['Services: YouTube', 'Networks: all'])
        assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 1, outbox: 0 })
        await live(world, 25 * HOUR_MS)
        assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 0, outbox: 0 })
        assert.equal(await desk.asked(link, 'en'), undefined)
        assert.equal(await desk.confirm(link), false)
        const second = await ask()
        assert.equal(await desk.confirm(second), true)
        const leave = second
        assert.equal(await desk.leave(leave), false, 'a link that confirms does not end')
        assert.equal(await desk.confirm(`${second.slice(0, -3)}AAA`), false)
      })

      it('leaving erases at once, by the link of any mail, and nothing more comes', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        world.room.publish(running(), world.clock.now())
        await live(world, HOUR_MS)
        const leave = linkIn(server.received.at(-1), 'leave')
        // The choice is replaced: links in mails that were sent still end it.
        await world.subscribe(` Asel.Reader@MAILBOX.example`, { services: ['telegram'] })
        assert.deepEqual(await world.store.sizes(), { active: 1, waiting: 0, outbox: 0 })
        world.room.publish(ended(), world.clock.now())
        await live(world, 10 * MINUTE_MS)
        assert.equal(await world.subscriptions.desk?.leave(leave), true)
        assert.equal(await world.subscriptions.desk?.leave(leave), true)
        const count = server.received.length
        await live(world, DAY_MS)
        assert.equal(server.received.length, count)
        assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 0, outbox: 0 })
      })

      it('a correction reaches who heard the first, also when they chose something else since', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        world.room.publish(running(), world.clock.now())
        await live(world, HOUR_MS)
        await world.subscribe(MAIL, { services: ['telegram'] })
        world.room.publish(ended({ withdrawn: true, reason: 'withdrawn' }), world.clock.now())
        await live(world, DAY_MS)
        assert.match(subjectOf(server.received.at(-1)!), /withdrawn$/)
      })

      it('a mailbox gets five requests a day at most, and its sender the same answer', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        const subscription = {
          mail: MAIL,
          topics: { services: ['youtube'], networks: [], regions: [] },
          lang: 'kk',
        } as const
        for (let nth = 0; nth < 9; nth++) {
          const taken = await world.subscriptions.desk?.take({ subscription, ticket: undefined, worked: true }, FROM)
          assert.deepEqual(taken, { kind: 'taken' })
          // A server that starts again has forgotten what it counted in memory.
          if (nth % 3 === 2) await world.reopen()
        }
        await live(world, HOUR_MS)
        assert.equal(server.received.length, 5)
      })

      it('what the mail server does not take for now comes later, once; what it refuses thrice ends the subscription', async () => {
        const answers = new Map<number, number>()
        await using server = await openMailServer({ refuse: (count) => answers.get(count) })
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        for (const count of [2, 3, 4]) answers.set(count, 451)
        world.room.publish(running(), world.clock.now())
        await live(world, 2 * HOUR_MS)
        assert.equal(server.received.length, 2)
        for (const count of [6, 7, 8]) answers.set(count, 550)
        for (const [nth, change] of [ended(), running({ revision: 3 }), ended({ revision: 4 })].entries()) {
          assert.deepEqual((await world.store.sizes()).active, 1, `${nth}`)
          world.room.publish(change, world.clock.now())
          await live(world, DAY_MS)
        }
        assert.deepEqual(await world.store.sizes(), { active: 0, waiting: 0, outbox: 0 })
        const said = world.lines.join('')
        assert.match(said, /"code":"EENVELOPE 550"/)
        assert.ok(!/asel|reader|mailbox\.example/i.test(said), said)
      })

      it('a held incident is in no mail, and its withdrawal is once it is shown', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        world.room.publish(running(), world.clock.now())
        await live(world, HOUR_MS)
        world.room.hide(running().id)
        await live(world, DAY_MS)
        assert.equal(server.received.length, 2)
        world.room.publish(ended({ withdrawn: true, reason: 'review' }), world.clock.now())
        await live(world, DAY_MS)
        assert.equal(server.received.length, 3)
        assert.match(subjectOf(server.received[2]!), /withdrawn$/)
      })

      it('a subscriber who gets sentences gets the cautious one of the site', async () => {
        await using server = await openMailServer()
        await using world = await open(server)
        await world.subscribe(MAIL, { services: ['youtube'] })
        const all = [1, 2, 3, 4].map((nth) => running({ id: `youtube-as6400${nth}-x`, asn: parseAsn(64000 + nth) }))
        for (const one of all) world.room.publish(one, world.clock.now())
        await live(world, HOUR_MS)
        const text = textOfMail(server.received[1]!).replaceAll('\r\n', '\n')
        for (const incident of all)
          assert.ok(
            text.includes(
              oneSentence('en', { incident, serviceName: 'YouTube', networkName: 'Example Rail' }, 'K7M4-2Q9X'),
            ),
          )
        assert.ok(text.includes('they do not show who caused it'))
      })
    },
  )
