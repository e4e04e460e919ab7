import type { ConnectOutcome, HandshakeOutcome, TransferOutcome } from '../../core/model/measured/operation.ts'
import { millis } from '../../core/model/units.ts'
import { askOnce, type HttpAnswer, type HttpQuestion } from './answer.ts'
import { openHttpConnection } from './connection.ts'
import { headersFor } from './headers.ts'
import { randomPieces } from './random-pieces.ts'
import type { NetTools } from '../tools.ts'

export interface TransferOptions {
  readonly address: string
  readonly port: number
  /** Name of the ClientHello: that of the service, or a control name. In the clear nothing carries it. */
  readonly serverName: string
  /** `Host` of the request; it may differ from the name of the ClientHello. */
  readonly host: string
  readonly path: string
  /** Payload that is moved at most. */
  readonly bytes: number
  /** False for a control name: no certificate of the address carries it. True where absent. */
  readonly verify?: boolean
  /** Under TLS where absent. */
  readonly over?: 'plain' | 'tls'
}

export interface Transfer {
  readonly connect: ConnectOutcome
  readonly handshake?: HandshakeOutcome
  readonly outcome: TransferOutcome
}

/** Besides the bytes asked for: headers of the answer to an upload. */
const ANSWER_ROOM = 256 * 1024

/**
 * Moves bytes on one connection under one name: half of a throughput pair. `down` asks for the path and reads until
 * `bytes` have come or the answer ends; `up` sends `bytes` random ones and waits for the answer. Source of the method:
 * docs/methods/tls-and-http.md, transfer.
 *
 * `bytes` and `arrivals` are payload of TCP after the handshake: what arrived, respectively what the peer acknowledged.
 * `duration` begins with the request and ends with the last byte, the answer, or the limit; connection and handshake,
 * which may each take `tools.limit` of their own, stand outside. A transfer that the limit cuts is a failure with its
 * bytes: its rate stands, and `arrivals` tell a slow one from one that froze.
 *
 * A caller that compares two halves checks `status` and `bytes` first: a server asked under a control name may answer
 * 404 or 421 with a few bytes, which tells nothing of any rate; an upload may be answered before it was taken whole.
 *
 * BUG: where the system does not tell what was acknowledged (all but Linux), an upload counts what the kernel took,
 * which runs ahead of the network by its send buffer, 50 to 100 KiB. Consequence: the rate of an upload that the limit
 * cuts is too high there by as much; that of one that was answered is right.
 *
 * BUG: a server that answers an upload early (413) and closes while bytes still come resets the connection, and the
 * answer may be lost with it. Consequence: `connection_reset` without a status; endpoints must be ones that take
 * uploads of this size, and the control half, which meets the same server, shows the same.
 */
export async function transferBytes(
  direction: TransferOutcome['direction'],
  options: TransferOptions,
  tools: NetTools,
): Promise<Transfer> {
  const { address, port, serverName, host, over = 'tls', verify } = options
  const base = { operation: 'transfer', direction, serverName, address, port } as const
  const to = { address, port, over, serverName, ...(verify !== undefined && { verify }) }
  const { connect, handshake, open } = await openHttpConnection(to, tools)
  const under = { connect, ...(handshake !== undefined && { handshake }) }
  if (open === undefined) {
    const { startedAt, endedAt, failure } = handshake ?? connect
    const none = { bytes: 0, duration: millis(0), arrivals: [], ...(failure !== undefined && { failure }) }
    return { ...under, outcome: { ...base, startedAt, endedAt, ...none } }
  }
  const question = direction === 'down' ? download(host, options) : upload(host, options)
  const answer = await askOnce(open.stream, open.wire, question, tools)
  return {
    ...under,
    outcome: { ...base, ...(direction === 'down' ? movedDown(answer) : movedUp(answer, options.bytes)) },
  }
}

type Moved = Omit<TransferOutcome, 'operation' | 'direction' | 'serverName' | 'address' | 'port'>

function movedDown({ startedAt, endedAt, failure, status, arrivals, bytesReceived }: HttpAnswer): Moved {
  return {
    startedAt,
    endedAt,
    bytes: bytesReceived,
    duration: millis(endedAt - startedAt),
    arrivals,
    ...(status !== undefined && { status }),
    ...(failure !== undefined && { failure }),
  }
}

function movedUp({ startedAt, endedAt, failure, status, departures }: HttpAnswer, asked: number): Moved {
  const bytes = departures.at(-1)?.[1] ?? 0
  // The kernel had taken it all, which is not yet sent.
  const stage = failure?.stage === 'answer' && bytes < asked ? 'request' : failure?.stage
  return {
    startedAt,
    endedAt,
    bytes,
    duration: millis(endedAt - startedAt),
    arrivals: departures,
    ...(status !== undefined && { status }),
    ...(failure !== undefined && stage !== undefined && { failure: { ...failure, stage } }),
  }
}

/** The range keeps a server that minds it from sending into a connection that is closed after `bytes`. */
function download(host: string, { path, bytes }: TransferOptions): HttpQuestion {
  const headers = headersFor(host, { headers: [['Range', `bytes=0-${bytes - 1}`]] })
  return { method: 'GET', path, headers, bodyCap: 0, discard: true, enough: bytes, most: Infinity }
}

function upload(host: string, { path, bytes }: TransferOptions): HttpQuestion {
  return {
    method: 'POST',
    path,
    headers: headersFor(host, { headers: [['Content-Type', 'application/octet-stream']], length: bytes }),
    body: randomPieces(bytes),
    bodyCap: 0,
    watchDepartures: true,
    discard: true,
    enough: Infinity,
    most: ANSWER_ROOM,
  }
}
