import type { IncidentKey } from '../incident-keys.ts'

export const incident = {
  'incident.running': 'жалғасып жатыр',
} satisfies Record<IncidentKey, string>
