import {
  EXAMPLE_ADDRESS,
  connect,
  exchange,
  handshake,
  query,
  webMeasurement,
  type Json,
} from '../kit/measured/measurement.ts'
import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint } from '../kit/measured/kuager-endpoint.ts'
import { sniMeasurement } from '../kit/measured/messenger-measurement.ts'
import { INTERMEDIATE, LEAF } from '../kit/net/certificates.ts'
import type { Scenario } from './scenario.ts'

/** `sni_blocking` of which the handshake under test was refused with these certificates. */
const refusedName = (certificates: readonly string[], startedAt?: string): Json => {
  const made = sniMeasurement({ targetFailure: 'ssl_unknown_authority', ...(startedAt && { startedAt }) })
  const keys = made['test_keys'] as Json
  const target = keys['target'] as Json
  const row = handshake(`${EXAMPLE_ADDRESS}:443`, 'www.example.net', { failure: 'ssl_unknown_authority', certificates })
  return { ...made, test_keys: { ...keys, target: { ...target, tls_handshakes: [row] } } }
}

const REDIRECTS = [['Location', 'https://[not-an-address/']] as const

/** A cleartext redirect to a place that cannot be read, then a step of another owner over https. */
const ledAstray = (last: Json): Json =>
  webMeasurement({
    url: 'http://www.example.com/',
    addresses: ['104.16.132.229'],
    testKeys: {
      queries: [query('www.example.com', ['104.16.132.229'], { asn: 13335 })],
      tcp_connect: [connect('104.16.132.229', 80)],
      tls_handshakes: [],
      requests: [
        last,
        exchange('http://www.example.com/', {
          address: '104.16.132.229:80',
          status: 302,
          headers: REDIRECTS,
          body: '',
        }),
      ],
    },
  })

/**
 * Measurements made as an opponent would make them: each is near to a rule of docs/methods/judging.md, and what makes the
 * rule wrong is in it.
 */
export const HOSTILE: readonly Scenario[] = [
  {
    name: 'sni_blocking: a refused certificate that cannot be read is not another certificate',
    measurement: refusedName(['bm90IGEgY2VydGlmaWNhdGU=']),
    kind: 'inconclusive',
    rule: 'tls.no-control',
  },
  {
    name: 'sni_blocking: a refused certificate of which nothing was recorded is interference, halved',
    measurement: refusedName([]),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'sni_blocking: a refused certificate that is recorded, for another name, is interference',
    measurement: refusedName([LEAF, INTERMEDIATE]),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'a redirect to a place that cannot be read clears no address',
    measurement: ledAstray(exchange('https://www.example.com/', { address: '104.16.132.229:443' })),
    kind: 'inconclusive',
  },
  {
    name: 'a name that is dead for the control: its one address connects for the control and not here',
    measurement: webMeasurement({
      tcp: 'generic_timeout_error',
      control: {
        tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
        tls_handshake: {},
        dns: { failure: 'dns_name_error', addrs: [] },
        http_request: { failure: 'dns_lookup_error', status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'inconclusive',
    rule: 'dns.answer-for-dead-name',
  },
  {
    name: 'a name that is dead for the control’s resolver, proved by its handshake at the address that is silent here',
    measurement: webMeasurement({
      tls: 'generic_timeout_error',
      control: {
        tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
        tls_handshake: {
          [`${EXAMPLE_ADDRESS}:443`]: { server_name: 'www.example.com', status: true, failure: null },
        },
        dns: { failure: 'dns_name_error', addrs: [] },
        http_request: { failure: 'dns_lookup_error', status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  {
    name: 'kuager: a redirect is no difference where it cannot be read where the site itself redirects abroad',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', {
          plain: [{ status: 302, location: 'https://consent.example.net/' }],
          control: { first: { status: 302, location: 'https://[not-an-address/' } },
        }),
      ],
    }),
    kind: 'reachable',
  },
]
