import { connect, exchange, handshake, measurement, query, type Json } from '../kit/measured/measurement.ts'
import {
  signalMeasurement,
  whatsappMeasurement,
  SIGNAL_HOSTS,
  telegramMeasurement,
} from '../kit/measured/messenger-measurement.ts'
import type { Scenario } from './scenario.ts'

const all = (names: readonly string[], word: string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, word]))

const META = [
  'b-api.facebook.com',
  'b-graph.facebook.com',
  'edge-mqtt.facebook.com',
  'external.xx.fbcdn.net',
  'scontent.xx.fbcdn.net',
  'star.c10r.facebook.com',
]
const addressOf = (index: number): string => `31.13.94.${index + 1}`
/** Messenger tests number no flows. */
const loose = (row: Json): Json => ({ ...row, transaction_id: 0, tags: null })

interface MetaOptions {
  readonly answer?: (host: string, index: number) => Json
  readonly connect?: (index: number) => string | null
}

/** facebook_messenger 0.2: lookups of seven names and connections to six. */
function meta(options: MetaOptions = {}): Json {
  const answer = options.answer ?? ((host, index) => query(host, [addressOf(index)], { asn: 32934 }))
  const queries = [query('stun.fbsbx.com', ['31.13.94.52'], { asn: 32934 }), ...META.map(answer)]
  const resolved = options.answer === undefined || options.connect !== undefined
  return measurement('facebook_messenger', '0.2.1', {
    queries: queries.map(loose),
    tcp_connect: resolved ? META.map((_, i) => loose(connect(addressOf(i), 443, options.connect?.(i) ?? null))) : [],
    tls_handshakes: [],
    requests: [],
  })
}

/** One target of the tor test. It connects where the word is one of a handshake. */
const target = (protocol: string, address: string, failure: string | null): Json => {
  const isAbove = failure !== null && /^(?:ssl_|interrupted)/.test(failure)
  return {
    failure,
    requests: [],
    queries: [],
    summary: { connect: { failure: isAbove ? null : failure } },
    target_address: `${address}:443`,
    target_protocol: protocol,
    tcp_connect: [loose(connect(address, 443, isAbove ? null : failure))],
    tls_handshakes: isAbove ? [loose(handshake(`${address}:443`, '', { failure }))] : [],
  }
}
export const tor = (kinds: Readonly<Record<string, readonly (string | null)[]>>): Json =>
  measurement('tor', '0.4.0', {
    targets: Object.fromEntries(
      Object.entries(kinds).flatMap(([protocol, failures], kind) =>
        failures.map((failure, i) => [`${protocol}${i}`, target(protocol, `198.96.${100 + kind}.${i + 1}`, failure)]),
      ),
    ),
  })

const silent = (failing: number, of: number): readonly (string | null)[] =>
  Array.from({ length: of }, (_, i) => (i < failing ? 'generic_timeout_error' : null))

/** Targets that connect; of the first ones the handshake then fails, with words that tell of an answer, in turn. */
const refusing = (failing: number, of: number, ...words: readonly string[]): readonly (string | null)[] => {
  const failures = words.length > 0 ? words : ['ssl_alert_error', 'ssl_unknown_authority']
  return Array.from({ length: of }, (_, i) => (i < failing ? failures[i % failures.length]! : null)) // within the list
}

