import { randomBytes } from 'node:crypto'
import { createTransport } from 'nodemailer'
import { defined } from '../../core/model/defined.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { MailQueue, Message } from './contract.ts'
import { isMailAddress, type MailSettings } from './settings.ts'

const MOST_WAITING = 10_000
const CONNECTIONS = 2
/** Waits before the tries that follow a first one that failed. */
const DELAYS_MS = [15_000, MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 25 * MINUTE_MS] as const
const MOST_SUBJECT = 200
const MOST_TEXT = 10_000
const ANSWER_MS = 30_000

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
  readonly #from: MailSettings['from']
  readonly #domain: string
  readonly #most: number
  readonly #delays: readonly number[]
  readonly #restMs: number
  readonly #transport
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
    const { host, port, encryption, user, password, from, ca, perMinute } = settings
    this.#clock = clock
    this.#log = log
    this.#from = from
    this.#domain = from.address.slice(from.address.indexOf('@') + 1)
    this.#most = mostWaiting
    this.#delays = delaysMs
    this.#restMs = 60_000 / perMinute
    this.#transport = createTransport({
      host,
      port,
      secure: encryption === 'tls',
      requireTLS: encryption === 'starttls',
      ignoreTLS: encryption === 'none',
      tls: { minVersion: 'TLSv1.2', ...defined({ ca }) },
      ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
      // What the machine is called would be greeted with otherwise.
      name: this.#domain,
      connectionTimeout: ANSWER_MS,
      greetingTimeout: ANSWER_MS,
      socketTimeout: 2 * ANSWER_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
    })
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
    const { to, subject, text } = waiting.message
    waiting.tries += 1
    try {
      await this.#transport.sendMail({
        from: { name: this.#from.name ?? '', address: this.#from.address },
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${randomBytes(16).toString('hex')}@${this.#domain}>`,
        // No holiday notice is to come back for it.
        headers: { 'Auto-Submitted': 'auto-generated' },
        xMailer: false,
        textEncoding: 'base64',
        signal: this.#end.signal,
      })
      if (this.#failing) this.#log.info({}, 'the mail server takes mails again')
      this.#failing = false
    } catch (error) {
      this.#failed(waiting, error)
    } finally {
      this.#sending -= 1
      this.#next()
      this.#settled()
    }
  }

  #failed(waiting: Waiting, error: unknown): void {
    if (this.#end.signal.aborted) return
    const { code, refused } = readFailure(error)
    const delay = this.#delays[waiting.tries - 1]
    const age = this.#clock.monotonic() - waiting.since
    if (refused || delay === undefined || age + delay > HOUR_MS) {
      // The sentence of the server names the mailbox: it is not repeated.
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

function checkMessage({ to, subject, text }: Message): void {
  const refuse = (path: string, expected: string): InputError =>
    new InputError('Cannot send the mail: a part of it does not fit', { code: 'mail.invalid', path, expected })
  if (!isMailAddress(to)) throw refuse('to', 'one address')
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (subject.length > MOST_SUBJECT || /[\u0000-\u001f\u007f-\u009f]/.test(subject)) throw refuse('subject', 'one line')
  if (text.length > MOST_TEXT) throw refuse('text', `at most ${MOST_TEXT} characters`)
}

/** A word or number for the log, and whether the server refused this very message for good. */
function readFailure(error: unknown): { readonly code: string; readonly refused: boolean } {
  if (!(error instanceof Error)) return { code: 'unknown', refused: false }
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  // That the server does not know us says nothing about the message.
  return { code: status === 0 ? code : `${code} ${status}`, refused: status >= 500 && code !== 'EAUTH' }
}
