import type { JsonRecord } from './decoder.ts'
import { isRecord } from './decoder.ts'

/**
 * Which resolvers answered the question of web_connectivity 0.5 for its own resolver's address. The addresses are
 * not read: a resolver at home has the address of the person. Source: docs/formats/ooni.md, whoami.
 */
export interface Whoami {
  readonly source: string
  /** Whether the system's resolver answered; absent where it was not asked. */
  readonly system?: boolean
  /** Whether any of the resolvers asked over UDP answered. */
  readonly udp?: boolean
}

/** Reads `x_dns_whoami`, an experimental key: what has another shape says nothing. */
export function whoamiOf(testKeys: JsonRecord): Whoami | undefined {
  const asked = testKeys['x_dns_whoami']
  if (!isRecord(asked)) return undefined
  const system = asked['system_v4']
  const udp = asked['udp_v4']
  return {
    source: '/test_keys/x_dns_whoami',
    ...(Array.isArray(system) ? { system: system.length > 0 } : {}),
    ...(isRecord(udp)
      ? { udp: Object.values(udp).some((answers) => Array.isArray(answers) && answers.length > 0) }
      : {}),
  }
}
