import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, makePlace, type Place } from './netns.ts'
import { ADDRESSES, ADDRESSES_6 } from './plan.ts'

/**
 * The places of the small internet:
 *
 *     subscriber ─ gateway (NAT) ─ isp (censor) ─┐
 *                                                upstream ─ abroad (servers)
 *     second subscriber ──── second isp ─────────┘    └──── measuring (control, collector)
 *
 * Resolvers and web servers at home stand in `upstream`, so that every packet to them passes the censor.
 */
export interface Places {
  readonly subscriber: Place
  readonly gateway: Place
  readonly isp: Place
  readonly secondSubscriber: Place
  readonly secondIsp: Place
  readonly upstream: Place
  readonly abroad: Place
  readonly measuring: Place
}

/** Blocks whose every address is a server's own, in place of a list of thousands. */
const ABROAD_BLOCKS = ['20.10.0.0/16', '20.11.0.0/16', '20.20.0.0/16', '20.30.0.0/16', '20.40.0.0/16']
const HOME_BLOCKS = ['45.10.3.0/24', '45.10.4.0/24', '45.10.5.0/24', '45.11.0.0/16']
const MEASURING_BLOCK = '20.50.0.0/16'

const FORWARD = ['net.ipv4.ip_forward=1', 'net.ipv4.conf.all.rp_filter=0', 'net.ipv4.conf.default.rp_filter=0']
const FORWARD_6 = ['net.ipv6.conf.all.forwarding=1']
/**
 * What a run of the probe left unanswered is not sent again into the next scenario, where its names would be acted on.
 */
const FORGET = ['net.ipv4.tcp_orphan_retries=1']
/** Without this every fresh veth end asks the link whether its address is taken, for seconds. */
const NO_DAD = ['net.ipv6.conf.all.accept_dad=0', 'net.ipv6.conf.default.accept_dad=0']

const sysctl = (place: Place, settings: readonly string[]): Promise<string> => place.run(['sysctl', '-qw', ...settings])

/** Where the configuration of names is kept of the subscriber whose provider has this resolver. */
export const namesFile = (folder: string, provider: string): string => join(folder, `${provider}-resolv.conf`)
export const namesFrom = (resolver: string): string => `nameserver ${resolver}\n`

/** What a subscriber's programs see in place of the machine's own configuration of names. */
async function nameFiles(folder: string, resolver: string): Promise<Record<string, string>> {
  const keep = async (path: string, text: string): Promise<string> => {
    await writeFile(path, text)
    return path
  }
  const write = (name: string, text: string): Promise<string> => keep(join(folder, `${resolver}-${name}`), text)
  return {
    '/etc/resolv.conf': await keep(namesFile(folder, resolver), namesFrom(resolver)),
    '/etc/hosts': await write('hosts', '127.0.0.1 localhost\n::1 localhost\n'),
    '/etc/nsswitch.conf': await write('nsswitch.conf', 'hosts: files dns\n'),
  }
}

/** Makes the places. */
async function makePlaces(folder: string): Promise<Places> {
  const [subscriber, secondSubscriber, measuring, gateway, isp, secondIsp, upstream, abroad] = await Promise.all([
    makePlace('subscriber', await nameFiles(folder, ADDRESSES.resolverOne)),
    makePlace('second', await nameFiles(folder, ADDRESSES.resolverTwo)),
    makePlace('measuring', await nameFiles(folder, '20.40.3.53')),
    ...['gateway', 'isp', 'isp2', 'upstream', 'abroad'].map((name) => makePlace(name)),
  ])
  if (gateway === undefined || isp === undefined || secondIsp === undefined) throw new Error('Cannot make places')
  if (upstream === undefined || abroad === undefined) throw new Error('Cannot make places')
  return { subscriber, secondSubscriber, measuring, gateway, isp, secondIsp, upstream, abroad }
}

