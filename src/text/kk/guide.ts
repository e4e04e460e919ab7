import type { GuideKey } from '../guide-keys.ts'

export const guide = {
  'guide.title': 'Әдіс',
} satisfies Record<GuideKey, string>
