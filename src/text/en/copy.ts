import type { CopyKey } from '../copy-keys.ts'

export const copy = {
  'copy.title': 'Copy of the site',
} satisfies Record<CopyKey, string>
