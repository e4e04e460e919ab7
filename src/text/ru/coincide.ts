import type { CoincideKey } from '../coincide-keys.ts'

export const coincide = {
  'coincide.title': 'Совпадение с событиями',
} satisfies Record<CoincideKey, string>
