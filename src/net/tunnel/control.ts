import type { TunnelOutcome } from '../../core/model/measured/operation.ts'
import { OPENVPN_SEND_AT } from './openvpn.ts'
import type { Destination, NetTools } from '../tools.ts'
import { askInTls } from './tor-link.ts'
import { answerShaped, makeShaped, SHAPES, type ShapeName } from './shaped.ts'
import { askTcp } from './tcp.ts'
import { askDatagrams } from './udp.ts'
import { WIREGUARD_SEND_AT } from './wireguard.ts'

export interface ShapedOptions {
  readonly protocol: TunnelOutcome['protocol']
  /** Of OpenVPN alone; the others have one. */
  readonly transport?: 'udp' | 'tcp'
  /** Published with the responder. */
  readonly key: Uint8Array
  /** Name of the ClientHello in place of tor's random one. */
  readonly ordinaryName?: string
}

/** Reserved for examples (RFC 2606) and served by its owner, so that no service's name is at stake. */
const ORDINARY_NAME = 'www.example.com'

/**
 * The control of a tunnel's first exchange: bytes of equal length at equal moments to the same server and port without
 * the protocol's shape (docs/methods/tunnels.md), and the one answer that the responder alone gives. For Tor a TLS
 * handshake under an ordinary name, and the bytes inside it.
 */
export function measureShaped(to: Destination, options: ShapedOptions, tools: NetTools): Promise<TunnelOutcome> {
  const { protocol, key, transport = 'udp' } = options
  const name: ShapeName = protocol === 'openvpn' ? `openvpn-${transport}` : protocol
  const shape = SHAPES[name]
  const bytes = makeShaped(key, shape.question, shape.looksLike)
  const awaited = answerShaped(key, bytes, shape.answer)
  const accepts = (soFar: Buffer): 'answer' | 'more' | 'other' => {
    if (!awaited.subarray(0, soFar.length).equals(soFar.subarray(0, awaited.length))) return 'other'
    return soFar.length < awaited.length ? 'more' : 'answer'
  }
  if (name === 'tor')
    return askInTls(to, { shape: 'shaped', serverName: options.ordinaryName ?? ORDINARY_NAME, bytes, accepts }, tools)
  if (name === 'openvpn-tcp') return askTcp(to, { protocol, shape: 'shaped', bytes, accepts }, tools)
  return askDatagrams(
    to,
    {
      protocol,
      shape: 'shaped',
      sendAt: name === 'wireguard' ? WIREGUARD_SEND_AT : OPENVPN_SEND_AT,
      make: () => bytes,
      accepts: (datagram) => (accepts(datagram) === 'answer' ? 'answer' : 'other'),
    },
    tools,
  )
}
