/** Keys of this area's words. */
export type LetterKey = 'letter.tool.sign' | 'letter.mail.subject' | 'letter.mail.confirm' | 'letter.mail.known'
