import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Message } from '../../runtime/mail/mail-sender.ts'

/** The mail with the link that confirms. No word of it says what for, and none names a person. */
export const confirmMail = (to: string, link: string, lang: Lang): Message => ({
  to,
  subject: say(lang, 'letter.mail.subject'),
  text: say(lang, 'letter.mail.confirm', { link }),
})

/** The mail to a mailbox that was confirmed before: under the same subject. */
export const knownMail = (to: string, lang: Lang): Message => ({
  to,
  subject: say(lang, 'letter.mail.subject'),
  text: say(lang, 'letter.mail.known'),
})
