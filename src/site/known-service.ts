import { instant } from '../core/model/units.ts'
import type { SiteOptions } from './site-options.ts'

/**
 * Whether a service is listed, was ever measured, or has an incident. A page of any other name would be text that a
 * person wrote into its address, under the head of this site.
 */
export async function isKnownService(
  service: string,
  { names, warehouse, incidents, clock }: Pick<SiteOptions, 'names' | 'warehouse' | 'incidents' | 'clock'>,
): Promise<boolean> {
  if (names.services.some(({ id }) => id === service)) return true
  if ((await warehouse.listed(service, { since: instant(0), until: clock.now(), most: 1 })).length > 0) return true
  return ((await incidents?.current()) ?? []).some((one) => one.service === service)
}
