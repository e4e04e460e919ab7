import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { AbroadLook } from '../../core/model/measured/abroad-look.ts'
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

  it('says that only home is reached where two looks show it, and packets come back from abroad', () => {
    const look: AbroadLook = {
      home: { tried: 3, passed: 2 },
      abroad: { tried: 4, connected: 1, passed: 0 },
      resolvers: { tried: 2, passed: 0 },
      answersUnowned: false,
      pageCame: false,
    }
    const canaries = [tally('before', 2)]
    const seen = (changes: Partial<AbroadLook>, times = 2): string =>
      state({ canaries, abroad: Array.from({ length: times }, () => ({ ...look, ...changes })) })
    assert.equal(seen({}), 'abroad-filtered')
    const resolvers = { tried: 2, passed: 2 }
    const silent = { tried: 4, connected: 0, passed: 0 }
    assert.equal(seen({ abroad: silent, resolvers }), 'abroad-filtered', 'resolvers alone answer')
    assert.equal(state({ canaries, abroad: [look], tunnel: 'found' }), 'tunnelled')
    for (const [changes, times] of [
      [{}, 1], // one look
      [{ home: { tried: 3, passed: 1 } }, 2], // sites at home fail too
      [{ home: { tried: 1, passed: 1 } }, 2], // nothing to compare with
      [{ abroad: { tried: 4, connected: 4, passed: 1 } }, 2], // one site abroad answers
      [{ abroad: { tried: 2, connected: 2, passed: 0 } }, 2], // too few were asked
      [{ abroad: silent }, 2], // an outage: nothing comes back
      [{ abroad: silent, resolvers: { tried: 2, passed: 1 } }, 2], // the provider answers in their place
      [{ answersUnowned: true }, 2], // something near answers every connection
      [{ pageCame: true }, 2], // small exchanges pass: large packets are lost
    ] as const)
      assert.equal(seen(changes, times), 'unstable', JSON.stringify(changes))
  })

  it('lets services be measured on a line that may still turn out well, and on no other', () => {
    assert.deepEqual(
      (
        [
          'ok',
          'no-ipv6',
          'clock-wrong',
          'unstable',
          'down',
          'captive-portal',
          'tunnelled',
          'resolver-broken',
          'abroad-filtered',
        ] as const
      ).map(bearsMeasuring),
      [true, true, true, true, false, false, false, false, false],
    )
  })
})
