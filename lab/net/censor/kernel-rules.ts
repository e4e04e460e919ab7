import { addressFamily } from '../../../src/core/model/address.ts'
import { NO_RULES, type Rules } from '../firewall.ts'
import { ADDRESSES, type Plan } from '../plan.ts'
import type { CensorRule, CensorRuleOf } from './rules.ts'

/** Packets with this mark are routed to the inspector. */
export const INSPECT_MARK = 100
/** Connections with these marks: everything dropped; slowed towards the subscriber, from the subscriber. */
const DROP_MARK = '0x66'
export const SLOW_CLASS = { down: '1:30', up: '1:30' } as const
const SLOW_MARK = { down: '0x71', up: '0x72', both: '0x73' } as const

export interface KernelTools {
  readonly plan: Plan
  readonly family: 4 | 6
  /** Makes the names of lists of `recent` new each time, so that nothing of an earlier censor is remembered. */
  readonly serial: number
}

const rules = (given: Partial<Rules>): Rules => ({ ...NO_RULES, ...given })
const FROM_SUBSCRIBER = '-i acc0'

const addressesOf = (targets: readonly string[], { plan, family }: KernelTools): readonly string[] =>
  targets.flatMap((one) => plan.addressesOf(one)).filter((one) => addressFamily(one) === family)

const holds = (name: string): string => `-m string --algo bm --string "${name}"`
const REJECT = '-j REJECT --reject-with tcp-reset'

/** A name as it lies in a DNS message: each label after its length. */
const dnsLabels = (name: string): string =>
  `-m string --algo bm --hex-string "|${name
    .split('.')
    .map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]).toString('hex'))
    .join('')}00|"`

/** Sends packets of the subscriber to the inspector; `match` says which. */
export const inspect = (match: string): Rules =>
  rules({ mangle: [`PREROUTING ${FROM_SUBSCRIBER} ${match} -j MARK --set-mark ${INSPECT_MARK}`] })

function address(rule: CensorRuleOf<'address'>, tools: KernelTools): Rules {
  const to = addressesOf(rule.targets, tools).map((one) => `FORWARD -d ${one}`)
  const ports = rule.ports === undefined ? [''] : rule.ports.map((port) => ` --dport ${port}`)
  const tcp = to.flatMap((one) => ports.map((port) => `${one} -p tcp${port}`))
  const icmp = tools.family === 4 ? 'icmp-host-unreachable' : 'icmp6-addr-unreachable'
  switch (rule.action) {
    case 'drop':
      return rules({ filter: (rule.ports === undefined ? to : tcp).map((one) => `${one} -j DROP`) })
    case 'refuse':
      return rules({ filter: tcp.map((one) => `${one} ${REJECT}`) })
    case 'reset':
      return rules({ filter: tcp.map((one) => `${one} --tcp-flags PSH PSH ${REJECT}`) })
    case 'unreachable':
      return rules({ filter: tcp.map((one) => `${one} -j REJECT --reject-with ${icmp}`) })
  }
}

/** ClientHello by name where the kernel can do it: dropped or reset, with what remains afterwards. */
function hello(rule: CensorRuleOf<'hello'>, tools: KernelTools): Rules {
  if (rule.action === 'close' || rule.action === 'notice') return inspect('-p tcp --dport 443')
  const only = rule.only === undefined ? [''] : addressesOf(rule.only, tools).map((one) => ` -d ${one}`)
  const found = only.flatMap((to) => rule.names.map((name) => `FORWARD${to} -p tcp --dport 443 ${holds(name)}`))
  const act = rule.action === 'drop' ? '-j DROP' : REJECT
  if (rule.residual === undefined) return rules({ filter: found.map((one) => `${one} ${act}`) })
  if (rule.residual.tuple === 5)
    return rules({
      mangle: found.map((one) => `${one} -j CONNMARK --set-mark ${DROP_MARK}`),
      filter: [
        ...(rule.action === 'reset' ? found.map((one) => `${one} ${act}`) : []),
        `FORWARD -m connmark --mark ${DROP_MARK} -j DROP`,
      ],
    })
  const list = `kuager${tools.serial}`
  return rules({
    filter: [
      ...found.map((one) => `${one} -m recent --name ${list} --rdest --set ${act}`),
      `FORWARD -p tcp --dport 443 -m recent --name ${list} --rdest --rcheck --seconds ${rule.residual.seconds} -j DROP`,
    ],
  })
}

