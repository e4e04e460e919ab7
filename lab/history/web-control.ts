import { isBogon } from '../../src/core/model/address.ts'
import { genuinePage } from './pages.ts'
import { TIMEOUT, trueAddresses, type Run } from './run.ts'
import { BROWSER, endpointOf, type TraceAddress } from './trace.ts'
import { siteOf, type Site } from './world.ts'

/** What the probe asked the helper and what it got: reference ooni.md §4. */
export interface WebControl {
  readonly request: object
  readonly answer: object | null
  readonly failure: string | null
}

/** The control of one web measurement, made where nothing is censored; it sees the origin's own troubles. */
export function webControl(run: Run, site: Site, input: string, probeSaw: readonly TraceAddress[]): WebControl {
  const { line, helper, origin } = run.weather
  const helperSaw = trueAddresses(site)
  const union = [...probeSaw, ...helperSaw.filter((mine) => !probeSaw.some(({ address }) => address === mine.address))]
  const ports = input.startsWith('https:') ? [443] : [80, 443]
  const request = {
    http_request: input,
    http_request_headers: {
      Accept: ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
      'Accept-Language': ['en-US,en;q=0.9'],
      'User-Agent': [BROWSER],
    },
    tcp_connect: probeSaw.flatMap(({ address }) => [443, 80].map((port) => endpointOf(address, port))),
    x_quic_enabled: false,
  }
  if (line === 'portal') return { request, answer: null, failure: 'ssl_unknown_authority' }
  if (line !== 'up' || helper === 'down') return { request, answer: null, failure: TIMEOUT }
  const tested = union.filter(({ address }) => !isBogon(address))
  const tcp: Record<string, object> = {}
  const tls: Record<string, object> = {}
  const down = origin === 'down'
  for (const { address } of tested)
    for (const port of ports) {
      tcp[endpointOf(address, port)] = { status: !down, failure: down ? TIMEOUT : null }
      const failure = origin === 'expired' ? 'ssl_invalid_certificate' : null
      if (!down && port === 443)
        tls[endpointOf(address, port)] = { server_name: site.host, status: failure === null, failure }
    }
  const flags = ({ address }: TraceAddress): number =>
    (probeSaw.some((seen) => seen.address === address) ? 1 : 0) +
    (helperSaw.some((seen) => seen.address === address) ? 2 : 0) +
    (isBogon(address) ? 4 : down || origin === 'expired' ? 0 : 8)
  const answer = {
    tcp_connect: tcp,
    ...(Object.keys(tls).length === 0 ? {} : { tls_handshake: tls }),
    quic_handshake: {},
    http_request: controlPage(run, site, input),
    http3_request: null,
    dns: { failure: null, addrs: helperSaw.map(({ address }) => address) },
    ip_info: Object.fromEntries(union.map((item) => [item.address, { asn: item.asn, flags: flags(item) }])),
  }
  return { request, answer, failure: null }
}

function controlPage(run: Run, site: Site, input: string): object {
  const { origin } = run.weather
  const secure = input.startsWith('https:')
  if (origin === 'down' || (origin === 'expired' && secure))
    return {
      body_length: -1,
      discovered_h3_endpoint: '',
      failure: origin === 'down' ? TIMEOUT : 'unknown_error',
      title: '',
      headers: {},
      status_code: -1,
    }
  const page = genuinePage(site.redirect === undefined ? site : siteOf(site.redirect), run.at + 700)
  return {
    body_length: page.body.length,
    discovered_h3_endpoint: '',
    failure: null,
    title: page.title,
    headers: Object.fromEntries(page.headers),
    status_code: page.code,
  }
}
