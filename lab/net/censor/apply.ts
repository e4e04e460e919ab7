import { addressFamily } from '../../../src/core/model/address.ts'
import { EXPIRED, type Authority, type KeyPair } from '../certificates.ts'
import { joinRules, NO_RULES, setRules, type Rules } from '../firewall.ts'
import type { Place } from '../netns.ts'
import { ADDRESSES, type Plan } from '../plan.ts'
import type { WebServer } from '../servers/nginx.ts'
import type { Lie } from '../servers/resolver.ts'
import { limitClass, unlimit } from '../shaping.ts'
import type { Inspector } from './inspector.ts'
import { INSPECT_MARK, kernelRules } from './kernel-rules.ts'
import type { CensorRule, CensorRuleOf } from './rules.ts'

export interface CensorTools {
  readonly plan: Plan
  /** The provider's router, where all of it stands. */
  readonly isp: Place
  readonly inspector: Inspector
  /** The provider's web server, in which intercepted handshakes end. */
  readonly interceptor: WebServer
  readonly stranger: Authority
  readonly edge: KeyPair
  /** Makes the provider's resolver lie about some names. */
  readonly lie: (lies: ReadonlyMap<string, Lie>) => Promise<void>
}

/** First of the ports on which the provider takes over connections, one for each address. */
const FIRST_PORT = 9000
let serial = 0

const ofKind = <Kind extends CensorRule['kind']>(
  rules: readonly CensorRule[],
  kind: Kind,
): readonly CensorRuleOf<Kind>[] => rules.filter((rule): rule is CensorRuleOf<Kind> => rule.kind === kind)

/** Whether a name is one of those given, or below one. */
const isBelow = (host: string, names: readonly string[]): boolean =>
  names.some((name) => host === name || host.endsWith(`.${name}`))

/** Puts the rules of a censor in force, in place of all of an earlier one. */
export async function applyCensor(rules: readonly CensorRule[], tools: CensorTools): Promise<void> {
  serial += 1
  const { isp, plan } = tools
  const inspected = await tools.inspector.set(rules)
  const intercepted = await intercept(ofKind(rules, 'interception'), tools)
  for (const family of [4, 6] as const) {
    const kernel = rules.map((rule) => kernelRules(rule, { plan, family, serial }))
    // The inspector reads IPv4 alone; by IPv6 what it would hold back is dropped by name where the kernel can.
    await setRules(isp, joinRules([...kernel, ...(family === 4 ? [intercepted] : [])]), family)
  }
  await routeToInspector(isp, inspected)
  await shape(ofKind(rules, 'throttle'), isp)
  await tools.lie(liesOf(ofKind(rules, 'lying-resolver'), plan))
}

/** Sends marked packets through the inspector's device, and what it lets pass back on the usual way. */
async function routeToInspector(isp: Place, inspected: boolean): Promise<void> {
  await isp.attempt(['ip', 'rule', 'del', 'fwmark', String(INSPECT_MARK), 'lookup', '100'])
  if (!inspected) return
  await isp.ip(['route replace default dev cz0 table 100', `rule add iif acc0 fwmark ${INSPECT_MARK} lookup 100`])
}

async function shape(rules: readonly CensorRuleOf<'throttle'>[], isp: Place): Promise<void> {
  for (const device of ['acc0', 'up0']) await unlimit(isp, device)
  const slowest = rules[0]
  if (slowest === undefined) return
  for (const device of ['acc0', 'up0']) await limitClass(isp, device, slowest.kbit)
}

function liesOf(rules: readonly CensorRuleOf<'lying-resolver'>[], plan: Plan): ReadonlyMap<string, Lie> {
  const lies = new Map<string, Lie>()
  for (const { names, answer } of rules)
    for (const { host } of plan.hosts)
      if (isBelow(host, names)) {
        if (answer.kind === 'servfail') throw new Error('Cannot lie SERVFAIL: unbound has no such answer; inject it')
        lies.set(host, answer.kind === 'addresses' ? answer : { kind: answer.kind })
      }
  return lies
}

/** Takes over TCP connections to the addresses of intercepted names; those under other names are passed on unopened. */
async function intercept(rules: readonly CensorRuleOf<'interception'>[], tools: CensorTools): Promise<Rules> {
  const rule = rules[0]
  if (rule === undefined) {
    await tools.interceptor.stop()
    return NO_RULES
  }
  const hosts = tools.plan.hosts.filter(({ host }) => isBelow(host, rule.names)).map(({ host }) => host)
  const validity = rule.certificate === 'expired' ? [EXPIRED] : []
  const pair = await tools.stranger.sign(`forged-${serial}`, hosts, ...validity)
  const taken = hosts.flatMap((host) => tools.plan.addressesOf(host)).filter((one) => addressFamily(one) === 4)
  const port = (at: number): number => FIRST_PORT + at
  const own = rule.names.map((name) => `.${name} 127.0.0.1:443;`).join(' ')
  await tools.interceptor.serve({
    sites: [],
    edge: pair,
    streams: taken.map(
      (address, at) => `map $ssl_preread_server_name $way${at} { hostnames; ${own} default ${address}:443; }
server { listen ${port(at)}; ssl_preread on; proxy_pass $way${at}; }`,
    ),
  })
  const nat = taken.map(
    (address, at) =>
      `PREROUTING -i acc0 -d ${address} -p tcp --dport 443 -j DNAT --to-destination ${ADDRESSES.accessOne}:${port(at)}`,
  )
  return { ...NO_RULES, nat }
}
