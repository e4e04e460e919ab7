import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import {
  endpoint,
  type ControlOptions,
  type PlainOptions,
  type TransferOptions,
} from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

const GOOGLE = '142.250.74.46'
const TIMEOUT = 'generic_timeout_error'
const UNDER = { received: 5_200 }

type Half = Omit<PlainOptions, 'role' | 'round' | 'host'>

const SILENT: Half = { failure: TIMEOUT, under: UNDER }
/** What an edge says of a name that it does not carry: one short packet. */
const SHORT: Half = { status: 421, body: 'no', under: UNDER }

/** Pages of the name under test and of a control name in turn, as the probe asks for them once the first has failed. */
const turns = (...rounds: readonly (readonly [target: Half, innocent: Half])[]): readonly PlainOptions[] =>
  rounds.flatMap(([target, innocent], round) => [
    { ...target, round },
    { ...innocent, round, role: 'innocent', host: 'www.python.org' },
  ])

/** A page of which the beginning came. */
const BEGUN: Half = { status: 200, failure: TIMEOUT, under: UNDER }

const AT_ONCE: ControlOptions = { first: { status: 200, seconds: 0.2 } }

const pages = (
  asked: readonly PlainOptions[],
  control: ControlOptions | null = AT_ONCE,
  rest: readonly ReturnType<typeof endpoint>[] = [],
) =>
  kuagerDocument({
    endpoints: [
      endpoint('www.youtube.com', { pages: asked, control }),
      endpoint('i.ytimg.com', { use: 'media', addresses: ['142.250.74.54'] }),
      ...rest,
    ],
  })

/** Other names of the service, of which only a handshake is made. */
const SHAKEN = ['youtube.com', 'm.youtube.com', 'youtu.be'].map((host) => endpoint(host, { page: null }))

/** One pair of downloads, of 16 KB each unless said otherwise. */
const pairOf = (target: Partial<TransferOptions>, innocent: Partial<TransferOptions>): readonly TransferOptions[] => {
  const half = { rate: 2_000_000, bytes: 16_000 }
  return [
    { ...half, role: 'innocent', ...innocent },
    { ...half, role: 'target', ...target },
  ]
}
const media = (...args: Parameters<typeof pairOf>) =>
  endpoint('i.ytimg.com', { use: 'media', transfers: pairOf(...args) })
const stops = (...args: Parameters<typeof pairOf>) => kuagerDocument({ endpoints: [media(...args)] })
const STALLED = { silence: 5.6 }

const CLOSED: Half = { failure: 'eof_error', under: UNDER }

/** A connection is dropped some packets after its name. */
export const KUAGER_SILENCE_BY_NAME: readonly Scenario[] = [
  {
    name: 'kuager: a page without an answer twice under its handshakes, answered under an innocent name and abroad',
    measurement: pages(turns([SILENT, SHORT], [SILENT, SHORT])),
    kind: 'interfered',
    layer: 'http',
    rule: 'http.silence-by-name',
    mechanism: 'tls.delayed-drop.sni',
  },
  {
    name: 'kuager: a page without an answer twice, refused abroad at once, next to names of which only a handshake is made',
    measurement: pages(
      turns([SILENT, SHORT], [SILENT, SHORT]),
      { http: 403, first: { status: 403, seconds: 0.2 } },
      SHAKEN,
    ),
    kind: 'interfered',
    rule: 'http.silence-by-name',
  },
  {
    name: 'kuager: a page that is closed twice under its handshakes, and opens under an innocent name and abroad',
    measurement: pages(turns([CLOSED, SHORT], [CLOSED, SHORT])),
    kind: 'interfered',
    rule: 'http.failure',
  },
]

const quiet = (name: string, measurement: Scenario['measurement']): Scenario => ({
  name: `kuager: ${name}`,
  measurement,
  kind: 'inconclusive',
  rule: 'http.silence-after-tls',
})

