import type { HandshakeOutcome, LookupOutcome } from '../../core/model/measured/operation.ts'
import type { EndpointRun } from '../../core/model/measured/service-run.ts'
import type { ClosedConnection } from '../../net/tools.ts'

export interface Bytes {
  readonly sent: number
  readonly received: number
}

/** Headers of IPv4 with TCP (timestamps included), of a first segment, and of IPv4 with UDP. RFC 791, 9293, 7323, 768. */
const TCP = 52
const SYN = 60
const UDP = 28
/** Payload of one full packet, and packets for which one acknowledgement stands. */
const FULL = 1_400
const PER_ACK = 2
/** A question of DNS, and what an answer holds if it is not known. */
const QUESTION = 40
const ANSWER = 120

const packets = (payload: number): number => Math.ceil(payload / FULL)

/** Payload of TCP with the headers of the packets that it takes, and of those that acknowledge them. */
export const inSegments = ({ sent, received }: Bytes): Bytes => ({
  sent: sent + TCP * (packets(sent) + Math.ceil(packets(received) / PER_ACK)),
  received: received + TCP * (packets(received) + Math.ceil(packets(sent) / PER_ACK)),
})

/** A whole connection: its payload in segments, its opening and its end. One that did not stand sent two segments or so. */
export function ofConnection({ sent, received, stood }: ClosedConnection): Bytes {
  if (!stood) return { sent: 2 * SYN, received: 0 }
  const carried = inSegments({ sent, received })
  return { sent: carried.sent + SYN + 2 * TCP, received: carried.received + SYN + TCP }
}

const inDatagrams = ({ sent, received }: Bytes): Bytes => ({
  sent: sent + UDP * packets(sent),
  received: received + UDP * packets(received),
})

/** A lookup of the system: both families asked, answers of a usual length. */
export const LOOKUP_OF_SYSTEM: Bytes = { sent: 2 * (UDP + QUESTION), received: 2 * (UDP + ANSWER) }

function ofLookup({ via, answer, late }: LookupOutcome): Bytes {
  if (via === 'doh') return { sent: 0, received: 0 } // a connection, counted as such
  if (via === 'system') return LOOKUP_OF_SYSTEM
  const received = [answer, ...late].reduce((sum, one) => sum + (one?.raw?.length ?? 0), 0)
  return inDatagrams({ sent: QUESTION, received })
}

const ofQuic = ({ bytesSent, bytesReceived }: HandshakeOutcome): Bytes =>
  inDatagrams({ sent: bytesSent, received: bytesReceived })

/** What the operations of one endpoint moved besides connections of TCP, which are counted as they close. */
export function endpointBytes(run: EndpointRun): Bytes {
  const parts = [
    ...run.lookups.map(ofLookup),
    ...run.quic.map(({ outcome }) => ofQuic(outcome)),
    ...run.exchanges.flatMap(({ outcome: { over, bytesSent, bytesReceived } }) =>
      over === 'quic' ? [inDatagrams({ sent: bytesSent, received: bytesReceived })] : [],
    ),
    ...run.tunnels.flatMap(({ transport, bytesSent, bytesReceived }) =>
      transport === 'udp' ? [inDatagrams({ sent: bytesSent, received: bytesReceived })] : [],
    ),
  ]
  return parts.reduce((sum, one) => ({ sent: sum.sent + one.sent, received: sum.received + one.received }), {
    sent: 0,
    received: 0,
  })
}
