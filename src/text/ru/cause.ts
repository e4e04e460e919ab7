import type { CauseKey } from '../cause-keys.ts'

export const cause = {
  'word.blocking': 'блокировка',
} satisfies Record<CauseKey, string>
