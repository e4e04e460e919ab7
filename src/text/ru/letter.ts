import type { LetterKey } from '../letter-keys.ts'

export const letter = {
  'letter.tool.sign': 'Подписать',
} satisfies Readonly<Record<LetterKey, string>>
