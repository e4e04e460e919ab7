import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/model/duration.ts'
import { millis, type Millis } from '../core/model/units.ts'
import { backoff } from '../runtime/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { MailSender, SentMail } from '../runtime/mail/mail-sender.ts'
import type { SubscriberKeys } from './keys.ts'
import type { OutboxRow, SubscriberRow, SubscriptionStore } from './registry/contract.ts'
import { openMailWords, openSubscriber } from './subscriber.ts'

/** Mails that are read at once. */
const PAGE = 50
/** First pause after a failure, doubled with each further one up to the longest. */
const FIRST_PAUSE_MS = MINUTE_MS
const LONGEST_PAUSE_MS = 4 * HOUR_MS
/** A mail that was not taken for so long is given up: what it says is old. */
const GIVE_UP_MS = 3 * DAY_MS

export interface OutboxOptions {
  readonly store: Pick<SubscriptionStore, 'outbox' | 'find' | 'sent' | 'tryAgain' | 'drop'>
  readonly keys: SubscriberKeys
  readonly sender: MailSender
  readonly clock: Pick<Clock, 'now'>
  /** A number in [0, 1). */
  readonly random: () => number
  /** Waits between two mails; resolves or rejects when the signal aborts. */
  readonly wait: (delay: Millis, signal: AbortSignal) => Promise<void>
  /** Most mails a minute. */
  readonly perMinute: number
  /** Address that ends a subscription by one post. */
  readonly leaveUrl: (link: string) => string
  readonly log: Log
}

/** Failures in a row after which a round ends: a mail server that is away is not asked for everyone. */
const MOST_FAILURES = 5

/** Sends mails of the outbox that may be tried now, one after another: those of one minute, so that news is looked for. */
export interface Outbox {
  send(signal: AbortSignal): Promise<void>
}

/**
 * At least once, and once unless the process dies between the answer of the mail server and the erasure of the row: then
 * the same mail goes again under the same Message-ID, by which mail programs know a copy. SMTP offers no better: RFC
 * 5321 §4.5.3.2.6 asks servers to keep that time short. A mail that is being sent is waited for at the end.
 */
export function openOutbox(options: OutboxOptions): Outbox {
  const { store, wait, perMinute, clock, log } = options
  let failing = false
  return {
    async send(signal) {
      let [left, failures] = [Math.max(PAGE, perMinute), 0]
      while (left > 0) {
        const mails = await store.outbox(clock.now(), PAGE)
        for (const mail of mails) {
          if (signal.aborted || failures >= MOST_FAILURES) return
          const kind = await sendOne(mail, options)
          failures = kind === 'later' ? failures + 1 : 0
          if (kind === 'later' && !failing) log.warn({}, 'the mail server takes no mails of subscriptions for now')
          if (kind === 'sent' && failing) log.info({}, 'the mail server takes mails of subscriptions again')
          if (kind === 'later' || kind === 'sent') failing = kind === 'later'
          await wait(millis(60_000 / perMinute), signal).catch(() => undefined)
        }
        if (mails.length < PAGE) return
        left -= mails.length
      }
    },
  }
}

/** Hands a mail over. One that cannot be read, or of which a part does not fit, holds up no other. */
async function handOver(
  mail: OutboxRow,
  row: SubscriberRow,
  { keys, sender, leaveUrl, log }: OutboxOptions,
): Promise<SentMail | { readonly kind: 'unfit'; readonly code: string }> {
  try {
    const { subject, text, leaves } = openMailWords(keys, mail)
    const { mail: to } = openSubscriber(keys, row)
    const leave = leaves ? { leaveUrl: leaveUrl(keys.link('leave', row.id)) } : {}
    // Not cut short by the end of the server: what became of it would not be known.
    return await sender.send({ to, subject, text, id: mail.id, ...leave }, AbortSignal.timeout(2 * MINUTE_MS))
  } catch (error) {
    log.error({ error }, 'a mail of a subscription could not be read or handed over')
    return { kind: 'unfit', code: 'unfit' }
  }
}

async function sendOne(
  mail: OutboxRow,
  options: OutboxOptions,
): Promise<'sent' | 'refused' | 'later' | 'unfit' | 'gone'> {
  const { store, clock, log, random } = options
  const row = await store.find(mail.subscriber)
  if (row === undefined) return 'gone'
  const sent = await handOver(mail, row, options)
  if (sent.kind === 'sent') {
    await store.sent(mail)
    return 'sent'
  }
  const tries = mail.tries + 1
  if (sent.kind === 'refused') {
    const left = await store.drop(mail, true)
    log.warn({ code: sent.code, subscription: left }, 'a mail of a subscription was refused')
    return 'refused'
  }
  const pause = backoff(tries, { first: FIRST_PAUSE_MS, longest: LONGEST_PAUSE_MS, jitter: [0.5, 1], random })
  if (clock.now() + pause - mail.since > GIVE_UP_MS) {
    await store.drop(mail, false)
    log.warn({ code: sent.code, tries }, 'a mail of a subscription was not taken for three days and is given up')
  } else await store.tryAgain(mail.id, clock.now() + pause, tries)
  return sent.kind
}
