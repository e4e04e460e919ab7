import { webControl } from './web-control.ts'
import { webClaims, type WebOutcome } from './web-claims.ts'
import { blockPage, forbiddenPage, genuinePage, portalRedirect, type Page } from './pages.ts'
import { connectFailure, handshakeResult, resolve, TIMEOUT, type Run } from './run.ts'
import { createTrace, endpointOf, round, type FlowMarks, type Trace, type TraceAddress } from './trace.ts'
import { siteOf, type Site } from './world.ts'

/** Keys of a test and how long it took, seconds. */
export interface Measured {
  readonly testKeys: object
  readonly runtime: number
}

const PUBLIC_RESOLVERS = ['8.8.8.8:53', '8.8.4.4:53', '9.9.9.9:53', '1.1.1.1:53', '208.67.222.222:53'] as const
const DOH = 'https://mozilla.cloudflare-dns.com/dns-query'

/** One address of a hop and whether the system's resolver gave it. */
interface Candidate {
  readonly address: TraceAddress
  readonly classic: boolean
}

/** Measures one URL the way today's web test does: reference ooni.md §6. */
export function measureWeb(run: Run, input: string): Measured {
  const trace = createTrace(run.random, run.probe.roundTrip, run.weather.pace)
  const publicResolver = run.random.pick(PUBLIC_RESOLVERS)
  const first = siteOf(new URL(input).hostname)
  const candidates = lookUp(run, trace, first, { depth: 0, publicResolver })
  const control = webControl(
    run,
    first,
    input,
    candidates.map(({ address }) => address),
  )
  const resolved = trace.now
  const outcome: WebOutcome = { candidates: candidates.length, connected: 0, failure: null }
  let page = visit(run, trace, { url: new URL(input), candidates, depth: 0, outcome })
  for (let depth = 1; page?.location !== undefined && depth < 5; depth++) {
    const url = new URL(page.location)
    page = visit(run, trace, {
      url,
      candidates: lookUp(run, trace, siteOf(url.hostname), { depth, publicResolver }),
      depth,
      outcome,
    })
  }
  const whoami = '192.0.2.53'
  const reachesOutside = run.weather.line === 'up'
  const testKeys = {
    agent: 'redirect',
    client_resolver: whoami,
    retries: null,
    socksproxy: null,
    network_events: trace.networkEvents,
    x_dns_whoami: {
      system_v4: reachesOutside && run.weather.resolver === 'up' ? [{ address: whoami }] : [],
      udp_v4: { [publicResolver]: reachesOutside ? [{ address: '192.0.2.54' }] : [] },
    },
    x_doh: { network_events: [], queries: [], requests: [], tcp_connect: [], tls_handshakes: [] },
    x_do53: { network_events: [], queries: [] },
    x_dns_duplicate_responses: [],
    queries: trace.queries,
    requests: trace.requests,
    tcp_connect: trace.tcpConnect,
    tls_handshakes: trace.tlsHandshakes,
    x_control_request: control.request,
    control: control.answer,
    x_conn_priority_log: [],
    control_failure: control.failure,
    ...webClaims(run, first, { input, outcome, page, controlled: control.failure === null }),
  }
  const waited = control.failure === TIMEOUT ? resolved + 30 : resolved + 1.2
  return { testKeys, runtime: round(Math.max(trace.now, waited)) }
}

