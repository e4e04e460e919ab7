import type {
  BlockingGround,
  Cause,
  CauseItem,
  CauseWord,
  INTERFERENCE_CAUSES,
  ItemOutcome,
  Support,
} from '../model/incident/cause.ts'

/** What was seen of an item: a clause without capital and stop. */
export type OutcomeKey = { [I in CauseItem]: `outcome.${I}.${ItemOutcome<I>}` }[CauseItem]

/** Keys of the words of this area; derived from the closed lists of the model, so that a new member needs its words. */
/** What an item of the weight counts: which measurements, or what else. */
export type Counted =
  'owners' | 'services' | 'days' | 'inside' | 'failed' | 'start' | 'start-interval' | 'comparison' | 'abroad'

export type CauseKey =
  | `cause.${Cause}`
  | `item.${CauseItem}`
  | OutcomeKey
  | `word.${CauseWord}`
  | 'word.throttling'
  | `cause-if.${(typeof INTERFERENCE_CAUSES)[number]}`
  | 'cause-if.other'
  | `support.${Support}`
  | `ground.${BlockingGround}`
  | 'weigh.more-probable'
  | 'weigh.less-probable'
  | 'weigh.equally-probable'
  | 'weigh.rival-less'
  | 'weigh.rival-more'
  | 'weigh.rival-equal'
  | 'weigh.interval'
  | `weigh.apart.${'rival-first' | 'all-first' | 'opposed'}`
  | `weigh.beside.${'all' | 'rival'}${'' | '-fault'}`
  | 'weigh.beside.opposed'
  | 'weigh.count'
  | `weigh.count.${Counted}`
  | 'weigh.devices'
  | 'weigh.source'
  | 'weigh.unseen'
  | 'weigh.unseen-interference'
  | 'weigh.unseen-fault'
  | 'weigh.grounds'
  | 'weigh.judgement'
  | 'weigh.calibrated'
  | 'weigh.who'
