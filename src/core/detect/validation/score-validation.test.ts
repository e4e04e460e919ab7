import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { PredictedCase, PredictedIncident, ValidationLabels } from '../../model/incident/validation.ts'
import { cllr, leastCllr, tippett } from './cllr.ts'
import { scoreValidation } from './score-validation.ts'

describe('cllr() and leastCllr()', () => {
  it('is 1 where every ratio is 1, and small where ratios are large and right', () => {
    assert.ok(Math.abs(cllr({ interference: [0, 0], fault: [0] }) - 1) < 1e-12)
    assert.ok(cllr({ interference: [3, 3], fault: [-3] }) < 0.002)
    assert.ok(cllr({ interference: [-3], fault: [3] }) > 9)
  })

  it('gives the published figures of a small set', () => {
    // ½ [mean log2(1 + 1/LR) + mean log2(1 + LR)] by hand for LR 10, 2 against LR 0.5, 1
    const byHand = (Math.log2(1.1) + Math.log2(1.5)) / 2 / 2 + (Math.log2(1.5) + Math.log2(2)) / 2 / 2
    const given = { interference: [1, Math.log10(2)], fault: [Math.log10(0.5), 0] }
    assert.ok(Math.abs(cllr(given) - byHand) < 1e-12)
    assert.equal(leastCllr(given), 0) // no ratio of one side is among those of the other
    // One inversion of two and two: the middle pair is pooled, with half of each side.
    assert.ok(Math.abs(leastCllr({ interference: [0, 2], fault: [-1, 1] }) - 0.5) < 1e-12)
    assert.ok(Math.abs(leastCllr({ interference: [1], fault: [1] }) - 1) < 1e-12)
  })

  it('never has a least cost above the cost, or above 1, and it does not change with the scale', () => {
    const ratios = fc.array(
      fc.integer({ min: -500, max: 500 }).map((x) => x / 100),
      { minLength: 1, maxLength: 30 },
    )
    fc.assert(
      fc.property(ratios, ratios, (interference, fault) => {
        const least = leastCllr({ interference, fault })
        assert.ok(least <= cllr({ interference, fault }) + 1e-9 && least <= 1 + 1e-9 && least >= -1e-9)
        const moved = (all: readonly number[]): readonly number[] => all.map((x) => x * 2 + 1)
        assert.ok(Math.abs(leastCllr({ interference: moved(interference), fault: moved(fault) }) - least) < 1e-9)
      }),
    )
  })

  it('draws shares that only fall', () => {
    const points = tippett({ interference: [1, 2, 3], fault: [-1, 0] })
    assert.deepEqual([points[0]?.interference, points.at(-1)?.interference], [1, 0])
    for (const [i, point] of points.entries())
      assert.ok(i === 0 || (point.interference <= points[i - 1]!.interference && point.fault <= points[i - 1]!.fault))
  })
})

const incident = (from: string, until: string, more: Partial<PredictedIncident> = {}): PredictedIncident => ({
  start: { bracket_utc: [from, from], lo95_utc: from, hi95_utc: from },
  end: { bracket_utc: [until, until], lo95_utc: until, hi95_utc: until },
  state: 'restricted',
  word: 'not-determined',
  log10_lr: 0.5,
  ...more,
})
const predicted = (id: string, ...incidents: readonly PredictedIncident[]): PredictedCase => ({
  id,
  sha256: '0'.repeat(64),
  readings: 10,
  set_aside: 0,
  incidents: [...incidents],
})
const at = (hour: number): string => new Date(Date.UTC(2026, 0, 1, hour)).toISOString()
const labelled = (
  id: string,
  group: ValidationLabels['cases'][number]['group'],
  hours?: readonly [number, number],
) => ({
  id,
  group,
  source: 'a test',
  ...(hours === undefined
    ? {}
    : {
        start: { earliest_utc: at(hours[0]), latest_utc: at(hours[0]) },
        end: { earliest_utc: at(hours[1]), latest_utc: at(hours[1]) },
      }),
})
const labels = (...cases: readonly ValidationLabels['cases'][number][]): ValidationLabels => ({
  format: 'kuager-validation-labels/1',
  by: 'a test',
  cases: [...cases],
})

describe('scoreValidation()', () => {
  it('takes the incident of the labelled time, and of a placebo the one that speaks most for interference', () => {
    const score = scoreValidation(
      [
        predicted(
          'p',
          incident(at(1), at(2), { log10_lr: -2, word: 'fault' }),
          incident(at(10), at(12), { log10_lr: 2, word: 'blocking' }),
        ),
        predicted(
          'q',
          incident(at(1), at(2), { log10_lr: -1 }),
          incident(at(3), at(4), { log10_lr: 1.2, word: 'blocking' }),
        ),
        predicted('f'),
      ],
      labels(labelled('p', 'positive', [10, 12]), labelled('q', 'placebo'), labelled('f', 'fault', [5, 6])),
    )
    assert.deepEqual(
      score.groups.map(({ group, cases, raised, blocking }) => [group, cases, raised, blocking]),
      [
        ['positive', 1, 1, 1],
        ['spike-in', 0, 0, 0],
        ['fault', 1, 0, 0],
        ['placebo', 1, 1, 1],
      ],
    )
    assert.deepEqual([score.cllr?.interference, score.cllr?.fault], [1, 1])
    assert.deepEqual([score.misleading.forInterferenceTen.k, score.misleading.namedBlocking.n], [1, 2])
    assert.deepEqual([score.coverage.start.k, score.coverage.start.n], [1, 1])
    assert.equal(score.falseIncidents, 2)
  })

  it('gives 3/n as the limit of no error in many, and no cost where one side is empty', () => {
    const ids = Array.from({ length: 100 }, (_, i) => `c${i}`)
    const score = scoreValidation(
      ids.map((id) => predicted(id)),
      labels(...ids.map((id) => labelled(id, 'placebo'))),
    )
    const { k, n, upper95 } = score.misleading.namedBlocking
    assert.deepEqual([k, n], [0, 100])
    assert.ok(Math.abs(upper95 - 0.03) < 0.001)
    assert.equal(score.cllr, undefined)
  })

  it('counts an incident without enough evidence as stating no ratio', () => {
    const score = scoreValidation(
      [predicted('p', incident(at(1), at(2), { word: 'insufficient', log10_lr: 3 }))],
      labels(labelled('p', 'positive', [1, 2])),
    )
    assert.deepEqual([score.groups[0]?.raised, score.groups[0]?.insufficient], [0, 1])
    assert.equal(score.misleading.forFault.n, 0)
  })
})
