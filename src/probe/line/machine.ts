import { createSocket } from 'node:dgram'
import { existsSync, readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { addressFamily, isBogon } from '../../core/model/address.ts'
import { systemResolvers } from '../../net/dns/system-resolvers.ts'
import { loadQuicBinding } from '../../net/quic/binding.ts'

/** Whether this machine can measure QUIC: the native library is not there for every system. */
export const canMeasureQuic = (): boolean => loadQuicBinding() !== undefined

/** An address of the machine; it never leaves the process. */
export interface OwnAddress {
  readonly name: string
  readonly address: string
  readonly family: 4 | 6
}

const MOST_HARDWARE = 256

/** Addresses of all interfaces but loopback. */
export function ownAddresses(): readonly OwnAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list.flatMap(({ address, internal }) => {
      const bare = address.split('%', 1)[0] ?? address
      const family = addressFamily(bare)
      return internal || family === undefined ? [] : [{ name, address: bare, family }]
    }),
  )
}

/**
 * Addresses of hardware that lead to the machine or its place: those of its own interfaces, and those of neighbours in
 * Linux's table, among them the gateway (of a Wi-Fi the radio, by which maps of radios tell the house). Sign-in pages
 * write them into the addresses to which they send a guest.
 */
export function ownHardware(table: string | undefined = readText('/proc/net/arp')): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ mac }) => mac))
  const beside = (table ?? '').match(/\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b/gi) ?? []
  return [...new Set([...own, ...beside])].filter((mac) => mac !== '00:00:00:00:00:00').slice(0, MOST_HARDWARE)
}

/** Resolvers of the owner's home or provider that are private addresses: they are the owner's own network. */
export const privateResolvers = (): readonly string[] =>
  systemResolvers()
    .map(({ address }) => address)
    .filter((address) => isBogon(address) && !/^(?:127\.|::1$)/.test(address))

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return undefined
  }
}

/** A way out of the machine: the interface, and the gateway where there is one. */
export interface DefaultRoute {
  readonly device: string
  /** Absent on a point-to-point line. */
  readonly gateway?: string
}

/** Little-endian hexadecimal as Linux writes it. */
const dotted = (hex: string): string => [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')

/**
 * Default routes of IPv4 in a text of Linux's /proc/net/route, the best first. Two halves of the address space (0/1 and
 * 128/1) count as one: that is how a VPN covers the route beneath it.
 */
export function defaultRoutes(table: string): readonly DefaultRoute[] {
  const rows = table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , flags, , , , mask]) => {
      const isUp = (Number.parseInt(flags ?? '0', 16) & 1) === 1
      const whole = destination === '00000000' && mask === '00000000'
      return isUp && (whole || (destination === '00000000' && mask === '00000080'))
    })
  const width = (row: readonly string[]): number => (row[7] === '00000080' ? 1 : 0)
  return rows
    .toSorted((a, b) => width(b) - width(a) || Number(a[6] ?? 0) - Number(b[6] ?? 0))
    .map(([device = '', , gateway = '00000000']) =>
      gateway === '00000000' ? { device } : { device, gateway: dotted(gateway) },
    )
}

/** The default routes of this machine; undefined where the system has no such table. */
export function readDefaultRoutes(): readonly DefaultRoute[] | undefined {
  const table = readText('/proc/net/route')
  return table === undefined ? undefined : defaultRoutes(table)
}

/** Whether Linux's table of neighbours holds a complete entry for an address; undefined without such a table. */
export function isNeighbourKnown(
  address: string,
  table: string | undefined = readText('/proc/net/arp'),
): boolean | undefined {
  if (table === undefined) return undefined
  return table.split('\n').some((line) => {
    const [ip, , flags] = line.trim().split(/\s+/)
    return ip === address && (Number.parseInt(flags ?? '0', 16) & 2) === 2
  })
}

/**
 * The address from which the system would send to another, or undefined without a way there. Nothing is sent: a UDP
 * socket is connected and asked, so policy rules of VPN programs, which no routing table shows, count too.
 */
export function sourceTowards(address: string): Promise<string | undefined> {
  const family = addressFamily(address)
  if (family === undefined) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const socket = createSocket(family === 4 ? 'udp4' : 'udp6')
    const end = (found: string | undefined): void => {
      socket.close()
      resolve(found)
    }
    socket.once('error', () => end(undefined))
    socket.connect(53, address, () => end(socket.address().address))
  })
}

/** Names of interfaces that programs for tunnels make. */
const TUNNEL_NAME = /^(?:tun|tap|wg|utun|ipsec|tailscale|zt|nordlynx|proton|mullvad|wintun|gpd|cscotun|ppp)/i

/**
 * Whether an interface carries a tunnel of the owner. `ppp` is a tunnel only beside another interface with an address:
 * alone it is how the line itself comes (PPPoE, a modem). A modem's raw interface (`wwan0`) is none.
 */
export function isTunnelInterface(device: string, all: readonly OwnAddress[], sys = '/sys/class/net'): boolean {
  if (/^wwan|^rmnet/.test(device)) return false
  if (device.startsWith('ppp')) return all.some(({ name, family }) => family === 4 && !name.startsWith('ppp'))
  if (/^[\w.@-]{1,32}$/.test(device)) {
    if (existsSync(`${sys}/${device}/tun_flags`)) return true
    if (/DEVTYPE=wireguard/.test(readText(`${sys}/${device}/uevent`) ?? '')) return true
  }
  return TUNNEL_NAME.test(device)
}
