import { readFileSync } from 'node:fs'
import { addressFamily } from '../../src/core/model/address.ts'
import { controlsSchema, type Controls } from '../../src/core/model/tables/controls.ts'
import { servicesSchema, type Service } from '../../src/core/model/tables/service.ts'

/**
 * Who has which address. Servers stand in blocks that nothing reserves, because a judge takes an answer from a reserved
 * block for a forged one; they exist only in the namespaces of the laboratory, which have no way out. Networks are
 * documentation numbers, so that every measurement of the laboratory is known as simulated.
 */
export const ADDRESSES = {
  subscriber: '192.168.7.2',
  gatewayInside: '192.168.7.1',
  /** What the world sees of the subscriber of the first provider. */
  gateway: '45.10.1.10',
  accessOne: '45.10.1.1',
  /** The second provider's subscriber stands on the internet itself. */
  secondSubscriber: '45.10.2.10',
  accessTwo: '45.10.2.1',
  resolverOne: '45.10.3.53',
  resolverTwo: '45.10.4.53',
  /** Another resolver of the first provider, to which it may send questions for public ones. */
  redirectOne: '45.10.5.53',
  /** Tells each resolver its address. */
  whoami: '20.40.4.53',
  /** The provider's own web server: block pages and sign-in pages. */
  providerPages: '45.10.3.80',
  control: '20.50.1.10',
  collector: '20.50.2.10',
  /** Controls in two other networks. */
  secondHosting: '20.50.3.10',
  thirdHosting: '20.50.4.10',
  /** Server of the owner's own tunnel, abroad: the first address of its machine, from which wireguard-go answers. */
  tunnelServer: '45.10.9.10',
} as const

/** Ports on which the measuring side is asked. */
export const PORTS = { control: 8422, collector: 443 } as const

/** IPv6 of the subscriber and the routers between; used only where a scenario turns it on. */
export const ADDRESSES_6 = {
  subscriber: '2a0d:4510:1::2',
  gatewayInside: '2a0d:4510:1::1',
  gateway: '2a0d:4510:f::2',
  accessOne: '2a0d:4510:f::1',
} as const

/** Table for `--networks`: CSV of start, end, asn, name, country. */
export const NETWORKS_CSV = [
  '45.10.1.0,45.10.1.255,64500,Lab Access One,KZ',
  '45.10.2.0,45.10.2.255,64501,Lab Access Two,KZ',
  '45.10.3.0,45.10.3.255,64500,Lab Access One,KZ',
  '45.10.4.0,45.10.4.255,64501,Lab Access Two,KZ',
  '45.10.5.0,45.10.5.255,64500,Lab Access One,KZ',
  '45.11.0.0,45.11.255.255,64502,Lab Hosting at Home,KZ',
  '20.10.0.0,20.10.255.255,64505,Lab Platforms,NL',
  '20.11.0.0,20.11.255.255,64511,Lab Edges,DE',
  '20.20.0.0,20.20.255.255,64506,Lab Web,NL',
  '20.30.0.0,20.30.255.255,64507,Lab Canaries,NL',
  '20.40.0.0,20.40.255.255,64508,Lab Names,NL',
  '20.50.0.0,20.50.2.255,64509,Lab Measuring,NL',
  '20.50.3.0,20.50.3.255,64503,Lab Hosting Two,DE',
  '20.50.4.0,20.50.4.255,64504,Lab Hosting Three,FI',
  '45.10.9.0,45.10.9.255,64510,Lab Tunnels,NL',
]
  .map((line) => `${line}\n`)
  .join('')

/** Names that the laboratory itself needs beside those of its lists. */
export const OWN_HOSTS = {
  control: 'helper.measure-lab.net',
  /** A second one of pages, on the same machine. */
  secondControl: 'reach.second-lab.org',
  secondHosting: 'helper.second-hosting-lab.net',
  thirdHosting: 'helper.third-hosting-lab.net',
  collector: 'collector.measure-lab.org',
  providerPages: 'pages.access-one-lab.kz',
} as const

