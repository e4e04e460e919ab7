import type { IncidentKey } from '../incident-keys.ts'

export const incident = {
  'incident.running': 'продолжается',
} satisfies Record<IncidentKey, string>
