// Words of the page that says whether the server is in full service.

import type { HealthReason } from '../model/health.ts'

/** Keys of this area's words. */
export type HealthKey =
  'health.title' | 'health.ok' | 'health.degraded' | `health.reason.${HealthReason}` | 'health.programs'
