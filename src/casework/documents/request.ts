import {
  blank,
  type Block,
  bulletList,
  factRows,
  heading,
  type Inline,
  orderedList,
  type Paper,
  paragraph,
  textSpan,
} from '../../documents/paper.ts'
import { say } from '../../core/text/format.ts'
import type { Addressee } from '../case/case-form.ts'
import { citations, cite, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { ruleOf } from '../law/load-law.ts'
import { missing, told, type CaseView } from './case-view.ts'
import { authorLines, incidentBlocks, paperFrame, signatureBlock, toldRows } from './parts.ts'

/** Languages in which a request is written: both in which Kazakhstan's bodies answer. */
export const REQUEST_LANGS = ['kk', 'ru'] as const

/** What every addressee is asked, in this order. */
const QUESTIONS = ['act', 'grounds', 'reach', 'execution', 'restoration', 'cause', 'appeal'] as const

/**
 * A request for the act: was access restricted by one, who took it, when, on which provision. It asserts no restriction
 * by anyone; if a request gets no answer, the case records that.
 */
export function requestPaper(view: CaseView, lang: (typeof REQUEST_LANGS)[number], addressee: Addressee): Paper {
  const blocks: readonly Block[] = [
    {
      kind: 'parties',
      rows: [
        { role: say(lang, 'act-request.to'), lines: addresseeLines(view, addressee) },
        { role: say(lang, 'act-request.from'), lines: authorLines(view, { numbered: true }) },
      ],
    },
    heading(say(lang, 'act-request.event')),
    ...incidentBlocks(view, { annexed: false }),
    // An operator finds its customer by the contract; its number goes to no one else.
    ...(addressee === 'provider' ? [factRows(toldRows(view, ['contract']))] : []),
    heading(say(lang, 'act-request.questions')),
    paragraph(say(lang, 'act-request.lead')),
    orderedList([
      ...QUESTIONS.map((one) => say(lang, `act-request.question.${one}`)),
      say(lang, `act-request.question-to.${addressee}`),
    ]),
    paragraph(say(lang, 'act-request.copy')),
    paragraph(say(lang, 'act-request.secret')),
    heading(say(lang, 'act-request.basis')),
    bulletList(basisOf(view, addressee)),
    heading(say(lang, 'act-request.answer')),
    paragraph([textSpan(`${say(lang, 'act-request.term')}: ${daysToAnswer(view)}.`), unconfirmed]),
    paragraph(say(lang, 'act-request.reply')),
    signatureBlock(view),
  ]
  return withLaw(view, {
    ...paperFrame(view, lang, { title: say(lang, 'act-request.title'), kicker: say(lang, 'act-request.kicker') }),
    blocks,
  })
}

/** What a request rests on. A private operator and a platform may hold no information in the sense of the law. */
const BASIS = {
  rights: ['constitution-speech', 'information-right', 'holder-duties', 'information-request', 'information-appeal'],
  act: ['suspension', 'urgent-suspension', 'restoration-of-access', 'emergency'],
} as const

function basisOf(view: CaseView, addressee: Addressee): readonly Inline[] {
  const company = addressee === 'provider' || addressee === 'platform'
  return [
    ...citations(view, BASIS.rights),
    ...(company ? [cite(view, 'information-holder'), [blank(say(view.lang, 'act-request.contract-law'))]] : []),
    ...(addressee === 'platform' ? [cite(view, 'platforms')] : []),
    ...citations(view, [...BASIS.act, 'covenant-expression', 'application-term']),
  ]
}

/** Working days that a body has, by the shortest reading. */
const daysToAnswer = ({ law }: CaseView): number =>
  Math.min(...ruleOf(law, 'request-answer').readings.map(({ count }) => count))

function addresseeLines(view: CaseView, addressee: Addressee): readonly Inline[] {
  const { lang } = view
  if (addressee !== 'provider') return [say(lang, `document.addressee.${addressee}`), [missing(view, 'addressee')]]
  const network = view.file.answers.network === undefined ? [] : [told(view, 'network')]
  return [say(lang, 'document.addressee.provider'), [missing(view, 'provider-name')], ...network]
}
