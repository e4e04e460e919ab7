import { randomBytes } from 'node:crypto'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import {
  checkMessage,
  openMailSender,
  type MailSender,
  type Message,
  type SentMail,
} from '../../runtime/mail/mail-sender.ts'
import type { MailSettings } from '../../runtime/mail/settings.ts'
import type { MailQueue } from './contract.ts'

const MOST_WAITING = 10_000
const CONNECTIONS = 2
/** Waits before the tries that follow a first one that failed. */
const DELAYS_MS = [15_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 25 * MINUTE_MS] as const

export interface MailQueueOptions {
  readonly settings: MailSettings
  readonly clock: Clock
  readonly log: Log
  /** Messages that may wait, those that are tried again included. */
  readonly mostWaiting?: number
  readonly delaysMs?: readonly number[]
}

interface Waiting {
  readonly message: Message
  readonly since: number
  tries: number
}

/**
 * Opens a queue to a mail server; connects when there is something to send. What the server does not take for now is
 * tried again for up to an hour and then forgotten: a person who waits asks for another mail. What it refuses is
 * forgotten.
 */
export const openMailQueue = (options: MailQueueOptions): MailQueue => new Queue(options)

class Queue implements MailQueue {
  readonly #clock: Clock
  readonly #log: Log
  readonly #most: number
  readonly #delays: readonly number[]
  readonly #restMs: number
  readonly #sender: MailSender
  #ready: Waiting[] = []
  /** Those that wait for another try, each with its timer. */
  readonly #later = new Map<Waiting, NodeJS.Timeout>()
  #sending = 0
  /** Runs after each message, so that no more go a minute than the mail server likes. */
  #rest: NodeJS.Timeout | undefined
  #failing = false
  readonly #end = new AbortController()
  #idle: (() => void)[] = []

  constructor({ settings, clock, log, mostWaiting = MOST_WAITING, delaysMs = DELAYS_MS }: MailQueueOptions) {
    this.#clock = clock
    this.#log = log
    this.#most = mostWaiting
    this.#delays = delaysMs
    this.#restMs = 60_000 / settings.perMinute
    this.#sender = openMailSender(settings)
  }

  send(message: Message): boolean {
    checkMessage(message)
    if (this.#end.signal.aborted || this.#waiting() >= this.#most) return false
    this.#ready.push({ message, since: this.#clock.monotonic(), tries: 0 })
    this.#next()
    return true
  }

  async idle(): Promise<void> {
    if (this.#waiting() > 0) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort()
    clearTimeout(this.#rest)
    for (const timer of this.#later.values()) clearTimeout(timer)
    this.#later.clear()
    if (this.#ready.length > 0) this.#log.warn({ mails: this.#ready.length }, 'mails are forgotten unsent')
    this.#ready = []
    this.#settled()
    await this.idle()
  }

  #waiting(): number {
    return this.#ready.length + this.#later.size + this.#sending
  }

  /** Sends what may go now; comes back when the next one may. */
  #next(): void {
    if (this.#end.signal.aborted || this.#rest !== undefined || this.#sending >= CONNECTIONS) return
    const waiting = this.#ready.shift()
    if (waiting === undefined) return
    this.#rest = setTimeout(() => {
      this.#rest = undefined
      this.#next()
    }, this.#restMs)
    this.#sending += 1
    void this.#deliver(waiting)
  }

  async #deliver(waiting: Waiting): Promise<void> {
    waiting.tries += 1
    const mail = { ...waiting.message, id: randomBytes(16).toString('hex') }
    const sent = await this.#sender.send(mail, this.#end.signal)
    if (sent.kind !== 'sent') this.#failed(waiting, sent)
    else {
      if (this.#failing) this.#log.info({}, 'the mail server takes mails again')
      this.#failing = false
    }
    this.#sending -= 1
    this.#next()
    this.#settled()
  }

  #failed(waiting: Waiting, { kind, code }: Exclude<SentMail, { readonly kind: 'sent' }>): void {
    if (this.#end.signal.aborted) return
    const delay = this.#delays[waiting.tries - 1]
    const age = this.#clock.monotonic() - waiting.since
    if (kind === 'refused' || delay === undefined || age + delay > HOUR_MS) {
      this.#log.warn({ code, tries: waiting.tries }, 'a mail is forgotten unsent')
      return
    }
    if (!this.#failing) this.#log.warn({ code, waiting: this.#waiting() }, 'the mail server takes no mails for now')
    this.#failing = true
    const timer = setTimeout(() => {
      this.#later.delete(waiting)
      this.#ready.push(waiting)
      this.#next()
    }, delay)
    this.#later.set(waiting, timer)
  }

  #settled(): void {
    if (this.#waiting() > 0) return
    for (const resolve of this.#idle.splice(0)) resolve()
  }
}
