import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { halvesOf } from './reading-of.ts'
import type { Fact, Ground, GroundRole, Verdict } from './verdict.ts'

const ground = (fact: Fact, role: GroundRole = 'control', values: Ground['values'] = {}): Ground => ({
  fact,
  role,
  values,
})
const told = (kind: Verdict['kind'], grounds: readonly Ground[] = [], rest: Partial<Verdict> = {}) => {
  const { target, control, canary, artefact } = halvesOf({ kind, grounds, ...rest })
  return `${target} ${control} ${canary}${artefact ? ' evidence' : ''}`
}

describe('halvesOf()', () => {
  it('gives a pass with what its control did, and no control where none was seen', () => {
    assert.equal(told('reachable', [ground('tls.innocent-passed')]), 'ok ok none')
    assert.equal(told('reachable', [ground('tls.completed', 'decisive')]), 'ok none none')
    assert.equal(told('reachable', [ground('tls.innocent-failed')]), 'ok fail none')
    assert.equal(told('reachable', [ground('dns.control-failed')]), 'ok none none')
  })

  it('takes the control of a pair for passed where both halves were answered, and for failed where a ground says so', () => {
    const pair = { lnRatio: 0.1, lnControl: -1.5 }
    const reachable = (grounds: readonly Ground[]) => halvesOf({ kind: 'reachable', grounds }, pair).control
    assert.equal(reachable([ground('tls.completed', 'decisive')]), 'ok')
    assert.equal(reachable([ground('http.control-failed')]), 'fail')
  })

  it('gives a failure whose control passed for interference, and both failed for unreachable', () => {
    assert.equal(told('interfered', [ground('tls.silent', 'decisive')]), 'fail ok none')
    assert.equal(told('unreachable', [ground('tls.control-failed')]), 'fail fail none')
  })

  it('lets decisive direct evidence count without a control, and a weak one not', () => {
    const page = ground('http.fingerprint', 'decisive')
    assert.equal(told('interfered', [page]), 'fail none none evidence')
    assert.equal(told('interfered', [page, ground('http.control-failed')]), 'fail fail none evidence')
    const weak = ground('ratio.halved', 'context', { why: 'weak-fingerprint' })
    assert.equal(told('interfered', [page, weak]), 'fail ok none')
    assert.equal(told('interfered', [ground('http.fingerprint', 'context')]), 'fail ok none')
  })

  it('takes a line that failed for a canary, and nothing else that is inconclusive for a reading', () => {
    const client = { mechanism: 'fault.client' } as const
    assert.equal(told('inconclusive', [ground('line.nothing-works', 'decisive')], client), 'none none fail')
    assert.equal(told('inconclusive', [ground('line.abroad-filtered', 'decisive')]), 'none none fail')
    assert.equal(told('inconclusive', [ground('defect.known', 'decisive')], client), 'none none none')
    assert.equal(told('inconclusive', [ground('line.no-ipv6', 'context')], client), 'none none none')
    assert.equal(told('inconclusive', [ground('tls.silent', 'decisive')]), 'none none none')
    assert.equal(told('not-judged'), 'none none none')
  })
})

describe('halvesOf(), with the line of our own probe', () => {
  const line = (tried: number, passed: number) =>
    ({ state: 'ok', ipv6: false, canaries: [{ moment: 'before', tried, passed }] }) as const
  const canary = (kind: Verdict['kind'], tried: number, passed: number) =>
    halvesOf({ kind, grounds: [] }, undefined, line(tried, passed)).canary

  it('reads the canary off the names never restricted, with any verdict', () => {
    assert.equal(canary('reachable', 15, 15), 'ok')
    assert.equal(canary('interfered', 5, 4), 'ok')
    assert.equal(canary('interfered', 5, 2), 'fail')
    assert.equal(canary('inconclusive', 10, 7), 'none')
    assert.equal(canary('reachable', 2, 2), 'none')
  })

  it('lets a verdict that the line failed stand before it', () => {
    const verdict = {
      kind: 'inconclusive',
      mechanism: 'fault.client',
      grounds: [ground('line.unstable', 'decisive')],
    } as const
    assert.equal(halvesOf(verdict, undefined, line(5, 5)).canary, 'fail')
  })
})
