import type { NameRole } from '../../model/measured/observation.ts'
import { decodeConnects, type ConnectRow } from './tcp-connects.ts'
import { decodeHandshakes, type HandshakeRow } from './handshakes.ts'
import { decodeQueries, type QueryRow } from './queries.ts'
import { decodeRequests, type RequestRow } from './requests.ts'
import type { HelperControl } from './control.ts'
import type { JsonRecord } from './decoder.ts'
import type { TransferRow } from './transfers.ts'
import type { TunnelRow } from './tunnels.ts'

/**
 * The rows of one place of a measurement that belong together: all of a web measurement, one target of the tor
 * test, one half of an SNI pair. Addresses and names are joined only inside such a set.
 */
export interface OperationSet {
  readonly role: NameRole
  /** Part of the service, where the place in the measurement says it. */
  readonly part?: string
  /** Name sent in the handshakes of this set, where it is said once for all of them. */
  readonly serverName?: string
  readonly queries: readonly QueryRow[]
  /** Late second answers to a question already answered. */
  readonly lateAnswers: readonly QueryRow[]
  readonly connects: readonly ConnectRow[]
  readonly tlsHandshakes: readonly HandshakeRow[]
  readonly quicHandshakes: readonly HandshakeRow[]
  readonly requests: readonly RequestRow[]
  readonly tunnels: readonly TunnelRow[]
  readonly transfers: readonly TransferRow[]
  /** Host of the endpoint this set is about, and what a control saw of it alone. */
  readonly endpoint?: { readonly host: string; readonly port: number; readonly url?: string }
  readonly control?: HelperControl
}

export const NO_OPERATIONS: OperationSet = {
  role: 'target',
  queries: [],
  lateAnswers: [],
  connects: [],
  tlsHandshakes: [],
  quicHandshakes: [],
  requests: [],
  tunnels: [],
  transfers: [],
}

/** The sub-formats under one object, whichever it has. */
export function decodeOperations(from: JsonRecord, at: string): OperationSet {
  return {
    role: 'target',
    queries: decodeQueries(from, 'queries', at),
    lateAnswers: [],
    connects: decodeConnects(from, 'tcp_connect', at),
    tlsHandshakes: decodeHandshakes(from, 'tls_handshakes', at, 'tls'),
    quicHandshakes: decodeHandshakes(from, 'quic_handshakes', at, 'quic'),
    requests: decodeRequests(from, 'requests', at),
    tunnels: [],
    transfers: [],
  }
}
