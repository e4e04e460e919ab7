import { writeFile } from 'node:fs/promises'
import { addressFamily } from '../../src/core/model/address.ts'
import type { WorldChange } from './change.ts'
import { joinRules, NO_RULES, setRules, type Rules } from './firewall.ts'
import type { Place } from './netns.ts'
import { ADDRESSES, ADDRESSES_6, PORTS, type Plan } from './plan.ts'
import { waitUntil } from './run-command.ts'
import type { OriginState } from './servers/pages.ts'
import type { Lie } from './servers/resolver.ts'
import { namesFile, namesFrom, type Places } from './topology.ts'
import { TUNNEL, type OwnerTunnel } from './owner-tunnel.ts'
import { limitAll, limitClass, SLOW, unlimit } from './shaping.ts'

const rules = (given: Partial<Rules>): Rules => ({ ...NO_RULES, ...given })
const RESET = '-j REJECT --reject-with tcp-reset'
const REFUSE = `-p tcp ${RESET}`
/** Rules of the gateway that always hold: the subscriber stands behind one address. */
const GATEWAY: Rules = rules({ nat: ['POSTROUTING -o wan0 -j MASQUERADE'] })
const MASQUERADE_6 = rules({})

/** What of a world is changed here. */
export interface Changeable {
  readonly folder: string
  readonly plan: Plan
  readonly places: Places
  readonly tunnel: OwnerTunnel
  setOrigins(states: ReadonlyMap<string, OriginState>): Promise<void>
  setRotation(rotation: ReadonlyMap<string, Lie>): void
  setLapsed(hosts: readonly string[]): Promise<void>
}

interface Family {
  readonly world: Changeable
  readonly family: 4 | 6
}

const addressesOf = (hosts: readonly string[], { world, family }: Family): readonly string[] =>
  hosts
    .flatMap((host) => [...world.plan.addressesOf(host), ...world.plan.otherAddressesOf(host)])
    .filter((one) => addressFamily(one) === family)

/** Rules of the place where the servers stand. */
function abroadRules(change: WorldChange, family: Family): Rules {
  switch (change.kind) {
    case 'origin-down': {
      const to = addressesOf(change.hosts, family).map((one) => `INPUT -d ${one}`)
      if (change.how === 'after-hello')
        return rules({ filter: to.map((one) => `${one} -p tcp --dport 443 --tcp-flags PSH PSH -j DROP`) })
      const silent = to.map((one) => `${one} -j DROP`)
      return rules({ filter: change.how === 'silent' ? silent : to.map((one) => `${one} ${REFUSE}`) })
    }
    case 'address-down':
      return rules({
        filter: change.addresses
          .filter((one) => addressFamily(one) === family.family)
          .map((one) => `INPUT -d ${one} -j DROP`),
      })
    case 'owner-tunnel':
      return rules({ nat: [`POSTROUTING -s ${TUNNEL.subscriber}/32 -o up0 -j MASQUERADE`] })
    case 'quic-off':
      return rules({
        filter: addressesOf(change.hosts, family).map((one) => `INPUT -d ${one} -p udp --dport 443 -j DROP`),
      })
    case 'slow-origin':
      return rules({
        mangle: addressesOf(change.hosts, family).map((one) => `POSTROUTING -s ${one} -j CLASSIFY --set-class ${SLOW}`),
      })
    case 'clock-server-down':
      return rules({ filter: ['INPUT -p udp --dport 123 -j DROP'] })
    default:
      return NO_RULES
  }
}

/** Rules of the gateway: what befalls the whole line. */
function gatewayRules(change: WorldChange): Rules {
  switch (change.kind) {
    case 'loss':
      return rules({ filter: [`FORWARD -m statistic --mode random --probability ${change.percent / 100} -j DROP`] })
    case 'outage':
      return change.where === 'gateway' ? rules({ filter: ['FORWARD -j DROP'] }) : NO_RULES
    case 'resolver-down':
      return rules({
        filter: ['udp', 'tcp'].map((one) => `FORWARD -d ${ADDRESSES.resolverOne} -p ${one} --dport 53 -j DROP`),
      })
    case 'captive-portal': {
      const page = `--to-destination ${ADDRESSES.gatewayInside}`
      return rules({
        nat: [`PREROUTING -i lan0 -p tcp --dport 80 -j DNAT ${page}:8088`],
        filter: [`FORWARD -i lan0 ${REFUSE}`, 'FORWARD -i lan0 -p udp ! --dport 53 -j DROP'],
      })
    }
    default:
      return NO_RULES
  }
}

/** Rules of the router between the providers and the rest of the world. */
function upstreamRules(change: WorldChange): Rules {
  if (change.kind !== 'outage' || change.where === 'gateway') return NO_RULES
  return rules({
    filter:
      change.where === 'provider'
        ? ['FORWARD -i one0 -j DROP', 'INPUT -i one0 -j DROP']
        : ['FORWARD -i one0 -o ab0 -j DROP', 'FORWARD -i one0 -o ct0 -j DROP'],
  })
}

/** Rules of the place where control and collector stand. */
function measuringRules(change: WorldChange): Rules {
  const silence = (to: string): Rules => rules({ filter: [`${to} -j DROP`] })
  const [control, collector] = [portOf(ADDRESSES.control, PORTS.control), portOf(ADDRESSES.collector, PORTS.collector)]
  if (change.kind === 'collector-down') return silence(collector)
  if (change.kind === 'control-hangs')
    return silence(
      `OUTPUT -s ${ADDRESSES.secondHosting} -p tcp -m connbytes --connbytes 16000: --connbytes-dir reply --connbytes-mode bytes`,
    )
  if (change.kind !== 'control-down') return NO_RULES
  return change.how === 'silent' ? silence(control) : rules({ filter: [`${control} ${RESET}`] })
}

