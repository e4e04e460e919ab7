import type { CopyKey } from '../copy-keys.ts'

export const copy = {
  'copy.title': 'Копия сайта',
} satisfies Record<CopyKey, string>
