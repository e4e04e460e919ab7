import type { CoincideKey } from '../coincide-keys.ts'

export const coincide = {
  'coincide.title': 'Іс-шаралармен сәйкестік',
} satisfies Record<CoincideKey, string>
