import type { CrowdKey } from '../crowd-keys.ts'

export const crowd = {
  'crowd.run': 'Start the check',
} satisfies Readonly<Record<CrowdKey, string>>
