import type { CardKey } from '../card-keys.ts'

export const card = {
  'card.code': 'Код проверки',
} satisfies Record<CardKey, string>
