import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { CanaryTally } from '../../core/model/measured/service-run.ts'
import { millis } from '../../core/model/units.ts'
import { bearsMeasuring, stateOf, type LineFindings } from './state.ts'

const tally = (moment: CanaryTally['moment'], passed: number): CanaryTally => ({
  moment,
  at: millis(0),
  tried: 5,
  passed,
})
const WELL: LineFindings = {
  gateway: 'answers',
  resolver: 'answers',
  portal: 'none',
  ipv4: true,
  ipv6: true,
  tunnel: 'none',
  changed: false,
  canaries: [tally('before', 5), tally('during', 5), tally('after', 5)],
  answersWithoutNames: true,
}
const state = (changes: Partial<LineFindings>) => stateOf({ ...WELL, ...changes })
const offset = (minutes: number): Partial<LineFindings> => ({
  clock: { offset: millis(minutes * 60_000), roundTrip: millis(5) },
})

describe('stateOf()', () => {
  it('calls a line well with and without IPv6', () => {
    assert.equal(state({}), 'ok')
    assert.equal(state({ ipv6: false }), 'no-ipv6')
  })

  it('calls a line down only where nothing at all answered', () => {
    const dead = { canaries: [tally('before', 0)], ipv4: false, ipv6: false }
    assert.equal(state({ ...dead, resolver: 'broken', answersWithoutNames: false }), 'down')
    assert.equal(state({ ...dead, resolver: 'broken' }), 'resolver-broken')
    assert.equal(state({ ...dead }), 'unstable', 'addresses answer, no canary does')
  })

  it('explains a broken resolver by a sign-in page where there is one', () => {
    assert.equal(state({ portal: 'found', resolver: 'broken', canaries: [tally('before', 0)] }), 'captive-portal')
  })

  it('bears two canaries of five that fail, as servers do, and no more, at any moment', () => {
    assert.equal(state({ canaries: [tally('before', 3), tally('after', 4)] }), 'ok')
    assert.equal(state({ canaries: [tally('before', 5), tally('after', 2)] }), 'unstable')
    assert.equal(state({ canaries: [tally('before', 5), tally('during', 0), tally('after', 5)] }), 'unstable')
  })

  it('reports a clock from twelve hours on, in both directions, and accepts one that could not be asked', () => {
    assert.equal(state(offset(11 * 60)), 'ok')
    assert.equal(state(offset(24 * 60)), 'clock-wrong')
    assert.equal(state(offset(-24 * 60)), 'clock-wrong')
    assert.equal(state({ clock: {} }), 'ok')
  })

  it('tells a tunnel and a change of the line', () => {
    assert.equal(state({ tunnel: 'found' }), 'tunnelled')
    assert.equal(state({ changed: true }), 'network-changed')
    assert.equal(state({ tunnel: 'unknown' }), 'ok')
  })

  it('lets services be measured on a line that may still turn out well, and on no other', () => {
    assert.deepEqual(
      (
        ['ok', 'no-ipv6', 'clock-wrong', 'unstable', 'down', 'captive-portal', 'tunnelled', 'resolver-broken'] as const
      ).map(bearsMeasuring),
      [true, true, true, true, false, false, false, false],
    )
  })
})
