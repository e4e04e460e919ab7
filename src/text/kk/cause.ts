import type { CauseKey } from '../cause-keys.ts'

export const cause = {
  'word.blocking': 'бұғаттау',
} satisfies Record<CauseKey, string>
