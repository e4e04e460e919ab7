import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import { hash } from 'node:crypto'
import { INTERMEDIATE, LEAF } from '../kit/net/certificates.ts'
import type { Scenario } from './scenario.ts'

const GOOGLE = '142.250.74.46'

const digestOf = (certificate: string): string => hash('sha256', Buffer.from(certificate, 'base64'))

const page = (options: EndpointOptions, line = {}) =>
  kuagerDocument({
    line,
    endpoints: [
      endpoint('www.youtube.com', options),
      endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] }),
    ],
  })
const alone = (options: EndpointOptions) => kuagerDocument({ endpoints: [endpoint('www.youtube.com', options)] })

const LOOK = {
  home_tried: 3,
  home_passed: 3,
  abroad_tried: 4,
  abroad_connected: 4,
  abroad_passed: 0,
  resolvers_tried: 2,
  resolvers_passed: 0,
  unowned_answered: false,
  page_came: false,
}
const onlyHome = (looks: readonly object[]) =>
  kuagerDocument({
    service: 'line',
    line: {
      state: 'abroad-filtered',
      canaries: [{ moment: 'before', t: 0, tried: 7, passed: 3 }],
      x_abroad: looks,
    },
    endpoints: [],
  })

/** What the owner's line, the run, or a responder explains, and pools in which one member is down for everybody. */
export const KUAGER_OWN_LINE: readonly Scenario[] = [
  {
    name: 'kuager: a sign-in page stands before the line',
    measurement: page(
      { tls: ['+x+', '+x+'] },
      { state: 'captive-portal', portal: 'found', portal_host: 'login.example' },
    ),
    kind: 'inconclusive',
    mechanism: 'fault.client',
    rule: 'line.captive-portal',
  },
  {
    name: 'kuager: the line is down',
    measurement: kuagerDocument({ service: 'line', line: { state: 'down', canaries: [] }, endpoints: [] }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
    rule: 'line.down',
  },
  {
    name: 'kuager: sites at home answer in two looks and none abroad, while connections abroad are answered',
    measurement: onlyHome([LOOK, LOOK]),
    kind: 'inconclusive',
    rule: 'line.abroad-filtered',
  },
  {
    name: 'kuager: a connection is said to reach only home, and the looks that show it are missing',
    measurement: onlyHome([]),
    kind: 'inconclusive',
    rule: 'line.unstable',
  },
  {
    name: 'kuager: a connection is said to reach only home, and its own looks show an outage',
    measurement: onlyHome([{ ...LOOK, abroad_connected: 0 }, LOOK]),
    kind: 'inconclusive',
    rule: 'line.unstable',
  },
  {
    name: 'kuager: a connection is said to reach only home, and a count of a look is missing',
    measurement: onlyHome([LOOK, { ...LOOK, abroad_passed: undefined }]),
    kind: 'inconclusive',
    rule: 'line.unstable',
  },
  {
    name: 'kuager: the resolver of the line fails for every name',
    measurement: page({ system: 'generic_timeout_error', addresses: [] }, { state: 'resolver-broken' }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: "kuager: the owner's VPN is on",
    measurement: page({ tls: ['+.+', '+.+'] }, { state: 'tunnelled', tunnel: 'found' }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: the network changed during the run',
    measurement: page({ tls: ['+.+', '...'] }, { state: 'network-changed', network_changed: true }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: the clock is wrong by more than certificates bear',
    measurement: page({ tls: ['+e+'] }, { state: 'clock-wrong', clock_offset: -200_000 }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: the provider failed during the run',
    measurement: page(
      { tls: ['+.+', '+.+'] },
      {
        state: 'unstable',
        canaries: [
          { moment: 'before', t: 0, tried: 5, passed: 5 },
          { moment: 'during', t: 5, tried: 5, passed: 1 },
          { moment: 'after', t: 9, tried: 5, passed: 0 },
        ],
      },
    ),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: the run was interrupted before anything was tried',
    measurement: kuagerDocument({ endpoints: [] }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: the machine had no route and no permission',
    measurement: alone({ tcp: { [GOOGLE]: 'network_unreachable' } }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: protocol and shaped payload both fail',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 51820,
          tunnel: { protocol: 'wireguard', transport: 'udp', halves: ['..', '..'] },
        }),
      ],
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: a tunnel protocol fails once',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 1194,
          tunnel: { protocol: 'openvpn', transport: 'tcp', halves: ['.+'] },
        }),
      ],
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: a tunnel protocol passes at the second try',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 1194,
          tunnel: { protocol: 'openvpn', transport: 'udp', halves: ['.+', '++'] },
        }),
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: every data centre connects',
    measurement: kuagerDocument({
      service: 'telegram',
      endpoints: ['149.154.175.50', '149.154.167.51'].map((host) =>
        endpoint(host, { use: 'datacenter', control: { http: null, tls: '--' } }),
      ),
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one data centre is down for everybody',
    measurement: kuagerDocument({
      service: 'telegram',
      endpoints: ['149.154.175.50', '149.154.167.51', '149.154.175.100'].map((host, index) =>
        endpoint(host, {
          use: 'datacenter',
          ...(index === 0 ? { tcp: { [host]: 'generic_timeout_error' } } : {}),
          control: { http: null, tls: '--', ...(index === 0 ? { tcp: { [host]: 'generic_timeout_error' } } : {}) },
        }),
      ),
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the same chain as abroad, of a service with an authority of its own',
    measurement: kuagerDocument({
      service: 'signal',
      endpoints: [
        endpoint('chat.signal.org', {
          use: 'messages',
          addresses: ['76.223.92.165'],
          tls: ['hxh'],
          certificates: [LEAF, INTERMEDIATE],
          control: { tls: 'x+', http: null, digests: [digestOf(LEAF)] },
        }),
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: lookups are lost, of this name and of others',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', {
          system: 'generic_timeout_error',
          udp: 'generic_timeout_error',
          doh: [GOOGLE],
          addresses: [],
          control: { addresses: [GOOGLE] },
        }),
        endpoint('m.youtube.com', { udp: 'generic_timeout_error' }),
        endpoint('i.ytimg.com', { use: 'media', udp: 'generic_timeout_error' }),
      ],
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: an address that two hosts share connects for one and is lost for the other',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com'),
        endpoint('i.ytimg.com', { use: 'media', tcp: { [GOOGLE]: 'generic_timeout_error' }, neighbour: '+' }),
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: data centres connect and answer in cleartext, the control being down',
    measurement: kuagerDocument({
      service: 'telegram',
      endpoints: ['149.154.175.50', '149.154.167.51'].map((host) =>
        endpoint(host, { use: 'datacenter', plain: [{ status: 404, body: '' }], control: null }),
      ),
    }),
    kind: 'reachable',
  },
]
