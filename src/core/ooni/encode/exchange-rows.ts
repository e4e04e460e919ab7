import { defined } from '../../model/defined.ts'
import type { Arrival, ExchangeOutcome, Roled, TransferOutcome, TunnelOutcome } from '../../model/measured/operation.ts'
import { blobOf } from './blob.ts'
import { endpointText, type FlowRow } from './flow-rows.ts'
import { failureNotes, failureWord, type Frame } from './moment.ts'

const MOST_ARRIVALS = 64

/** Arrivals as pairs of seconds and bytes; of a longer curve every so-many-th point, the last one always. */
function arrivalRows(arrivals: readonly Arrival[], frame: Frame): readonly (readonly [number, number])[] {
  const step = Math.ceil(arrivals.length / MOST_ARRIVALS)
  return arrivals
    .filter((_, index) => step <= 1 || index % step === step - 1 || index === arrivals.length - 1)
    .slice(-MOST_ARRIVALS)
    .map(([at, bytes]) => [frame.seconds(at), bytes])
}

const headersOf = (list: ExchangeOutcome['headers']): FlowRow => {
  const first = new Map<string, string>()
  for (const [name, value] of list) if (!first.has(name)) first.set(name, value)
  return Object.fromEntries(first)
}

/** A row of `requests`. Source: OONI data format df-001-httpt. */
export function requestRow(
  { role, round, outcome }: Roled<ExchangeOutcome>,
  { frame, flow }: { readonly frame: Frame; readonly flow: number },
): FlowRow {
  return {
    network: outcome.over === 'quic' ? 'udp' : 'tcp',
    address: endpointText(outcome.address, outcome.port),
    alpn: outcome.handshake?.alpn ?? '',
    failure: failureWord(outcome.failure),
    request: {
      method: outcome.method,
      url: outcome.url,
      headers_list: outcome.requestHeaders,
      headers: headersOf(outcome.requestHeaders),
      body: '',
      body_is_truncated: false,
      tor: { exit_ip: null, exit_name: null, is_tor: false },
      x_transport: outcome.over === 'quic' ? 'udp' : 'tcp',
    },
    response:
      outcome.status === undefined
        ? null
        : {
            code: outcome.status,
            headers_list: outcome.headers,
            headers: headersOf(outcome.headers),
            body: blobOf(outcome.body),
            body_is_truncated: outcome.bodyTruncated,
          },
    t0: frame.seconds(outcome.startedAt),
    t: frame.seconds(outcome.endedAt),
    tags: [],
    transaction_id: flow,
    x_role: role,
    x_round: round,
    x_arrivals: arrivalRows(outcome.arrivals, frame),
    ...failureNotes(outcome.failure),
  }
}

/** A row of `x_transfers`: half of a throughput pair. */
export function transferRow(
  { role, round, outcome }: Roled<TransferOutcome>,
  { frame, flow }: { readonly frame: Frame; readonly flow: number },
): FlowRow {
  return {
    direction: outcome.direction,
    server_name: outcome.serverName,
    address: outcome.address,
    port: outcome.port,
    bytes: outcome.bytes,
    duration: Math.round(outcome.duration) / 1000,
    arrivals: arrivalRows(outcome.arrivals, frame),
    ...defined({ status: outcome.status }),
    failure: failureWord(outcome.failure),
    t0: frame.seconds(outcome.startedAt),
    t: frame.seconds(outcome.endedAt),
    x_role: role,
    x_round: round,
    transaction_id: flow,
    ...failureNotes(outcome.failure),
  }
}

/** A row of `x_tunnels`. */
export const tunnelRow = (outcome: TunnelOutcome, frame: Frame): FlowRow => ({
  protocol: outcome.protocol,
  transport: outcome.transport,
  address: outcome.address,
  port: outcome.port,
  x_shape: outcome.shape,
  failure: failureWord(outcome.failure),
  t0: frame.seconds(outcome.startedAt),
  t: frame.seconds(outcome.endedAt),
  num_bytes_sent: outcome.bytesSent,
  num_bytes_received: outcome.bytesReceived,
  ...failureNotes(outcome.failure),
})