/** Pages without an answer that a server, a connection or a lost test explains. */
export const KUAGER_SILENCE_OF_SERVERS: readonly Scenario[] = [
  quiet('one page without an answer, the next not asked', pages(turns([SILENT, SHORT]))),
  quiet(
    'an overloaded server, which answers abroad after five seconds',
    pages(turns([SILENT, SHORT], [SILENT, SHORT]), { first: { status: 200, seconds: 5 } }),
  ),
  quiet(
    'an overloaded server, whose page does not come abroad either',
    pages(turns([SILENT, SHORT], [SILENT, SHORT]), { http: TIMEOUT }),
  ),
  ...[429, 503].map((status) =>
    quiet(
      `a server in trouble, which answers ${status} abroad at once`,
      pages(turns([SILENT, SHORT], [SILENT, SHORT]), { http: status, first: { status, seconds: 0.2 } }),
    ),
  ),
  {
    ...quiet(
      'a server in trouble, which closes here and answers 503 abroad',
      pages(turns([CLOSED, SHORT], [CLOSED, SHORT]), { http: 503 }),
    ),
    rule: 'http.cut-unconfirmed',
  },
  quiet(
    'a page without an answer, next to names of which only a handshake is made',
    pages(turns([SILENT, SHORT]), AT_ONCE, SHAKEN),
  ),
  {
    ...quiet(
      'a page that begins and stops, next to names of which only a handshake is made',
      pages(turns([BEGUN, SHORT], [BEGUN, SHORT]), AT_ONCE, SHAKEN),
    ),
    rule: 'http.page-stops',
  },
  {
    name: 'kuager: a page that begins and stops, next to another page that comes and a third name',
    measurement: pages(turns([BEGUN, SHORT], [BEGUN, SHORT]), AT_ONCE, [
      endpoint('youtu.be'),
      endpoint('youtube.com', { page: null }),
    ]),
    kind: 'reachable',
  },
  quiet(
    'a page without an answer, and a test from abroad that does not say how quickly it came',
    pages(turns([SILENT, SHORT], [SILENT, SHORT]), { first: { status: 200 } }),
  ),
  quiet('a page without an answer, the control being down', pages(turns([SILENT, SHORT], [SILENT, SHORT]), null)),
  quiet(
    'a page without an answer at an address that answers no handshake abroad',
    pages(turns([SILENT, SHORT], [SILENT, SHORT]), { ...AT_ONCE, tls: '.+' }),
  ),
  quiet('a path that loses pages of innocent names too', pages(turns([SILENT, SILENT], [SILENT, SHORT]))),
  quiet('a path that loses pages of every name', pages(turns([SILENT, SILENT], [SILENT, SILENT]))),
  quiet(
    'a path that loses large packets: the handshakes were short, and so is what innocent names are told',
    pages(
      turns([{ ...SILENT, under: { received: 1_300 } }, SHORT], [{ ...SILENT, under: { received: 1_300 } }, SHORT]),
    ),
  ),
  quiet(
    'a page whose own handshake went unanswered the second time',
    pages(turns([SILENT, SHORT], [{ failure: TIMEOUT }, SHORT])),
  ),
  quiet(
    'a server that answers its name by HTTP/2 alone, and other names by HTTP/1.1',
    pages(
      turns(
        [{ ...SILENT, under: { ...UNDER, alpn: 'h2' } }, SHORT],
        [{ ...SILENT, under: { ...UNDER, alpn: 'h2' } }, SHORT],
      ),
    ),
  ),
  {
    ...quiet('pages that begin and stop, as of a slow server', pages(turns([BEGUN, SHORT], [BEGUN, SHORT]))),
    rule: 'http.page-stops',
  },
  {
    ...quiet('pages that begin and stop under every name', pages(turns([BEGUN, BEGUN], [BEGUN, BEGUN]))),
    rule: 'http.page-stops',
  },
  {
    name: 'kuager: downloads that stop after 16 KB under both names',
    measurement: stops(STALLED, STALLED),
    kind: 'inconclusive',
    rule: 'throughput.stalls-alike',
  },
  {
    name: 'kuager: downloads that stop after 16 KB under both names, next to a page of fewer bytes that comes',
    measurement: kuagerDocument({ endpoints: [endpoint('www.youtube.com'), media(STALLED, STALLED), ...SHAKEN] }),
    kind: 'inconclusive',
    rule: 'throughput.stalls-alike',
  },
  {
    name: 'kuager: downloads of one host stop under both names, those of another go on, the page comes',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com'),
        media(STALLED, STALLED),
        endpoint('yt3.ggpht.com', { use: 'media', transfers: pairOf({ bytes: 250_000 }, { bytes: 250_000 }) }),
      ],
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: downloads of some kilobytes that end by themselves under both names',
    measurement: stops({}, {}),
    kind: 'reachable',
  },
  {
    name: 'kuager: slow downloads under both names, which still run at the end',
    measurement: stops({ rate: 22_000, silence: 0.3 }, { rate: 22_000, silence: 0.3 }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a download that stops under the name under test alone, once',
    measurement: stops(STALLED, { bytes: 250_000 }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a page that comes the second time',
    measurement: pages(turns([SILENT, SHORT], [{ status: 200, under: UNDER, address: GOOGLE }, SHORT])),
    kind: 'reachable',
  },
]
