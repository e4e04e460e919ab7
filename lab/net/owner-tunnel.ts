import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Place } from './netns.ts'
import { ADDRESSES } from './plan.ts'
import { runCommand, waitUntil, type Daemon } from './run-command.ts'
import type { Places } from './topology.ts'

/** Addresses within the owner's tunnel. */
export const TUNNEL = { subscriber: '10.99.0.2', server: '10.99.0.1', port: 51_820 } as const

/** Names of their own in every process: wireguard-go is spoken to by a socket named so, which namespaces do not part. */
const SERVER_DEVICE = `wgs${process.pid}`
const OWNER_DEVICE = `wgo${process.pid}`

interface Keys {
  readonly secret: string
  readonly shown: string
}

async function makeKeys(file: string): Promise<Keys> {
  const secret = (await runCommand(['wg', 'genkey'])).trim()
  await writeFile(file, `${secret}\n`, { mode: 0o600 })
  return { secret: file, shown: (await runCommand(['wg', 'pubkey'], { input: secret })).trim() }
}

/** A tunnel of the subscriber's own to a server abroad, by WireGuard: everything else then goes through it. */
export class OwnerTunnel {
  readonly #places: Places
  readonly #folder: string
  #daemons: readonly Daemon[] = []

  constructor(places: Places, folder: string) {
    this.#places = places
    this.#folder = folder
  }

  /** Opens or closes it. */
  async set(open: boolean): Promise<void> {
    if (open === this.#daemons.length > 0) return
    await (open ? this.#open() : this.#close())
  }

  async #open(): Promise<void> {
    const { subscriber, abroad } = this.#places
    const server = await makeKeys(join(this.#folder, 'tunnel-server.key'))
    const owner = await makeKeys(join(this.#folder, 'tunnel-owner.key'))
    this.#daemons = [await this.#device(abroad, SERVER_DEVICE), await this.#device(subscriber, OWNER_DEVICE)]
    const listen = ['listen-port', String(TUNNEL.port), 'private-key', server.secret]
    await abroad.run([
      'wg',
      'set',
      SERVER_DEVICE,
      ...listen,
      'peer',
      owner.shown,
      'allowed-ips',
      `${TUNNEL.subscriber}/32`,
    ])
    const peer = ['peer', server.shown, 'endpoint', `${ADDRESSES.tunnelServer}:${TUNNEL.port}`]
    await subscriber.run(['wg', 'set', OWNER_DEVICE, 'private-key', owner.secret, ...peer, 'allowed-ips', '0.0.0.0/0'])
    await abroad.ip([`addr add ${TUNNEL.server}/24 dev ${SERVER_DEVICE}`, `link set ${SERVER_DEVICE} up`])
    await abroad.run(['sysctl', '-qw', 'net.ipv4.ip_forward=1', `net.ipv4.conf.${SERVER_DEVICE}.rp_filter=0`])
    await subscriber.ip([
      `addr add ${TUNNEL.subscriber}/24 dev ${OWNER_DEVICE}`,
      `link set ${OWNER_DEVICE} up`,
      `route add ${ADDRESSES.tunnelServer} via ${ADDRESSES.gatewayInside}`,
      `route replace default dev ${OWNER_DEVICE}`,
    ])
  }

  async #device(place: Place, device: string): Promise<Daemon> {
    const daemon = place.start('wireguard-go', ['wireguard-go', '-f', device])
    const isUp = async (): Promise<boolean> => (await place.attempt(['wg', 'show', device])).code === 0
    await waitUntil('wireguard-go', isUp, { log: daemon.log })
    return daemon
  }

  async #close(): Promise<void> {
    await this.stop()
    const { subscriber } = this.#places
    await subscriber.attempt(['ip', 'route', 'del', ADDRESSES.tunnelServer])
    await subscriber.ip([`route replace default via ${ADDRESSES.gatewayInside}`])
  }

  /** Ends its two programs; what of routes they leave goes with the places. */
  async stop(): Promise<void> {
    await Promise.all(this.#daemons.map((one) => one.stop()))
    this.#daemons = []
  }
}
