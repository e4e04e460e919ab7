import type { LetterKey } from '../letter-keys.ts'

export const letter = {
  'letter.tool.sign': 'Sign',
} satisfies Readonly<Record<LetterKey, string>>
