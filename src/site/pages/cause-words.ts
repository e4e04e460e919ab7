import type { CauseFinding, CauseWord, UnseenItem, WeighedItem } from '../../model/cause.ts'
import { timesText } from '../../text/incident-sentence.ts'
import type { Lang } from '../../text/lang.ts'

/** Words of a weight of evidence as the pages use them. */
export interface CauseWords {
  /** `Бұғаттауға айғақ: күшті`. */
  readonly headline: string
  /** The findings are about … times more probable … */
  readonly sentence: string
  readonly rival: string
}

export const causeWords = (lang: Lang, cause: CauseFinding): CauseWords => ({
  headline: `${cause.word}: ${cause.support}`,
  sentence: timesText(lang, cause.log10Lr),
  rival: `${cause.rival.cause}: ${timesText(lang, cause.rival.log10Lr)}`,
})

export const itemName = (_lang: Lang, item: WeighedItem | UnseenItem): string => item.item
export const itemSentence = (_lang: Lang, item: WeighedItem): string => item.outcome
export const outcomeName = (_lang: Lang, _item: UnseenItem, outcome: string): string => outcome
export const wordName = (_lang: Lang, word: CauseWord): string => word
