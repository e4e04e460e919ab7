import { TUNNEL_PROTOCOLS } from '../measured/operation.ts'
import { TIERS, type Endpoint, type Service, type Tier } from './service.ts'
import { isNeverHost, type Never } from './test-list.ts'

/** Why a list of services may not be measured as it stands. */
export interface ListFault {
  readonly service: string
  readonly host: string
  readonly why: 'never' | 'protocol'
}

const isMeasured = ({ host, checks }: Endpoint): boolean => !host.startsWith('*.') && (checks?.length ?? 0) > 0

/**
 * What in a list of services breaks the rules of consent: a host that is never measured, in any list; a protocol of
 * tunnels elsewhere than in tier C. Undefined if nothing does.
 */
export function faultOfList(services: readonly Service[], never: Never): ListFault | undefined {
  for (const { id, tier, endpoints } of services)
    for (const endpoint of endpoints.filter(isMeasured)) {
      const { host, checks = [] } = endpoint
      if (isNeverHost(host.replace(/\.$/, ''), never)) return { service: id, host, why: 'never' }
      if (tier !== 'C' && TUNNEL_PROTOCOLS.some((protocol) => checks.includes(protocol)))
        return { service: id, host, why: 'protocol' }
    }
  return undefined
}

const rank = (tier: Tier): number => TIERS.indexOf(tier)

/** Whether a listed host, or a pattern of names, stands for a host. */
const standsFor = (listed: string, host: string): boolean =>
  listed.startsWith('*.') ? host === listed.slice(2) || host.endsWith(listed.slice(1)) : listed === host

/**
 * Another list with the tiers that our own gives: a host that needs a second or third consent needs it under any name
 * and in any file. A service is of the highest tier that any of its measured hosts has.
 */
export function withOwnTiers(services: readonly Service[], own: readonly Service[]): readonly Service[] {
  const guarded = own.filter(({ tier }) => tier !== 'A')
  return services.map((service) => {
    const hosts = service.endpoints.filter(isMeasured).map(({ host }) => host)
    const tiers = guarded
      .filter(({ endpoints }) => endpoints.some(({ host }) => hosts.some((one) => standsFor(host, one))))
      .map(({ tier }) => tier)
    const tier = [service.tier, ...tiers].reduce((most, one) => (rank(one) > rank(most) ? one : most))
    return tier === service.tier ? service : { ...service, tier }
  })
}
