import type { Message } from '../../runtime/mail/mail-sender.ts'

/**
 * Sends messages one after another, from memory alone: an address is forgotten as soon as the mail server took the
 * message, or refused it for good. Nothing of a message is logged.
 */
export interface MailQueue extends AsyncDisposable {
  /** Takes a message; false where too many wait. Returns at once, before it is known what becomes of the message. */
  send(message: Message): boolean
  /** Resolves when nothing waits. */
  idle(): Promise<void>
}
