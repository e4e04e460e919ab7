import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connect, exchange, handshake, query, type Json } from '../../../../test/kit/measured/measurement.ts'
import {
  control,
  endpoint,
  FOREIGN,
  GENUINE,
  HOST,
  page,
  pageFailed,
  PLAIN,
  run,
  SECURE,
} from '../../../../test/scenarios/web-run.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { observe } from '../../observe/observe.ts'
import { decodeMeasurement } from '../../ooni/decode/decode.ts'
import { judge } from '../judge.ts'

const tables = loadTables()
const certificates = openCertificates()

/** The resolver gives an address of another network, which sends the connection on to a page that the control lacks. */
function judged(headers: unknown, to: string): Verdict {
  const first: Json = exchange(PLAIN, { status: 302, body: '', address: endpoint(FOREIGN, 80) })
  const answer = first['response'] as Json
  const json = run(PLAIN, {
    queries: [query(HOST, [FOREIGN], { asn: 64499 })],
    connects: [connect(FOREIGN, 80)],
    requests: [
      exchange(to, { body: page('Access is limited'), depth: 1 }),
      { ...first, response: { ...answer, headers_list: headers, headers: null } },
    ],
    control: control({ ports: [80], tested: [GENUINE, FOREIGN] }),
  })
  return verdictOf(json)
}

function verdictOf(json: Json): Verdict {
  const decoded = decodeMeasurement(json)
  if (decoded.kind === 'aside') return assert.fail(decoded.reason)
  return judge(decoded.head, observe(decoded, certificates), tables)
}

describe('a redirect from an address that only the resolver of the connection gave', () => {
  const elsewhere = 'https://block.example.org/'
  for (const [what, headers] of [
    ['names its place', [['Location', elsewhere]]],
    ['has lost its place', []],
    ['has a place that is no text', [['Location', 7]]],
    ['has its place under another name', [['Loc', elsewhere]]],
    ['has a place that is no URL', [['Location', 'http://[']]],
  ] as const)
    it(`${what}: a page of another owner does not clear the address`, () => {
      const verdict = judged(headers, elsewhere)
      assert.deepEqual([verdict.kind, verdict.rule, verdict.log10Lr], ['interfered', 'dns.unmatched-page', 1.5])
    })

  it('leads to a page of the same owner under a verified certificate: the address is cleared', () => {
    const own = `https://${HOST}/`
    assert.equal(judged([['Location', own]], own).kind, 'reachable')
  })
})

const RESET = 'connection_reset'
const SILENT = 'generic_timeout_error'
const DOWN = pageFailed(SILENT)
const OTHER = 'ssl_invalid_hostname'
const FAILURES = { connect: SILENT, handshake: RESET, certificate: OTHER } as const

/** The resolver gives an address of another network, at which the connection, the handshake or the certificate fails. */
const elsewhere = (at: keyof typeof FAILURES, abroad: Parameters<typeof control>[0]): Json =>
  run(SECURE, {
    queries: [query(HOST, [FOREIGN], { asn: 64499 })],
    connects: [connect(FOREIGN, 443, at === 'connect' ? SILENT : null)],
    handshakes: at === 'connect' ? [] : [handshake(endpoint(FOREIGN, 443), HOST, { failure: FAILURES[at] })],
    requests: [exchange(SECURE, { failure: FAILURES[at], address: endpoint(FOREIGN, 443) })],
    control: control(abroad),
  })

describe('an address of another network that fails', () => {
  const isFailing = (address: string): string | null => (address === FOREIGN ? SILENT : null)
  for (const [what, at, abroad] of [
    ['breaks in the handshake, which the control completes at its own', 'handshake', {}],
    [
      'breaks in the handshake, which the control completes at its own while its page fails',
      'handshake',
      { page: DOWN },
    ],
    ['does not connect, as the control does at its own', 'connect', {}],
    ['shows a certificate for other names, and the control a valid one', 'certificate', {}],
  ] as const)
    it(`${what}: it is forged`, () => {
      const { kind, rule, mechanism } = verdictOf(elsewhere(at, abroad))
      const forged = at === 'certificate' ? 'dns.unmatched-refused' : 'dns.unmatched-dead'
      assert.deepEqual([kind, rule, mechanism], ['interfered', forged, 'dns.forged'])
    })

  const refuses = { tls: () => RESET, page: pageFailed(RESET) }
  const down = { tcp: () => SILENT, page: DOWN }
  for (const [what, at, abroad] of [
    ['each place gets another network, and plain handshakes are refused everywhere', 'handshake', refuses],
    ['the same where the control tries both addresses', 'handshake', { ...refuses, tested: [GENUINE, FOREIGN] }],
    ['the server refuses plain handshakes, and a page comes from elsewhere', 'handshake', { tls: () => RESET }],
    ['the service is down everywhere at that minute', 'connect', down],
    ['does not connect for the control either', 'connect', { tested: [GENUINE, FOREIGN], tcp: isFailing }],
    ['does not connect, and plain handshakes are refused everywhere', 'connect', refuses],
    ['the same wrong certificate everywhere', 'certificate', { tls: () => OTHER, page: pageFailed(OTHER) }],
    ['a certificate for other names, and plain handshakes are refused everywhere', 'certificate', refuses],
    ['a certificate for other names, and the service is down abroad', 'certificate', down],
    ['the service is down abroad, and up here until the handshake', 'handshake', down],
    ['the service is silent after each connection, abroad too', 'handshake', { tls: () => SILENT, page: DOWN }],
    [
      'the control completes the handshake at the address of the answer only',
      'handshake',
      {
        tested: [GENUINE, FOREIGN],
        tls: (address: string) => (address === GENUINE ? RESET : null),
        page: pageFailed(RESET),
      },
    ],
  ] as const)
    it(`${what}: no forgery`, () => {
      const verdict = verdictOf(elsewhere(at, abroad))
      const dns = verdict.layers.find(({ layer }) => layer === 'dns')
      assert.notEqual(dns?.state, 'interfered')
      assert.notEqual(verdict.mechanism, 'dns.forged')
    })

  it('fails as the control fails everywhere: the verdict is not interference', () => {
    for (const [at, abroad] of [
      ['handshake', refuses],
      ['handshake', down],
      ['connect', down],
      ['certificate', refuses],
      ['certificate', down],
    ] as const) {
      const verdict = verdictOf(elsewhere(at, abroad))
      assert.ok(verdict.kind === 'inconclusive' || verdict.kind === 'unreachable', verdict.rule)
      assert.ok(verdict.layers.some(({ rule }) => rule === 'dns.unmatched-untested'))
    }
  })
})
