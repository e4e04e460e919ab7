import { registrableDomain } from '../../model/hostname.ts'
import type { Service } from '../../model/tables/service.ts'

/** Made once a service. */
const KNOWN = new WeakMap<Service, ReadonlySet<string>>()

/** Registrable domains of all hosts that a service lists. */
export function serviceHosts(service: Service): ReadonlySet<string> {
  const known = KNOWN.get(service)
  if (known !== undefined) return known
  const made = new Set(service.endpoints.map(({ host }) => registrableDomain(host.replace(/^\*\./, ''))))
  KNOWN.set(service, made)
  return made
}