/** Lays the cables and gives addresses and routes. IPv6 is laid up to the gateway; the subscriber has none as yet. */
export async function layInternet(folder: string): Promise<Places> {
  const places = await makePlaces(folder)
  const { subscriber, secondSubscriber, gateway, isp, secondIsp, upstream, abroad, measuring } = places
  await Promise.all([gateway, isp, secondIsp, upstream].map((one) => sysctl(one, [...FORWARD, ...FORWARD_6])))
  await Promise.all(Object.values(places).map((one: Place) => sysctl(one, NO_DAD)))
  await Promise.all([subscriber, secondSubscriber].map((one) => sysctl(one, FORGET)))
  await connect(subscriber, 'line0', gateway, 'lan0')
  await connect(gateway, 'wan0', isp, 'acc0')
  await connect(isp, 'up0', upstream, 'one0')
  await connect(secondSubscriber, 'line0', secondIsp, 'acc0')
  await connect(secondIsp, 'up0', upstream, 'two0')
  await connect(abroad, 'up0', upstream, 'ab0')
  await connect(measuring, 'up0', upstream, 'ct0')
  // Packets of the size of a wire's, as a queue or a censor elsewhere would meet them, and not joined ones of 64 KB.
  const ends: readonly (readonly [Place, string])[] = [
    [subscriber, 'line0'],
    [secondSubscriber, 'line0'],
    [abroad, 'up0'],
    [measuring, 'up0'],
    [upstream, 'one0'],
    [upstream, 'two0'],
  ]
  for (const [place, device] of ends) await place.ip([`link set ${device} gso_max_segs 1`])
  const own = (blocks: readonly string[]): readonly string[] => blocks.map((block) => `route add local ${block} dev lo`)
  await subscriber.ip([
    `addr add ${ADDRESSES.subscriber}/24 dev line0`,
    `route add default via ${ADDRESSES.gatewayInside}`,
  ])
  await gateway.ip([
    `addr add ${ADDRESSES.gatewayInside}/24 dev lan0`,
    `addr add ${ADDRESSES.gateway}/24 dev wan0`,
    `route add default via ${ADDRESSES.accessOne}`,
    `addr add ${ADDRESSES_6.gatewayInside}/64 dev lan0 nodad`,
    `addr add ${ADDRESSES_6.gateway}/64 dev wan0 nodad`,
    `route add default via inet6 ${ADDRESSES_6.accessOne}`,
  ])
  await isp.ip([
    `addr add ${ADDRESSES.accessOne}/24 dev acc0`,
    'addr add 45.10.9.1/30 dev up0',
    'route add default via 45.10.9.2',
    `addr add ${ADDRESSES_6.accessOne}/64 dev acc0 nodad`,
    'addr add 2a0d:4510:a::1/64 dev up0 nodad',
    `route add 2a0d:4510:1::/64 via ${ADDRESSES_6.gateway}`,
    'route add default via inet6 2a0d:4510:a::2',
  ])
  await secondSubscriber.ip([
    `addr add ${ADDRESSES.secondSubscriber}/24 dev line0`,
    `route add default via ${ADDRESSES.accessTwo}`,
  ])
  await secondIsp.ip([
    `addr add ${ADDRESSES.accessTwo}/24 dev acc0`,
    'addr add 45.10.9.5/30 dev up0',
    'route add default via 45.10.9.6',
  ])
  await upstream.ip([
    'addr add 45.10.9.2/30 dev one0',
    'addr add 45.10.9.6/30 dev two0',
    'addr add 45.10.9.9/30 dev ab0',
    'addr add 45.10.9.13/30 dev ct0',
    'route add 45.10.1.0/24 via 45.10.9.1',
    'route add 45.10.2.0/24 via 45.10.9.5',
    ...ABROAD_BLOCKS.map((block) => `route add ${block} via 45.10.9.10`),
    `route add ${MEASURING_BLOCK} via 45.10.9.14`,
    ...own(HOME_BLOCKS),
    'addr add 2a0d:4510:a::2/64 dev one0 nodad',
    'addr add 2a0d:4510:b::1/64 dev ab0 nodad',
    'addr add 2a0d:4510:c::1/64 dev ct0 nodad',
    'route add 2a0d:4510:1::/64 via 2a0d:4510:a::1',
    'route add 2a0d:4510:f::/64 via 2a0d:4510:a::1',
    'route add 2a0e:2000::/19 via 2a0d:4510:b::2',
    'route add local 2a0e:4500::/24 dev lo',
    'route add 2a0e:2050::/32 via 2a0d:4510:c::2',
  ])
  await abroad.ip([
    'addr add 45.10.9.10/30 dev up0',
    'route add default via 45.10.9.9',
    ...own(ABROAD_BLOCKS),
    'addr add 2a0d:4510:b::2/64 dev up0 nodad',
    'route add default via inet6 2a0d:4510:b::1',
    ...['2010', '2020', '2030', '2040'].map((block) => `route add local 2a0e:${block}::/28 dev lo`),
  ])
  await measuring.ip(
    [
      'addr add 45.10.9.14/30 dev up0',
      'route add default via 45.10.9.13 src 20.50.1.10',
      ...own([MEASURING_BLOCK]),
      'addr add 2a0d:4510:c::2/64 dev up0 nodad',
      'addr add 2a0e:2050:1::10/128 dev lo nodad',
      'route add default via inet6 2a0d:4510:c::1 src 2a0e:2050:1::10',
    ].toSorted((one, other) => Number(one.includes('default')) - Number(other.includes('default'))),
  )
  return places
}

/** Throws where a packet to an address outside the laboratory would find a way out of it. */
export async function assertClosed({ upstream }: Places): Promise<void> {
  for (const address of ['1.1.1.1', '8.8.8.8', '2001:4860:4860::8888']) {
    const { code } = await upstream.attempt(['ip', 'route', 'get', address])
    if (code === 0) throw new Error(`Cannot use the laboratory: ${address} can be reached from it`)
  }
}
