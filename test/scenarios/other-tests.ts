import { EXAMPLE_ADDRESS, exchange, handshake, measurement, query, connect } from '../kit/measured/measurement.ts'
import {
  signalMeasurement,
  sniMeasurement,
  telegramMeasurement,
  whatsappMeasurement,
  SIGNAL_HOSTS,
} from '../kit/measured/messenger-measurement.ts'
import type { Scenario } from './scenario.ts'

const all = (names: readonly string[], word: string): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, word]))

export const OTHER_TESTS: readonly Scenario[] = [
  { name: 'telegram: everything answers', measurement: telegramMeasurement(), kind: 'reachable' },
  {
    name: 'telegram: every datacentre is silent while the web page’s address connects',
    measurement: telegramMeasurement({ datacenters: { failing: 6, failure: 'generic_timeout_error' } }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'telegram: half of the datacentres are silent and half answer',
    measurement: telegramMeasurement({ datacenters: { failing: 3, failure: 'generic_timeout_error' } }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'telegram: two of six datacentres are silent',
    measurement: telegramMeasurement({ datacenters: { failing: 2, failure: 'generic_timeout_error' } }),
    kind: 'inconclusive',
  },
  {
    name: 'telegram: the web page alone goes silent',
    measurement: telegramMeasurement({ web: 'generic_timeout_error' }),
    kind: 'inconclusive',
  },
  { name: 'signal: everything answers', measurement: signalMeasurement(), kind: 'reachable' },
  {
    name: 'signal: one name goes silent after the ClientHello while its siblings pass',
    measurement: signalMeasurement({ failures: { 'chat.signal.org': 'generic_timeout_error' } }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
  },
  {
    name: 'signal: every name goes silent and nothing tells why',
    measurement: signalMeasurement({ failures: all(SIGNAL_HOSTS, 'generic_timeout_error') }),
    kind: 'inconclusive',
  },
  {
    name: 'signal: an unknown authority may be a new one of the service’s own',
    measurement: signalMeasurement({ failures: { 'chat.signal.org': 'ssl_unknown_authority' } }),
    kind: 'inconclusive',
  },
  {
    name: 'signal 0.2.1 after its authority changed: the defect explains it',
    measurement: signalMeasurement({
      failures: all(SIGNAL_HOSTS, 'ssl_unknown_authority'),
      startedAt: '2022-11-01 10:00:00',
      root: { test_version: '0.2.1' },
    }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  { name: 'whatsapp: everything answers', measurement: whatsappMeasurement(), kind: 'reachable' },
  {
    name: 'whatsapp: the registration name is reset while the web name passes',
    measurement: whatsappMeasurement({ failures: { 'v.whatsapp.net': 'connection_reset' } }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'whatsapp: every chat endpoint is silent while the web name’s address connects',
    measurement: whatsappMeasurement({ endpoints: 'generic_timeout_error' }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'sni_blocking: the target name is silent and the innocent one passes on the same address',
    measurement: sniMeasurement({ targetFailure: 'generic_timeout_error' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'sni_blocking: the target name is reset and the innocent one passes',
    measurement: sniMeasurement({ targetFailure: 'connection_reset' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset.sni',
  },
  {
    name: 'sni_blocking: the innocent name passed on another address, so the trigger is not proved',
    measurement: sniMeasurement({
      targetFailure: 'generic_timeout_error',
      testKeys: {
        control: { sni: 'example.org', tls_handshakes: [handshake('93.184.215.15:443', 'example.org')] },
      },
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
  },
  { name: 'sni_blocking: the server answers both names', measurement: sniMeasurement(), kind: 'reachable' },
  {
    name: 'sni_blocking: both names fail',
    measurement: sniMeasurement({ targetFailure: 'generic_timeout_error', controlFailure: 'generic_timeout_error' }),
    kind: 'inconclusive',
  },
  {
    name: 'urlgetter: the page opens',
    measurement: measurement(
      'urlgetter',
      '0.2.0',
      {
        failure: null,
        queries: [query('www.example.com', [EXAMPLE_ADDRESS])],
        tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com')],
        requests: [exchange('https://www.example.com/')],
      },
      { root: { input: 'https://www.example.com/' } },
    ),
    kind: 'reachable',
  },
  {
    name: 'urlgetter: the run was told not to verify, so nobody knows who completed the handshake',
    measurement: measurement(
      'urlgetter',
      '0.2.0',
      {
        failure: null,
        queries: [query('www.example.com', [EXAMPLE_ADDRESS])],
        tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [{ ...handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com'), no_tls_verify: true }],
        requests: [exchange('https://www.example.com/')],
      },
      { root: { input: 'https://www.example.com/' } },
    ),
    kind: 'inconclusive',
    rule: 'tls.no-control',
  },
  {
    name: 'urlgetter: the handshake is silent and nothing can be compared',
    measurement: measurement(
      'urlgetter',
      '0.2.0',
      {
        failure: 'generic_timeout_error',
        queries: [query('www.example.com', [EXAMPLE_ADDRESS])],
        tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com', { failure: 'generic_timeout_error' })],
        requests: [exchange('https://www.example.com/', { failure: 'generic_timeout_error' })],
      },
      { root: { input: 'https://www.example.com/' } },
    ),
    kind: 'inconclusive',
  },
  {
    name: 'vanilla_tor: the tunnel comes up',
    measurement: measurement('vanilla_tor', '0.3.0', {
      bootstrap_time: 12.5,
      error: null,
      failure: null,
      success: true,
      timeout: 200,
      tor_progress: 100,
    }),
    kind: 'reachable',
  },
  {
    name: 'vanilla_tor: the tunnel stays at five per cent',
    measurement: measurement('vanilla_tor', '0.3.0', {
      bootstrap_time: 0,
      error: 'timeout-reached',
      failure: 'generic_timeout_error',
      success: false,
      timeout: 200,
      tor_progress: 5,
    }),
    kind: 'inconclusive',
  },
  {
    name: 'a test that has no method here is stored and not judged',
    measurement: measurement('dash', '0.14.1', { failure: null, simple: {}, receiver_data: [] }),
    kind: 'not-judged',
  },
]
