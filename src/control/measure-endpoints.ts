import { addressFamily } from '../core/model/address.ts'
import { connectTcp } from '../net/tcp/connect.ts'
import { handshakeTls } from '../net/tls/tls.ts'
import type { NetTools } from '../net/tools.ts'
import { helperTcpWord, helperTlsWord } from '../core/ooni/helper/failure.ts'
import { formatEndpoint, type HelperEndpoint } from '../core/ooni/helper/request.ts'

/** How one endpoint answered, in the helper's words. */
export interface EndpointAnswer extends HelperEndpoint {
  readonly endpoint: string
  readonly connect: string | null
  /** On port 443 alone, where the connection stood. */
  readonly tls?: { readonly serverName: string; readonly failure: string | null }
}

/** Port of TLS: on no other does a helper make a handshake. Source: docs/formats/control.md. */
const TLS_PORT = 443

/** Connects to every endpoint side by side, with a TLS handshake under the name on port 443. */
export const measureEndpoints = (
  endpoints: readonly HelperEndpoint[],
  serverName: string | undefined,
  tools: NetTools,
): Promise<readonly EndpointAnswer[]> =>
  Promise.all(
    endpoints.map((to) =>
      serverName !== undefined && to.port === TLS_PORT ? shakeHands(to, serverName, tools) : connectOnly(to, tools),
    ),
  )

async function connectOnly(to: HelperEndpoint, tools: NetTools): Promise<EndpointAnswer> {
  const { outcome, socket } = await connectTcp(to, tools)
  socket?.destroy()
  return { ...to, endpoint: formatEndpoint(to), connect: helperTcpWord(outcome.failure) }
}

async function shakeHands(to: HelperEndpoint, serverName: string, tools: NetTools): Promise<EndpointAnswer> {
  // a literal address is checked against the certificate and never sent as a name
  const name = addressFamily(serverName) === undefined ? serverName : to.address
  const { connect, outcome, socket, wire } = await handshakeTls(to, { serverName: name }, tools)
  socket?.destroy()
  wire?.destroy()
  const base = { ...to, endpoint: formatEndpoint(to), connect: helperTcpWord(connect.failure) }
  return outcome === undefined ? base : { ...base, tls: { serverName, failure: helperTlsWord(outcome.failure) } }
}
