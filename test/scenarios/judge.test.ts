import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { judge, MAX_ROWS } from '../../src/core/judge/judge.ts'
import type { Observation } from '../../src/core/model/measured/observation.ts'
import { observe } from '../../src/core/observe/observe.ts'
import { decodeMeasurement } from '../../src/core/ooni/decode/decode.ts'
import { openCertificates } from '../../src/runtime/certificates.ts'
import { loadTables } from '../../src/runtime/tables/tables.ts'
import { SCENARIOS } from './every-scenario.ts'
import type { Scenario } from './scenario.ts'

const tables = loadTables()
const certificates = openCertificates()

/** Rules whose evidence stands alone: no control is needed for them. */
const ARTEFACTS = new Set(['dns.bogon', 'dns.fingerprint', 'tls.interception-issuer', 'http.fingerprint'])

function rowsOf(scenario: Scenario) {
  const decoded = decodeMeasurement(scenario.measurement)
  assert.equal(decoded.kind, 'measurement')
  if (decoded.kind !== 'measurement') throw new Error('the assertion above ends the test')
  return { head: decoded.head, rows: observe(decoded, certificates) }
}

describe('judge(), scenario by scenario', () => {
  for (const scenario of SCENARIOS)
    it(`${scenario.name}: ${scenario.kind}`, () => {
      const { head, rows } = rowsOf(scenario)
      const verdict = judge(head, rows, tables)
      const shown = JSON.stringify({ rule: verdict.rule, layers: verdict.layers })
      assert.equal(verdict.kind, scenario.kind, shown)
      const named = verdict.grounds.some((one) => one.role === 'decisive') || verdict.missing.length > 0
      assert.ok(named || verdict.kind === 'not-judged', `no reason named: ${shown}`)
      if (verdict.kind === 'inconclusive' && verdict.mechanism === 'fault.client')
        assert.ok(!verdict.layers.some((one) => one.state === 'interfered'), shown)
      if (scenario.layer !== undefined) assert.equal(verdict.layer, scenario.layer, shown)
      if (scenario.mechanism !== undefined) assert.equal(verdict.mechanism, scenario.mechanism, shown)
      if (scenario.rule !== undefined) assert.equal(verdict.rule, scenario.rule, shown)
    })

  it('expects of at least a third of the scenarios that nothing is blocked', () => {
    const quiet = SCENARIOS.filter((scenario) => scenario.kind !== 'interfered').length
    assert.ok(quiet * 3 >= SCENARIOS.length, `${quiet} of ${SCENARIOS.length}`)
  })
})

describe('judge(), whatever the scenario', () => {
  const withoutControl = (rows: readonly Observation[]): readonly Observation[] =>
    rows.filter(
      (row) =>
        row.side === 'probe' &&
        !('role' in row && row.role === 'innocent') &&
        !(row.kind === 'tunnel' && row.shape === 'shaped'),
    )

  for (const scenario of SCENARIOS.filter((one) => one.kind === 'interfered' && !isSelfControlled(one)))
    it(`${scenario.name}: without its control it is no interference`, () => {
      const { head, rows } = rowsOf(scenario)
      const own = withoutControl(rows).filter(
        (row) =>
          !(row.kind === 'tls' && row.name === 'www.example.org') && !(row.kind === 'dns' && row.resolver === 'doh'),
      )
      const verdict = judge(head, own, tables)
      assert.ok(verdict.kind !== 'interfered' || ARTEFACTS.has(verdict.rule), verdict.rule)
    })

  for (const scenario of SCENARIOS)
    it(`${scenario.name}: an unrelated lookup changes nothing`, () => {
      const { head, rows } = rowsOf(scenario)
      const unrelated: Observation = {
        kind: 'dns',
        source: '/test_keys/x_unrelated/0',
        side: 'probe',
        hop: 0,
        part: 'unrelated',
        name: 'unrelated.example',
        queryType: 'A',
        resolver: 'udp',
        resolverAddress: '9.9.9.9:53',
        answers: [{ family: 4, address: '93.184.215.99' }],
        canonicalNames: [],
        duplicate: false,
      }
      const before = judge(head, rows, tables)
      const after = judge(head, [...rows, unrelated], tables)
      assert.deepEqual([after.kind, after.rule, after.mechanism], [before.kind, before.rule, before.mechanism])
    })

  for (const scenario of SCENARIOS)
    it(`${scenario.name}: the probe’s own conclusion changes nothing`, () => {
      const { head, rows } = rowsOf(scenario)
      const turned = { ...head, claim: { blocking: 'dns', accessible: false, telegram_web_status: 'blocked' } }
      assert.deepEqual(judge(turned, rows, tables), judge({ ...head, claim: {} }, rows, tables))
    })

  for (const scenario of SCENARIOS.filter((one) => one.kind === 'reachable'))
    it(`${scenario.name}: a failure over IPv6 on a line without IPv6 changes nothing`, () => {
      const { head, rows } = rowsOf(scenario)
      if (rows.some((row) => 'family' in row && row.family === 6)) return
      const row = rows.find((one) => one.kind === 'tcp' && one.side === 'probe')
      if (row?.kind !== 'tcp') return
      const failure = { code: 'generic_timeout_error', raw: 'generic_timeout_error' } as const
      const broken = {
        ...row,
        source: '/test_keys/tcp_connect/99',
        address: '2606:2800:21f::1',
        family: 6,
        failure,
      } as const
      const before = judge(head, rows, tables)
      const after = judge(head, [broken, ...rows], tables)
      assert.deepEqual([after.kind, after.rule], [before.kind, before.rule])
    })

  it('reads a bounded number of rows, the control among them', () => {
    const blocked = SCENARIOS.find((one) => one.rule === 'tls.silence')
    assert.ok(blocked !== undefined)
    const { head, rows } = rowsOf(blocked)
    const probe = rows.filter((row) => row.side === 'probe')
    const flood = Array.from({ length: MAX_ROWS * 4 }, (_, n) => ({ ...probe[n % probe.length]!, hop: 0 })) // not empty
    const verdict = judge(head, [...probe, ...flood, ...rows.filter((row) => row.side === 'control')], tables)
    assert.equal(verdict.rule, blocked.rule)
    assert.ok(verdict.endpoints.tested <= MAX_ROWS)
  })

  it('gives the same verdict for the same input', () => {
    for (const scenario of SCENARIOS) {
      const { head, rows } = rowsOf(scenario)
      assert.equal(JSON.stringify(judge(head, rows, tables)), JSON.stringify(judge(head, rows, tables)))
    }
  })
})

/** Messengers and pairs carry their control in their own rows: siblings, and the innocent name. */
function isSelfControlled(scenario: Scenario): boolean {
  return /^(telegram|signal|whatsapp|facebook|tor)/.test(scenario.name)
}
