import { createHash } from 'node:crypto'
import { timeoutFailure } from '../net/classify-error.ts'
import type { HandshakeOutcome, OperationFailure } from '../core/model/measured/operation.ts'
import { handshakeQuic } from '../net/quic/quic.ts'
import { handshakeTls } from '../net/tls/tls.ts'
import type { NetTools } from '../net/tools.ts'
import { MOST_CERTIFICATES, type HelperPairAnswer } from '../core/ooni/helper/answer.ts'
import { helperTlsWord } from '../core/ooni/helper/failure.ts'
import type { HelperPair } from '../core/ooni/helper/request.ts'
import type { Reachable } from './reachable-address.ts'
import type { Destinations } from './destinations.ts'

/** QUIC handshakes of one request: their packets go to an address that the asker chose, before it has agreed. */
const MOST_OVER_UDP = 8

/**
 * Makes the handshakes that a probe made, each on a connection of its own from a fresh port, all side by side, so that
 * silent ones are waited for together: a request holds 24 at most. A pair whose destination may not be contacted, or that is beyond a bound, is left out: no answer is
 * given about it, which is not a failure abroad.
 */
export async function repeatPairs(
  pairs: readonly HelperPair[],
  parts: { readonly reachable: Reachable; readonly destinations: Pick<Destinations, 'take'> },
  tools: NetTools,
): Promise<readonly HelperPairAnswer[]> {
  let overUdp = 0
  const chosen = pairs.filter(({ address, port, network }) => {
    if (!parts.reachable.address(address) || !parts.reachable.port(port)) return false
    if (network === 'udp' && ++overUdp > MOST_OVER_UDP) return false
    return parts.destinations.take(address, port) === 0
  })
  return Promise.all(chosen.map((pair) => measurePair(pair, tools)))
}

async function measurePair(pair: HelperPair, tools: NetTools): Promise<HelperPairAnswer> {
  const startedAt = tools.clock.monotonic()
  const { serverName } = pair
  if (pair.network === 'udp') return answerOf(pair, await handshakeQuic(pair, { serverName }, tools))
  const { connect, outcome, socket, wire } = await handshakeTls(pair, { serverName }, tools)
  socket?.destroy()
  wire?.destroy()
  if (outcome !== undefined) return answerOf(pair, outcome)
  const failure: OperationFailure = connect.failure ?? timeoutFailure(tools.limit, 'connect')
  const seconds = secondsFrom(startedAt, connect.endedAt)
  return { ...pair, failure: helperTlsWord(failure), answered: false, seconds, certificates: [] }
}

const answerOf = (pair: HelperPair, outcome: HandshakeOutcome): HelperPairAnswer => ({
  ...pair,
  failure: helperTlsWord(outcome.failure),
  answered: outcome.answered,
  seconds: secondsFrom(outcome.helloAt ?? outcome.startedAt, outcome.endedAt),
  certificates: outcome.chain.slice(0, MOST_CERTIFICATES).map(sha256Of),
})

const sha256Of = (der: Uint8Array): string => createHash('sha256').update(der).digest('hex')

const secondsFrom = (from: number, to: number): number => Math.max(0, Math.round(to - from)) / 1000
