import { randomBytes } from 'node:crypto'
import { HOUR_MS } from '../core/model/duration.ts'
import { orUndefined } from '../core/model/errors.ts'
import {
  CONFIRM_HOURS,
  type SentSubscription,
  type TakenSubscription,
  type Topics,
} from '../core/model/people/subscription.ts'
import type { Lang } from '../core/model/tables/langs.ts'
import type { Clock } from '../runtime/clock.ts'
import { parseMailbox, type Mailbox } from '../runtime/mail/mailbox.ts'
import type { MailLimits } from '../runtime/mail/mail-limits.ts'
import type { ClientAddress } from '../runtime/sender/from.ts'
import { openTickets } from '../web/request/tickets.ts'
import type { SubscriberKeys } from './keys.ts'
import type { OutboxRow, SubscriberRow, SubscriptionStore } from './registry/contract.ts'
import { openSubscriber } from './subscriber.ts'
import { toldNothing } from './told.ts'

/** Subscribers and requests of a server: a pass over all of them takes some seconds. */
const MOST_SUBSCRIBERS = 100_000
const FULL_WAIT_S = 3600

/** The desk of subscriptions: the `SubscriptionDesk` of the site. */
export interface OpenSubscriptionDesk {
  ticket(pressed?: boolean): string
  take(sent: SentSubscription, from: ClientAddress): Promise<TakenSubscription>
  /** What is confirmed by a link, in lines; undefined where it is spent, expired or not ours. Changes nothing. */
  asked(link: string, lang: Lang): Promise<readonly string[] | undefined>
  /** Confirms; false where the link is spent, expired or not ours. */
  confirm(link: string): Promise<boolean>
  /** Whether a link that ends a subscription is ours; it says nothing of whether the subscription is still there. */
  canLeave(link: string): boolean
  /** Erases the subscription of a link, whether or not it is there; false where the link is not ours. */
  leave(link: string): Promise<boolean>
  /** Name of the sender's part of the network, in memory alone. */
  partOf(from: ClientAddress): string | undefined
}

export interface SubscriptionDeskOptions {
  readonly store: Pick<SubscriptionStore, 'ask' | 'waitingOf' | 'sizes' | 'find' | 'confirm' | 'remove'>
  readonly keys: SubscriberKeys
  readonly limits: MailLimits
  readonly clock: Clock
  readonly partOf: (from: ClientAddress) => string | undefined
  /** Subject and text of the mail that asks for a confirmation. */
  readonly confirmationMail: (
    topics: Topics,
    lang: Lang,
    link: string,
  ) => { readonly subject: string; readonly text: string }
  /** Says what was chosen, one line for each kind. */
  readonly topicLines: (lang: Lang, topics: Topics) => readonly string[]
  /** Called when a mail waits. */
  readonly wake: () => void
}

/** Opens the desk. No address is in a line of a log, and none is stored but under the key of subscribers. */
export function openSubscriptionDesk(options: SubscriptionDeskOptions): OpenSubscriptionDesk {
  const { store, keys, limits, clock } = options
  const tickets = openTickets(clock)
  const waitingRow = async (link: string): Promise<SubscriberRow | undefined> => {
    const id = keys.readLink('confirm', link)
    const row = id === undefined ? undefined : await store.find(id)
    return row?.expires !== null && row !== undefined && row.expires <= clock.now() ? undefined : row
  }
  return {
    partOf: options.partOf,
    ticket: (pressed = false) => tickets.issue(pressed),
    async take({ subscription, ticket, worked }, from) {
      const mailbox = parseTyped(subscription.mail)
      if (mailbox === undefined) return { kind: 'mail' }
      if (!worked && tickets.read(ticket).kind !== 'good') return { kind: 'again' }
      const wait = limits.take(worked ? 'worked' : 'form', mailbox, from)
      if (wait > 0) return { kind: 'later', wait }
      const { active, waiting } = await store.sizes()
      if (active + waiting >= MOST_SUBSCRIBERS) return { kind: 'later', wait: FULL_WAIT_S }
      const digest = keys.digest(mailbox)
      // A mailbox that was asked too often gets no mail, and its sender the same answer.
      if (!limits.note(digest, mailbox, await store.waitingOf(digest))) return { kind: 'taken' }
      const { row, mail } = rowsOf(subscription, { ...options, digest, mailbox })
      await store.ask(row, mail)
      options.wake()
      return { kind: 'taken' }
    },
    async asked(link, lang) {
      const row = await waitingRow(link)
      return row === undefined ? undefined : options.topicLines(lang, openSubscriber(keys, row).topics)
    },
    async confirm(link) {
      const id = keys.readLink('confirm', link)
      if (id === undefined) return false
      return store.confirm(id, clock.now(), (row, into) => keys.seal('subscriber', into, openSubscriber(keys, row)))
    },
    canLeave: (link) => keys.readLink('leave', link) !== undefined,
    async leave(link) {
      const id = keys.readLink('leave', link)
      if (id === undefined) return false
      await store.remove(id)
      return true
    },
  }
}

const parseTyped = (text: string): Mailbox | undefined => orUndefined(() => parseMailbox(text))

interface RowFacts extends SubscriptionDeskOptions {
  readonly digest: string
  readonly mailbox: Mailbox
}

function rowsOf(
  { topics, lang }: SentSubscription['subscription'],
  { keys, clock, confirmationMail, digest, mailbox }: RowFacts,
): { readonly row: SubscriberRow; readonly mail: OutboxRow } {
  const [id, mailId] = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')]
  const now = clock.now()
  const words = { ...confirmationMail(topics, lang, keys.link('confirm', id)), leaves: false }
  return {
    row: {
      id,
      state: 'waiting',
      mailbox: digest,
      // A whole hour, so that the row does not say at which minute it was asked for.
      expires: Math.ceil(now / HOUR_MS) * HOUR_MS + (CONFIRM_HOURS - 1) * HOUR_MS,
      due: null,
      settled: false,
      refusals: 0,
      sealed: keys.seal('subscriber', id, { mail: mailbox.address, lang, topics }),
      told: keys.seal('told', id, toldNothing(now)),
    },
    mail: {
      id: mailId,
      subscriber: id,
      kind: 'confirm',
      since: now,
      next: now,
      tries: 0,
      sealed: keys.seal('mail', mailId, words),
    },
  }
}
