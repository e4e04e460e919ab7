import { textSpan, blank, type Block, type Inline, type Paper } from '../../documents/paper.ts'
import type { Addressee } from '../case/case-form.ts'
import { citations, cite, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { ruleOf } from '../law/load-law.ts'
import { told, type CaseView } from './case-view.ts'
import { authorLines, heading, incidentBlocks, paperFrame, paragraph, signatureBlock, toldRows } from './parts.ts'
import { REQUEST_WORDS, type RequestWords } from './words/request-words.ts'

/** Languages in which a request is written: both in which Kazakhstan's bodies answer. */
export const REQUEST_LANGS = ['kk', 'ru'] as const

/**
 * A request for the act: was access restricted by one, who took it, when, on which provision. It asserts no restriction
 * by anyone; if a request gets no answer, the case records that.
 */
export function requestPaper(view: CaseView, lang: (typeof REQUEST_LANGS)[number], addressee: Addressee): Paper {
  const words = REQUEST_WORDS[lang]
  const blocks: readonly Block[] = [
    {
      kind: 'parties',
      rows: [
        { role: words.to, lines: addresseeLines(view, addressee) },
        { role: words.from, lines: authorLines(view, { numbered: true }) },
      ],
    },
    heading(words.event),
    ...incidentBlocks(view, { annexed: false }),
    // An operator finds its customer by the contract; its number goes to no one else.
    ...(addressee === 'provider' ? [{ kind: 'facts', rows: toldRows(view, ['contract']) } satisfies Block] : []),
    heading(words.questions),
    paragraph(words.lead),
    { kind: 'list', ordered: true, items: [...words.asked, words.askedOf[addressee]] },
    paragraph(words.copy),
    paragraph(words.secret),
    heading(words.basis),
    { kind: 'list', ordered: false, items: basisOf(view, addressee, words) },
    heading(words.answer),
    paragraph([textSpan(`${words.term}: ${daysToAnswer(view)}.`), unconfirmed]),
    paragraph(words.reply),
    signatureBlock(view),
  ]
  return withLaw(view, { ...paperFrame(view, lang, words), blocks })
}

/** What a request rests on. A private operator and a platform may hold no information in the sense of the law. */
const BASIS = {
  rights: ['constitution-speech', 'information-right', 'holder-duties', 'information-request', 'information-appeal'],
  act: ['suspension', 'urgent-suspension', 'restoration-of-access', 'emergency'],
} as const

function basisOf(view: CaseView, addressee: Addressee, words: RequestWords): readonly Inline[] {
  const company = addressee === 'provider' || addressee === 'platform'
  return [
    ...citations(view, BASIS.rights),
    ...(company ? [cite(view, 'information-holder'), [blank(words.contractLaw)]] : []),
    ...(addressee === 'platform' ? [cite(view, 'platforms')] : []),
    ...citations(view, [...BASIS.act, 'covenant-expression', 'application-term']),
  ]
}

/** Working days that a body has, by the shortest reading. */
const daysToAnswer = ({ law }: CaseView): number =>
  Math.min(...ruleOf(law, 'request-answer').readings.map(({ count }) => count))

function addresseeLines(view: CaseView, addressee: Addressee): readonly Inline[] {
  const { words } = view
  if (addressee !== 'provider') return [words.addressees[addressee], [blank(words.missing.addressee)]]
  const network = view.file.answers.network === undefined ? [] : [told(view, 'network')]
  return [words.addressees.provider, [blank(words.missing.providerName)], ...network]
}
