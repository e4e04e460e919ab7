import { connect, exchange, query, type Json } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'
import {
  control,
  endpoint,
  GENUINE,
  HOST,
  NO_CONTROL,
  oldControl,
  oldRun,
  page,
  pageFailed,
  pageOpened,
  PLAIN,
  redirect,
  run,
  SECURE,
} from './web-run.ts'

/** The helper connects to these endpoints. */
const connects = (...endpoints: readonly string[]) =>
  Object.fromEntries(endpoints.map((one) => [one, { status: true, failure: null }]))

/** A request over https fails, and no row tells a lookup or a connection. */
function unplaced(failure: string, mechanism: string): readonly Scenario[] {
  const abroad = (name: string, kind: Scenario['kind'], control: Json): Scenario => {
    const lost = run(SECURE, { requests: [exchange(SECURE, { failure })], control })
    const keys = { ...(lost['test_keys'] as Json), queries: null, tcp_connect: null } // run() makes an object
    const measurement = { ...lost, test_keys: keys }
    return { name: `${failure} over https without a connection: ${name}`, measurement, kind, layer: 'http', mechanism }
  }
  const page = pageFailed('generic_timeout_error')
  const isSilent = (): string => 'generic_timeout_error'
  return [
    abroad('the control opens the page', 'inconclusive', control()),
    abroad('the control connects nowhere', 'unreachable', control({ tcp: isSilent, page })),
    abroad('the control completes no handshake', 'unreachable', control({ tls: isSilent, page })),
    abroad('only the page fails for the control', 'inconclusive', control({ page })),
    abroad('only a page of the control is known, which fails', 'unreachable', oldControl({ page })),
    abroad(
      'the control does not resolve the name',
      'inconclusive',
      control({ dns: 'dns_lookup_error', page: pageFailed('dns_lookup_error') }),
    ),
    abroad('there is no control', 'inconclusive', NO_CONTROL),
  ]
}

/** Clients before 0.4: no handshakes, no networks of addresses. */
export const WEB_OLD: readonly Scenario[] = [
  {
    name: 'old: https breaks after the connection, on an address of the same delivery network as the control’s',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, ['151.101.2.2'])],
      connects: [connect('151.101.2.2', 443)],
      requests: [exchange(SECURE, { failure: 'response_never_received' })],
      control: oldControl({ addresses: ['199.232.2.2'], connects: connects('151.101.2.2:443') }),
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  {
    name: 'old: https breaks after the connection, on an address of which nothing tells the network',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, ['185.60.1.1'])],
      connects: [connect('185.60.1.1', 443)],
      requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
      control: oldControl({ connects: connects('185.60.1.1:443') }),
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  {
    name: 'old: an address of a platform does not connect, and the control connects to it',
    measurement: oldRun('https://www.facebook.com/', {
      queries: [query('www.facebook.com', ['31.13.94.36'])],
      connects: [connect('31.13.94.36', 443, 'generic_timeout_error')],
      requests: [exchange('https://www.facebook.com/', { failure: 'generic_timeout_error' })],
      control: oldControl({ addresses: ['157.240.20.35'], connects: connects('31.13.94.36:443') }),
    }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'old: the answer is an address of a platform that the site is not on, and it does not connect',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, ['31.13.94.36'])],
      connects: [connect('31.13.94.36', 443, 'generic_timeout_error')],
      requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
      control: oldControl({ connects: connects('31.13.94.36:443') }),
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.forged',
  },
  {
    name: 'old: the certificate is refused, and the helper got the page over https',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 443)],
      requests: [exchange(SECURE, { failure: 'ssl_unknown_authority' })],
      control: oldControl({ connects: connects(endpoint(GENUINE, 443)) }),
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'old: the certificate is refused, and the helper’s page failed with a word of its own',
    measurement: oldRun(
      SECURE,
      {
        queries: [query(HOST, [GENUINE])],
        connects: [connect(GENUINE, 443)],
        requests: [exchange(SECURE, { failure: 'ssl_error: error:14007086:SSL routines: certificate verify failed' })],
        control: oldControl({
          connects: connects(endpoint(GENUINE, 443)),
          page: { failure: 'unknown_error', body_length: -1, status_code: -1, headers: {} },
        }),
      },
      '0.0.1',
    ),
    kind: 'unreachable',
    mechanism: 'fault.service',
  },
  {
    name: 'old: the helper dropped every letter of a title that is not Latin',
    measurement: oldRun(PLAIN, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(PLAIN, { body: page('2018 Жаңалықтар', 900) })],
      control: oldControl({ page: pageOpened({ title: '2018  ', body_length: 2000 }) }),
    }),
    kind: 'reachable',
  },
  {
    name: 'old: a notice stands in the place of the page',
    measurement: oldRun(PLAIN, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(PLAIN, { body: page('Access is restricted') })],
      control: oldControl({ page: pageOpened({ body_length: 90_000 }) }),
    }),
    kind: 'interfered',
    layer: 'http',
  },
  {
    name: 'old: a chain breaks at its hop over https, of which there are no rows',
    measurement: oldRun(PLAIN, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(SECURE, { failure: 'response_never_received' }), redirect(PLAIN, SECURE)],
      control: oldControl(),
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.close',
  },
  {
    name: 'old: a chain is silent at its hop over https, of which there are no rows',
    measurement: oldRun(PLAIN, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(SECURE, { failure: 'generic_timeout_error' }), redirect(PLAIN, SECURE)],
      control: oldControl(),
    }),
    kind: 'inconclusive',
    layer: 'http',
    mechanism: 'http.timeout',
  },
  ...(
    [
      ['generic_timeout_error', 'http.timeout'],
      ['connection_reset', 'http.reset'],
      ['response_never_received', 'http.close'],
    ] as const
  ).flatMap(([failure, mechanism]) => unplaced(failure, mechanism)),
  {
    name: 'old: the request fails at the helper by name, and at the probe after the connection',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 443)],
      requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
      control: oldControl({ page: { failure: 'dns_lookup_error', body_length: -1, status_code: -1, headers: {} } }),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'old: the page opens over https from an address of another network',
    measurement: oldRun(SECURE, {
      queries: [query(HOST, ['185.60.1.1'])],
      connects: [connect('185.60.1.1', 443)],
      requests: [exchange(SECURE)],
      control: oldControl(),
    }),
    kind: 'reachable',
  },
]
