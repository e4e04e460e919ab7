import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connect, exchange, query, type Json } from '../../../../test/kit/measured/measurement.ts'
import { control, endpoint, FOREIGN, GENUINE, HOST, page, PLAIN, run } from '../../../../test/scenarios/web-run.ts'
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
