import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions, type TransferOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

/** One page endpoint of YouTube, and its media host in good health. */
const page = (options: EndpointOptions, healthy = true) =>
  kuagerDocument({
    endpoints: [
      endpoint('www.youtube.com', options),
      ...(healthy ? [endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] })] : []),
    ],
  })

const GOOGLE = '142.250.74.46'
const OTHER = '142.250.74.78'
const FORGED = '95.59.44.12'
const BLOCK = '<html><head><title>Notice</title></head><body>Access to this page is limited.</body></html>'

/** Halves of throughput pairs in turn. */
const halves = (target: number, innocent: number, more: Partial<TransferOptions> = {}): readonly TransferOptions[] =>
  (['innocent', 'target', 'innocent', 'target'] as const).map((role) => ({
    role,
    rate: role === 'target' ? target : innocent,
    ...(role === 'target' ? more : { ...(more.direction && { direction: more.direction }) }),
  }))

/** What a censor does, as our own probe records it: each must come out as interfered. */
export const KUAGER_BLOCKED: readonly Scenario[] = [
  {
    name: 'kuager: silence after the name in two rounds, the innocent name passing',
    measurement: page({ tls: ['+.+', '+.+'], crossed: '+.' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: "kuager: reset after the name in one round, and at the innocent name's own server",
    measurement: page({ tls: ['+r+'], crossed: '+r' }),
    kind: 'interfered',
    mechanism: 'tls.reset.sni',
  },
  {
    name: 'kuager: a page cut off twice, and pages of an innocent name at the same address not',
    measurement: page({
      pages: [
        { failure: 'connection_reset' },
        { role: 'innocent', host: 'www.python.org', status: 404 },
        { failure: 'connection_reset', round: 1 },
        { role: 'innocent', host: 'www.python.org', status: 404, round: 1 },
      ],
    }),
    kind: 'interfered',
    mechanism: 'http.reset',
  },
  {
    name: 'kuager: closed after the name',
    measurement: page({ tls: ['+c+', '+c+'] }),
    kind: 'interfered',
    mechanism: 'tls.close.sni',
  },
  {
    name: 'kuager: bytes that are no TLS after the name',
    measurement: page({ tls: ['+n+', '+n+'] }),
    kind: 'interfered',
    mechanism: 'tls.injected',
  },
  {
    name: 'kuager: an alert after the name that nobody sends abroad',
    measurement: page({ tls: ['+a+', '+a+'] }),
    kind: 'interfered',
    mechanism: 'tls.alert.sni',
  },
  {
    name: 'kuager: silence by name, the innocent name answered with an alert',
    measurement: page({ tls: ['a.a', 'a.a'] }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: silence by name while the control is down',
    measurement: page({ tls: ['+.+', '+.+'], control: null }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: silence by name on one of two addresses',
    measurement: page({
      addresses: [GOOGLE, OTHER],
      tls: { [GOOGLE]: ['+.+', '+.+'], [OTHER]: ['+++'] },
    }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: residual blocking, waited for, twice',
    measurement: page({ tls: ['+..', '+..'] }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: residual blocking that lasts, and the name fails elsewhere too',
    measurement: page({ tls: ['+.u', 'u--'], crossed: '+.' }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: residual blocking that lasts, one pair at each of three hosts',
    measurement: kuagerDocument({
      endpoints: ['www.youtube.com', 'm.youtube.com', 'i.ytimg.com'].map((host, index) =>
        endpoint(host, { addresses: [`142.250.74.${40 + index}`], tls: ['+.u', 'u--'] }),
      ),
    }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: a core run begins with the target alone and confirms twice',
    measurement: page({ tls: ['-.-', '+.+', '+.+'] }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: the address does not connect, the neighbour and the control do',
    measurement: page({ tcp: { [GOOGLE]: 'generic_timeout_error' }, neighbour: '++' }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: the address is reset',
    measurement: page({ tcp: { [GOOGLE]: 'connection_reset' }, neighbour: '+' }),
    kind: 'interfered',
    mechanism: 'tcp.reset.ip',
  },
  {
    name: 'kuager: the address is refused',
    measurement: page({ tcp: { [GOOGLE]: 'connection_refused' }, neighbour: '+' }),
    kind: 'interfered',
    mechanism: 'tcp.refused.ip',
  },
  {
    name: 'kuager: the address does not connect, no neighbour is known',
    measurement: page({ tcp: { [GOOGLE]: 'generic_timeout_error' } }),
    kind: 'interfered',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: every name is silent at the address, the neighbour answers',
    measurement: page({ tls: ['...', '...'], neighbour: '++' }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout',
  },
  {
    name: 'kuager: a forged answer leads to a server with a foreign certificate',
    measurement: page({
      addresses: [FORGED],
      tls: ['hxh', 'hxh'],
      page: null,
      doh: [GOOGLE],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.forged',
  },
  {
    name: 'kuager: an injected answer arrives before the true one',
    measurement: page({
      addresses: [FORGED],
      tls: ['hxh', 'hxh'],
      page: null,
      late: [GOOGLE],
      doh: [GOOGLE],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.injected',
  },
  {
    name: 'kuager: an injected denial arrives before the true answer',
    measurement: page({
      system: 'dns_nxdomain_error',
      udp: 'dns_nxdomain_error',
      late: [GOOGLE],
      doh: [GOOGLE],
      addresses: [],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.injected',
  },
  {
    name: 'kuager: the line denies a name that exists',
    measurement: page({ system: 'dns_nxdomain_error', doh: [GOOGLE], addresses: [], control: { addresses: [GOOGLE] } }),
    kind: 'interfered',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'kuager: the line denies a name that exists, the control being down',
    measurement: page({ system: 'dns_nxdomain_error', doh: [GOOGLE], addresses: [], control: null }),
    kind: 'interfered',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'kuager: the line refuses the name',
    measurement: page({ system: 'dns_refused_error', doh: [GOOGLE], addresses: [], control: { addresses: [GOOGLE] } }),
    kind: 'interfered',
    mechanism: 'dns.refused',
  },
  {
    name: 'kuager: the resolver is silent for this name alone, however it is asked',
    measurement: page({
      system: 'generic_timeout_error',
      udp: 'generic_timeout_error',
      doh: [GOOGLE],
      addresses: [],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    mechanism: 'dns.timeout',
  },
  {
    name: 'kuager: the resolver is silent for every name of the service, and answers for the canaries',
    measurement: kuagerDocument({
      endpoints: ['www.youtube.com', 'm.youtube.com', 'i.ytimg.com'].map((host) =>
        endpoint(host, {
          system: 'generic_timeout_error',
          doh: [GOOGLE],
          addresses: [],
          control: { addresses: [GOOGLE] },
        }),
      ),
    }),
    kind: 'interfered',
    mechanism: 'dns.timeout',
  },
  {
    name: 'kuager: a bogon is answered',
    measurement: page({ addresses: ['10.10.34.34'], tls: {}, doh: [GOOGLE], control: { addresses: [GOOGLE] } }),
    kind: 'interfered',
    mechanism: 'dns.bogon',
    artefact: true,
  },
  {
    name: 'kuager: a false certificate for the name alone',
    measurement: page({ tls: ['hxh', 'hxh'], page: null }),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'kuager: a false certificate that has expired besides',
    measurement: page({ tls: ['heh', 'heh'], page: null }),
    kind: 'interfered',
    mechanism: 'tls.mitm',
  },
  {
    name: 'kuager: QUIC is silent by name while TLS passes',
    measurement: page({ quic: ['+.+', '+.+'], control: { quic: '++' } }),
    kind: 'interfered',
    layer: 'quic',
    mechanism: 'quic.timeout.sni',
  },
  {
    name: 'kuager: QUIC is closed by name',
    measurement: page({ quic: ['+c+', '+c+'], control: { quic: '++' } }),
    kind: 'interfered',
    mechanism: 'quic.close.sni',
  },
  {
    name: 'kuager: the handshake takes five seconds by name, in every round',
    measurement: page({ tls: ['+s+', '+s+', '+s+'] }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.throttle.sni',
  },
  {
    name: 'kuager: downloads are held at 130 kbit/s by name',
    measurement: page({ transfers: halves(130_000, 20_000_000, { even: true }) }),
    kind: 'interfered',
    layer: 'throughput',
    mechanism: 'throughput.police.sni',
  },
  {
    name: 'kuager: uploads alone are slowed by name',
    measurement: page({
      transfers: [...halves(20_000_000, 20_000_000), ...halves(150_000, 9_000_000, { direction: 'up' })],
    }),
    kind: 'interfered',
    layer: 'throughput',
    mechanism: 'tls.throttle.sni',
  },
  {
    name: 'kuager: the upload host alone is silent by name',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com'),
        endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] }),
        endpoint('upload.youtube.com', { use: 'upload', addresses: ['142.250.74.60'], tls: ['+.+', '+.+'] }),
      ],
    }),
    kind: 'interfered',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: two of five data centres do not connect',
    measurement: kuagerDocument({
      service: 'telegram',
      endpoints: ['149.154.175.50', '149.154.167.51', '149.154.175.100', '149.154.167.91', '149.154.171.5'].map(
        (host, index) =>
          endpoint(host, {
            use: 'datacenter',
            ...(index < 2 ? { tcp: { [host]: 'generic_timeout_error' }, neighbour: '+' } : {}),
            control: { http: null, tls: '--' },
          }),
      ),
    }),
    kind: 'interfered',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: a cleartext request is reset by its Host',
    measurement: page({
      tls: null,
      port: 80,
      plain: [
        { failure: 'connection_reset' },
        { role: 'innocent', host: 'www.python.org', status: 404 },
        { failure: 'connection_reset', round: 1 },
      ],
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.reset.host',
  },
  {
    name: 'kuager: a cleartext page is another one than the control sees',
    measurement: page({ tls: null, port: 80, plain: [{ body: BLOCK }], control: { bytes: 52_000 } }),
    kind: 'interfered',
    mechanism: 'http.blockpage.host',
  },
  {
    name: 'kuager: a foreign server gives the same block page for the name',
    measurement: page({
      tls: null,
      port: 80,
      control: null,
      plain: [
        { body: BLOCK },
        {
          role: 'innocent',
          host: 'www.python.org',
          address: '151.101.0.223',
          status: 301,
          location: 'https://www.python.org/',
        },
        { role: 'crossed', address: '151.101.0.223', body: BLOCK },
      ],
    }),
    kind: 'interfered',
    mechanism: 'http.blockpage.host',
  },
  {
    name: 'kuager: a cleartext redirect leads elsewhere than the control is sent first',
    measurement: page({
      tls: null,
      port: 80,
      plain: [{ status: 302, location: 'http://notice.example.kz/', body: '' }],
      control: { first: { status: 301, location: 'https://www.youtube.com/' } },
    }),
    kind: 'interfered',
    mechanism: 'http.redirect.host',
  },
]
