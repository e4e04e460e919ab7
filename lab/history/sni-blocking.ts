import { TIMEOUT, type Run } from './run.ts'
import { createTrace, type Handshake, type Trace } from './trace.ts'
import type { Measured } from './web.ts'

/** The helper that is no service: both names go to its address, so that only the name differs. */
const HELPER = { host: 'example.org', address: '93.184.215.14', port: 443 } as const

/**
 * Measures a name against an innocent one on the same address, the way OONI's sni_blocking 0.3.0 does: the helper
 * answers either name with its own certificate; a censor of names answers one of them with silence or a reset.
 */
export function measureSniBlocking(run: Run, target: string): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  const first = run.random.chance(0.5)
  const control = (): object => half(run, trace, HELPER.host)
  const tested = (): object => half(run, trace, target)
  const halves = first ? { control: control(), target: tested() } : { target: tested(), control: control() }
  const failure = 'failure' in halves.target ? halves.target.failure : null
  return {
    testKeys: {
      ...halves,
      result: failure === 'ssl_invalid_hostname' ? 'success.got_server_hello' : 'anomaly.unexpected_failure',
    },
    runtime: trace.now,
  }
}

/** One name to the helper's address, as a part with rows of its own. */
function half(run: Run, trace: Trace, name: string): object {
  const own = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  own.now = trace.now
  const { line } = run.weather
  const dead = line === 'dead' || line === 'abroad-lost' ? TIMEOUT : null
  own.connect(HELPER.address, HELPER.port, dead)
  const result = dead === null ? handshake(run, name) : undefined
  if (result !== undefined) own.handshake(name, `${HELPER.address}:${HELPER.port}`, result)
  trace.now = own.now
  return {
    failure: dead ?? result?.failure ?? null,
    network_events: own.networkEvents,
    queries: own.queries,
    requests: null,
    sni: name,
    tcp_connect: own.tcpConnect,
    th_address: `${HELPER.host}:${HELPER.port}`,
    tls_handshakes: own.tlsHandshakes,
  }
}

function handshake(run: Run, name: string): Handshake {
  const { interference, line, slowed } = run.weather
  const isTarget = name !== HELPER.host
  const genuine = run.shelf.chain(HELPER.host, 'genuine', run.at)
  if (line === 'portal')
    return { failure: 'ssl_unknown_authority', certificates: run.shelf.chain(name, 'portal', run.at) }
  if (line === 'stalled') return { failure: TIMEOUT, certificates: [] }
  if (isTarget && interference === 'tls-silence') return { failure: TIMEOUT, certificates: [] }
  if (isTarget && interference === 'tls-reset') return { failure: 'connection_reset', certificates: [] }
  if (isTarget && interference === 'state-certificate')
    return { failure: 'ssl_unknown_authority', certificates: run.shelf.chain(name, 'state', run.at) }
  return isTarget
    ? { failure: 'ssl_invalid_hostname', certificates: genuine, slowed }
    : { failure: null, certificates: genuine }
}
