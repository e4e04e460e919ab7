import type { CrowdKey } from '../crowd-keys.ts'

export const crowd = {
  'crowd.run': 'Начать проверку',
} satisfies Readonly<Record<CrowdKey, string>>
