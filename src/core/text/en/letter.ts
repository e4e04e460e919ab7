import type { LetterKey } from '../letter-keys.ts'

export const letter = {
  'letter.tool.sign': 'Sign',
  'letter.mail.subject': 'Confirm your mail address',
  'letter.mail.confirm':
    'Hello,\n\nThis address was given in a form on our site, perhaps by you. To confirm it, open this link and press the button on the page:\n\n{link}\n\nThe link works once, within seven days. If you did not fill in the form, nothing needs to be done. Without confirmation the entry is removed after seven days.\n',
  'letter.mail.known':
    'Hello,\n\nThis address was given once more in a form on our site. It was confirmed before and does not count twice. Nothing needs to be done.\n\nIf you did not fill in the form, simply delete this message.\n',
} satisfies Readonly<Record<LetterKey, string>>
