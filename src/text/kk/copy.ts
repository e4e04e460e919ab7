import type { CopyKey } from '../copy-keys.ts'

export const copy = {
  'copy.title': 'Сайттың көшірмесі',
} satisfies Record<CopyKey, string>
