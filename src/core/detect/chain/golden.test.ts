import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { bocpd } from '../opinions/bocpd.ts'
import { pelt } from '../opinions/pelt.ts'
import { wilson } from '../../model/measured/wilson.ts'
import { clopperPearson, jeffreys } from '../statistics/binomial.ts'
import { circularShift } from '../statistics/circular-shift.ts'
import { eventCoincidence } from '../statistics/event-coincidence.ts'
import { benjaminiHochberg } from '../statistics/multiplicity.ts'

// Figures of brute force (test/golden/statistics.py); another file of them, made with scipy too, is an extra where it is there.
const OWN = new URL('../../../../test/golden/statistics.json', import.meta.url)
const OTHER = new URL('../../../../../shared/data/golden/golden.json', import.meta.url)

type Numbers = readonly number[]
interface Coincided {
  readonly T: number
  readonly N_A: number
  readonly N_B: number
  readonly K_precursor: number
  readonly K_trigger: number
  readonly p_precursor: number
  readonly p_trigger: number
}
interface ChangePoints {
  readonly x: Numbers
  readonly hazard: number
  readonly prior: readonly [number, number]
  readonly log_evidence: number
  readonly run_length_posterior_at_T: Readonly<Record<string, number>>
  readonly changepoint_prob_smoothed: Numbers
}
interface Golden {
  readonly bocpd_beta_bernoulli: ChangePoints
  readonly bocpd_beta_bernoulli_jeffreys: ChangePoints
  readonly pelt?: Readonly<Record<'bic' | 'twice_bic', Numbers>>
  readonly eca_coincalc_example1: {
    readonly A: readonly (number | null)[]
    readonly B: readonly (number | null)[]
    readonly delT: number
    readonly tau: number
    readonly result_ts_form: Coincided
    readonly result_es_form: Coincided
  }
  readonly circular_shift_hourly: Readonly<
    Record<'n_hours' | 'observed' | 'p_all_168_circular_shifts' | 'p_day_preserving_shifts', number>
  > & { readonly onsets: Numbers; readonly events: Numbers; readonly window: readonly [number, number] }
  readonly benjamini_hochberg: Readonly<Record<'p' | 'adjusted', Numbers>> & { readonly scipy?: Numbers }
  readonly binomial_intervals: Readonly<Record<'clopper_pearson' | 'wilson' | 'jeffreys', Numbers>> &
    Readonly<Record<'k' | 'n', number>>
}

/** Equal to 1e-9, and small figures to 1e-9 of themselves. */
function same(found: number, expected: number): void {
  const error = Math.abs(found - expected)
  assert.ok(error <= 1e-9 * Math.min(1, Math.abs(expected)) + 1e-15, `${found} is not ${expected}`)
}
const sameAll = (found: Numbers, expected: Numbers): void => {
  assert.equal(found.length, expected.length)
  found.forEach((value, k) => same(value, expected[k]!))
}

for (const file of [OWN, OTHER].filter((one) => existsSync(one)))
  describe(`golden figures of ${basename(file.pathname)}`, () => {
    const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden // made by a script that names each figure

    it('Bayesian change points are those of the sum over all segmentations', () => {
      for (const { x, hazard, prior, ...expected } of [
        golden.bocpd_beta_bernoulli,
        golden.bocpd_beta_bernoulli_jeffreys,
      ]) {
        const found = bocpd(x, { prior, hazard })
        same(found.logEvidence, expected.log_evidence)
        sameAll([...found.change], expected.changepoint_prob_smoothed)
        sameAll(
          [...found.runLength],
          x.map((_, place) => expected.run_length_posterior_at_T[String(place + 1)] ?? Number.NaN),
        )
      }
    })

    it('PELT changes the golden sequence where the cheapest of all segmentations does', () => {
      const { x } = golden.bocpd_beta_bernoulli
      const { bic, twice_bic } = golden.pelt ?? { bic: [6, 11], twice_bic: [] }
      assert.deepEqual(pelt(x), bic)
      assert.deepEqual(pelt(x, { penalty: 4 * Math.log(x.length) }), twice_bic)
    })

    it('both forms of event coincidence analysis give the counts and p of the reference package', () => {
      const { A, B, delT, tau, result_ts_form, result_es_form } = golden.eca_coincalc_example1
      for (const [form, expected] of [
        ['series', result_ts_form],
        ['events', result_es_form],
      ] as const) {
        const found = eventCoincidence(A, B, { window: delT, lag: tau, form })
        assert.deepEqual([found.steps, found.first, found.second], [expected.T, expected.N_A, expected.N_B])
        assert.deepEqual([found.precursor.count, found.trigger.count], [expected.K_precursor, expected.K_trigger])
        same(found.precursor.p, expected.p_precursor)
        same(found.trigger.p, expected.p_trigger)
      }
    })

    it('circular shifts by hours and by days give the p of the full count', () => {
      const { onsets, events, ...circle } = golden.circular_shift_hourly
      const shift = (every: number) =>
        circularShift(onsets, events, { steps: circle.n_hours, window: circle.window, every })
      assert.equal(shift(1).observed, circle.observed)
      same(shift(1).p, circle.p_all_168_circular_shifts)
      same(shift(24).p, circle.p_day_preserving_shifts)
    })

    it("Benjamini and Hochberg's adjusted p are those of the definition", () => {
      const { p, adjusted, scipy } = golden.benjamini_hochberg
      sameAll(benjaminiHochberg(p), adjusted)
      if (scipy !== undefined) sameAll(benjaminiHochberg(p), scipy)
    })

    it('intervals of a share are those of the definition', () => {
      const { k, n, ...share } = golden.binomial_intervals
      sameAll(clopperPearson(k, n), share.clopper_pearson)
      sameAll(wilson(k, n), share.wilson)
      sameAll(jeffreys(k, n), share.jeffreys)
    })
  })
