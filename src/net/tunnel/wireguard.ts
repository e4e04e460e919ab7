import { randomBytes } from 'node:crypto'
import type { TunnelOutcome } from '../../core/model/measured/operation.ts'
import type { Destination, NetTools } from '../tools.ts'
import { askDatagrams } from './udp.ts'
import { isResponse, keyPair, makeInitiation, readCookie, type Initiation } from './wireguard-noise.ts'

/** When an initiation leaves: WireGuard's own repeats come after 5 s (§6.4), later than a measurement waits. */
export const WIREGUARD_SEND_AT = [0, 1000, 3000] as const

export interface WireGuardOptions {
  /** Of the responder, 32 bytes. */
  readonly publicKey: Uint8Array
  /** Ours if the responder answers only known peers; absent: a new one, which cannot be traced. */
  readonly privateKey?: Uint8Array
}

/**
 * The first exchange of WireGuard (paper §5.4): a handshake initiation, and a response that authenticates under the
 * responder's key. A cookie reply (§5.4.7) is answered by an initiation that carries the cookie, as the protocol has
 * it. Nothing follows, so the tunnel never stands.
 */
export function measureWireGuard(to: Destination, options: WireGuardOptions, tools: NetTools): Promise<TunnelOutcome> {
  const own = keyPair(options.privateKey)
  const responder = options.publicKey
  const sent: Initiation[] = []
  let cookie: Uint8Array | undefined
  return askDatagrams(
    to,
    {
      protocol: 'wireguard',
      shape: 'protocol',
      sendAt: WIREGUARD_SEND_AT,
      make: () => {
        const made = makeInitiation({ responder, own, index: randomBytes(4), at: tools.clock.now(), cookie })
        sent.push(made)
        return made.message
      },
      accepts: (datagram) => {
        if (sent.some((one) => isResponse(datagram, one))) return 'answer'
        const told = sent.map((one) => readCookie(datagram, one, responder)).find((one) => one !== undefined)
        if (told === undefined || cookie !== undefined) return 'other'
        cookie = told
        return 'again'
      },
    },
    tools,
  )
}
