import type { Instant } from '../../model/units.ts'
import type { Clock } from '../../sys/clock.ts'
import { RateLimit } from '../../sys/sender/rate.ts'
import { DAY_MS, type MailRate } from './parts.ts'

/** Most mails to one mailbox for one letter in a day. */
export const MOST_MAILS = 5
/** Mails of the whole service: a flood of strangers' addresses makes it nobody's cannon. */
export const DEFAULT_MAIL_RATE: MailRate = { perSecond: 5, burst: 500 }
/** Mailboxes remembered; beyond it the oldest is forgotten, whose rows in the registry still count. */
const MOST_MAILBOXES = 100_000

/** Counts mails, by the digest of a mailbox and in all; in memory alone. */
export class MailLimits {
  readonly #clock: Clock
  readonly #all: RateLimit
  readonly #sent = new Map<string, Instant[]>()

  constructor(clock: Clock, rate: MailRate = DEFAULT_MAIL_RATE) {
    this.#clock = clock
    this.#all = new RateLimit(clock, rate)
  }

  /** Takes one mail from what goes out in all; gives the seconds to wait where there is none, else 0. */
  take(): number {
    return this.#all.take('all')
  }

  /**
   * Notes a mail to a mailbox and says whether it may go; `before` is how many went to it in the last day as far as the
   * registry knows, which also knows those of before a restart.
   */
  note(mailbox: string, before: number): boolean {
    const now = this.#clock.now()
    const sent = (this.#sent.get(mailbox) ?? []).filter((at) => at > now - DAY_MS)
    this.#sent.delete(mailbox)
    if (Math.max(sent.length, before) >= MOST_MAILS) {
      this.#sent.set(mailbox, sent)
      return false
    }
    this.#sent.set(mailbox, [...sent, now])
    if (this.#sent.size > MOST_MAILBOXES) {
      const [oldest] = this.#sent.keys()
      if (oldest !== undefined) this.#sent.delete(oldest)
    }
    return true
  }
}
