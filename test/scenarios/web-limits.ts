import { connect, exchange, handshake, query, webMeasurement, type Json } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'
import {
  control,
  endpoint,
  FOREIGN,
  GENUINE,
  HOST,
  NO_CONTROL,
  oldControl,
  oldRun,
  OTHER,
  page,
  pageFailed,
  pageOpened,
  PLAIN,
  redirect,
  run,
  SECURE,
} from './web-run.ts'

/** What one measurement can say, and what it cannot, where rows are many, few, or about a name that is dead. */

const answered = query(HOST, [GENUINE])
const bare = ({ tags: _tags, transaction_id: _id, address: _address, ...row }: Json): Json => row
/** Clients before 0.5 tag no depth: the order of requests and their answers tell the hop. */
const untagged = (rows: readonly Json[]): readonly Json[] => rows.map(bare)
const cancelled = exchange(SECURE, { failure: 'unknown_failure: context canceled' })
const opened = exchange(SECURE, { status: 200 })
const reset = exchange(SECURE, { failure: 'connection_reset' })

/** Many requests of one URL in one run, newest first. */
const many = (requests: readonly Json[], more: { handshakes?: readonly Json[]; control?: Json } = {}): Json =>
  run(SECURE, {
    queries: [answered],
    connects: [connect(GENUINE, 443)],
    handshakes: more.handshakes ?? [handshake(endpoint(GENUINE, 443), HOST)],
    requests: untagged(requests),
    control: more.control ?? control(),
  })
const times = (count: number, row: Json): readonly Json[] => Array.from({ length: count }, () => row)

/** A request row that holds nothing but its failure. */
const failureAlone = (failure: string): Json => ({ failure })

/** A name that the control denies, and an address that the probe alone was given. */
const deadName = (rows: { connects?: readonly Json[]; handshakes?: readonly Json[]; tcp?: string }): Json =>
  run(SECURE, {
    queries: [query(HOST, [FOREIGN], { asn: 64499 })],
    connects: rows.connects ?? [connect(FOREIGN, 443, 'generic_timeout_error')],
    handshakes: rows.handshakes ?? [],
    requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
    control: control({
      dns: 'dns_name_error',
      tested: [FOREIGN],
      tcp: () => rows.tcp ?? null,
      tls: () => 'ssl_invalid_hostname',
      page: pageFailed('dns_lookup_error'),
    }),
  })

const canonical = (row: Json, name: string): Json => ({
  ...row,
  answers: [{ answer_type: 'CNAME', hostname: name, ttl: null }, ...(row['answers'] as Json[])], // query() makes a list
})
/** An answer of another network, which connects and then is reset, with the canonical name that the control has too. */
const chosenAddress = (name: string): Json =>
  oldRun(SECURE, {
    queries: [canonical(query(HOST, [FOREIGN], { asn: 64499 }), 'www.example.com.cdn.example')],
    connects: [connect(FOREIGN, 443, 'generic_timeout_error')],
    requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
    control: oldControl({ addresses: [name, GENUINE] }),
  })

const machine = (address: string, helper: Json, failure: string): Json =>
  run(SECURE, {
    queries: [query(HOST, [address])],
    connects: [connect(address, 443)],
    handshakes: [handshake(endpoint(address, 443), HOST, { failure })],
    requests: [exchange(SECURE, { failure })],
    control: helper,
  })

/** A page under a verified handshake of which 18 KB came; then it ended, or nothing more came. */
const begun = (failure: string | null): Json => {
  const url = 'https://www.example.com/'
  const made = exchange(url, { failure, address: endpoint(GENUINE, 443) })
  const response = { code: 200, headers_list: [], body: 'words '.repeat(3_000), body_is_truncated: false }
  return run(url, {
    queries: [answered],
    connects: [connect(GENUINE, 443)],
    handshakes: [handshake(endpoint(GENUINE, 443), 'www.example.com', {})],
    requests: [{ ...made, response }],
    control: control({ ports: [443], page: pageOpened() }),
  })
}

const elsewhere = (target: string): Json => {
  const { host } = new URL(target)
  return run(PLAIN, {
    queries: [answered, query(host, [OTHER], { depth: 1 })],
    connects: [connect(GENUINE, 80), connect(OTHER, 443, null, 1)],
    handshakes: [handshake(endpoint(OTHER, 443), host, { depth: 1 })],
    requests: [
      exchange(target, { body: page('Something else'), address: endpoint(OTHER, 443), depth: 1 }),
      redirect(PLAIN, target, endpoint(GENUINE, 80)),
    ],
    control: control({ ports: [80] }),
  })
}

