import type { AnswerWord } from '../case/case-form.ts'
import { requestsOf } from '../case/occurrences.ts'
import { dayOf } from '../deadlines/calendar.ts'
import { citations, cite, stated, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { blank, textSpan, type Block, type Inline, type Paper } from '../../documents/paper.ts'
import { documentOf, noteBehind, paperAnnexes, recordName, told, type CaseView } from './case-view.ts'
import {
  actOf,
  annexBlocks,
  authorLines,
  heading,
  incidentBlocks,
  recordNote,
  paperFrame,
  paragraph,
  remedyRows,
  replyOf,
  requestRows,
  signatureBlock,
  stepsTable,
  termsTable,
  toldBlocks,
} from './parts.ts'
import type { ClaimPoint, ClaimWords } from './words/claim-words.ts'
import { kk } from './words/claim-kk.ts'
import { ru } from './words/claim-ru.ts'

/** Languages of the courts. */
export const CLAIM_LANGS = ['kk', 'ru'] as const
const WORDS: Readonly<Record<(typeof CLAIM_LANGS)[number], ClaimWords>> = { kk, ru }

/** What each point of law rests on, by its name in data/law. */
const PROVISIONS: Readonly<Record<ClaimPoint['rests'], readonly string[]>> = {
  right: ['covenant-expression', 'constitution-speech', 'treaty-rank'],
  law: ['suspension', 'urgent-suspension', 'emergency', 'constitution-limits', 'comment-law'],
  aim: ['covenant-limits', 'comment-aim'],
  need: ['covenant-limits', 'comment-need', 'comment-content'],
}

/**
 * A draft claim for an administrative court. What was measured, what the author says and what is argued stand apart; the
 * other side is whom the author names, never whom the measurements could name; what depends on the answer to the request
 * for the act is written by that answer.
 */
export function claimPaper(view: CaseView, lang: (typeof CLAIM_LANGS)[number]): Paper {
  const words = WORDS[lang]
  const { labels, limits } = view.words
  // Without a bundle that something follows from there is neither a statement of facts nor a note: none is spoken of.
  const measured = paperAnnexes(view).length > 0
  const blocks: readonly Block[] = [
    paragraph(words.draft),
    {
      kind: 'parties',
      rows: [
        { role: words.court, lines: courtLines(view, words) },
        { role: words.claimant, lines: authorLines(view, { numbered: true, court: true }) },
        { role: words.respondent, lines: [told(view, 'defendant'), [blank(words.respondentBlank)]] },
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
    paragraph(words.kindNote),
    { kind: 'list', ordered: false, items: citations(view, ['claim-kinds', 'claim-form', 'administrative-court']) },
    heading(words.facts),
    ...incidentBlocks(view, { annexed: true }),
    ...(measured ? [paragraph(words.factsNote)] : []),
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
        ...remedyRows(view, 'complaint', recordNote(view)),
        ...remedyRows(view, 'complaint-answer', recordNote(view)),
      ],
      words.pretrialTable,
    ),
    {
      kind: 'list',
      ordered: false,
      items: [
        ...['complaint-body', 'complaint-term', 'silence-is-refusal'].map((id) => stated(view, id)),
        cite(view, 'complaint-first'),
      ],
    },
    ...termBlocks(view, words),
    heading(words.law),
    heading(words.acts, 3),
    ...aboutAct(view, words),
    ...words.points.flatMap((point): readonly Block[] => [
      heading(point.name, 3),
      { kind: 'paragraph', standing: 'allegation', text: point.submits },
      {
        kind: 'list',
        ordered: false,
        items: [
          ...citations(view, PROVISIONS[point.rests]),
          ...(point.rests === 'right' ? [[blank(words.covenantBlank)]] : []),
        ],
      },
    ]),
    { kind: 'facts', rows: [{ label: labels['aim-given'], value: told(view, 'aim-given') }] },
    heading(words.burden, 3),
    paragraph([blank(words.burdenBlank)]),
    { kind: 'list', ordered: false, items: citations(view, ['burden', 'active-court']) },
    heading(words.proof),
    { kind: 'list', ordered: false, items: proofItems(view, words) },
    ...(measured
      ? [paragraph(words.technical), paragraph([textSpan(words.technicalRule), unconfirmed]), paragraph(words.contrary)]
      : []),
    heading(words.asks),
    {
      kind: 'list',
      ordered: true,
      items: [...prayerOf(view, words), told(view, 'asked'), [blank(words.perRespondentBlank)]],
    },
    ...(isByLaw(view) ? [paragraph(stated(view, 'by-law-claim'))] : []),
    ...annexBlocks(view),
    { kind: 'list', ordered: false, items: [[blank(words.annexesBlank)], cite(view, 'state-duty')] },
    signatureBlock(view),
  ]
  return withLaw(view, { ...paperFrame(view, lang, words), blocks })
}

/** What is enclosed, as far as the case holds it. */
const proofItems = (view: CaseView, words: ClaimWords): readonly Inline[] => [
  ...(paperAnnexes(view).length > 0 ? words.proofMeasured : [[blank(view.words.missing.bundle)]]),
  requestsOf(view.file).length > 0 ? words.proofRequests : [blank(words.actUnknown)],
]

/**
 * What the court is asked by what the case holds, of which bodies may say different things: an act that is enclosed is
 * not asked for, and one that was not named is not reviewed.
 */
function prayerOf(view: CaseView, words: ClaimWords): readonly Inline[] {
  const { asked } = words
  const states = requestsOf(view.file)
  const says = (word: AnswerWord): boolean => states.some(({ reply }) => reply?.says === word)
  const held = view.file.records.filter(({ kind }) => kind === 'act')
  const named = states.flatMap(({ reply }) => (reply?.says === 'act-named' ? [reply] : []))
  const seen = new Set<string>()
  const review = [...held, ...named].flatMap((record): readonly Inline[] => {
    // The act that an answer names may be enclosed as well: it is reviewed once.
    const key = record.act_number ?? record.id
    if (seen.has(key)) return []
    seen.add(key)
    return [[textSpan(`${asked.review} `), ...actOf(view, record), textSpan(';')]]
  })
  return [
    ...(isLate(view) ? [asked.term] : []),
    ...review,
    ...(isByLaw(view)
      ? [
          [
            textSpan(`${asked.byLaw} `),
            blank(view.words.missing.actNumber),
            textSpan(', '),
            blank(words.byLawPart),
            textSpan(';'),
          ],
        ]
      : []),
    ...(says('no-act') ? [asked.basis] : []),
    ...(held.some((record) => record.held !== undefined) ? [] : [asked.disclosure]),
    ...(paperAnnexes(view).length > 0 ? [asked.bundle] : []),
  ]
}

/** Whether the author challenges a by-law: the day on which they learned of the violation is given. */
const isByLaw = ({ file }: CaseView): boolean => file.answers['by-law-learned'] !== undefined

/** Deadlines that end with this claim, or before it. */
const COURT_DEADLINES: ReadonlySet<string> = new Set([
  'complaint',
  'complaint-after-silence',
  'claim-after-answer',
  'claim-after-no-decision',
  'claim-after-learning',
  'claim-outer-limit',
  'claim-recognition',
  'by-law-claim',
])

function termBlocks(view: CaseView, words: ClaimWords): readonly Block[] {
  const runs = (one: CaseView['deadlines'][number]): boolean =>
    one.kind !== 'not-running' && COURT_DEADLINES.has(one.rule.id)
  if (!view.deadlines.some(runs)) return [heading(words.terms), paragraph([blank(words.noTerms)])]
  return [
    heading(words.terms),
    termsTable(view, runs, words.termsTable),
    paragraph(words.termsNote),
    ...(isLate(view)
      ? [
          paragraph([textSpan(words.late), unconfirmed]),
          paragraph([blank(words.lateReasons)]),
          { kind: 'list', ordered: false, items: citations(view, ['term-restoration']) } satisfies Block,
        ]
      : []),
  ]
}

/**
 * On the day of the document the safe day of every claim of challenge was over, or of the one against a by-law where there
 * is no other: the court is asked to restore the deadline in case that it finds it missed. A claim for recognition has years.
 */
function isLate({ deadlines, madeAt }: CaseView): boolean {
  const made = dayOf(madeAt)
  const safeOf = (counts: (id: string) => boolean): readonly string[] =>
    deadlines.flatMap((one) => (one.kind === 'running' && counts(one.rule.id) ? [one.safe] : []))
  const challenge = safeOf((id) => id.startsWith('claim-after'))
  const claims = challenge.length > 0 ? challenge : safeOf((id) => id === 'by-law-claim')
  return claims.length > 0 && claims.every((safe) => safe < made)
}

/** The court that the author names; its kind alone, with a blank, where none is named. */
const courtLines = (view: CaseView, words: ClaimWords): readonly Inline[] =>
  view.file.answers.court === undefined ? [words.courtKind, told(view, 'court')] : [told(view, 'court')]

/** What came of each request, and the acts that the case holds. */
function aboutAct(view: CaseView, words: ClaimWords): readonly Block[] {
  const states = requestsOf(view.file).filter(({ reply }) => reply !== undefined)
  const acts = view.file.records.filter(({ kind }) => kind === 'act')
  const rows = [
    ...states.map((state) => ({ label: recordName(view, state.request), value: replyOf(view, state) })),
    ...acts.map((record) => ({
      label: view.words.records.act,
      value: [...actOf(view, record), textSpan(', '), ...documentOf(view, record), textSpan(noteBehind(record))],
    })),
  ]
  return [
    ...(states.length > 0
      ? []
      : [{ kind: 'paragraph', standing: 'fact', text: [blank(words.actUnknown)] } satisfies Block]),
    ...(rows.length === 0 ? [] : [{ kind: 'facts', rows } satisfies Block]),
  ]
}
