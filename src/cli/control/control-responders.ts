import { wrongOption } from '../../core/model/errors.ts'
import { describeResponders, openResponders, type OpenResponders } from '../../control/vpn/open-responders.ts'
import { flag, optional, under, withDefault, wholeNumber, type OptionValues } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'
import { addressFamily } from '../../core/model/address.ts'

const openPort = (protocol: string, byDefault: string) =>
  withDefault('N', `Port of ${protocol}; 0 takes a free one.`, byDefault, wholeNumber(0, 65_535))

/** Options of `kuager control` about tunnel test servers. */
export const RESPONDER_OPTIONS = under('Tunnel test servers (docs/methods/tunnels.md)', {
  vpn: flag(
    `Also answer the first exchange of OpenVPN, WireGuard and Tor, and their control payloads without the protocol
    pattern; nothing beyond it, and nothing is logged.`,
  ),
  'vpn-host': optional('ADDRESS', 'Address they listen on.', { byDefault: 'that of --host' }),
  'vpn-address': optional('ADDRESS', 'Address under which probes reach them, published at /x-responders.', {
    byDefault: 'that of --vpn-host',
  }),
  'vpn-keys': withDefault('FOLDER', 'Where their keys are stored or made.', 'kuager-responders', filePath),
  'openvpn-port': openPort('OpenVPN, over UDP and TCP', '1194'),
  'wireguard-port': openPort('WireGuard', '51820'),
  'tor-port': openPort('Tor', '9001'),
})

/** Responders that run, and what is published of them. */
interface RunningResponders extends AsyncDisposable {
  readonly describe: () => unknown
  readonly open: OpenResponders
}

/** Opens the responders that the options ask for; undefined where they ask for none. */
export async function openAskedResponders(
  values: OptionValues<typeof RESPONDER_OPTIONS>,
  host: string,
  signal: AbortSignal,
): Promise<RunningResponders | undefined> {
  if (!values.vpn) return undefined
  const listen = values['vpn-host'] ?? host
  const address = values['vpn-address'] ?? listen
  if (addressFamily(address) === undefined || /^(0\.0\.0\.0|::)$/.test(address))
    throw wrongOption('vpn-address', 'no address that a probe could reach', 'the address under which probes reach them')
  const openvpn = values['openvpn-port']
  const open = await openResponders({
    host: listen,
    ports: {
      openvpnUdp: openvpn,
      openvpnTcp: openvpn,
      wireguard: values['wireguard-port'],
      tor: values['tor-port'],
    },
    keyFolder: values['vpn-keys'],
    signal,
  })
  return {
    open,
    describe: () => describeResponders(open, address),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  }
}
