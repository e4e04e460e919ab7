import type { AnswerWord } from '../case/case-form.ts'
import { requestsOf } from '../case/occurrences.ts'
import { dayOf } from '../deadlines/calendar.ts'
import { citations, cite, stated, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'
import { say } from '../../core/text/format.ts'
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
import { documentOf, missing, noteBehind, paperAnnexes, recordName, told, type CaseView } from './case-view.ts'
import {
  actOf,
  annexBlocks,
  authorLines,
  incidentBlocks,
  limitsOf,
  recordNote,
  paperFrame,
  remedyRows,
  replyOf,
  requestRows,
  noteBlocks,
  otherSide,
  signatureBlock,
  stepsTable,
  termBlocks,
  toldBlocks,
} from './parts.ts'

/** Languages of the courts. */
export const CLAIM_LANGS = ['kk', 'ru'] as const

/** The points of law with what each rests on, by its name in data/law. */
const POINTS: readonly (readonly [KeyEnd<'court-claim.point'>, readonly string[]])[] = [
  ['right', ['covenant-expression', 'constitution-speech', 'treaty-rank']],
  ['law', ['suspension', 'urgent-suspension', 'emergency', 'constitution-limits', 'comment-law']],
  ['aim', ['covenant-limits', 'comment-aim']],
  ['need', ['covenant-limits', 'comment-need', 'comment-content']],
]

/**
 * A draft claim for an administrative court. What was measured, what the author says and what is argued stand apart; the
 * other side is whom the author names, never whom the measurements could name; what depends on the answer to the request
 * for the act is written by that answer.
 */
export function claimPaper(view: CaseView, lang: (typeof CLAIM_LANGS)[number]): Paper {
  // Without a bundle that something follows from there is neither a statement of facts nor a note: none is spoken of.
  const measured = paperAnnexes(view).length > 0
  const blocks: readonly Block[] = [
    {
      kind: 'parties',
      rows: [
        { role: say(lang, 'court-claim.court'), lines: courtLines(view) },
        { role: say(lang, 'court-claim.claimant'), lines: authorLines(view, { numbered: true, court: true }) },
        {
          role: say(lang, 'court-claim.respondent'),
          lines: [...otherSide(view, told(view, 'defendant')), [blank(say(lang, 'court-claim.respondent-blank'))]],
        },
      ],
    },
    heading(say(lang, 'court-claim.subject')),
    factRows([
      { label: say(lang, 'document.label.challenged'), value: told(view, 'challenged') },
      { label: say(lang, 'court-claim.kind'), value: [blank(say(lang, 'court-claim.kind-blank'))] },
    ]),
    bulletList(citations(view, ['claim-kinds', 'claim-form', 'administrative-court'])),
    heading(say(lang, 'court-claim.facts')),
    ...incidentBlocks(view, { annexed: true }),
    ...(measured ? [paragraph(say(lang, 'court-claim.facts-note'))] : []),
    heading(say(lang, 'court-claim.limits'), 3),
    bulletList(limitsOf(lang)),
    heading(say(lang, 'court-claim.affected')),
    paragraph(say(lang, 'court-claim.affected-note')),
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
    heading(say(lang, 'court-claim.pretrial')),
    stepsTable(
      view,
      [
        ...requestRows(view),
        ...remedyRows(view, 'complaint', recordNote(view)),
        ...remedyRows(view, 'complaint-answer', recordNote(view)),
      ],
      say(lang, 'court-claim.pretrial-table'),
    ),
    bulletList([
      ...['complaint-body', 'complaint-term', 'silence-is-refusal'].map((id) => stated(view, id)),
      cite(view, 'complaint-first'),
    ]),
    ...lateBlocks(view),
    heading(say(lang, 'court-claim.law')),
    heading(say(lang, 'court-claim.acts'), 3),
    ...aboutAct(view),
    ...POINTS.flatMap(([point, provisions]): readonly Block[] => [
      heading(say(lang, `court-claim.point.${point}`), 3),
      paragraph(say(lang, `court-claim.submits.${point}`), 'allegation'),
      bulletList([
        ...citations(view, provisions),
        ...(point === 'right' ? [[blank(say(lang, 'court-claim.covenant-blank'))]] : []),
      ]),
    ]),
    factRows([{ label: say(lang, 'document.label.aim-given'), value: told(view, 'aim-given') }]),
    heading(say(lang, 'court-claim.burden'), 3),
    paragraph([blank(say(lang, 'court-claim.burden-blank'))]),
    bulletList(citations(view, ['burden', 'active-court'])),
    heading(say(lang, 'court-claim.proof')),
    bulletList(proofItems(view)),
    ...(measured
      ? [
          paragraph(say(lang, 'court-claim.technical')),
          paragraph([blank(say(lang, 'court-claim.technical-rule'))]),
          paragraph(say(lang, 'court-claim.contrary')),
        ]
      : []),
    heading(say(lang, 'court-claim.asks')),
    orderedList([...prayerOf(view), told(view, 'asked'), [blank(say(lang, 'court-claim.per-respondent-blank'))]]),
    ...(isByLaw(view) ? [paragraph(stated(view, 'by-law-claim'))] : []),
    ...annexBlocks(view),
    bulletList([[blank(say(lang, 'court-claim.annexes-blank'))], cite(view, 'state-duty')]),
    signatureBlock(view),
  ]
  return withLaw(view, {
    ...paperFrame(view, lang, { title: say(lang, 'court-claim.title'), kicker: say(lang, 'court-claim.kicker') }),
    blocks,
    sheet: [
      ...noteBlocks(view, [
        say(lang, 'court-claim.draft'),
        say(lang, 'court-claim.respondent-note'),
        say(lang, 'court-claim.kind-note'),
        ...(isLate(view) ? [[textSpan(say(lang, 'court-claim.late')), unconfirmed]] : []),
      ]),
      ...termBlocks(view, COURT_DEADLINES),
    ],
  })
}

/** What is enclosed, as far as the case holds it. */
const proofItems = (view: CaseView): readonly Inline[] => [
  ...(paperAnnexes(view).length > 0
    ? [say(view.lang, 'court-claim.proof.bundle'), say(view.lang, 'court-claim.proof.statement')]
    : [[missing(view, 'bundle')]]),
  requestsOf(view.file).length > 0
    ? say(view.lang, 'court-claim.proof.requests')
    : [blank(say(view.lang, 'court-claim.act-unknown'))],
]

/**
 * What the court is asked by what the case holds, of which bodies may say different things: an act that is enclosed is
 * not asked for, and one that was not named is not reviewed.
 */
function prayerOf(view: CaseView): readonly Inline[] {
  const ask = (what: KeyEnd<'court-claim.ask'>): string => say(view.lang, `court-claim.ask.${what}`)
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
    return [[textSpan(`${ask('review')} `), ...actOf(view, record), textSpan(';')]]
  })
  return [
    ...(isLate(view) ? [ask('term')] : []),
    ...review,
    ...(isByLaw(view)
      ? [
          [
            textSpan(`${ask('by-law')} `),
            missing(view, 'act-number'),
            textSpan(', '),
            blank(say(view.lang, 'court-claim.by-law-part')),
            textSpan(';'),
          ],
        ]
      : []),
    ...(says('no-act') ? [ask('basis')] : []),
    ...(held.some((record) => record.held !== undefined) ? [] : [ask('disclosure')]),
    ...(paperAnnexes(view).length > 0 ? [ask('bundle')] : []),
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

/** Why a deadline was missed, for the author to say, where one may have been. */
const lateBlocks = (view: CaseView): readonly Block[] =>
  isLate(view)
    ? [
        heading(say(view.lang, 'court-claim.terms')),
        paragraph([blank(say(view.lang, 'court-claim.late-reasons'))]),
        bulletList(citations(view, ['term-restoration'])),
      ]
    : []

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
const courtLines = (view: CaseView): readonly Inline[] =>
  view.file.answers.court === undefined
    ? [say(view.lang, 'court-claim.court-kind'), told(view, 'court')]
    : [told(view, 'court')]

/** What came of each request, and the acts that the case holds. */
function aboutAct(view: CaseView): readonly Block[] {
  const states = requestsOf(view.file).filter(({ reply }) => reply !== undefined)
  const acts = view.file.records.filter(({ kind }) => kind === 'act')
  const rows = [
    ...states.map((state) => ({ label: recordName(view, state.request), value: replyOf(view, state) })),
    ...acts.map((record) => ({
      label: say(view.lang, 'document.record.act'),
      value: [...actOf(view, record), textSpan(', '), ...documentOf(view, record), textSpan(noteBehind(record))],
    })),
  ]
  return [
    ...(states.length > 0 ? [] : [paragraph([blank(say(view.lang, 'court-claim.act-unknown'))], 'fact')]),
    ...(rows.length === 0 ? [] : [factRows(rows)]),
  ]
}
