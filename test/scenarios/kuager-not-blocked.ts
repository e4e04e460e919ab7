import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions, type TransferOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

const GOOGLE = '142.250.74.46'
const OTHER = '142.250.74.78'
const ELSEWHERE = '173.194.222.91'
const CHALLENGE =
  '<html><head><title>Just a moment...</title></head><body><script src="/cdn-cgi/challenge-platform/h/b"></script></body></html>'

const page = (options: EndpointOptions, line = {}) =>
  kuagerDocument({
    line,
    endpoints: [
      endpoint('www.youtube.com', options),
      endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] }),
    ],
  })
const alone = (options: EndpointOptions) => kuagerDocument({ endpoints: [endpoint('www.youtube.com', options)] })

const halves = (
  rates: readonly (readonly ['target' | 'innocent', number])[],
  bytes?: number,
): readonly TransferOptions[] => rates.map(([role, rate]) => ({ role, rate, ...(bytes !== undefined && { bytes }) }))

const dead = { tcp: { [GOOGLE]: 'generic_timeout_error' }, http: 'generic_timeout_error' } as const
const v6 = '2a00:1450:4010:c0f::5b'

/** What is no interference, as our own probe records it. */
export const KUAGER_NOT_BLOCKED: readonly Scenario[] = [
  { name: 'kuager: everything in order', measurement: kuagerDocument(), kind: 'reachable' },
  {
    name: 'kuager: everything in order, the control being down',
    measurement: page({ control: null }),
    kind: 'reachable',
  },
  {
    name: 'kuager: IPv6 in order beside IPv4',
    measurement: page({ addresses: [GOOGLE, v6] }, { ipv6: true }),
    kind: 'reachable',
  },
  {
    name: 'kuager: IPv6 fails on a line without it',
    measurement: page({ addresses: [GOOGLE, v6], tcp: { [v6]: 'generic_timeout_error' } }, { state: 'no-ipv6' }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the origin is down for everybody',
    measurement: alone({ tcp: { [GOOGLE]: 'generic_timeout_error' }, control: dead }),
    kind: 'unreachable',
    layer: 'tcp',
  },
  {
    name: 'kuager: the origin refuses connections everywhere',
    measurement: alone({
      tcp: { [GOOGLE]: 'connection_refused' },
      control: { tcp: { [GOOGLE]: 'connection_refused' }, http: 'connection_refused' },
    }),
    kind: 'unreachable',
  },
  {
    name: 'kuager: an address dead for everybody, beside the control down',
    measurement: alone({ tcp: { [GOOGLE]: 'generic_timeout_error' }, control: null }),
    kind: 'inconclusive',
    layer: 'tcp',
  },
  {
    name: 'kuager: the neighbour of a silent address is silent too',
    measurement: alone({ tcp: { [GOOGLE]: 'generic_timeout_error' }, neighbour: '..' }),
    kind: 'inconclusive',
    mechanism: 'fault.path',
  },
  {
    name: 'kuager: one of two addresses does not connect',
    measurement: page({ addresses: [GOOGLE, OTHER], tcp: { [GOOGLE]: 'generic_timeout_error' }, neighbour: '+' }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the first connection is lost and the second stands',
    measurement: page({ tls: ['++u', '+++'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one handshake lost in three rounds',
    measurement: page({ tls: ['+.+', '+++', '+++'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: two handshakes lost, and a third passes',
    measurement: page({ tls: ['+.+', '+.+', '+++'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one silent handshake that nobody repeated',
    measurement: alone({ tls: ['+.+'] }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: loss everywhere, the innocent name failing as often',
    measurement: alone({ tls: ['..+', '+..', '..+'] }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: every name silent at an address that is dead abroad too',
    measurement: alone({ tls: ['...', '...'], control: { tls: '..', http: 'generic_timeout_error' } }),
    kind: 'unreachable',
  },
  {
    name: 'kuager: every name silent at the address, no neighbour measured',
    measurement: alone({ tls: ['...', '...'] }),
    kind: 'inconclusive',
    mechanism: 'fault.path',
  },
  {
    name: 'kuager: the name fails at the edge from abroad too',
    measurement: alone({ tls: ['+r+', '+r+'], control: { tls: 'r+', http: 'connection_reset' } }),
    kind: 'unreachable',
    mechanism: 'fault.service',
  },
  {
    name: 'kuager: silence without any innocent half',
    measurement: alone({ tls: ['-.-', '-.-'] }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: the server refuses every name by an alert',
    measurement: alone({ tls: ['aaa', 'aaa'], control: { tls: 'aa', http: 'ssl_alert' } }),
    kind: 'unreachable',
  },
  {
    name: 'kuager: an alert for the name, the control being down',
    measurement: alone({ tls: ['+a+', '+a+'], control: null }),
    kind: 'inconclusive',
  },
  {
    name: "kuager: the origin's certificate has expired",
    measurement: alone({ tls: ['+e+', '+e+'], page: null, control: { tls: 'e+', http: 'ssl_invalid_certificate' } }),
    kind: 'unreachable',
    mechanism: 'fault.service',
  },
  {
    name: 'kuager: a foreign certificate, the control being down',
    measurement: alone({ tls: ['+x+', '+x+'], page: null, control: null }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: certificates look expired to a clock that is a day late',
    measurement: page({ tls: ['+e+', '+e+'], page: null }, { clock_offset: 86_400 }),
    kind: 'inconclusive',
    mechanism: 'fault.client',
  },
  {
    name: 'kuager: a page refused by country under a valid certificate',
    measurement: page({ page: 403, control: { http: 200 } }),
    kind: 'reachable',
    mechanism: 'fault.geoblock',
  },
  {
    name: 'kuager: a challenge page under a valid certificate',
    measurement: page({ page: 503, pageBody: CHALLENGE }),
    kind: 'reachable',
  },
  {
    name: 'kuager: an error of the server under a valid certificate',
    measurement: page({ page: 502, control: { http: 502 } }),
    kind: 'reachable',
  },
  {
    name: 'kuager: another address than the control was given, proved by its certificate',
    measurement: page({ addresses: [ELSEWHERE], control: { addresses: [GOOGLE] }, doh: [GOOGLE] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the resolver answers twice with addresses of the same owner',
    measurement: page({ late: [OTHER] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a second answer that differs beside a service that opens',
    measurement: page({ late: ['95.59.44.12'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: only questions to a public resolver are answered twice',
    measurement: page({ listed: ['95.59.44.12'], listedLate: [GOOGLE] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: only questions to a public resolver are denied',
    measurement: page({ listed: 'dns_nxdomain_error' }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a public resolver alone gives an address where every lookup of the line is lost and nobody looks from abroad',
    measurement: alone({
      system: 'generic_timeout_error',
      listed: [GOOGLE],
      doh: null,
      addresses: [],
      tls: null,
      control: null,
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: the system is silent once while the same resolver answers',
    measurement: alone({
      system: 'generic_timeout_error',
      udp: [GOOGLE],
      addresses: [],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: a name that does not exist anywhere',
    measurement: alone({
      system: 'dns_nxdomain_error',
      doh: 'dns_nxdomain_error',
      addresses: [],
      control: { dns: 'dns_nxdomain_error', http: 'dns_nxdomain_error' },
    }),
    kind: 'unreachable',
    layer: 'dns',
  },
  {
    name: 'kuager: QUIC is filtered for every name',
    measurement: page({ quic: ['...', '...'], control: { quic: '++' } }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the service speaks no QUIC',
    measurement: page({ quic: ['+.+', '+.+'], control: { quic: '.+' } }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one QUIC handshake lost',
    measurement: page({ quic: ['+.+', '+++', '+++'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: handshakes of both names take five seconds',
    measurement: page({ tls: ['sss', 'sss', 'sss'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one handshake of three is slow',
    measurement: page({ tls: ['+s+', '+++', '+++'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the handshake is slow from abroad too',
    measurement: page({ tls: ['+s+', '+s+', '+s+'], control: { slow: 4 } }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a slow evening slows both halves',
    measurement: page({
      transfers: halves([
        ['innocent', 160_000],
        ['target', 130_000],
        ['innocent', 140_000],
        ['target', 150_000],
      ]),
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one slow half among quick ones',
    measurement: page({
      transfers: halves([
        ['innocent', 20_000_000],
        ['target', 150_000],
        ['innocent', 20_000_000],
        ['target', 18_000_000],
      ]),
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: one slow pair that nobody repeated',
    measurement: page({
      transfers: halves([
        ['innocent', 20_000_000],
        ['target', 150_000],
      ]),
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the innocent name gets an error page of some words',
    measurement: page({
      transfers: [
        { role: 'innocent', rate: 20_000_000, bytes: 400 },
        { role: 'target', rate: 150_000 },
        { role: 'innocent', rate: 20_000_000, bytes: 400 },
        { role: 'target', rate: 150_000 },
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the page takes longer than the probe waits',
    measurement: alone({ page: 'generic_timeout_error' }),
    kind: 'inconclusive',
    layer: 'http',
  },
  {
    name: 'kuager: a host of the service is dead everywhere, the others answer',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com'),
        endpoint('m.youtube.com', { tcp: { [GOOGLE]: 'generic_timeout_error' }, control: dead }),
        endpoint('i.ytimg.com', { use: 'media' }),
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the page fails without a control and only a side host passes',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', { tcp: { [GOOGLE]: 'generic_timeout_error' }, control: null }),
        endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'], control: null }),
      ],
    }),
    kind: 'inconclusive',
  },
  {
    name: 'kuager: cleartext redirects to TLS, as it should',
    measurement: page({ plain: [{ status: 301, location: 'https://www.youtube.com/', body: '' }] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: cleartext redirects to another site of the service',
    measurement: page({ tls: null, port: 80, plain: [{ status: 301, location: 'https://youtu.be/', body: '' }] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: cleartext redirects where the control is sent too',
    measurement: page({
      tls: null,
      port: 80,
      plain: [{ status: 302, location: 'https://consent.example.net/', body: '' }],
      control: { first: { status: 302, location: 'https://consent.example.net/' } },
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: the port for cleartext is closed everywhere',
    measurement: page({ plain: [{ failure: 'connection_refused' }], control: { closed: [`${GOOGLE}:80`] } }),
    kind: 'reachable',
  },
]
