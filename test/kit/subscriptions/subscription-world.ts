import { systemRandom } from '../../../src/runtime/random.ts'
import type { Topics } from '../../../src/core/model/people/subscription.ts'
import type { Incident } from '../../../src/core/model/incident/incident.ts'
import { instant, millis, type Instant } from '../../../src/core/model/units.ts'
import { openLog } from '../../../src/runtime/log.ts'
import { openMailSender, type MailSender } from '../../../src/runtime/mail/mail-sender.ts'
import { parseMailSettings } from '../../../src/runtime/mail/settings.ts'
import { openSenders } from '../../../src/runtime/sender/sender.ts'
import type { RegistryPlace } from '../../../src/store/registry/database.ts'
import type { ChannelInLang } from '../../../src/subscriptions/channels/settings.ts'
import { openSubscriberKeys } from '../../../src/subscriptions/keys.ts'
import { conclusionOf, type RegionReports, type Tellable } from '../../../src/subscriptions/news.ts'
import { openSubscriptions, type Subscriptions } from '../../../src/subscriptions/open-subscriptions.ts'
import type { SubscriptionStore } from '../../../src/subscriptions/registry/contract.ts'
import { openSubscriptionStore } from '../../../src/subscriptions/registry/open.ts'
import type { NewsTextOptions } from '../../../src/subscriptions/texts.ts'
import { NAMES } from '../site/site-sample.ts'

export const SUBSCRIBER_KEY = new Uint8Array(32).fill(7)
const ORIGIN = 'https://kuager.example'

/** What is published, changed by hand. */
export class NewsRoom {
  readonly #incidents = new Map<string, { readonly incident: Incident; readonly publishedAt: Instant }>()
  reports: readonly RegionReports[] = []

  publish(incident: Incident, at: Instant): void {
    const before = this.#incidents.get(incident.id)
    this.#incidents.set(incident.id, { incident, publishedAt: before?.publishedAt ?? at })
  }

  /** A person holds it: it is in no list. */
  hide(id: string): void {
    this.#incidents.delete(id)
  }

  readonly tellable = async (): Promise<Tellable> => ({
    incidents: [...this.#incidents.values()].map(({ incident, publishedAt }) => ({
      ...{ id: incident.id, service: incident.service, asn: incident.asn, publishedAt },
      conclusion: conclusionOf(incident),
    })),
    reports: this.reports,
  })

  readonly texts: NewsTextOptions = {
    names: NAMES,
    simulated: false,
    sayable: async ({ id }) => {
      const incident = this.#incidents.get(id)?.incident
      if (incident === undefined) throw new Error(`no incident ${id}`)
      const serviceName = NAMES.services.find((one) => one.id === incident.service)?.name ?? incident.service
      return { named: { incident, serviceName, networkName: 'Example Rail' }, code: 'K7M4-2Q9X' }
    },
    pages: {
      incident: (lang, id) => `${ORIGIN}/${lang}/i/${id}`,
      incidents: (lang) => `${ORIGIN}/${lang}/incidents`,
      region: (lang, region) => `${ORIGIN}/${lang}/r/${region}`,
      subscribe: (lang) => `${ORIGIN}/${lang}/subscribe`,
      confirm: (lang, link) => `${ORIGIN}/${lang}/subscribe/confirm/${link}`,
      leave: (lang, link) => `${ORIGIN}/${lang}/subscribe/leave/${link}`,
    },
  }
}

/** A clock that is moved by hand. */
export class MovedClock {
  #at = 1_800_000_000_000
  readonly now = (): Instant => instant(this.#at)
  readonly monotonic = (): ReturnType<typeof millis> => millis(this.#at)
  pass(ms: number): void {
    this.#at += ms
  }
}

/** A sender to a mail server of a test. */
export const senderTo = (port: number): MailSender =>
  openMailSender(
    parseMailSettings(
      JSON.stringify({
        ...{ host: '127.0.0.1', port, encryption: 'none', perMinute: 6000 },
        from: { name: 'Kuager', address: 'post@sender.example' },
      }),
    ),
  )

export interface SubscriptionWorld extends AsyncDisposable {
  readonly room: NewsRoom
  readonly clock: MovedClock
  readonly store: SubscriptionStore
  readonly subscriptions: Subscriptions
  /** Lines of the log, as they were written. */
  readonly lines: readonly string[]
  /** Subscribes and confirms as a person does; gives the link that confirmed. */
  subscribe(mail: string, topics: Partial<Topics>): Promise<void>
  /** Ends what is in memory and opens it again over the same registry. */
  reopen(): Promise<void>
}

/** Subscriptions over a registry that lasts as long as the world; `links`: of the mails that came. */
export async function subscriptionWorld(
  place: RegistryPlace,
  given: {
    readonly sender: MailSender
    readonly links: () => string
    readonly channels?: () => readonly ChannelInLang[]
    readonly clock?: MovedClock
  },
): Promise<SubscriptionWorld> {
  const clock = given.clock ?? new MovedClock()
  const room = new NewsRoom()
  const lines: string[] = []
  const log = openLog({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const store = await openSubscriptionStore(place)
  const open = (): Promise<Subscriptions> =>
    openSubscriptions({
      ...{ store, clock, log, texts: room.texts, tellable: room.tellable },
      mail: { keys: openSubscriberKeys(SUBSCRIBER_KEY), sender: given.sender, perMinute: 6000 },
      channels: given.channels?.() ?? [],
      leaveUrl: (link) => room.texts.pages.leave('kk', link),
      senderOf: openSenders([]),
      partOf: () => undefined,
      limitsKey: systemRandom(32),
      random: () => 0.5,
      wait: async () => undefined,
    })
  let subscriptions = await open()
  return {
    ...{ room, clock, store, lines },
    get subscriptions() {
      return subscriptions
    },
    async subscribe(mail, topics) {
      const desk = subscriptions.desk
      if (desk === undefined) throw new Error('mail is set up')
      const all = { services: [], networks: [], regions: [], ...topics }
      const taken = await desk.take(
        { subscription: { mail, topics: all, lang: 'en' }, ticket: undefined, worked: true },
        { socket: undefined, forwardedFor: undefined },
      )
      if (taken.kind !== 'taken') throw new Error(`not taken: ${taken.kind}`)
      await subscriptions.tick()
      const link = given.links()
      if (!(await desk.confirm(link))) throw new Error('not confirmed')
      clock.pass(61_000)
      await subscriptions.tick()
      clock.pass(1000)
    },
    async reopen() {
      await subscriptions[Symbol.asyncDispose]()
      subscriptions = await open()
    },
    async [Symbol.asyncDispose]() {
      await subscriptions[Symbol.asyncDispose]()
      await store[Symbol.asyncDispose]()
    },
  }
}
