import type { PlaceKey } from '../place-keys.ts'

export const place = {
  'place.title': 'Сервис пен желі',
} satisfies Record<PlaceKey, string>
