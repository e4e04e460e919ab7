import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleFinding } from '../../../test/kit/evening/exhibit-sample.ts'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { completeness, POINT_STATES, POINTS, type BesideBundle, type Point, type PointState } from './completeness.ts'

const stateOf = (point: Point, ...given: Parameters<typeof completeness>): PointState | undefined =>
  completeness(...given).find((one) => one.point === point)?.state

describe('completeness()', () => {
  it('lists twenty-five points in their order, each with words in every language', () => {
    const found = completeness(sampleFinding())
    assert.deepEqual(
      found.map(({ number }) => number),
      Array.from({ length: 25 }, (_, at) => at + 1),
    )
    for (const lang of LANGS) {
      for (const point of POINTS) assert.notEqual(say(lang, `point.${point}`), '')
      for (const state of POINT_STATES) assert.notEqual(say(lang, `point-state.${state}`), '')
    }
  })

  it('counts nothing of a case that is not in it', () => {
    for (const point of ['request', 'effect', 'translations', 'specialist', 'independent', 'attribution'] as const)
      assert.equal(stateOf(point, sampleFinding()), 'missing', point)
  })

  it('moves a point when the case holds what it asks for', () => {
    const beside: BesideBundle = {
      contract: true,
      clock: true,
      independent: true,
      attribution: true,
      request: 'answered',
      effect: true,
      signedStatement: true,
      translations: ['kk', 'ru', 'en'],
      consent: true,
      specialist: true,
    }
    for (const point of [
      ...(['line', 'time', 'independent', 'attribution', 'request', 'effect', 'report'] as const),
      ...(['translations', 'consent', 'specialist'] as const),
    ])
      assert.equal(stateOf(point, sampleFinding(), beside), 'present', point)
    assert.equal(stateOf('request', sampleFinding(), { request: 'sent' }), 'partly')
    assert.equal(stateOf('translations', sampleFinding(), { translations: ['ru', 'ru'] }), 'partly')
  })

  it('misses what a bundle lacks', () => {
    const bare = sampleFinding({ annexes: [], targets: [], readings: [], compared: [], measurements: [] })
    for (const point of ['raw', 'target', 'repetition', 'networks', 'contrary', 'annexes', 'verification'] as const)
      assert.equal(stateOf(point, bare), 'missing', point)
    assert.equal(stateOf('finding', sampleFinding({ incident: SAMPLE_KINDS.withdrawn })), 'missing')
    assert.equal(stateOf('integrity', sampleFinding({ log: { ...sampleFinding().log, stamps: [] } })), 'partly')
  })

  it('never calls the rate of false positives present: it is known on simulated data alone', () => {
    assert.equal(stateOf('false-positives', sampleFinding()), 'partly')
  })
})