function lookUp(
  run: Run,
  trace: Trace,
  site: Site,
  asked: { readonly depth: number; readonly publicResolver: string },
): readonly Candidate[] {
  const started = trace.now
  const marks = (transaction: number, ...more: readonly string[]): FlowMarks => ({
    tags: [...more, `depth=${asked.depth}`],
    transaction: transaction + asked.depth,
  })
  const system = resolve(run, site, 'system')
  trace.lookup({ host: site.host, engine: 'getaddrinfo', type: 'ANY', ...system, marks: marks(10001, 'classic') })
  const done = [trace.now]
  const outside = resolve(run, site, 'outside')
  const encrypted = run.weather.line === 'up' && run.random.chance(0.3)
  const others = [
    { engine: 'udp', resolver: asked.publicResolver, result: outside, base: 20001 },
    ...(encrypted ? [{ engine: 'doh', resolver: DOH, result: outside, base: 30001 } as const] : []),
  ] as const
  for (const { engine, resolver, result, base } of others)
    for (const type of ['A', 'AAAA'] as const) {
      trace.now = started
      const answers = result.answers.filter(({ family }) => family === (type === 'A' ? 4 : 6))
      const failure = result.failure ?? (answers.length === 0 ? 'dns_no_answer' : null)
      trace.lookup({ host: site.host, engine, type, resolver, answers, failure, marks: marks(base) })
      done.push(trace.now)
    }
  trace.now = Math.max(...done)
  const classic = system.answers.map((address) => ({ address, classic: true }))
  const known = new Set(system.answers.map(({ address }) => address))
  return [
    ...classic,
    ...outside.answers.filter(({ address }) => !known.has(address)).map((address) => ({ address, classic: false })),
  ]
}

/** Opens a flow to every address at once and fetches the page over the first that carries it. */
function visit(
  run: Run,
  trace: Trace,
  hop: {
    readonly url: URL
    readonly candidates: readonly Candidate[]
    readonly depth: number
    readonly outcome: WebOutcome
  },
): Page | undefined {
  const { url, depth, outcome } = hop
  const site = siteOf(url.hostname)
  const secure = url.protocol === 'https:'
  const started = trace.now
  const ends = [started]
  let page: Page | undefined
  const flow = (candidate: Candidate, index: number, port: 80 | 443): void => {
    trace.now = started + index * 0.0003
    const fetching = secure || port === 80
    const tags = [...(candidate.classic ? ['classic'] : []), ...(depth === 0 ? ['tcptls_experiment'] : [])]
    const marks: FlowMarks = {
      tags: [...tags, `depth=${depth}`, `fetch_body=${fetching}`],
      transaction: (port === 80 ? 40001 : 50001) + depth * 100 + index,
    }
    const refused = connectFailure(run, candidate.address)
    trace.connect(candidate.address.address, port, refused, marks)
    if (refused !== null) return void (outcome.failure ??= refused)
    outcome.connected++
    const endpoint = endpointOf(candidate.address.address, port)
    if (port === 443) {
      const result = handshakeResult(run, site, candidate.address, index)
      trace.handshake(site.host, endpoint, result, marks)
      if (result.failure !== null) return void (outcome.failure = fetching ? result.failure : outcome.failure)
    }
    if (!fetching || page !== undefined) return
    const silent = port === 80 && (run.weather.line === 'stalled' || run.weather.loss === 'all')
    const found = pageFor(run, site, secure)
    const exchange = { url: url.href, method: 'GET', endpoint, alpn: secure ? 'h2' : '', marks } as const
    trace.exchange({
      ...exchange,
      failure: silent ? TIMEOUT : null,
      code: found.code,
      headers: found.headers,
      body: found.body,
    })
    if (silent) outcome.failure = TIMEOUT
    else page = found
  }
  hop.candidates.forEach((candidate, index) => {
    for (const port of secure ? ([443] as const) : ([80, 443] as const)) {
      flow(candidate, index, port)
      ends.push(trace.now)
    }
  })
  trace.now = Math.max(...ends)
  return page
}

function pageFor(run: Run, site: Site, secure: boolean): Page {
  const { line, interference, origin } = run.weather
  if (line === 'portal' && !secure && site.host !== 'portal.example') return portalRedirect(run.at)
  if (interference === 'block-page' && !secure) return blockPage(run.at)
  return origin === 'forbidden' ? forbiddenPage(site, run.at) : genuinePage(site, run.at)
}
