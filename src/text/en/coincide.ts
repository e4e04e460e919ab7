import type { CoincideKey } from '../coincide-keys.ts'

export const coincide = {
  'coincide.title': 'Coincidence with events',
} satisfies Record<CoincideKey, string>
