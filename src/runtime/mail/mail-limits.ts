import { createHmac } from 'node:crypto'
import { DAY_MS } from '../../core/model/duration.ts'
import type { Instant } from '../../core/model/units.ts'
import type { Clock } from '../clock.ts'
import type { ClientAddress } from '../sender/from.ts'
import { isLocalAddress } from '../sender/local-address.ts'
import { RateLimit, type Rate } from '../sender/rate.ts'
import type { SenderOf } from '../sender/sender.ts'
import type { Mailbox } from './mailbox.ts'

/** Most mails to one mailbox for one purpose, such as a letter, in a day. */
export const MOST_MAILS = 5
/**
 * Most in a day to addresses that may be one mailbox although that is not published: without dots, dashes and what
 * follows a plus. Else a person who writes `somebody+1@`, `somebody+2@` … has us fill one mailbox.
 */
const MOST_ALIKE = 3 * MOST_MAILS

/** What a mail is asked for with: a proof of work, a form without scripts, a receipt. */
export type MailWay = 'worked' | 'form' | 'again'
/** Mails of the whole service: flooding with addresses of other people does not make it a tool of attack. */
export const DEFAULT_MAIL_RATE: Rate = { perSecond: 5, burst: 500 }
/** What costs nothing has allowances of its own: used up, they hold up no one who brings work. */
const FREE_RATES = {
  form: { perSecond: 1, burst: 200 },
  again: { perSecond: 1, burst: 200 },
} as const satisfies Partial<Record<MailWay, Rate>>
/**
 * Of one part of the network: hundreds may sign in one evening behind the address of a carrier, few without scripts.
 */
const PART_RATES = {
  worked: { perSecond: 0.5, burst: 200 },
  form: { perSecond: 1 / 60, burst: 30 },
  again: { perSecond: 1 / 60, burst: 30 },
} as const satisfies Record<MailWay, Rate>
/** To one domain, whose mailboxes may all be one person's, who would confirm as many signatures: some 800 in a day. */
const DOMAIN_RATE: Rate = { perSecond: 1 / 120, burst: 100 }
/** Domains of providers, where everyone has a mailbox; besides those whose spellings are known. */
const LARGE: ReadonlySet<string> = new Set([
  ...['mail.ru', 'bk.ru', 'list.ru', 'inbox.ru', 'internet.ru', 'rambler.ru', 'yahoo.com', 'aol.com'],
  ...['gmx.com', 'gmx.de', 'gmx.net', 'web.de', 'tuta.com', 'tutanota.com', 'zoho.com', 'mail.kz'],
])
/** Mailboxes remembered; beyond it the oldest is forgotten, whose rows in the registry still count. */
const MOST_MAILBOXES = 100_000

export interface MailLimitOptions {
  readonly clock: Clock
  readonly rate?: Rate
  /**
   * Address of the client, behind trusted proxies; used in memory and forgotten. Absent: senders are not distinguished.
   */
  readonly senderOf?: SenderOf
  /** Names for what is remembered are made with these bytes. */
  readonly key: Uint8Array
}

/** Counts mails: in all, by part of the network, by domain and by mailbox; only in memory, and never by an address. */
export class MailLimits {
  readonly #clock: Clock
  readonly #senderOf: SenderOf | undefined
  readonly #key: Uint8Array
  readonly #all: Readonly<Record<MailWay, RateLimit>>
  readonly #ofPart: Readonly<Record<MailWay, RateLimit>>
  readonly #ofDomain: RateLimit
  readonly #sent = new Map<string, Instant[]>()

  constructor({ clock, rate = DEFAULT_MAIL_RATE, senderOf, key }: MailLimitOptions) {
    this.#clock = clock
    this.#senderOf = senderOf
    this.#key = key
    const limits = (rates: Readonly<Record<MailWay, Rate>>): Readonly<Record<MailWay, RateLimit>> => ({
      worked: new RateLimit(clock, rates.worked),
      form: new RateLimit(clock, rates.form),
      again: new RateLimit(clock, rates.again),
    })
    this.#all = limits({ worked: rate, ...FREE_RATES })
    this.#ofPart = limits(PART_RATES)
    this.#ofDomain = new RateLimit(clock, DOMAIN_RATE)
  }

  /**
   * Takes one mail to a mailbox from what goes out in all, to its domain, and for this part of the network; gives the
   * seconds to wait where there is none, else 0. Whether the mailbox is known makes no difference.
   */
  take(
    way: MailWay,
    { address, provider }: Pick<Mailbox, 'address' | 'provider'>,
    from: ClientAddress | undefined,
  ): number {
    const part = this.#partOf(way, from)
    const domain = address.slice(address.lastIndexOf('@') + 1)
    const wait = part === undefined ? 0 : this.#ofPart[way].take(part)
    if (wait > 0) return wait
    const isLarge = provider !== undefined || LARGE.has(domain)
    const later = isLarge ? 0 : this.#ofDomain.take(this.#nameOf(`domain ${domain}`))
    return later > 0 ? later : this.#all[way].take('all')
  }

  /** Behind an address of this machine are the onion service, or a proxy that is not configured: everyone. */
  #partOf(way: MailWay, from: ClientAddress | undefined): string | undefined {
    const address = from === undefined ? undefined : this.#senderOf?.(from.socket, from.forwardedFor)
    return address === undefined || isLocalAddress(address) ? undefined : this.#ofPart[way].prefixOf(address)
  }

  #nameOf(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64')
  }

  /**
   * Notes a mail to a mailbox, known by its digest, and says whether it may go; `before` is how many went to it in the
   * last day as far as the registry knows, which also knows those of before a restart.
   */
  note(digest: string, { address }: Pick<Mailbox, 'address'>, before: number): boolean {
    const alike = this.#nameOf(`alike ${alikeOf(address)}`)
    const fits = Math.max(this.#recent(digest).length, before) < MOST_MAILS && this.#recent(alike).length < MOST_ALIKE
    if (fits) for (const name of [digest, alike]) this.#remember(name)
    return fits
  }

  #recent(name: string): readonly Instant[] {
    const now = this.#clock.now()
    return (this.#sent.get(name) ?? []).filter((at) => at > now - DAY_MS)
  }

  #remember(name: string): void {
    const sent = [...this.#recent(name), this.#clock.now()]
    this.#sent.delete(name)
    this.#sent.set(name, sent)
    if (this.#sent.size <= 2 * MOST_MAILBOXES) return
    const [oldest] = this.#sent.keys()
    if (oldest !== undefined) this.#sent.delete(oldest)
  }
}

/** The part before the @ as most mail servers would read it. */
function alikeOf(address: string): string {
  const at = address.lastIndexOf('@')
  const [local = ''] = address.slice(0, at).toLowerCase().split('+')
  return `${local.replaceAll(/[._-]/g, '')}${address.slice(at)}`
}
