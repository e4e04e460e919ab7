import type { PlaceKey } from '../place-keys.ts'

export const place = {
  'place.title': 'Service and network',
} satisfies Record<PlaceKey, string>
