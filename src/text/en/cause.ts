import type { CauseKey } from '../cause-keys.ts'

export const cause = {
  'word.blocking': 'blocking',
} satisfies Record<CauseKey, string>
