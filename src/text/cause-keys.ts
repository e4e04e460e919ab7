import type { BlockingGround, Cause, CauseItem, CauseWord, ItemOutcome, Support } from '../model/cause.ts'

/** What was seen of an item: a clause without capital and stop. */
export type OutcomeKey = { [I in CauseItem]: `outcome.${I}.${ItemOutcome<I>}` }[CauseItem]

/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
export type CauseKey =
  | `cause.${Cause}`
  | `item.${CauseItem}`
  | OutcomeKey
  | `word.${CauseWord}`
  | `support.${Support}`
  | `ground.${BlockingGround}`
  | 'weigh.headline'
  | 'weigh.supports-interference'
  | 'weigh.supports-fault'
  | 'weigh.supports-neither'
  | 'weigh.more-probable'
  | 'weigh.less-probable'
  | 'weigh.equally-probable'
  | 'weigh.rival-less'
  | 'weigh.rival-more'
  | 'weigh.rival-equal'
  | 'weigh.count'
  | 'weigh.count.owners'
  | 'weigh.count.services'
  | 'weigh.count.days'
  | 'weigh.devices'
  | 'weigh.source'
  | 'weigh.unseen'
  | 'weigh.unseen-interference'
  | 'weigh.unseen-fault'
  | 'weigh.grounds'
  | 'weigh.judgement'
  | 'weigh.calibrated'
  | 'weigh.who'
