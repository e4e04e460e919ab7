import { genuinePage } from './pages.ts'
import { connectFailure, handshakeResult, resolve, TIMEOUT, type Run } from './run.ts'
import { endpointOf, round, type Trace, type TraceAddress } from './trace.ts'
import { siteOf } from './world.ts'
import type { Measured } from './web.ts'

/** How far an operation of the engine got; `step` as OONI's `failed_operation`. Source: urlgetter 0.2.0. */
export interface Reached {
  readonly failure: string | null
  readonly step: 'resolve' | 'connect' | 'tls_handshake' | 'http_round_trip' | null
}
const PASSED: Reached = { failure: null, step: null }

/** Asks the system's resolver for both families, as the messenger tests do: no row for a family without addresses. */
export function lookUpHost(
  run: Run,
  trace: Trace,
  host: string,
): { failure: string | null; answers: readonly TraceAddress[] } {
  const { failure, answers } = resolve(run, siteOf(host), 'system')
  const started = trace.now
  for (const type of ['A', 'AAAA'] as const) {
    const ofFamily = answers.filter(({ family }) => family === (type === 'A' ? 4 : 6))
    if (failure === null && ofFamily.length === 0) continue
    trace.now = started
    trace.lookup({ host, engine: 'system', type, answers: ofFamily, failure })
  }
  return { failure, answers }
}

/** Connects to the first address that lets it; gives that address. */
export function connectHost(run: Run, trace: Trace, host: string, port: number): Reached & { address?: TraceAddress } {
  const { failure, answers } = lookUpHost(run, trace, host)
  if (failure !== null) return { failure, step: 'resolve' }
  let last: string | null = TIMEOUT
  for (const address of answers) {
    last = connectFailure(run, address)
    trace.connect(address.address, port, last)
    if (last === null) return { ...PASSED, address }
  }
  return { failure: last, step: 'connect' }
}

/** Fetches a page over https; a failure anywhere leaves a request row with it, as the engine does. */
export function fetchSecure(run: Run, trace: Trace, url: string): Reached {
  const host = new URL(url).hostname
  const reached = fetchSecurely(run, trace, url, host)
  if (reached.failure === null) return reached
  trace.exchange({ url, method: 'GET', failure: reached.failure, code: 0, headers: [], body: '' })
  return reached
}

function fetchSecurely(run: Run, trace: Trace, url: string, host: string): Reached {
  const site = siteOf(host)
  const connected = connectHost(run, trace, host, 443)
  if (connected.failure !== null || connected.address === undefined) return connected
  const result = handshakeResult(run, site, connected.address, 0)
  trace.handshake(host, endpointOf(connected.address.address, 443), result)
  if (result.failure !== null) return { failure: result.failure, step: 'tls_handshake' }
  const page = genuinePage(site, run.at)
  trace.exchange({ url, method: 'GET', failure: null, code: 404, headers: page.headers, body: page.body })
  return PASSED
}

/** Runs operations that the engine starts together; the trace ends when the last one has. */
export function together(trace: Trace, operations: readonly (() => void)[]): void {
  const started = trace.now
  let end = started
  operations.forEach((operation, i) => {
    trace.now = started + i * 0.0004
    operation()
    end = Math.max(end, trace.now)
  })
  trace.now = end
}

/** The keys every messenger test has, with its own beside them. */
export function urlgetterKeys(trace: Trace, own: object): Measured {
  return {
    testKeys: {
      agent: 'redirect',
      failed_operation: null,
      failure: null,
      network_events: trace.networkEvents,
      queries: trace.queries,
      requests: trace.requests,
      tcp_connect: trace.tcpConnect,
      tls_handshakes: trace.tlsHandshakes,
      ...own,
    },
    runtime: round(trace.now),
  }
}
