import { createTransport } from 'nodemailer'
import { InputError } from '../../core/model/errors.ts'
import { defined } from '../../core/model/defined.ts'
import { isMailAddress, type MailSettings } from './settings.ts'

const MOST_SUBJECT = 200
const MOST_TEXT = 20_000
const ANSWER_MS = 30_000
/** What a mail is known by, 32 hexadecimal digits: a second copy of the same mail has the same. */
const MAIL_ID = /^[0-9a-f]{32}$/

/** One message in plain words. */
export interface Message {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** A message as it goes out. */
export interface OutgoingMail extends Message {
  readonly id: string
  /** Address that ends what the mail is part of, by one post (RFC 8058). */
  readonly leaveUrl?: string
}

/**
 * What became of a message. `refused`: the server does not take this very message, ever. `later`: it may be tried again.
 * `code` is a word or number for the log; the sentence of a server names the mailbox and is never repeated.
 */
export type SentMail = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'later'; readonly code: string }

/** Hands messages to a mail server, each when it is asked to. */
export interface MailSender {
  /** Never rejects for what a server does. Throws InputError for a message of which a part does not fit. */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<SentMail>
}

/** Throws InputError where a part of a message would leave its place. */
export function checkMessage({ to, subject, text }: Message): void {
  const refuse = (path: string, expected: string): InputError =>
    new InputError('Cannot send the mail: a part of it does not fit', { code: 'mail.invalid', path, expected })
  if (!isMailAddress(to)) throw refuse('to', 'one address')
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  if (subject.length > MOST_SUBJECT || /[\u0000-\u001f\u007f-\u009f]/.test(subject)) throw refuse('subject', 'one line')
  if (text.length > MOST_TEXT) throw refuse('text', `at most ${MOST_TEXT} characters`)
}

/** Opens a way to the mail server of the settings; connects for each message. */
export function openMailSender({ host, port, encryption, user, password, from, ca }: MailSettings): MailSender {
  const domain = from.address.slice(from.address.indexOf('@') + 1)
  const transport = createTransport({
    host,
    port,
    secure: encryption === 'tls',
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    tls: { minVersion: 'TLSv1.2', ...defined({ ca }) },
    ...(user === undefined || password === undefined ? {} : { auth: { user, pass: password } }),
    // What the machine is called would be greeted with otherwise.
    name: domain,
    connectionTimeout: ANSWER_MS,
    greetingTimeout: ANSWER_MS,
    socketTimeout: 2 * ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  })
  return {
    async send(mail, signal) {
      checkMessage(mail)
      try {
        await transport.sendMail({
          from: { name: from.name ?? '', address: from.address },
          to: { name: '', address: mail.to },
          subject: mail.subject,
          text: mail.text,
          messageId: messageIdOf(mail, domain),
          headers: headersOf(mail),
          xMailer: false,
          textEncoding: 'base64',
          signal,
        })
        return { kind: 'sent' }
      } catch (error) {
        return readFailure(error)
      }
    },
  }
}

function messageIdOf({ id }: OutgoingMail, domain: string): string {
  if (MAIL_ID.test(id)) return `<${id}@${domain}>`
  throw new InputError('Cannot send the mail: its name does not fit', {
    code: 'mail.invalid',
    path: 'id',
    expected: '32 hexadecimal digits',
  })
}

/** No holiday notice is to come back for it; a mail program shows the way out beside the subject (RFC 8058). */
const headersOf = ({ leaveUrl }: OutgoingMail): Record<string, string> => ({
  'Auto-Submitted': 'auto-generated',
  ...(leaveUrl === undefined
    ? {}
    : { 'List-Unsubscribe': `<${leaveUrl}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
})

function readFailure(error: unknown): SentMail {
  if (!(error instanceof Error)) return { kind: 'later', code: 'unknown' }
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  // That the server does not know us says nothing about the message.
  const kind = status >= 500 && code !== 'EAUTH' ? 'refused' : 'later'
  return { kind, code: status === 0 ? code : `${code} ${status}` }
}
