import { mailDomain, MOST_TYPED_ADDRESS } from '../../runtime/mail/mailbox.ts'
import { isReadWithinReach } from '../core/mail-reach.ts'

/**
 * Whether the way without a mailbox is to be offered first: what comes to this one may be read by those whom the letter
 * is about (threat model, ".kz and .ru mailboxes"). False for what is not an address.
 */
export function isWithinReach(typed: string): boolean {
  const domain = mailDomain(typed.normalize('NFKC').trim().slice(0, MOST_TYPED_ADDRESS).split('@').at(-1) ?? '')
  return domain !== undefined && isReadWithinReach(domain)
}
