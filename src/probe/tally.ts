import type { HandshakeOutcome } from '../model/operation.ts'
import type { EndpointRun } from '../model/service-run.ts'

export interface Bytes {
  readonly sent: number
  readonly received: number
}

const QUESTION = 40
const ofHandshake = ({ bytesSent, bytesReceived }: HandshakeOutcome): Bytes => ({
  sent: bytesSent,
  received: bytesReceived,
})

/** Payload that the operations of one endpoint moved; lookups of the system and over HTTPS are estimated by packet. */
export function bytesOf(run: EndpointRun): Bytes {
  const lookups = run.lookups.map(({ answer, late }): Bytes => ({
    sent: QUESTION,
    received: [answer, ...late].reduce((sum, one) => sum + (one?.raw?.length ?? 0), 0),
  }))
  const exchanges = run.exchanges.flatMap(({ outcome }): Bytes[] => [
    { sent: outcome.bytesSent, received: outcome.bytesReceived },
    ...(outcome.handshake === undefined ? [] : [ofHandshake(outcome.handshake)]),
  ])
  const transfers = run.transfers.map(({ outcome }): Bytes =>
    outcome.direction === 'up' ? { sent: outcome.bytes, received: 0 } : { sent: 0, received: outcome.bytes },
  )
  const parts = [
    ...lookups,
    ...[...run.tls, ...run.quic].map(({ outcome }) => ofHandshake(outcome)),
    ...exchanges,
    ...transfers,
    ...run.tunnels.map(({ bytesSent, bytesReceived }): Bytes => ({ sent: bytesSent, received: bytesReceived })),
  ]
  return parts.reduce((sum, one) => ({ sent: sum.sent + one.sent, received: sum.received + one.received }), {
    sent: 0,
    received: 0,
  })
}