const portOf = (address: string, port: number): string => `INPUT -d ${address} -p tcp --dport ${port}`

const originStates = (changes: readonly WorldChange[]): ReadonlyMap<string, OriginState> =>
  new Map(
    changes.flatMap((change) =>
      change.kind === 'origin' ? change.hosts.map((host): [string, OriginState] => [host, change.state]) : [],
    ),
  )

const rotations = (changes: readonly WorldChange[], world: Changeable): ReadonlyMap<string, Lie> =>
  new Map(
    changes.flatMap((change) =>
      change.kind === 'rotation'
        ? change.hosts.map((host): [string, Lie] => [
            host,
            { kind: 'addresses', addresses: world.plan.otherAddressesOf(host) },
          ])
        : [],
    ),
  )

async function setRates(changes: readonly WorldChange[], { places }: Changeable): Promise<void> {
  for (const device of ['lan0', 'wan0']) await unlimit(places.gateway, device)
  await unlimit(places.abroad, 'up0')
  for (const change of changes) {
    if (change.kind === 'congestion')
      for (const device of ['lan0', 'wan0']) await limitAll(places.gateway, device, change.kbit)
    if (change.kind === 'slow-origin') await limitClass(places.abroad, 'up0', change.kbit)
  }
}

/** Whom the subscriber's programs ask for names from now on. */
async function setResolver(changes: readonly WorldChange[], { folder, places }: Changeable): Promise<void> {
  const isHome = changes.some(({ kind }) => kind === 'home-resolver')
  const file = namesFile(folder, ADDRESSES.resolverOne)
  await writeFile(file, namesFrom(isHome ? ADDRESSES.gatewayInside : ADDRESSES.resolverOne))
  const ask = ['dig', '+short', '+time=1', '+tries=1', `@${ADDRESSES.gatewayInside}`, 'nothing.invalid']
  if (isHome) await waitUntil('resolver in the home', async () => (await places.subscriber.attempt(ask)).code === 0)
}

async function setIpv6(changes: readonly WorldChange[], { places }: Changeable): Promise<void> {
  const { subscriber } = places
  await subscriber.attempt(['ip', '-6', 'addr', 'flush', 'dev', 'line0', 'scope', 'global'])
  await subscriber.attempt(['ip', '-6', 'route', 'del', 'default'])
  if (!changes.some(({ kind }) => kind === 'ipv6' || kind === 'ipv6-broken')) return
  await subscriber.ip([
    `addr add ${ADDRESSES_6.subscriber}/64 dev line0 nodad`,
    `route add default via inet6 ${ADDRESSES_6.gatewayInside}`,
  ])
}

/** Rules of a place that are written out; of IPv4 alone. */
const written = (changes: readonly WorldChange[], place: string, family: 4 | 6): readonly Rules[] =>
  changes.flatMap((change) =>
    change.kind === 'rules' && change.place === place && family === 4
      ? [rules({ filter: change.filter, mangle: change.mangle })]
      : [],
  )

const all = (place: Place, family: 4 | 6, found: readonly Rules[]): Promise<void> =>
  setRules(place, joinRules(found), family)

/** Puts the world into a state, in place of any before: no changes is the usual one. */
export async function applyChanges(world: Changeable, changes: readonly WorldChange[]): Promise<void> {
  const { subscriber, gateway, abroad, upstream, measuring } = world.places
  for (const family of [4, 6] as const) {
    const always = family === 4 ? GATEWAY : MASQUERADE_6
    const broken = changes.some(({ kind }) => kind === 'ipv6-broken') && family === 6
    const dead = broken ? [rules({ filter: ['FORWARD -j DROP'] })] : []
    await all(
      gateway,
      family,
      [always, ...dead, ...changes.map(gatewayRules), ...written(changes, 'gateway', family)].map((one) =>
        onlyOf(one, family),
      ),
    )
    await all(abroad, family, [
      ...changes.map((change) => abroadRules(change, { world, family })),
      ...written(changes, 'abroad', family),
    ])
    await all(upstream, family, [...changes.map(upstreamRules), ...written(changes, 'upstream', family)])
    await all(subscriber, family, written(changes, 'subscriber', family))
    await all(
      measuring,
      family,
      changes.map(measuringRules).map((one) => onlyOf(one, family)),
    )
  }
  await setRates(changes, world)
  await setIpv6(changes, world)
  await setResolver(changes, world)
  await world.setOrigins(originStates(changes))
  world.setRotation(rotations(changes, world))
  await world.setLapsed(changes.flatMap((change) => (change.kind === 'lapsed' ? change.hosts : [])))
  await world.tunnel.set(changes.some(({ kind }) => kind === 'owner-tunnel'))
}

/** Rules that name an address of IPv4 have no place in the tables of IPv6. */
const onlyOf = (found: Rules, family: 4 | 6): Rules => {
  if (family === 4) return found
  const fits = (rule: string): boolean => !/\d+\.\d+\.\d+\.\d+/.test(rule)
  return { filter: found.filter.filter(fits), mangle: found.mangle.filter(fits), nat: [] }
}
