import type { Duplex } from 'node:stream'
import type { ConnectOutcome, HandshakeOutcome } from '../../core/model/measured/operation.ts'
import { connectTcp } from '../tcp/connect.ts'
import type { Hello } from '../tls/context.ts'
import { handshakeTls } from '../tls/tls.ts'
import type { NetTools } from '../tools.ts'
import { Wire } from '../tcp/wire.ts'

/** A connection for one exchange of HTTP/1.1, in the clear or under TLS. */
export interface HttpDestination {
  readonly address: string
  readonly port: number
  readonly over: 'plain' | 'tls'
  /** Name of the ClientHello and of the certificate; unused in the clear. */
  readonly serverName: string
  readonly verify?: boolean
  readonly hello?: Hello
  /** Offered under TLS; `http/1.1` alone where absent. */
  readonly alpn?: readonly string[]
}

export interface HttpConnection {
  readonly connect: ConnectOutcome
  readonly handshake?: HandshakeOutcome
  /** What HTTP is spoken over, and the TCP connection under it; absent where it did not come so far. */
  readonly open?: { readonly stream: Duplex; readonly wire: Wire }
}

/**
 * Opens a connection for one exchange; connection and handshake may each take `tools.limit`. The caller destroys
 * what is open.
 */
export async function openHttpConnection(to: HttpDestination, tools: NetTools): Promise<HttpConnection> {
  const { address, port, serverName, verify, hello, alpn = ['http/1.1'] } = to
  if (to.over === 'plain') {
    const { outcome: connect, socket } = await connectTcp({ address, port }, tools)
    if (socket === undefined) return { connect }
    const wire = new Wire(socket, tools.clock)
    wire.forget()
    return { connect, open: { stream: wire, wire } }
  }
  const options = {
    serverName,
    alpn,
    ...(verify !== undefined && { verify }),
    ...(hello !== undefined && { hello }),
  }
  const { connect, outcome, socket, wire } = await handshakeTls({ address, port }, options, tools)
  return {
    connect,
    ...(outcome !== undefined && { handshake: outcome }),
    ...(socket !== undefined && wire !== undefined && { open: { stream: socket, wire } }),
  }
}
