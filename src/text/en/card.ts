import type { CardKey } from '../card-keys.ts'

export const card = {
  'card.code': 'Check code',
} satisfies Record<CardKey, string>
