import type { CardKey } from '../card-keys.ts'

export const card = {
  'card.code': 'Тексеру коды',
} satisfies Record<CardKey, string>