export const MESSENGERS: readonly Scenario[] = [
  { name: 'facebook: every name resolves and connects', measurement: meta(), kind: 'reachable' },
  {
    name: 'facebook: one of its hosts is silent while five connect, and each has a work of its own',
    measurement: meta({ connect: (index) => (index === 2 ? 'generic_timeout_error' : null) }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'facebook: no host connects and nothing tells why',
    measurement: meta({ connect: () => 'generic_timeout_error' }),
    kind: 'inconclusive',
  },
  {
    name: 'facebook: a cache inside the provider’s network answers',
    measurement: meta({
      answer: (host, index) => query(host, [addressOf(index)], { asn: 64499 }),
      connect: () => null,
    }),
    kind: 'reachable',
  },
  {
    name: 'facebook: every name is answered with the machine itself',
    measurement: meta({ answer: (host) => query(host, ['127.0.0.1']) }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'signal: every name is answered with the machine itself, which shows a certificate of its own',
    measurement: signalMeasurement({
      testKeys: {
        queries: SIGNAL_HOSTS.map((host) => loose(query(host, ['127.0.0.1']))),
        tcp_connect: [loose(connect('127.0.0.1', 443))],
        tls_handshakes: SIGNAL_HOSTS.map((host) =>
          loose(handshake('127.0.0.1:443', host, { failure: 'ssl_unknown_authority' })),
        ),
        requests: SIGNAL_HOSTS.map((host) => loose(exchange(`https://${host}/`, { failure: 'ssl_unknown_authority' }))),
      },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'signal: every name is answered with a private address that does not connect',
    measurement: signalMeasurement({
      testKeys: {
        queries: SIGNAL_HOSTS.map((host) => loose(query(host, ['10.10.34.36']))),
        tcp_connect: [loose(connect('10.10.34.36', 443, 'generic_timeout_error'))],
        tls_handshakes: [],
        requests: SIGNAL_HOSTS.map((host) => loose(exchange(`https://${host}/`, { failure: 'generic_timeout_error' }))),
      },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'signal: the run was broken off during every handshake',
    measurement: signalMeasurement({ failures: all(SIGNAL_HOSTS, 'interrupted') }),
    kind: 'inconclusive',
  },
  {
    name: 'signal: every name is reset and nothing of the same providers passed',
    measurement: signalMeasurement({ failures: all(SIGNAL_HOSTS, 'connection_reset') }),
    kind: 'inconclusive',
  },
  {
    name: 'whatsapp: both https names are silent, and the endpoints were only connected to',
    measurement: whatsappMeasurement({
      failures: all(['v.whatsapp.net', 'web.whatsapp.com'], 'generic_timeout_error'),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'telegram: the probe’s program says blocked, and everything answered',
    measurement: telegramMeasurement({ testKeys: { telegram_tcp_blocking: true, telegram_web_status: 'blocked' } }),
    kind: 'reachable',
  },
  {
    name: 'tor: no directory connects while the bridges do',
    measurement: tor({
      or_port_dirauth: ['generic_timeout_error', 'generic_timeout_error'],
      or_port: [null, null],
    }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'tor: one relay of three is down',
    measurement: tor({ or_port_dirauth: [null, null], or_port: ['connection_refused', null, null] }),
    kind: 'reachable',
  },
  {
    name: 'tor: 9 of 10 authorities and 13 of 15 bridges are silent, and the few others answer',
    measurement: tor({ or_port_dirauth: silent(9, 10), obfs4: silent(13, 15) }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'tor: 12 of 15 bridges are silent while every authority answers',
    measurement: tor({ obfs4: silent(12, 15), or_port_dirauth: silent(0, 10) }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'tor: more than half of the bridges are silent, and not clearly more',
    measurement: tor({ obfs4: silent(8, 15), or_port_dirauth: silent(0, 10) }),
    kind: 'inconclusive',
  },
  {
    name: 'tor: a third of the bridges is silent, as on any day',
    measurement: tor({ obfs4: silent(5, 15), or_port_dirauth: silent(1, 10) }),
    kind: 'reachable',
  },
  {
    name: 'tor: the bridges answer with keys of their own, which is no failure of the network',
    measurement: tor({
      obfs4: Array.from({ length: 15 }, (_, i) => (i < 13 ? 'unknown_failure: ntor: authentication mismatch' : null)),
      or_port_dirauth: silent(0, 10),
    }),
    kind: 'reachable',
  },
  {
    name: 'tor: every authority refuses the handshake, and nothing else is tried',
    measurement: tor({ or_port_dirauth: refusing(10, 10) }),
    kind: 'inconclusive',
    rule: 'tunnel.fails-alone',
  },
  {
    name: 'tor: authorities refuse the handshake while the bridges pass',
    measurement: tor({ or_port_dirauth: refusing(10, 10), obfs4: silent(0, 10) }),
    kind: 'reachable',
  },
  {
    name: 'tor: every authority is silent, and the only relay beside them ends in an alert',
    measurement: tor({ or_port_dirauth: silent(10, 10), or_port: refusing(1, 1) }),
    kind: 'inconclusive',
  },
  {
    name: 'tor: of eight bridges in ten nothing is known, and the other two are silent',
    measurement: tor({
      obfs4: Array.from({ length: 10 }, (_, i) =>
        i < 8 ? 'unknown_failure: of the program' : 'generic_timeout_error',
      ),
      or_port_dirauth: silent(0, 10),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'tor: eight bridges in ten are silent, and of the other two nothing is known',
    measurement: tor({
      obfs4: Array.from({ length: 10 }, (_, i) =>
        i < 2 ? 'unknown_failure: of the program' : 'generic_timeout_error',
      ),
      or_port_dirauth: silent(0, 10),
    }),
    kind: 'interfered',
    rule: 'tunnel.one-kind-fails',
  },
  {
    name: 'tor: the machine itself interrupts every exchange after the connection',
    measurement: tor({ or_port_dirauth: refusing(10, 10, 'interrupted') }),
    kind: 'inconclusive',
    rule: 'test.no-operations',
  },
  {
    name: 'tor: nothing answers at all',
    measurement: tor({ or_port_dirauth: silent(10, 10), obfs4: silent(15, 15) }),
    kind: 'inconclusive',
  },
  {
    name: 'urlgetter: a page comes in cleartext, and nobody knows whose',
    measurement: measurement(
      'urlgetter',
      '0.2.0',
      {
        failure: null,
        queries: [loose(query('www.example.com', ['93.184.215.14']))],
        tcp_connect: [loose(connect('93.184.215.14', 80))],
        requests: [loose(exchange('http://www.example.com/'))],
      },
      { root: { input: 'http://www.example.com/' } },
    ),
    kind: 'inconclusive',
  },
]
