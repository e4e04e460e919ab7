import { randomBytes } from 'node:crypto'
import { parseAddress } from '../../core/model/address.ts'
import { encodeResponders, type RespondersDocument } from '../../core/model/tables/responders.ts'
import {
  CLIENT_RESET_LENGTH,
  firstFramed,
  framed,
  readClientReset,
  serverReset,
  SESSION_ID,
} from '../../net/tunnel/openvpn-packet.ts'
import { readVersions } from '../../net/tunnel/tor-cells.ts'
import { answerShaped, isShaped, SHAPES, type ShapeName } from '../../net/tunnel/shaped.ts'
import { answerInitiation, INITIATION_LENGTH } from '../../net/tunnel/wireguard-noise.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { TokenBuckets } from '../../runtime/token-buckets.ts'
import { openPrefixKeys } from '../prefix-keys.ts'
import { AnswerCredit } from './answer-credit.ts'
import { loadResponderKeys } from './responder-keys.ts'
import { openTcpResponder } from './tcp-responder.ts'
import { makeTorIdentity } from './tor-identity.ts'
import { openUdpResponder, type ResponderBounds } from './udp-responder.ts'

export interface RespondersOptions {
  /** Where all of them listen. */
  readonly host: string
  /** 0 takes any free one. */
  readonly ports: {
    readonly openvpnUdp: number
    readonly openvpnTcp: number
    readonly wireguard: number
    readonly tor: number
  }
  /** Where the keys lie or are made. */
  readonly keyFolder: string
  /** Ends all of them. */
  readonly signal: AbortSignal
  readonly clock?: Clock
}

/** Responders that listen; disposing them closes all. */
export interface OpenResponders extends AsyncDisposable {
  readonly openvpn: { readonly udp: number; readonly tcp: number }
  readonly wireguard: { readonly port: number; readonly publicKey: Uint8Array }
  /** `fingerprint` is that of the RSA identity, by which tor's clients name a relay. */
  readonly tor: { readonly port: number; readonly fingerprint: string }
  readonly shapedKey: Uint8Array
}

/** Exchanges of one prefix (24 bits of IPv4, 48 of IPv6) and of everybody, and prefixes remembered. */
// Many lines of a provider share one address, and an answer that a bound kept back looks like a lost one.
const PER_PREFIX = { burst: 600, perSecond: 10, most: 20_000 } as const
const TOGETHER = { burst: 2_000, perSecond: 500, most: 1 } as const

/**
 * Opens the responders of `kuager control --vpn`: each answers the first exchange of its protocol to anyone, and the
 * shaped question on the same port; none continues to a tunnel, none logs. Throws Fault where a port cannot be had.
 */
export async function openResponders(options: RespondersOptions): Promise<OpenResponders> {
  options.signal.throwIfAborted()
  const { host, ports, clock = systemClock } = options
  const keys = await loadResponderKeys(options.keyFolder)
  const identity = await makeTorIdentity(keys, clock.now())
  const bounds: ResponderBounds = {
    keyOf: openPrefixKeys(),
    perPrefix: new TokenBuckets(PER_PREFIX, clock),
    together: new TokenBuckets(TOGETHER, clock),
    credit: new AnswerCredit(PER_PREFIX.most),
  }
  const shaped = (name: ShapeName, bytes: Buffer): Buffer | undefined =>
    isShaped(keys.shaped, bytes, SHAPES[name].question)
      ? answerShaped(keys.shaped, bytes, SHAPES[name].answer)
      : undefined

  await using opening = new AsyncDisposableStack()
  const udp = opening.use(
    await openUdpResponder({ host, port: ports.openvpnUdp }, bounds, {
      length: CLIENT_RESET_LENGTH,
      answer: (datagram) => answerReset(datagram) ?? shaped('openvpn-udp', datagram),
    }),
  )
  const tcp = opening.use(
    await openTcpResponder({ host, port: ports.openvpnTcp }, bounds, {
      answer: (soFar) => {
        if (soFar.length < SHAPES['openvpn-tcp'].question) return 'more'
        const packet = firstFramed(soFar)
        const reset = packet && answerReset(packet)
        return reset === undefined ? (shaped('openvpn-tcp', soFar) ?? 'none') : framed(reset)
      },
    }),
  )
  const wireguard = opening.use(
    await openUdpResponder({ host, port: ports.wireguard }, bounds, {
      length: INITIATION_LENGTH,
      answer: (datagram) => answerInitiation(datagram, keys.wireguard, randomBytes(4)) ?? shaped('wireguard', datagram),
    }),
  )
  const tor = opening.use(
    await openTcpResponder({ host, port: ports.tor }, bounds, {
      tls: identity,
      answer: (soFar, { remoteAddress = '', localAddress = '' }) => {
        const versions = readVersions(soFar)
        if (versions === 'more') return 'more'
        if (versions !== 'other') return identity.greet(addressBytes(remoteAddress), addressBytes(localAddress))
        return soFar.length < SHAPES.tor.question ? 'more' : (shaped('tor', soFar) ?? 'none')
      },
    }),
  )
  const open = opening.move()
  // One closing for both who may ask: a stack asked twice does not wait the second time.
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= open.disposeAsync())
  const end = (): void => void close()
  options.signal.addEventListener('abort', end, { once: true })
  open.defer(() => options.signal.removeEventListener('abort', end))
  return {
    openvpn: { udp: udp.port, tcp: tcp.port },
    wireguard: { port: wireguard.port, publicKey: keys.wireguard.publicKey },
    tor: { port: tor.port, fingerprint: identity.fingerprint },
    shapedKey: keys.shaped,
    [Symbol.asyncDispose]: close,
  }
}

/** Stateless: the session id of the server is new each time and forgotten at once. */
function answerReset(packet: Buffer): Buffer | undefined {
  const client = readClientReset(packet)
  return client && serverReset(randomBytes(SESSION_ID), client)
}

const addressBytes = (text: string): readonly number[] => parseAddress(text) ?? [0, 0, 0, 0]

/** What a control publishes at `/x-responders`: the form of `responders.json`, under the address where they are reached. */
export const describeResponders = (open: OpenResponders, address: string): RespondersDocument =>
  encodeResponders({
    address,
    openvpn: open.openvpn,
    wireguard: open.wireguard,
    tor: { port: open.tor.port },
    shapedKey: open.shapedKey,
  })
