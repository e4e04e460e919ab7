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

const IPV6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c'
const URL_PLAIN = 'http://www.example.com/'
const LONG_PAGE =
  '<html><head><title>Something else</title></head><body>' + 'Other words. '.repeat(80) + '</body></html>'

/** The helper’s page failed with this legacy word. */
const pageFailed = (failure: string): Json => ({
  http_request: { body_length: -1, failure, title: '', headers: {}, status_code: -1, discovered_h3_endpoint: '' },
})
const endpointFailed = (failure: string): Json => ({ [`${EXAMPLE_ADDRESS}:443`]: { status: false, failure } })

export const WEB_NOT_BLOCKED: readonly Scenario[] = [
  { name: 'everything opens', measurement: webMeasurement(), kind: 'reachable' },
  {
    name: 'a cleartext page agrees with the control’s',
    measurement: webMeasurement({ url: URL_PLAIN }),
    kind: 'reachable',
  },
  {
    name: 'the server refuses the country with 403 under its own certificate',
    measurement: webMeasurement({ status: 403, body: LONG_PAGE }),
    kind: 'reachable',
    mechanism: 'fault.geoblock',
  },
  {
    name: 'the server refuses for legal reasons with 451 under its own certificate',
    measurement: webMeasurement({ status: 451, body: LONG_PAGE }),
    kind: 'reachable',
    mechanism: 'fault.geoblock',
  },
  {
    name: 'a challenge page of a delivery network comes under the site’s certificate',
    measurement: webMeasurement({ status: 503, headers: [['cf-mitigated', 'challenge']], body: LONG_PAGE }),
    kind: 'reachable',
    mechanism: 'fault.geoblock',
  },
  {
    name: 'the line has no IPv6 and IPv4 opens',
    measurement: webMeasurement({
      addresses: [EXAMPLE_ADDRESS, IPV6],
      testKeys: {
        tcp_connect: [connect(EXAMPLE_ADDRESS, 443), connect(IPV6, 443, 'network_unreachable')],
        tls_handshakes: [handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com')],
      },
    }),
    kind: 'reachable',
  },
  {
    name: 'the line has no IPv6 and only IPv6 was tried',
    measurement: webMeasurement({
      addresses: [IPV6],
      control: {
        dns: { failure: null, addrs: [IPV6] },
        tcp_connect: { [`[${IPV6}]:443`]: { status: true, failure: null } },
        tls_handshake: {},
      },
      testKeys: {
        tcp_connect: [connect(IPV6, 443, 'host_unreachable')],
        tls_handshakes: [],
        requests: [exchange('https://www.example.com/', { failure: 'host_unreachable' })],
      },
    }),
    kind: 'inconclusive',
  },
  {
    name: 'the site is down: nobody connects and the control’s page fails',
    measurement: webMeasurement({
      tcp: 'generic_timeout_error',
      control: {
        ...pageFailed('generic_timeout_error'),
        tcp_connect: endpointFailed('generic_timeout_error'),
        tls_handshake: {},
      },
    }),
    kind: 'unreachable',
    layer: 'tcp',
  },
  {
    name: 'the name is dead: no resolver knows it, the control’s neither',
    measurement: webMeasurement({
      dns: 'dns_nxdomain_error',
      control: {
        ...pageFailed('dns_lookup_error'),
        dns: { failure: 'dns_name_error', addrs: [] },
        tcp_connect: {},
        tls_handshake: {},
      },
    }),
    kind: 'unreachable',
    layer: 'dns',
  },
  {
    name: 'the certificate expired at the origin and the control refuses it too',
    measurement: webMeasurement({
      tls: 'ssl_invalid_certificate',
      control: {
        ...pageFailed('unknown_error'),
        tls_handshake: {
          [`${EXAMPLE_ADDRESS}:443`]: {
            server_name: 'www.example.com',
            status: false,
            failure: 'ssl_invalid_certificate',
          },
        },
      },
    }),
    kind: 'unreachable',
    mechanism: 'fault.service',
  },
  {
    name: 'the handshake is reset for the probe and for the control',
    measurement: webMeasurement({
      tls: 'connection_reset',
      control: {
        ...pageFailed('unknown_error'),
        tls_handshake: {
          [`${EXAMPLE_ADDRESS}:443`]: { server_name: 'www.example.com', status: false, failure: 'connection_reset' },
        },
      },
    }),
    kind: 'unreachable',
    layer: 'tls',
  },
  {
    name: 'the helper was not reached and the handshake was silent',
    measurement: webMeasurement({ tls: 'generic_timeout_error', control: 'absent' }),
    kind: 'inconclusive',
  },
  {
    name: 'the helper was not reached and the page opened under a valid certificate',
    measurement: webMeasurement({ control: 'absent' }),
    kind: 'reachable',
  },
  {
    name: 'the helper was not reached and a cleartext page came: nobody knows whose',
    measurement: webMeasurement({ url: URL_PLAIN, control: 'absent' }),
    kind: 'inconclusive',
  },
  {
    name: 'a delivery network answers from another network with the site’s certificate',
    measurement: webMeasurement({
      addresses: ['151.101.1.1'],
      testKeys: { queries: [query('www.example.com', ['151.101.1.1'], { asn: 54113 })] },
      control: {
        tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
        tls_handshake: { [`${EXAMPLE_ADDRESS}:443`]: { server_name: 'www.example.com', status: true, failure: null } },
        ip_info: { [EXAMPLE_ADDRESS]: { asn: 15133, flags: 11 } },
      },
    }),
    kind: 'reachable',
  },
  {
    name: 'a site publishes a private address to everybody',
    measurement: webMeasurement({
      addresses: ['10.1.2.3'],
      tcp: 'generic_timeout_error',
      control: {
        ...pageFailed('generic_timeout_error'),
        dns: { failure: null, addrs: ['10.1.2.3'] },
        tcp_connect: {},
        tls_handshake: {},
        ip_info: {},
      },
    }),
    kind: 'inconclusive',
  },
  {
    name: 'a hotspot sends the line to its sign-in page',
    measurement: webMeasurement({
      url: URL_PLAIN,
      status: 302,
      headers: [['Location', 'http://login.hotspot.example/?client_mac=00-00-5e-00-53-01&userurl=x']],
      body: '',
    }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'a router asks for authentication before the network opens',
    measurement: webMeasurement({ url: URL_PLAIN, status: 511, body: LONG_PAGE }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'the origin is overloaded and sends 502 in cleartext',
    measurement: webMeasurement({ url: URL_PLAIN, status: 502, body: LONG_PAGE }),
    kind: 'inconclusive',
    mechanism: 'fault.service',
  },
  {
    name: 'a cleartext answer is a text without markup, so it lacks no title',
    measurement: webMeasurement({ url: URL_PLAIN, body: 'the body was left out of this record' }),
    kind: 'reachable',
  },
  {
    name: 'a cleartext page differs in size alone',
    measurement: webMeasurement({
      url: URL_PLAIN,
      body: '<html><head><title>Example Domain</title></head><body>' + 'More of it. '.repeat(80) + '</body></html>',
    }),
    kind: 'reachable',
  },
  {
    name: 'a search page answers for a dead name',
    measurement: webMeasurement({
      url: URL_PLAIN,
      addresses: ['185.53.177.20'],
      body: LONG_PAGE,
      control: {
        ...pageFailed('dns_lookup_error'),
        dns: { failure: 'dns_name_error', addrs: [] },
        tcp_connect: {},
        ip_info: {},
      },
    }),
    kind: 'inconclusive',
    mechanism: 'dns.unexpected',
  },
  {
    name: 'the probe’s run was interrupted',
    measurement: webMeasurement({ tls: 'interrupted' }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'the probe’s program failed with a word nobody knows',
    measurement: webMeasurement({ http: 'unknown_failure: http2: something of its own' }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'one of two addresses does not answer and the other opens',
    measurement: webMeasurement({
      addresses: [EXAMPLE_ADDRESS, '93.184.215.15'],
      testKeys: {
        tcp_connect: [connect('93.184.215.15', 443, 'generic_timeout_error'), connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.com')],
      },
    }),
    kind: 'reachable',
  },
  {
    name: 'an answer translated for an IPv6-only line',
    measurement: webMeasurement({
      addresses: ['64:ff9b::5db8:d70e'],
      control: { dns: { failure: null, addrs: [EXAMPLE_ADDRESS, IPV6] } },
    }),
    kind: 'reachable',
  },
]
