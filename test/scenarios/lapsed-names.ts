import {
  EXAMPLE_ADDRESS,
  connect,
  exchange,
  handshake,
  query,
  webMeasurement,
  type Json,
} from '../kit/measured/measurement.ts'
import { signalMeasurement } from '../kit/measured/messenger-measurement.ts'
import { ROOT } from '../kit/net/certificates.ts'
import type { Scenario } from './scenario.ts'

const URL_ASKED = 'https://www.example.com/'
const AT = `${EXAMPLE_ADDRESS}:443`
/** Another address than the genuine one. */
const PARKED = '45.33.2.1'
/** A control for which the name does not exist. */
const DEAD = {
  tcp_connect: {},
  tls_handshake: {},
  dns: { failure: 'dns_name_error', addrs: [] },
  http_request: { failure: 'dns_lookup_error', status_code: -1, body_length: -1, title: '', headers: {} },
  ip_info: {},
}

/** A listed name whose only answer is an address that refuses the connection. */
const refusedAt = (address: string, control: Json | 'absent'): Json =>
  webMeasurement({
    url: 'https://www.youtube.com/',
    addresses: [address],
    tcp: 'connection_refused',
    testKeys: { queries: [query('www.youtube.com', [address], { asn: 0 })] },
    control,
  })

const SIGNAL_NAMES = ['cdsi.signal.org', 'chat.signal.org', 'sfu.voip.signal.org', 'storage.signal.org']

/** Signal, of which some names get an address that refuses the connection. */
const signalAt = (address: string, names: readonly string[]): Json =>
  signalMeasurement({
    testKeys: {
      queries: SIGNAL_NAMES.map((host) => query(host, [names.includes(host) ? address : EXAMPLE_ADDRESS])),
      tcp_connect: [
        connect(address, 443, 'connection_refused'),
        ...(names.length < SIGNAL_NAMES.length ? [connect(EXAMPLE_ADDRESS, 443)] : []),
      ],
      tls_handshakes: SIGNAL_NAMES.flatMap((host) => (names.includes(host) ? [] : [handshake(AT, host)])),
      requests: SIGNAL_NAMES.map((host) =>
        exchange(`https://${host}/`, names.includes(host) ? { failure: 'connection_refused' } : { address: AT }),
      ),
    },
  })

/** Names that exist no longer, and routers of homes that answer for all names. */
export const LAPSED_NAMES: readonly Scenario[] = [
  // g. Names that have lapsed
  {
    name: 'a name that is dead for the control is parked here, and an encrypted resolver remembers where it was',
    measurement: webMeasurement({
      testKeys: {
        queries: [
          query('www.example.com', [PARKED], { asn: 63949 }),
          query('www.example.com', [EXAMPLE_ADDRESS], { engine: 'doh' }),
        ],
        tcp_connect: [connect(PARKED, 443)],
        tls_handshakes: [
          handshake(`${PARKED}:443`, 'www.example.com', { failure: 'ssl_unknown_authority', certificates: [ROOT] }),
        ],
        requests: [exchange(URL_ASKED, { failure: 'ssl_unknown_authority' })],
      },
      control: DEAD,
    }),
    kind: 'inconclusive',
    rule: 'dns.answer-for-dead-name',
  },
  {
    name: 'a name that is dead for the control’s resolver, and proved at the address that an encrypted resolver gives',
    measurement: webMeasurement({
      testKeys: {
        queries: [
          query('www.example.com', [PARKED], { asn: 63949 }),
          query('www.example.com', [EXAMPLE_ADDRESS], { engine: 'doh' }),
        ],
        tcp_connect: [connect(PARKED, 443), connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [
          handshake(`${PARKED}:443`, 'www.example.com', { failure: 'ssl_unknown_authority', certificates: [ROOT] }),
          handshake(AT, 'www.example.com'),
        ],
        requests: [exchange(URL_ASKED, { failure: 'ssl_unknown_authority' })],
      },
      control: DEAD,
    }),
    kind: 'interfered',
    layer: 'dns',
  },
  {
    name: 'a name that is dead for the control gets the address of a router at home',
    measurement: refusedAt('192.168.1.1', DEAD),
    kind: 'inconclusive',
    rule: 'dns.answer-for-dead-name',
  },
  {
    name: 'a name that is dead for the control gets a private address of a provider',
    measurement: refusedAt('10.40.4.4', DEAD),
    kind: 'interfered',
    rule: 'dns.forged-for-dead-name',
  },
  // A router without a connection answers every name with its own address.
  {
    name: 'a listed name gets the address of a router at home, which does not answer, and the helper was not reached',
    measurement: refusedAt('192.168.1.1', 'absent'),
    kind: 'inconclusive',
    rule: 'line.captive-portal',
  },
  {
    name: 'a listed name gets a private address of a provider, and the helper was not reached',
    measurement: refusedAt('10.40.4.4', 'absent'),
    kind: 'interfered',
    rule: 'dns.bogon',
  },
  {
    name: 'signal: every name gets the address of a router at home, and nothing from outside was reached',
    measurement: signalAt('192.168.1.1', SIGNAL_NAMES),
    kind: 'inconclusive',
    rule: 'line.captive-portal',
  },
  {
    name: 'signal: one name gets the address of a router at home while the others pass',
    measurement: signalAt('192.168.1.1', SIGNAL_NAMES.slice(0, 1)),
    kind: 'interfered',
    rule: 'dns.bogon',
  },
]