/** One name with the addresses that truly are its own. */
export interface PlannedHost {
  readonly host: string
  /** Group of names that one server block and one certificate carry. */
  readonly group: string
  readonly place: 'abroad' | 'home'
  readonly v4: readonly string[]
  readonly v6: readonly string[]
  /** Addresses on another network that serve the name just as well, and that only some resolvers give. */
  readonly other: readonly string[]
}

export interface Plan {
  readonly services: readonly Service[]
  readonly controls: Controls
  readonly hosts: readonly PlannedHost[]
  /** Addresses of a name, IPv4 first; of an address, itself. Throws for a name that the laboratory does not have. */
  addressesOf(host: string): readonly string[]
  /** Addresses of a name that only some resolvers give; none for an address. */
  otherAddressesOf(host: string): readonly string[]
}

const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Hosts of a list that are names and are measured, each once. */
const namesOf = (service: Service): readonly string[] => [
  ...new Set(
    service.endpoints
      .filter(({ host, checks }) => checks !== undefined && addressFamily(host) === undefined)
      .map(({ host }) => host)
      .filter((host) => !host.endsWith('.invalid') && !host.startsWith('*.')),
  ),
]

/** Addresses of host number `at` of a block: pages have two, so that one of several can fail. */
const serviceAddresses = (block: number, at: number): Pick<PlannedHost, 'v4' | 'v6' | 'other'> => ({
  v4: at === 0 ? [`20.10.${block}.10`, `20.10.${block}.110`] : [`20.10.${block}.${10 + at}`],
  v6: at === 0 ? [`2a0e:2010:${block}::10`] : [],
  other: [`20.11.${block}.${10 + at}`],
})

const single = (host: string, place: PlannedHost['place'], v4: string): PlannedHost => ({
  host,
  group: host,
  place,
  v4: [v4],
  other: [],
  v6: [v4.replace(/^(\d+)\.(\d+)\.(\d+)\.\d+$/, '2a0e:$1$2:$3::10')],
})

const hostOf = (url: string): string => new URL(url).hostname

/** Gives every name of the lists an address, by its place in them. */
export function planWorld(): Plan {
  const { services } = servicesSchema.parse(readJson('services.json'))
  const controls = controlsSchema.parse(readJson('controls.json'))
  const hosts: PlannedHost[] = services.flatMap((service, block) =>
    namesOf(service).map((host, at) => ({
      host,
      group: service.id,
      place: 'abroad' as const,
      ...serviceAddresses(block + 1, at),
    })),
  )
  controls.innocent.forEach(({ host }, at) => hosts.push(single(host, 'abroad', `20.20.${at + 1}.10`)))
  controls.canaries.forEach(({ host, place }, at) =>
    hosts.push(
      single(host, place === 'abroad' ? 'abroad' : 'home', `${place === 'abroad' ? '20.30' : '45.11'}.${at + 1}.10`),
    ),
  )
  controls.resolvers.forEach(({ url, address }) => hosts.push(single(hostOf(url), 'abroad', address)))
  controls.clocks.forEach(({ host }, at) => hosts.push(single(host, 'abroad', `20.40.${at + 10}.1`)))
  controls.portals.forEach(({ url }, at) => hosts.push(single(hostOf(url), 'abroad', `20.40.${at + 20}.1`)))
  hosts.push(single(OWN_HOSTS.providerPages, 'home', ADDRESSES.providerPages))
  const byName = new Map(hosts.map((one) => [one.host, one]))
  return {
    services,
    controls,
    hosts,
    addressesOf: (host) => {
      if (addressFamily(host) !== undefined) return [host]
      const found = byName.get(host)
      if (found === undefined) throw new Error(`Cannot find host "${host}": the lists of the laboratory do not have it`)
      return [...found.v4, ...found.v6]
    },
    otherAddressesOf: (host) => byName.get(host)?.other ?? [],
  }
}
