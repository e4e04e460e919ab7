import type { GuideKey } from '../guide-keys.ts'

export const guide = {
  'guide.title': 'Метод',
} satisfies Record<GuideKey, string>
