import type { LetterKey } from '../letter-keys.ts'

export const letter = {
  'letter.tool.sign': 'Қол қою',
} satisfies Readonly<Record<LetterKey, string>>
