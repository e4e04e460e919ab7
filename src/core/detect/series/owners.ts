import { registrableDomain } from '../../model/hostname.ts'

/** Who runs a network or a service; undefined where that is not known. */
export interface Owners {
  readonly ofNetwork: (network: string) => string | undefined
  readonly ofService: (service: string) => string | undefined
}

/**
 * Who runs a service of a table. Of one that is not known the registrable domain stands for the owner, as tables of OONI
 * name hosts: `www.youtube.com` and `m.youtube.com` are one; a test may stand before the host.
 */
export function serviceOwner(service: string, owners: Owners | undefined): string {
  const host = service.slice(service.lastIndexOf(' ') + 1).toLowerCase()
  return owners?.ofService(service) ?? (host.includes('.') ? registrableDomain(host) : service)
}
