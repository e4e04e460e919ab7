import {
  CAUSES,
  FAULT_CAUSES,
  INTERFERENCE_CAUSES,
  TABLE_ITEMS,
  type Cause,
  type CauseFinding,
  type CauseWord,
  type UnseenItem,
  type WeighedItem,
} from '../../model/incident/cause.ts'
import { Fault } from '../../model/errors.ts'
import type { ObservedItem } from './cause-input.ts'
import { intervals, type RatioInterval } from './intervals.ts'
import {
  column,
  mixedRatio,
  normaliseWeights,
  posteriorOf,
  quotableRatio,
  unlistedOf,
  type CauseWeights,
  type Quotable,
} from './ratio.ts'
import { ITEMS, mapCauses, outcomesOf, type CauseTable } from './table.ts'
import { blockingGrounds, causeWord, supportOf, type Outcomes } from './word.ts'

export interface WeighOptions {
  /** Weights of the causes within their side; equal where absent. They are shown with the finding. */
  readonly weights?: CauseWeights
  /** Seed of the draws for the counts behind the items; the tables drawn are the same for all findings. */
  readonly seed?: number
  /** Number of draws behind the intervals. */
  readonly draws?: number
  /** The floor of evidence of the incident was not reached: the verdict is `insufficient`, at any ratio. */
  readonly insufficient?: boolean
}

/** The parts of a finding that need no draws: ratio, word and posterior. */
export interface Weighing {
  readonly log10Lr: number
  /** The ratio to quote; the word follows it. */
  readonly quoted: Quotable
  readonly word: CauseWord
  /** P(items | cause) in the order of CAUSES. */
  readonly likelihood: Float64Array
  readonly weights: Float64Array
  readonly outcomes: Outcomes
}

/**
 * Weighs the items under every cause: their probabilities multiply, an item that was not looked at is skipped.
 * Throws InputError for an outcome its item does not have, Fault for an item that stands twice.
 */
export function weighItems(
  observed: readonly Pick<ObservedItem, 'item' | 'outcome'>[],
  table: CauseTable,
  given?: CauseWeights,
): Weighing {
  const weights = normaliseWeights(given)
  const likelihood = new Float64Array(CAUSES.length).fill(1)
  let unlisted = 1
  for (const { item, outcome } of observed) {
    const p = column(table, item, outcome)
    unlisted *= unlistedOf(table, item)
    for (let cause = 0; cause < p.length; cause++) likelihood[cause]! *= p[cause]! // an entry for every cause
  }
  const outcomes = new Map(observed.map(({ item, outcome }) => [item, outcome]))
  if (outcomes.size !== observed.length) throw new Fault('Cannot weigh items: one of them stands twice')
  const quoted = quotableRatio(likelihood, unlisted, weights)
  return {
    log10Lr: mixedRatio(likelihood, weights),
    quoted,
    word: causeWord(quoted.log10Lr, outcomes),
    likelihood,
    weights,
    outcomes,
  }
}

/**
 * The weight of the evidence for interference against technical faults: the ratio, its verdict, the best-fitting fault,
 * what every piece of evidence adds, and what the unchecked pieces would change. Method: docs/methods/cause.md.
 * Politics is not evidence here: neither time nor occasion enters. Pure; the same items, table and seed give the same
 * finding.
 */
export function weighCause(
  observed: readonly ObservedItem[],
  table: CauseTable,
  options: WeighOptions = {},
): CauseFinding {
  const items = ITEMS.flatMap((item) => observed.filter((one) => one.item === item))
  const weighing = weighItems(items, table, options.weights)
  const { log10Lr, quoted, likelihood, weights, outcomes } = weighing
  const insufficient = options.insufficient === true || items.length === 0
  const drawn = intervals(items, table, { weights, seed: options.seed ?? 1, draws: options.draws ?? 400 })
  const leading = likeliest(INTERFERENCE_CAUSES, likelihood)
  const rival = likeliest(FAULT_CAUSES, likelihood)
  const posterior = posteriorOf(likelihood, weights)
  return {
    word: insufficient ? 'insufficient' : weighing.word,
    log10Lr,
    ...holding(drawn.total, log10Lr),
    quoted: { ...quoted, ...holding(drawn.quoted, quoted.log10Lr) },
    support: supportOf(quoted.log10Lr),
    items: contributions(items, table, { weights, alone: drawn.alone }),
    leading,
    rival: { cause: rival, log10Lr: Math.log10(of(likelihood, leading) / of(likelihood, rival)) },
    posterior: mapCauses((cause) => of(posterior, cause)),
    grounds: blockingGrounds(outcomes),
    unseen: unseenItems(items, table, options),
    table: table.digest,
  }
}

/**
 * An interval with its own ratio inside. Draws of an entry near its bound lie on one side of it: then most of them are
 * nearer to 1 than the ratio, and the ratio itself is the outer bound.
 */
const holding = ({ lo95, hi95 }: RatioInterval, log10Lr: number): RatioInterval => ({
  lo95: Math.min(lo95, log10Lr),
  hi95: Math.max(hi95, log10Lr),
})

const of = (values: Float64Array, cause: Cause): number => values[CAUSES.indexOf(cause)]! // an entry for every cause

function likeliest(side: readonly Cause[], likelihood: Float64Array): Cause {
  return side.reduce((best, cause) => (of(likelihood, cause) > of(likelihood, best) ? cause : best))
}

/** What each item adds to the items before it, in the order of CAUSE_ITEMS: the contributions sum to the total. */
function contributions(
  items: readonly ObservedItem[],
  table: CauseTable,
  by: { readonly weights: Float64Array; readonly alone: readonly RatioInterval[] },
): readonly WeighedItem[] {
  const running = new Float64Array(CAUSES.length).fill(1)
  let before = 0
  return items.map(({ item, outcome, count, source }, at) => {
    const p = column(table, item, outcome)
    for (let cause = 0; cause < p.length; cause++) running[cause]! *= p[cause]! // an entry for every cause
    const after = mixedRatio(running, by.weights)
    const log10Lr = after - before
    before = after
    const own = mixedRatio(p, by.weights)
    const alone = { log10Lr: own, ...holding(by.alone[at]!, own) } // one for each item
    return { item, outcome, log10Lr, alone, count, source }
  })
}

/**
 * Every piece of evidence that was not checked, with the finding after each outcome; those that could move the ratio
 * most first.
 */
function unseenItems(items: readonly ObservedItem[], table: CauseTable, options: WeighOptions): readonly UnseenItem[] {
  const now = weighItems(items, table, options.weights).quoted.log10Lr
  const insufficient = options.insufficient === true
  const open = ITEMS.filter((item) => !TABLE_ITEMS.has(item) && !items.some((one) => one.item === item))
  const unseen = open.map((item) => {
    const after = outcomesOf(item).map((outcome) => {
      const then = weighItems([...items, { item, outcome }], table, options.weights)
      return { outcome, log10Lr: then.quoted.log10Lr, word: insufficient ? ('insufficient' as const) : then.word }
    })
    return { item, after, moves: Math.max(...after.map(({ log10Lr }) => Math.abs(log10Lr - now))) }
  })
  return unseen.sort((a, b) => b.moves - a.moves).map(({ item, after }) => ({ item, after }))
}
