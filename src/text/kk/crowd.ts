import type { CrowdKey } from '../crowd-keys.ts'

export const crowd = {
  'crowd.run': 'Тексеруді бастау',
} satisfies Readonly<Record<CrowdKey, string>>
