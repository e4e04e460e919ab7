import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Layer } from '../../model/measured/mechanism.ts'
import { instant } from '../../model/units.ts'
import type { Fact, Ground, GroundRole, Verdict } from '../../model/measured/verdict.ts'
import { causeReading } from './cause-reading.ts'

const ground = (fact: Fact, role: GroundRole, values: Ground['values'] = {}): Ground => ({ fact, role, values })

const verdict = (over: Partial<Verdict>): Verdict => ({
  kind: 'interfered',
  rule: 'tls.silence',
  rulesVersion: 'test',
  log10Lr: 1,
  layers: [],
  endpoints: { tested: 1, failed: 1 },
  grounds: [],
  missing: [],
  ...over,
})

const read = (over: Partial<Verdict>, testName = 'kuager') =>
  causeReading({ at: instant(0), probe: 'a', version: 'probe 1', testName }, verdict(over))

const tls: Layer = 'tls'

describe('causeReading()', () => {
  it('silence, a reset and a close next to a control name that passed are a discordant pair', () => {
    const grounds = [ground('tls.silent', 'decisive'), ground('tls.innocent-passed', 'control')]
    for (const mechanism of ['tls.timeout.sni', 'tls.reset.sni', 'tls.close.sni'] as const)
      assert.equal(read({ mechanism, layer: tls, grounds }).pair, 'fail-pass')
  })

  it('an alert or another certificate is no pair: the server answered', () => {
    const grounds = [ground('tls.alert', 'decisive'), ground('tls.innocent-passed', 'control')]
    for (const mechanism of ['tls.alert.sni', 'tls.mitm'] as const)
      assert.equal(read({ mechanism, layer: tls, grounds }).pair, undefined)
  })

  it('without a control name on the address there is no pair, even if a control abroad passed', () => {
    const grounds = [ground('tls.silent', 'decisive'), ground('tls.control-completed', 'control')]
    assert.equal(read({ mechanism: 'tls.timeout', layer: tls, grounds }, 'web_connectivity').pair, undefined)
  })

  it('both names failing is reported, also if the verdict is inconclusive', () => {
    const grounds = [ground('tls.silent', 'decisive'), ground('tls.innocent-failed', 'control')]
    assert.equal(read({ kind: 'inconclusive', mechanism: 'tls.timeout', grounds }).pair, 'fail-fail')
    assert.equal(read({ kind: 'inconclusive', mechanism: 'fault.client', grounds }).pair, undefined)
  })

  it('a target that passed tells its half alone', () => {
    assert.equal(read({ kind: 'reachable' }).pair, 'pass')
    assert.equal(read({ kind: 'reachable' }, 'web_connectivity').pair, undefined)
  })

  it('a pair of sni_blocking was made at a foreign server, and is none at the address of the service', () => {
    const grounds = [ground('tls.silent', 'decisive'), ground('tls.innocent-passed', 'control')]
    const found = read({ mechanism: 'tls.timeout.sni', layer: tls, grounds }, 'sni_blocking')
    assert.equal(found.pair, undefined)
    assert.equal(found.elsewhere, 'fail-pass')
    assert.equal(read({ kind: 'reachable' }, 'sni_blocking').elsewhere, 'pass')
  })

  it('only an encrypted resolver counts as one', () => {
    const by = (resolver: string) =>
      read({ grounds: [ground('dns.other-resolver-answered', 'context', { name: 'x', resolver })] }).dohAnswers
    assert.equal(by('doh'), true)
    assert.equal(by('dot'), true)
    assert.equal(by('udp'), undefined)
  })

  it('the family is that of the addresses of the person alone, where all are of one', () => {
    const four = ground('tls.silent', 'decisive', { address: '192.0.2.1' })
    const six = ground('tls.silent', 'decisive', { address: '2001:db8::1' })
    const control = ground('tls.control-completed', 'control', { address: '2001:db8::1' })
    assert.equal(read({ grounds: [four, control] }).family, 4)
    assert.equal(read({ grounds: [six] }).family, 6)
    assert.equal(read({ grounds: [four, six] }).family, undefined)
    assert.equal(read({ grounds: [] }).family, undefined)
  })

  it('a block page that counts only next to a control is not direct evidence', () => {
    const page = ground('http.fingerprint', 'decisive', { fingerprint: 'x' })
    assert.equal(read({ grounds: [page] }).artefact, true)
    assert.equal(
      read({ grounds: [page, ground('ratio.halved', 'context', { why: 'weak-fingerprint' })] }).artefact,
      false,
    )
  })
})
