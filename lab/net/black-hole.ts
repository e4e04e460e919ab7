import type { CensorRule } from './censor/rules.ts'
import type { Plan } from './plan.ts'

/** A rule by which every address of these services is silent from the subscriber. Throws for a service that is not there. */
export function blackHole(plan: Plan, services: readonly string[]): CensorRule {
  const hosts = services.flatMap((id) => {
    const found = plan.services.find((one) => one.id === id)
    if (found === undefined) throw new Error(`Cannot black-hole service "${id}": the laboratory does not have it`)
    return found.endpoints.map(({ host }) => host).filter((host) => !host.endsWith('.invalid'))
  })
  return { kind: 'address', targets: [...new Set(hosts)], action: 'drop' }
}
