import { addressFamily } from '../../core/model/address.ts'
import {
  encodeHelperRequest,
  MOST_PAIRS,
  type HelperEndpoint,
  type HelperPair,
  type HelperRequest,
} from '../../core/ooni/helper/request.ts'
import { BROWSER_ASKS } from '../../net/http/headers.ts'
import type { EndpointPlan } from '../plan/plan.ts'

/** A question as JSON. */
export type ControlQuestion = Readonly<Record<string, unknown>>

/** Addresses that one question holds; a helper measures no more. */
const MOST_ENDPOINTS = 16

/** The port on which an endpoint is asked in cleartext. */
export const plainPort = ({ port }: { readonly port: number }): number => (port === 443 ? 80 : port)

/** URL of an endpoint's page, under TLS or in cleartext. */
export function urlOf({ endpoint }: EndpointPlan, over: 'plain' | 'tls'): string {
  const { path } = endpoint
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  const port = over === 'tls' ? endpoint.port : plainPort(endpoint)
  const usual = over === 'tls' ? 443 : 80
  return `${over === 'tls' ? 'https' : 'http'}://${host}${port === usual ? '' : `:${port}`}${path}`
}

/**
 * What the control abroad is asked for one endpoint: the page or the plain exchange where one is measured, else the
 * name alone; a connection to every address dialled; the pair of every address, TLS and QUIC, with a control name that
 * `innocentAt` draws for the address.
 */
export function controlQuestion(
  plan: EndpointPlan,
  addresses: readonly string[],
  innocentAt: (address: string) => string,
): ControlQuestion {
  const { endpoint, checks } = plan
  const isName = addressFamily(endpoint.host) === undefined
  const ports = [...(checks.has('plain') ? [plainPort(endpoint)] : []), endpoint.port]
  const endpoints = addresses
    .flatMap((address) => [...new Set(ports)].map((port): HelperEndpoint => ({ address, port })))
    .slice(0, MOST_ENDPOINTS)
  const page = checks.has('page') ? urlOf(plan, 'tls') : checks.has('plain') ? urlOf(plan, 'plain') : undefined
  const request: HelperRequest = {
    headers: BROWSER_ASKS,
    endpoints,
    quic: false,
    pairs: isName ? pairsOf(plan, addresses, innocentAt) : [],
    client: true,
    ...(page !== undefined ? { url: page } : isName ? { host: endpoint.host } : {}),
  }
  return encodeHelperRequest(request)
}

function pairsOf(
  { endpoint, checks }: EndpointPlan,
  addresses: readonly string[],
  innocentAt: (address: string) => string,
): readonly HelperPair[] {
  const networks = [...(checks.has('tls') ? ['tcp' as const] : []), ...(checks.has('quic') ? ['udp' as const] : [])]
  return addresses
    .flatMap((address) => {
      const names = [
        { role: 'target' as const, serverName: endpoint.host },
        { role: 'innocent' as const, serverName: innocentAt(address) },
      ]
      return networks.flatMap((network) => names.map((name) => ({ ...name, address, port: endpoint.port, network })))
    })
    .slice(0, MOST_PAIRS)
}

/** Only connections, to learn which neighbours of an address answer at all. */
export const neighbourQuestion = (endpoints: readonly HelperEndpoint[]): ControlQuestion =>
  encodeHelperRequest({
    headers: {},
    endpoints: endpoints.slice(0, MOST_ENDPOINTS),
    quic: false,
    pairs: [],
    client: false,
  })

/**
 * A question that has no page in the form that OONI's helpers take, which refuse one without a URL: the page of the name
 * or of the first address on its port, and the addresses. Undefined for a question that is in their form already, or has
 * none in it. What they do not know, our pairs, is not asked.
 */
export function plainQuestion(question: ControlQuestion): ControlQuestion | undefined {
  const { http_request: page, tcp_connect: endpoints, x_host: host } = question
  const first: unknown = Array.isArray(endpoints) ? endpoints[0] : undefined
  if (page !== '' || (typeof first !== 'string' && typeof host !== 'string')) return undefined
  const port = typeof first === 'string' ? /:(\d+)$/.exec(first)?.[1] : undefined
  const behind = port === undefined || port === '443' ? '' : `:${port}`
  const url = typeof host === 'string' ? `https://${host}${behind}/` : `http://${String(first)}/`
  return {
    http_request: url,
    http_request_headers: question['http_request_headers'] ?? {},
    tcp_connect: endpoints,
    x_quic_enabled: false,
  }
}

/** Whether a question asks for nothing that OONI's helpers measure: all of them refuse it. */
export const isEmpty = ({ http_request: page, tcp_connect: endpoints, x_host: host }: ControlQuestion): boolean =>
  page === '' && host === undefined && Array.isArray(endpoints) && endpoints.length === 0
