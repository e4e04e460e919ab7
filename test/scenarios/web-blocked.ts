import {
  connect,
  EXAMPLE_ADDRESS,
  exchange,
  handshake,
  query,
  webMeasurement,
  type Json,
} from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'

const BLOCK_PAGE =
  '<html><head><title>Access restricted</title></head><body>' +
  'This page cannot be shown. '.repeat(40) +
  '</body></html>'
const URL_PLAIN = 'http://www.example.com/'

/** A helper that tested the genuine address alone: it never tries a bogon. */
const GENUINE: Json = {
  tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
  tls_handshake: { [`${EXAMPLE_ADDRESS}:443`]: { server_name: 'www.example.com', status: true, failure: null } },
  ip_info: { [EXAMPLE_ADDRESS]: { asn: 15133, flags: 11 } },
}

/** A chain of two hops as 0.5 writes it: the first answered with a redirect, the second as given. */
export function chain(second: Json, extra: Json = {}): Json {
  const first = exchange(URL_PLAIN, {
    status: 301,
    headers: [['Location', 'https://www.example.com/']],
    body: '',
    address: `${EXAMPLE_ADDRESS}:80`,
  })
  return webMeasurement({ url: URL_PLAIN, testKeys: { requests: [second, first], ...extra } })
}

export const WEB_BLOCKED: readonly Scenario[] = [
  {
    name: 'silence after the ClientHello while the control completes the handshake',
    measurement: webMeasurement({ tls: 'generic_timeout_error' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
    rule: 'tls.silence',
  },
  {
    name: 'a reset after the ClientHello while the control completes the handshake',
    measurement: webMeasurement({ tls: 'connection_reset' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'the connection is closed after the ClientHello while the control completes the handshake',
    measurement: webMeasurement({ tls: 'eof_error' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.close',
  },
  {
    name: 'bytes that are no TLS answer the ClientHello',
    measurement: webMeasurement({ tls: 'unknown_failure: tls: first record does not look like a TLS handshake' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.injected',
  },
  {
    name: 'an unknown authority signed the certificate that the control did not get',
    measurement: webMeasurement({ tls: 'ssl_unknown_authority' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'another name innocent to the same address passed in the same run',
    measurement: webMeasurement({
      tls: 'generic_timeout_error',
      testKeys: {
        tls_handshakes: [
          handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com', { failure: 'generic_timeout_error' }),
          handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.org'),
        ],
      },
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'the address does not answer the probe and answers the control',
    measurement: webMeasurement({ tcp: 'generic_timeout_error' }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'the address refuses the probe and answers the control',
    measurement: webMeasurement({ tcp: 'connection_refused' }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.refused.ip',
  },
  {
    name: 'the resolver knows no such name and the control resolves it',
    measurement: webMeasurement({ dns: 'dns_nxdomain_error' }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'the resolver refuses the name and the control resolves it',
    measurement: webMeasurement({ dns: 'dns_refused_error' }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.refused',
  },
  {
    name: 'the resolver answers with an address inside a provider’s private range',
    measurement: webMeasurement({ addresses: ['10.10.34.35'], tcp: 'generic_timeout_error', control: GENUINE }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'a forged IPv4 answer stands beside a genuine IPv6 one',
    measurement: webMeasurement({
      addresses: ['10.10.34.35', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
      testKeys: {
        tcp_connect: [
          connect('10.10.34.35', 443, 'generic_timeout_error'),
          connect('2606:2800:21f:cb07:6820:80da:af6b:8b2c', 443),
        ],
        tls_handshakes: [handshake('[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443', 'www.example.com')],
        requests: [exchange('https://www.example.com/', { address: '[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:443' })],
      },
      control: {
        ...GENUINE,
        dns: { failure: null, addrs: [EXAMPLE_ADDRESS, '2606:2800:21f:cb07:6820:80da:af6b:8b2c'] },
      },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'the answer is an address of another network that shows a foreign certificate',
    measurement: webMeasurement({
      addresses: ['185.60.216.35'],
      tls: 'ssl_invalid_hostname',
      testKeys: { queries: [query('www.example.com', ['185.60.216.35'], { asn: 64499 })] },
      control: GENUINE,
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.forged',
  },
  {
    name: 'a cleartext page differs from the control’s in body and title',
    measurement: webMeasurement({ url: URL_PLAIN, body: BLOCK_PAGE }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.blockpage.host',
  },
  {
    name: 'a cleartext page without a title shows a frame of another site',
    measurement: webMeasurement({ url: URL_PLAIN, body: '<iframe src="http://notice.example.net/"></iframe>' }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.blockpage.host',
  },
  {
    name: 'a cleartext request is reset while the control gets the page',
    measurement: webMeasurement({ url: URL_PLAIN, http: 'connection_reset' }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.reset',
  },
  {
    name: 'a cleartext request gets no answer while the control gets the page',
    measurement: webMeasurement({ url: URL_PLAIN, http: 'generic_timeout_error' }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.timeout',
  },
  {
    name: 'a cleartext answer leads to another owner’s page that differs from the control’s',
    measurement: webMeasurement({
      url: URL_PLAIN,
      testKeys: {
        requests: [
          exchange('http://block.example.net/notice', { body: BLOCK_PAGE, depth: 1 }),
          exchange(URL_PLAIN, { status: 302, headers: [['Location', 'http://block.example.net/notice']], body: '' }),
        ],
      },
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.redirect.host',
  },
  {
    name: 'the second hop over https goes silent after the ClientHello while the control’s page opens',
    measurement: chain(exchange('https://www.example.com/', { failure: 'generic_timeout_error', depth: 1 }), {
      tcp_connect: [connect(EXAMPLE_ADDRESS, 80), connect(EXAMPLE_ADDRESS, 443, null, 1)],
      tls_handshakes: [
        handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com', { failure: 'generic_timeout_error', depth: 1 }),
      ],
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
  },
  {
    name: 'a failure at TLS stands though the control’s own page failed later',
    measurement: webMeasurement({
      tls: 'connection_reset',
      control: {
        http_request: {
          body_length: -1,
          failure: 'generic_timeout_error',
          title: '',
          headers: {},
          status_code: -1,
          discovered_h3_endpoint: '',
        },
      },
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'an old client without handshake rows: https fails after the connection, the control’s page opens',
    measurement: webMeasurement({
      http: 'generic_timeout_error',
      root: { test_version: '0.3.1', software_name: 'ooniprobe' },
      testKeys: { tls_handshakes: undefined },
      control: { tls_handshake: undefined, ip_info: undefined },
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
  },
]
