import { DAY_MS } from '../../core/model/duration.ts'
import { parseReceipt, receiptDigest } from '../core/signature.ts'
import { parseSha256 } from '../../core/model/units.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import type { ClientAddress } from '../../runtime/sender/from.ts'
import type { Lang } from '../../core/text/lang.ts'
import { mailboxDigest, parseMailbox } from '../../runtime/mail/mailbox.ts'
import { BUSY_SECONDS, encodeToken, hasConfirmed, TOKEN, tokenDigest } from './acceptance.ts'
import type { LetterDesk } from '../contract.ts'
import type { MailLimits } from '../../runtime/mail/mail-limits.ts'
import { confirmMail, knownMail } from './mails.ts'
import { tokenEnd, type LetterDeskParts } from '../parts.ts'
import type { Published } from '../count/published.ts'

export interface ConfirmationParts extends Pick<
  LetterDeskParts,
  'store' | 'clock' | 'mail' | 'keys' | 'random' | 'confirmUrl'
> {
  readonly published: Published
  readonly limits: MailLimits
  readonly onWaiting: () => void
}

/** Links that confirm: opened without effect, used once, sent again. */
export class Confirmation implements Pick<LetterDesk, 'look' | 'confirm'> {
  readonly #parts: ConfirmationParts

  constructor(parts: ConfirmationParts) {
    this.#parts = parts
  }

  async look(token: string): Promise<'open' | 'none'> {
    const row = await this.#signature(token)
    return row !== undefined && this.#parts.published.isOpen(row.letter) ? 'open' : 'none'
  }

  async confirm(token: string): Promise<'confirmed' | 'known' | 'none' | 'over'> {
    const { store, published, clock, onWaiting } = this.#parts
    const row = await this.#signature(token)
    if (row === undefined) return 'none'
    if (!published.isOpen(row.letter)) return 'over'
    const outcome = await published.within(row.letter, () => store.confirm(tokenDigest(token), clock.now()))
    if (outcome === 'confirmed') onWaiting()
    return outcome
  }

  async #signature(token: string): Promise<{ readonly letter: string } | undefined> {
    if (!TOKEN.test(token)) return undefined
    return this.#parts.store.token(tokenDigest(token), this.#parts.clock.now())
  }

  /**
   * The answer is the same for a receipt that is not here, one that waits for nothing and one of another mailbox; only
   * the mail tells the owner of that mailbox.
   */
  async resend(
    receipt: string,
    typed: string,
    { lang, from }: { readonly lang: Lang; readonly from: ClientAddress | undefined },
  ): ReturnType<LetterDesk['resend']> {
    const { store, published, limits, keys, mail, clock, random, confirmUrl } = this.#parts
    const code = parseReceipt(receipt)
    const mailbox = parseMailbox(typed)
    const seconds = limits.take('again', mailbox, from)
    if (seconds > 0) return { kind: 'busy', seconds }
    const row = await store.byReceipt(parseSha256(await receiptDigest(code, sha256)))
    if (mail === undefined || row?.state !== 'awaiting' || !published.isOpen(row.letter)) return { kind: 'taken' }
    const key = await keys.key(row.letter)
    if (key === undefined) return { kind: 'taken' }
    const digest = mailboxDigest(key, mailbox, row.letter)
    if (digest !== row.mailbox) return { kind: 'taken' }
    const now = clock.now()
    const rows = await store.find({ letter: row.letter, mailbox: digest }, { most: 64 })
    const recent = rows.filter(({ hour }) => hour !== null && hour > now - DAY_MS).length
    if (!limits.note(digest, mailbox, recent)) return { kind: 'taken' }
    const token = encodeToken(random(16))
    await store.addToken({ token: tokenDigest(token), ct: row.ct, expiresAt: tokenEnd(now) })
    // Another signature may have been confirmed since this one came.
    const link = confirmUrl(token, lang)
    const sent = mail.send(
      hasConfirmed(rows) ? knownMail(mailbox.address, lang) : confirmMail(mailbox.address, link, lang),
    )
    return sent ? { kind: 'taken' } : { kind: 'busy', seconds: BUSY_SECONDS }
  }
}
