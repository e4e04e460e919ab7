import { randomBytes } from 'node:crypto'
import type { TunnelOutcome } from '../../core/model/measured/operation.ts'
import { clientReset, firstFramed, framed, isServerReset, SESSION_ID } from './openvpn-packet.ts'
import type { Destination, NetTools } from '../tools.ts'
import { askTcp } from './tcp.ts'
import { askDatagrams } from './udp.ts'

/**
 * When the reset leaves over UDP. The second comes early: a responder of ours answers no more bytes than it was sent,
 * and one reset is shorter than its answer.
 */
export const OPENVPN_SEND_AT = [0, 200, 1000, 3000] as const

/** A server's packet longer than this is none of a reset. */
const MOST_PACKET = 1024

/**
 * The first exchange of OpenVPN, without tls-auth and tls-crypt: the client's hard reset (version 2), a server's hard
 * reset that acknowledges our session. Over UDP the same packet is sent again as the schedule says.
 */
export function measureOpenVpn(
  to: Destination,
  options: { readonly transport: 'udp' | 'tcp' },
  tools: NetTools,
): Promise<TunnelOutcome> {
  const sessionId = randomBytes(SESSION_ID)
  const reset = clientReset(sessionId)
  if (options.transport === 'udp')
    return askDatagrams(
      to,
      {
        protocol: 'openvpn',
        shape: 'protocol',
        sendAt: OPENVPN_SEND_AT,
        make: () => reset,
        accepts: (datagram) => (isServerReset(datagram, sessionId) ? 'answer' : 'other'),
      },
      tools,
    )
  const accepts = (soFar: Buffer): 'answer' | 'more' | 'other' => {
    if (soFar.length >= 2 && soFar.readUInt16BE(0) > MOST_PACKET) return 'other'
    const packet = firstFramed(soFar)
    if (packet === undefined) return 'more'
    return isServerReset(packet, sessionId) ? 'answer' : 'other'
  }
  return askTcp(to, { protocol: 'openvpn', shape: 'protocol', bytes: framed(reset), accepts }, tools)
}
