import {
  CAUSES,
  FAULT_CAUSES,
  INTERFERENCE_CAUSES,
  type Cause,
  type CauseItem,
  type Opponent,
  type QuotedRatio,
} from '../../model/incident/cause.ts'
import { InputError } from '../../model/errors.ts'
import type { CauseTable } from './table.ts'

/** Weights of the causes of a side; those of a side are normalised to 1. */
export type CauseWeights = Readonly<Record<Cause, number>>

export const INTERFERENCE = INTERFERENCE_CAUSES.length
const SIDES = [INTERFERENCE_CAUSES, FAULT_CAUSES] as const

/** Weights in the order of CAUSES, each side summing to 1; equal within a side where none are given. */
export function normaliseWeights(weights?: CauseWeights): Float64Array {
  const out = new Float64Array(CAUSES.length)
  for (const side of SIDES) {
    const sum = side.reduce((total, cause) => total + (weights?.[cause] ?? 1), 0)
    if (!(sum > 0) || !Number.isFinite(sum) || side.some((cause) => (weights?.[cause] ?? 1) < 0))
      throw new InputError(`Cannot weigh causes: weights of a side sum to ${sum}`, {
        code: 'weights.invalid',
        path: '/weights',
        expected: 'numbers from 0 on, on each side one above 0',
      })
    for (const cause of side) out[CAUSES.indexOf(cause)] = (weights?.[cause] ?? 1) / sum
  }
  return out
}

/** P(outcome | cause) in the order of CAUSES. Throws InputError for an outcome that the item does not have. */
export function column(table: CauseTable, item: CauseItem, outcome: string): readonly number[] {
  const found = table.p[item].get(outcome)
  if (found !== undefined) return found
  throw new InputError(`Cannot weigh item "${item}": found outcome "${outcome}"`, {
    code: 'item.outcome',
    path: `/items/${item}`,
    expected: [...table.p[item].keys()].join(', '),
  })
}

/**
 * log10 of P(items | interference) / P(items | faults), from the likelihood of the items under each cause and the weights
 * of the causes within their side.
 */
export function mixedRatio(likelihood: ArrayLike<number>, weights: Float64Array): number {
  let interference = 0
  let faults = 0
  for (let cause = 0; cause < weights.length; cause++) {
    const part = weights[cause]! * likelihood[cause]! // both have an entry for every cause
    if (cause < INTERFERENCE) interference += part
    else faults += part
  }
  return Math.log10(interference / faults)
}

/** A ratio to quote, before its interval. */
export type Quotable = Pick<QuotedRatio, 'log10Lr' | 'against'>

/**
 * The ratio to quote: mean of the likelihoods of a side, by its weights, over the greatest likelihood of a single
 * explanation against it. Against interference that is a listed fault or the unlisted cause; against a fault it is a
 * listed kind of interference, for an unlisted fault is a fault. Causes of weight 0 are not among them. A mean that does
 * not exceed all against it gives 0: at most one side can. Under every explanation against a side the expected ratio is
 * at most 1, so that P(ratio ≥ 10) ≤ 1/10 (docs/methods/cause.md, "The ratio to quote").
 */
export function quotableRatio(likelihood: ArrayLike<number>, unlisted: number, weights: Float64Array): Quotable {
  const side = (from: number, until: number): { mean: number; best: number; p: number } => {
    const found = { mean: 0, best: from, p: 0 }
    for (let cause = from; cause < until; cause++) {
      const p = likelihood[cause]! // an entry for every cause, as of the weights
      found.mean += weights[cause]! * p
      if (weights[cause]! > 0 && p > found.p) Object.assign(found, { best: cause, p })
    }
    return found
  }
  const interference = side(0, INTERFERENCE)
  const faults = side(INTERFERENCE, CAUSES.length)
  const against: Opponent = faults.p > unlisted ? CAUSES[faults.best]! : 'unlisted' // an index of CAUSES
  const p = Math.max(faults.p, unlisted)
  if (interference.mean > p) return { log10Lr: Math.log10(interference.mean / p), against }
  const kind = CAUSES[interference.best]! // an index of CAUSES
  if (faults.mean > interference.p) return { log10Lr: -Math.log10(faults.mean / interference.p), against: kind }
  return { log10Lr: 0, against: interference.mean < faults.mean ? kind : against }
}

/** P(outcome | a cause without a row): every outcome of the item alike. */
export const unlistedOf = (table: CauseTable, item: CauseItem): number => 1 / table.p[item].size

/** Posterior of every cause under even odds of the sides, in the order of CAUSES. */
export function posteriorOf(likelihood: ArrayLike<number>, weights: Float64Array): Float64Array {
  const out = Float64Array.from(weights, (weight, cause) => weight * likelihood[cause]!) // an entry for every cause
  const sum = out.reduce((total, value) => total + value, 0)
  return out.map((value) => value / sum)
}

/**
 * Posterior odds of interference against a fault, from a finding and a reader's odds before it. The reader's own odds
 * are the reader's: the project publishes the ratio. Throws InputError for odds that are not above 0.
 */
export function atPrior(log10Lr: number, priorOdds: number): number {
  if (!(priorOdds > 0) || !Number.isFinite(priorOdds))
    throw new InputError(`Cannot weigh at prior odds: found ${priorOdds}`, {
      code: 'prior.invalid',
      path: '/prior',
      expected: 'odds above 0, such as 1 or 0.05',
    })
  return priorOdds * 10 ** log10Lr
}
