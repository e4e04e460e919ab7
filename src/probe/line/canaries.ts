import type { Canary } from '../../core/model/tables/controls.ts'
import type { CANARY_MOMENTS, CanaryTally } from '../../core/model/measured/service-run.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import { resolveSystem } from '../../net/dns/resolve-system.ts'
import { handshakeTls } from '../../net/tls/tls.ts'
import type { NetTools } from '../../net/tools.ts'
import { eachOf } from '../../runtime/each-of.ts'

/** How far one canary came, for each family tried. */
export interface CanaryResult {
  readonly canary: Canary
  readonly resolved: boolean
  readonly passed: boolean
  readonly ipv4: boolean
  readonly ipv6: boolean
}

/** Addresses of canaries that were learnt before, so that a broken resolver later is not a broken line. */
export type CanaryAddresses = Map<string, readonly { readonly address: string; readonly family: 4 | 6 }[]>

export interface CanaryLook {
  /** `tls`: a handshake, any answer of which passes. `tcp`: a connection, to spare the owner's allowance. */
  readonly by: 'tls' | 'tcp'
  readonly addresses: CanaryAddresses
  /** Whether IPv6 is tried beside IPv4. */
  readonly tryIpv6: boolean
}

const AT_ONCE = 8

/** Asks all canaries at once, a few at a time. Throws only where the run ends. */
export const askCanaries = (
  canaries: readonly Canary[],
  look: CanaryLook,
  tools: NetTools,
): Promise<readonly CanaryResult[]> => eachOf(canaries, AT_ONCE, (canary) => askCanary(canary, look, tools))

/** Addresses of a canary: those learnt before, else what the line's resolver answers. Throws only where the run ends. */
export async function addressesOf(
  canary: Canary,
  addresses: CanaryAddresses,
  tools: NetTools,
): ReturnType<typeof lookUp> {
  const known = addresses.get(canary.host)
  if (known !== undefined && known.length > 0) return known
  const found = await lookUp(canary, tools)
  if (found.length > 0) addresses.set(canary.host, found)
  return found
}

async function lookUp(
  { host }: Canary,
  tools: NetTools,
): Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]> {
  const { answer } = await resolveSystem(host, tools)
  return answer?.answers ?? []
}

async function askCanary(canary: Canary, look: CanaryLook, tools: NetTools): Promise<CanaryResult> {
  const found = await addressesOf(canary, look.addresses, tools)
  const pick = (family: 4 | 6): string | undefined => found.find((one) => one.family === family)?.address
  const [v4, v6] = [pick(4), look.tryIpv6 ? pick(6) : undefined]
  const nothing = { passed: false }
  const [over4, over6] = await Promise.all([
    v4 === undefined ? nothing : reach(canary, v4, look, tools),
    v6 === undefined ? nothing : reach(canary, v6, { ...look, by: 'tcp' }, tools),
  ])
  return {
    canary,
    resolved: found.length > 0,
    passed: over4.passed || over6.passed,
    ipv4: over4.passed,
    ipv6: over6.passed,
  }
}

async function reach(
  canary: Canary,
  address: string,
  { by }: CanaryLook,
  tools: NetTools,
): Promise<{ readonly passed: boolean }> {
  const to = { address, port: canary.port }
  if (by === 'tcp') {
    const { outcome, socket } = await connectTcp(to, tools)
    socket?.destroy()
    return { passed: outcome.failure === undefined }
  }
  const { outcome, socket, wire } = await handshakeTls(to, { serverName: canary.host, verify: false }, tools)
  socket?.destroy()
  wire?.destroy()
  return { passed: outcome?.answered === true }
}

/** How many passed, as a row of the report. */
export const tallyOf = (
  moment: (typeof CANARY_MOMENTS)[number],
  results: readonly CanaryResult[],
  at: CanaryTally['at'],
): CanaryTally => ({
  moment,
  at,
  tried: results.length,
  passed: results.filter(({ passed }) => passed).length,
})
