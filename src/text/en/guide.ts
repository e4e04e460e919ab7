import type { GuideKey } from '../guide-keys.ts'

export const guide = {
  'guide.title': 'Method',
} satisfies Record<GuideKey, string>
