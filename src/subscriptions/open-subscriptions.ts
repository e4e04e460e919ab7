import { MINUTE_MS, SECOND_MS } from '../core/model/duration.ts'
import { millis, type Millis } from '../core/model/units.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { MailSender } from '../runtime/mail/mail-sender.ts'
import { MailLimits } from '../runtime/mail/mail-limits.ts'
import { Mutex } from '../runtime/mutex.ts'
import type { ClientAddress } from '../runtime/sender/from.ts'
import type { SenderOf } from '../runtime/sender/sender.ts'
import { openChannelDesk, type ChannelDesk } from './channels/channel-desk.ts'
import type { ChannelInLang } from './channels/settings.ts'
import { openSubscriptionDesk, type OpenSubscriptionDesk } from './desk.ts'
import type { SubscriberKeys } from './keys.ts'
import type { Tellable } from './news.ts'
import type { SubscriptionStore } from './registry/contract.ts'
import { openOutbox } from './send-outbox.ts'
import { confirmationMail, newsMail, topicLines, type NewsTextOptions } from './texts.ts'
import { openNewsWriter } from './write-news.ts'

/** How often the outbox is looked into, and how often it is looked for news. */
const SEND_MS = 5 * SECOND_MS
const NEWS_MS = MINUTE_MS

/** How mails are sent. */
export interface MailParts {
  readonly keys: SubscriberKeys
  readonly sender: MailSender
  readonly perMinute: number
}

export interface SubscriptionsOptions {
  readonly store: SubscriptionStore
  /** Absent: no mail is set up, and the form says so. */
  readonly mail?: MailParts
  readonly channels: readonly ChannelInLang[]
  readonly texts: NewsTextOptions
  /** Address that a mail program posts to. */
  readonly leaveUrl: (link: string) => string
  readonly tellable: () => Promise<Tellable>
  readonly senderOf: SenderOf
  readonly partOf: (from: ClientAddress) => string | undefined
  /** Names for what limits remember are made with these bytes. */
  readonly limitsKey: Uint8Array
  readonly clock: Clock
  readonly random: () => number
  readonly wait: (delay: Millis, signal: AbortSignal) => Promise<void>
  readonly log: Log
}

/** Subscriptions of a site, at work until disposed. */
export interface Subscriptions extends AsyncDisposable {
  /** Absent: no mail is set up. */
  readonly desk: OpenSubscriptionDesk | undefined
  /** Does what is due now: forgets, looks for news, sends. */
  tick(): Promise<void>
}

/** Opens subscriptions by mail and channels over their registry, and works on them until disposed. */
export async function openSubscriptions(options: SubscriptionsOptions): Promise<Subscriptions> {
  const { store, mail, texts, clock, log, tellable } = options
  const stop = new AbortController()
  const mutex = new Mutex()
  const channels: ChannelDesk[] = []
  for (const to of options.channels) channels.push(await openChannelDesk({ ...options, to }))
  const outbox = mail === undefined ? undefined : openOutbox({ ...options, ...mail })
  const writer =
    mail === undefined
      ? undefined
      : openNewsWriter({
          ...{ store, keys: mail.keys, clock, tellable, log },
          newsMail: (items, lang, leave) => newsMail(texts, items, { lang, leave }),
        })
  let lookAt = Number.NEGATIVE_INFINITY
  const work = async (): Promise<void> => {
    if (clock.monotonic() >= lookAt) {
      lookAt = clock.monotonic() + NEWS_MS
      await store.forget(clock.now())
      await writer?.write(stop.signal)
      if (channels.length > 0) {
        const known = await tellable()
        await Promise.all(channels.map((one) => one.tell(known, stop.signal)))
      }
    }
    await outbox?.send(stop.signal)
  }
  const tick = (): Promise<void> =>
    mutex.run(() => work().catch((error: unknown) => log.error({ error }, 'subscriptions could not be worked on')))
  let isBusy = false
  const next = (): void => {
    if (isBusy) return
    isBusy = true
    void tick().finally(() => (isBusy = false))
  }
  const timer = setInterval(next, millis(SEND_MS))
  timer.unref()
  const desk =
    mail === undefined
      ? undefined
      : openSubscriptionDesk({
          ...{ store, keys: mail.keys, clock, partOf: options.partOf },
          limits: new MailLimits({ clock, senderOf: options.senderOf, key: options.limitsKey }),
          confirmationMail: (topics, lang, link) => confirmationMail(texts, topics, { lang, link }),
          topicLines: (lang, topics) => topicLines(lang, topics, texts.names),
          wake: next,
        })
  return {
    desk,
    tick,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      stop.abort()
      await mutex.idle()
    },
  }
}