const throttle = (rule: CensorRuleOf<'throttle'>): Rules => {
  const mark = SLOW_MARK[rule.direction]
  const ways = { down: ['acc0'], up: ['up0'], both: ['acc0', 'up0'] }[rule.direction]
  return rules({
    mangle: [
      ...rule.names.map((name) => `FORWARD -p tcp --dport 443 ${holds(name)} -j CONNMARK --set-mark ${mark}`),
      ...ways.map(
        (way) => `POSTROUTING -o ${way} -m connmark --mark ${mark} -j CLASSIFY --set-class ${SLOW_CLASS.down}`,
      ),
    ],
  })
}

function http(rule: CensorRuleOf<'http'>): Rules {
  if (rule.action === 'page' || rule.action === 'redirect') return inspect('-p tcp --dport 80')
  const act = rule.action === 'reset' ? REJECT : '-j DROP'
  return rules({ filter: rule.names.map((name) => `FORWARD -p tcp --dport 80 ${holds(name)} ${act}`) })
}

/** First packets by their shape: offsets are from the start of the IP header, which has no options here. */
function tunnel(rule: CensorRuleOf<'tunnel'>, { family }: KernelTools): Rules {
  if (rule.protocol === 'tor') return inspect('-p tcp -m multiport ! --dports 80,443')
  const head = family === 4 ? 20 : 40
  const at = (offset: number, hex: string): string =>
    `-m string --algo bm --hex-string "|${hex}|" --from ${head + offset} --to ${head + offset + hex.length / 2}`
  if (rule.protocol === 'wireguard')
    return rules({ filter: [`FORWARD -p udp -m length --length ${head + 8 + 148} ${at(8, '01000000')} -j DROP`] })
  const overTcp = `FORWARD -p tcp -m string --algo bm --hex-string "|000e38|" --from ${head + 20} --to ${head + 80}`
  return rules({
    filter: [
      `FORWARD ${FROM_SUBSCRIBER} -p udp -m length --length ${head + 8 + 14}:${head + 8 + 100} ${at(8, '38')} -j DROP`,
      `${overTcp} ${rule.action === 'reset' ? REJECT : '-j DROP'}`,
    ],
  })
}

/** What the kernel does for one rule: all of it, or handing the packets to the inspector. */
export function kernelRules(rule: CensorRule, tools: KernelTools): Rules {
  switch (rule.kind) {
    case 'dns-injection':
      return inspect('-p udp --dport 53')
    case 'dns-drop':
      return rules({ filter: rule.names.map((name) => `FORWARD -p udp --dport 53 ${dnsLabels(name)} -j DROP`) })
    case 'dns-redirect': {
      const others = `-p udp --dport 53 ! -d ${ADDRESSES.resolverOne}`
      const nat = [`PREROUTING ${FROM_SUBSCRIBER} ${others} -j DNAT --to-destination ${ADDRESSES.redirectOne}`]
      return tools.family === 4 ? rules({ nat }) : NO_RULES
    }
    case 'address':
      return address(rule, tools)
    case 'hello':
      return hello(rule, tools)
    case 'slow-handshake':
      return inspect('-p tcp --dport 443')
    case 'http':
      return http(rule)
    case 'throttle':
      return throttle(rule)
    case 'quic':
      return inspect('-p udp --dport 443')
    case 'quic-all':
      return rules({ filter: ['FORWARD -p udp --dport 443 -j DROP'] })
    case 'tunnel':
      return tunnel(rule, tools)
    case 'rules':
      return tools.family === 4 ? rules({ filter: rule.filter, mangle: rule.mangle }) : NO_RULES
    case 'lying-resolver':
    case 'interception':
      return NO_RULES
  }
}
