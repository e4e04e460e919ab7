import type { IncidentKey } from '../incident-keys.ts'

export const incident = {
  'incident.running': 'still going on',
} satisfies Record<IncidentKey, string>
