import { resolve } from 'node:path'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { describeResponders, openResponders, type OpenResponders } from '../../control/vpn/open-responders.ts'
import { addressFamily } from '../../core/model/address.ts'

/** Options of `kuager control` about responders, for parseArgs. */
export const RESPONDER_OPTIONS = {
  vpn: { type: 'boolean', default: false },
  'vpn-host': { type: 'string' },
  'vpn-address': { type: 'string' },
  'vpn-keys': { type: 'string', default: 'kuager-responders' },
  'openvpn-port': { type: 'string', default: '1194' },
  'wireguard-port': { type: 'string', default: '51820' },
  'tor-port': { type: 'string', default: '9001' },
} as const

export const RESPONDER_HELP = `  --vpn                also answer the first exchange of OpenVPN, WireGuard and Tor, and their
                       shaped controls (docs/methods/tunnels.md); nothing beyond it, and nothing is
                       logged
  --vpn-host ADDRESS   address they listen on (that of --host)
  --vpn-address ADDRESS
                       address under which probes reach them, published at /x-responders (that of
                       --vpn-host)
  --vpn-keys FOLDER    where their keys lie or are made (kuager-responders)
  --openvpn-port N, --wireguard-port N, --tor-port N
                       ports (1194 over UDP and TCP, 51820, 9001); 0 takes a free one
`

export interface ResponderValues {
  readonly vpn: boolean
  readonly 'vpn-host'?: string | undefined
  readonly 'vpn-address'?: string | undefined
  readonly 'vpn-keys': string
  readonly 'openvpn-port': string
  readonly 'wireguard-port': string
  readonly 'tor-port': string
}

/** A port from an option; 0 means any. Throws InputError otherwise. */
export function readPort(text: string, option: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw wrongOption(option, 'no port', '0 to 65535')
  return port
}

/** Responders that run, and what is published of them. */
export interface RunningResponders extends AsyncDisposable {
  readonly describe: () => unknown
  readonly open: OpenResponders
}

/** Opens the responders that the options ask for; undefined where they ask for none. */
export async function openAskedResponders(
  values: ResponderValues,
  host: string,
  world: World,
): Promise<RunningResponders | undefined> {
  if (!values.vpn) return undefined
  const listen = values['vpn-host'] ?? host
  const address = values['vpn-address'] ?? listen
  if (addressFamily(address) === undefined || /^(0\.0\.0\.0|::)$/.test(address))
    throw wrongOption('vpn-address', 'no address that a probe could reach', 'the address under which probes reach them')
  const openvpn = readPort(values['openvpn-port'], 'openvpn-port')
  const open = await openResponders({
    host: listen,
    ports: {
      openvpnUdp: openvpn,
      openvpnTcp: openvpn,
      wireguard: readPort(values['wireguard-port'], 'wireguard-port'),
      tor: readPort(values['tor-port'], 'tor-port'),
    },
    keyFolder: resolve(world.cwd, values['vpn-keys']),
    signal: world.signal,
  })
  return {
    open,
    describe: () => describeResponders(open, address),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  }
}
