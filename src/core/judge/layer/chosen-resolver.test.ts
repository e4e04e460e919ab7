import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  connect,
  exchange,
  handshake,
  query,
  webMeasurement,
  type Json,
} from '../../../../test/kit/measured/measurement.ts'
import { control, endpoint, GENUINE, HOST, page, PLAIN, run, SECURE } from '../../../../test/scenarios/web-run.ts'
import { openCertificates } from '../../../runtime/certificates.ts'
import { loadTables } from '../../../runtime/tables/tables.ts'
import type { Verdict } from '../../model/measured/verdict.ts'
import { observe } from '../../observe/observe.ts'
import { decodeMeasurement } from '../../ooni/decode/decode.ts'
import { judge } from '../judge.ts'

const tables = loadTables()
const certificates = openCertificates()

function judged(json: Json): Verdict {
  const decoded = decodeMeasurement(json)
  if (decoded.kind === 'aside') return assert.fail(decoded.reason)
  return judge(decoded.head, observe(decoded, certificates), tables)
}

const FILTER = '146.112.61.106'
const OPENDNS = { resolver_asn: 'AS36692' }
const answer = query(HOST, [FILTER], { asn: 36692 })
const overHttp = (root: Json): Json =>
  run(
    PLAIN,
    {
      queries: [answer],
      connects: [connect(FILTER, 80)],
      requests: [exchange(PLAIN, { status: 403, body: page('Blocked', 400), address: endpoint(FILTER, 80) })],
      control: control({ ports: [80] }),
    },
    root,
  )
const overHttps = (root: Json): Json =>
  run(
    SECURE,
    {
      queries: [answer],
      connects: [connect(FILTER, 443)],
      handshakes: [handshake(endpoint(FILTER, 443), HOST, { failure: 'ssl_unknown_authority' })],
      requests: [exchange(SECURE, { failure: 'ssl_unknown_authority' })],
      control: control(),
    },
    root,
  )
const elsewhere = (root: Json): Json => {
  const to = 'https://block.example.org/'
  return run(
    PLAIN,
    {
      queries: [answer],
      connects: [connect(FILTER, 80)],
      requests: [
        exchange(to, { body: page('Blocked', 400), depth: 1 }),
        exchange(PLAIN, { status: 302, headers: [['Location', to]], body: '', address: endpoint(FILTER, 80) }),
      ],
      control: control({ ports: [80] }),
    },
    root,
  )
}

describe('a filtering resolver that the owner chose, which answers with an address of its own network', () => {
  for (const [what, made] of [
    ['another page in cleartext', overHttp],
    ['a certificate of its own', overHttps],
    ['a redirect to a page of its own', elsewhere],
  ] as const) {
    it(`leads to ${what}: no interference`, () => {
      const verdict = judged(made(OPENDNS))
      assert.deepEqual(
        [verdict.kind, verdict.rule, verdict.mechanism],
        ['inconclusive', 'http.own-filter', 'fault.client'],
      )
    })

    it(`leads to ${what}, but its network cannot be read: halved`, () => {
      const whole = judged(made({ resolver_asn: 'AS64500' }))
      const verdict = judged(made({ resolver_asn: 'A36692' }))
      assert.equal(whole.kind, 'interfered')
      assert.deepEqual([verdict.kind, verdict.log10Lr], ['interfered', whole.log10Lr / 2])
    })
  }

  it('is no filter of a name that the control finds at the same address, and which opens', () => {
    const own = run(
      SECURE,
      {
        queries: [query(HOST, [GENUINE], { asn: 36692 })],
        connects: [connect(GENUINE, 443)],
        handshakes: [handshake(endpoint(GENUINE, 443), HOST)],
        requests: [exchange(SECURE, { address: endpoint(GENUINE, 443) })],
        control: control(),
      },
      OPENDNS,
    )
    assert.equal(judged(own).kind, 'reachable')
  })

  it('is no filter of a name that an address of its own network proves', () => {
    const own = run(
      SECURE,
      {
        queries: [answer],
        connects: [connect(FILTER, 443)],
        handshakes: [handshake(endpoint(FILTER, 443), HOST)],
        requests: [exchange(SECURE, { address: endpoint(FILTER, 443) })],
        control: control(),
      },
      OPENDNS,
    )
    assert.equal(judged(own).kind, 'reachable')
  })
})

it('a denial by a resolver of which the network cannot be read is halved; one that is not stated is not', () => {
  const denied = (root: Json): number => judged(webMeasurement({ dns: 'dns_nxdomain_error', root })).log10Lr
  assert.equal(denied({ resolver_asn: '' }), 1.61)
  assert.equal(denied({ resolver_asn: 'A19281' }), 0.805)
})
