import { requestsOf } from '../case/occurrences.ts'
import { blank, orBlank, text, type Block, type Inline, type Paper } from '../paper.ts'
import { told, type CaseView } from './case-view.ts'
import {
  annexBlocks,
  authorLines,
  heading,
  incidentBlocks,
  noteOf,
  paragraph,
  remedyRows,
  requestRows,
  signatureBlock,
  stepsTable,
  termsTable,
  toldBlocks,
  unconfirmed,
} from './parts.ts'
import type { ClaimWords } from './words/claim-words.ts'
import { kk } from './words/claim-kk.ts'
import { ru } from './words/claim-ru.ts'

/** Languages of the courts. */
export const CLAIM_LANGS = ['kk', 'ru'] as const
const WORDS: Readonly<Record<(typeof CLAIM_LANGS)[number], ClaimWords>> = { kk, ru }

/**
 * A draft claim for an administrative court. What was measured, what the author says and what is argued stand apart; the
 * other side is whom the author names, never whom the measurements could name; what depends on the answer to the request
 * for the act is written by that answer.
 */
export function claimPaper(view: CaseView, lang: (typeof CLAIM_LANGS)[number]): Paper {
  const words = WORDS[lang]
  const { labels, limits } = view.words
  const blocks: readonly Block[] = [
    paragraph(words.draft),
    {
      kind: 'parties',
      rows: [
        { role: words.court, lines: [words.courtKind, told(view, 'court')] },
        { role: words.claimant, lines: authorLines(view) },
        { role: words.respondent, lines: [told(view, 'defendant')] },
      ],
    },
    paragraph(words.respondentNote),
    heading(words.subject),
    {
      kind: 'facts',
      rows: [
        { label: labels.challenged, value: told(view, 'challenged') },
        { label: words.kind, value: [blank(words.kindBlank), unconfirmed] },
      ],
    },
    paragraph([text(words.kindNote), unconfirmed]),
    heading(words.facts),
    ...incidentBlocks(view),
    paragraph(words.factsNote),
    heading(words.limits, 3),
    { kind: 'list', ordered: false, items: limits },
    heading(words.affected),
    paragraph(words.affectedNote),
    ...toldBlocks(view, [
      'service',
      'network',
      'contract',
      'place',
      'use',
      'use-since',
      'purpose',
      'profession',
      'audience',
      'first-failed',
      'learned',
      'learned-how',
      'harm',
      'substitute',
    ]),
    heading(words.pretrial),
    stepsTable(
      view,
      [
        ...requestRows(view),
        ...remedyRows(view, 'complaint', noteOf(view)),
        ...remedyRows(view, 'complaint-answer', noteOf(view)),
      ],
      words.pretrialTable,
    ),
    ...termBlocks(view, words),
    heading(words.law),
    ...aboutAct(view, words),
    ...words.points.flatMap((point): readonly Block[] => [
      heading(point.name, 3),
      { kind: 'paragraph', standing: 'allegation', text: point.submits },
      { kind: 'list', ordered: false, items: point.provisions.map((one): Inline => [text(one), unconfirmed]) },
    ]),
    { kind: 'facts', rows: [{ label: labels['aim-given'], value: told(view, 'aim-given') }] },
    heading(words.burden, 3),
    paragraph([blank(words.burdenBlank)]),
    heading(words.proof),
    { kind: 'list', ordered: false, items: words.proofItems },
    paragraph(words.technical),
    paragraph([text(words.technicalRule), unconfirmed]),
    paragraph(words.contrary),
    heading(words.asks),
    { kind: 'list', ordered: true, items: [...words.asked, orBlank(askedOf(view), labels.asked)] },
    ...annexBlocks(view),
    signatureBlock(view),
  ]
  return {
    lang,
    title: words.title,
    kicker: words.kicker,
    id: view.file.id,
    madeAt: view.madeAt,
    ...(view.simulated ? { banner: view.words.incident.simulated } : {}),
    blocks,
  }
}

const askedOf = ({ file }: CaseView): string | undefined => {
  const value = file.answers.asked?.value
  return typeof value === 'string' ? value : undefined
}

const COURT_TERMS: ReadonlySet<string> = new Set([
  'complaint',
  'claim-after-answer',
  'claim-after-learning',
  'by-law-claim',
])

function termBlocks(view: CaseView, words: ClaimWords): readonly Block[] {
  const runs = (one: CaseView['deadlines'][number]): boolean =>
    one.kind !== 'not-running' && COURT_TERMS.has(one.rule.id)
  if (!view.deadlines.some(runs)) return [heading(words.terms), paragraph([blank(words.noTerms)])]
  return [heading(words.terms), termsTable(view, runs, words.termsTable), paragraph(words.termsNote)]
}

/** What the answers to the requests say of an act: each that was given, since bodies may answer differently. */
function aboutAct(view: CaseView, words: ClaimWords): readonly Block[] {
  const replies = requestsOf(view.file).flatMap(({ reply }) => (reply === undefined ? [] : [reply]))
  const said = [
    ...(replies.some(({ says }) => says === 'act-named') ? [words.actKnown] : []),
    ...(replies.some(({ says }) => says === 'no-act') ? [words.actDenied] : []),
    ...(replies.some(({ says }) => says === 'refused') ? [words.actRefused] : []),
    ...(replies.some(({ kind }) => kind === 'silence') ? [words.actSilent] : []),
  ]
  const found: readonly Inline[] = said.length > 0 ? said : [[blank(words.actUnknown)]]
  return found.map((one) => ({ kind: 'paragraph', standing: 'fact', text: one }))
}