const refusal = (server: string): Json =>
  run(PLAIN, {
    queries: [answered],
    connects: [connect(GENUINE, 80)],
    requests: [
      exchange(PLAIN, {
        status: 403,
        body: page('Forbidden'),
        headers: [['Server', server]],
        address: endpoint(GENUINE, 80),
      }),
    ],
    control: control({ ports: [80], page: pageOpened({ headers: { Server: 'nginx/1.18.0 (Ubuntu)' } }) }),
  })

export const WEB_LIMITS: readonly Scenario[] = [
  {
    name: 'of 28 requests at once the client cancels 27, and one is answered under a valid certificate',
    measurement: many([...times(13, cancelled), opened, ...times(14, cancelled)]),
    kind: 'reachable',
    rule: 'http.answers',
  },
  {
    name: 'of three requests of one URL two are reset and the last is answered',
    measurement: many([opened, reset, reset]),
    kind: 'reachable',
  },
  {
    name: 'every request of one URL is reset in the handshake while the control completes it',
    measurement: many(times(5, reset), {
      handshakes: times(5, handshake(endpoint(GENUINE, 443), HOST, { failure: 'connection_reset' })),
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'every request of one URL is cancelled by the client itself',
    measurement: many(times(28, cancelled), {
      handshakes: times(28, handshake(endpoint(GENUINE, 443), HOST, { failure: 'interrupted' })),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'a URL that leads to itself and then to a page is a chain',
    measurement: many([opened, redirect(SECURE, SECURE), redirect(SECURE, SECURE)]),
    kind: 'reachable',
  },
  {
    name: 'a request of an https URL holds only that it was reset',
    measurement: oldRun(SECURE, {
      queries: [answered],
      connects: [connect(GENUINE, 443)],
      requests: [failureAlone('connection_reset')],
      control: oldControl(),
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'a request of a cleartext URL holds only that it was reset',
    measurement: oldRun(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [failureAlone('connection_reset')],
      control: oldControl(),
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.reset',
  },
  {
    name: 'an address of another network is silent, and both sides follow the name to the same canonical name',
    measurement: chosenAddress('www.example.com.cdn.example'),
    kind: 'inconclusive',
    rule: 'tcp.no-control',
  },
  {
    name: 'an address of another network is silent, and the control follows the name elsewhere',
    measurement: chosenAddress('www.example.com.other.example'),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.forged',
  },
  {
    name: 'the name is answered with the machine itself, on which something answers TLS',
    measurement: machine('127.0.0.1', control({ tested: [GENUINE] }), 'ssl_unknown_authority'),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'the name is answered with no address at all',
    measurement: machine('0.0.0.0', control({ tested: [GENUINE] }), 'connection_refused'),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'the name is answered with the machine itself and the helper was not reached: no sign-in page, and no control',
    measurement: machine('127.0.0.1', NO_CONTROL, 'ssl_unknown_authority'),
    kind: 'inconclusive',
  },
  {
    name: 'a private address shows a foreign certificate and the helper was not reached: a sign-in page',
    measurement: machine('192.168.1.1', NO_CONTROL, 'ssl_unknown_authority'),
    kind: 'inconclusive',
    rule: 'line.captive-portal',
  },
  {
    name: 'a cleartext answer sends the line to the machine itself, and the control’s page opens',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [redirect(PLAIN, 'http://localhost/', endpoint(GENUINE, 80))],
      control: control({ ports: [80], page: pageOpened() }),
    }),
    kind: 'interfered',
    layer: 'http',
    rule: 'http.redirected',
  },
  {
    name: 'a verified handshake passes, and then the page does not come in time: the server may be slow',
    measurement: webMeasurement({ http: 'generic_timeout_error' }),
    kind: 'inconclusive',
    rule: 'http.silence-after-tls',
  },
  {
    name: 'a verified handshake passes, and the page stops after 18 KB without an end: the server may be slow',
    measurement: begun('generic_timeout_error'),
    kind: 'inconclusive',
    rule: 'http.page-stops',
  },
  {
    name: 'in cleartext a page stops after its beginning, without an end: the server may be slow',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [
        {
          ...exchange(PLAIN, { failure: 'generic_timeout_error' }),
          response: { code: 200, headers_list: [], body: 'words '.repeat(3_000), body_is_truncated: false },
        },
      ],
      control: control({ ports: [80], page: pageOpened() }),
    }),
    kind: 'inconclusive',
    rule: 'http.page-stops',
  },
  {
    name: 'in cleartext no page begins, while the control gets it',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(PLAIN, { failure: 'generic_timeout_error' })],
      control: control({ ports: [80], page: pageOpened() }),
    }),
    kind: 'interfered',
    layer: 'http',
    rule: 'http.failure',
  },
  {
    name: 'a verified handshake passes, and the page ends after 18 KB',
    measurement: begun(null),
    kind: 'reachable',
  },
  {
    name: 'a verified handshake passes, and then the exchange is reset while the control gets the page',
    measurement: webMeasurement({ http: 'connection_reset' }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.reset',
  },
  {
    name: 'a cleartext answer leads to the site of the reader’s country, under its own certificate',
    measurement: elsewhere('https://www.example.kz/'),
    kind: 'reachable',
  },
  {
    name: 'a cleartext answer leads to a site of another word, whose page differs',
    measurement: elsewhere('https://www.notice.kz/'),
    kind: 'interfered',
    rule: 'http.redirected',
  },
  {
    name: 'a cleartext refusal names the same server program and version as the control’s page',
    measurement: refusal('nginx/1.18.0 (Ubuntu)'),
    kind: 'reachable',
  },
  {
    name: 'a cleartext refusal names another server than the control’s page',
    measurement: refusal('nginx'),
    kind: 'interfered',
    rule: 'http.page-differs',
  },
  {
    name: 'a filtering resolver that the owner chose, in another network than the line’s, denies the name',
    measurement: webMeasurement({ dns: 'dns_nxdomain_error', root: { resolver_asn: 'AS19281' } }),
    kind: 'inconclusive',
    rule: 'http.own-filter',
  },
  {
    name: 'a filtering resolver that the owner chose answers with an address of a third network, which is dead',
    measurement: webMeasurement({
      addresses: [FOREIGN],
      tcp: 'generic_timeout_error',
      testKeys: { queries: [query(HOST, [FOREIGN], { asn: 64499 })] },
      ...control(),
      root: { resolver_asn: 'AS19281', input: SECURE },
    }),
    kind: 'interfered',
    layer: 'dns',
  },
  {
    name: 'an open resolver in another network than the line’s denies the name',
    measurement: webMeasurement({ dns: 'dns_nxdomain_error', root: { resolver_asn: 'AS15169' } }),
    kind: 'interfered',
    layer: 'dns',
  },
  {
    name: 'the control denies the name, and does not connect to the address that the probe alone was given',
    measurement: deadName({ tcp: 'generic_timeout_error' }),
    kind: 'inconclusive',
    rule: 'dns.answer-for-dead-name',
  },
  {
    name: 'the control denies the name, and refuses the certificate at the address that the probe alone was given',
    measurement: deadName({
      connects: [connect(FOREIGN, 443)],
      handshakes: [handshake(endpoint(FOREIGN, 443), HOST, { failure: 'ssl_invalid_hostname' })],
    }),
    kind: 'inconclusive',
  },
  {
    name: 'the control resolves the name, and does not connect to the address that it was given, as the probe',
    measurement: run(SECURE, {
      queries: [answered],
      connects: [connect(GENUINE, 443, 'generic_timeout_error')],
      requests: [exchange(SECURE, { failure: 'generic_timeout_error' })],
      control: control({ tcp: () => 'generic_timeout_error', page: pageFailed('generic_timeout_error') }),
    }),
    kind: 'unreachable',
    layer: 'tcp',
  },
  {
    name: 'an address that the probe alone was given serves another page than the control gets',
    measurement: run(PLAIN, {
      queries: [query(HOST, [FOREIGN], { asn: 64499 })],
      connects: [connect(FOREIGN, 80)],
      requests: [exchange(PLAIN, { body: page('Another page'), address: endpoint(FOREIGN, 80) })],
      control: control({ ports: [80], tested: [GENUINE, FOREIGN] }),
    }),
    kind: 'interfered',
    layer: 'dns',
  },
]
