import type { PlaceKey } from '../place-keys.ts'

export const place = {
  'place.title': 'Сервис и сеть',
} satisfies Record<PlaceKey, string>
