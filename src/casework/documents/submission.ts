import type { KeyEnd } from '../../core/text/catalogue.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import {
  blank,
  type Block,
  bulletList,
  factRows,
  heading,
  type Inline,
  type InlineSpan,
  orderedList,
  type Paper,
  paragraph,
  spansOf,
  textSpan,
} from '../../documents/paper.ts'
import type { CaseRecord } from '../case/case-form.ts'
import { requestsOf, stayedSilent, type RequestState } from '../case/occurrences.ts'
import type { QuestionId } from '../case/questions.ts'
import { dayOf, parseDay } from '../deadlines/calendar.ts'
import { citations, stated } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { documentOf, missing, noteBehind, paperAnnexes, recordName, told, type CaseView } from './case-view.ts'
import { formatDay } from './day-text.ts'
import {
  actOf,
  annexBlocks,
  authorLines,
  incidentBlocks,
  limitsOf,
  noteBlocks,
  otherSide,
  paperFrame,
  recordNote,
  remedyRows,
  replyOf,
  requestRows,
  signatureBlock,
  stepsTable,
  termBlocks,
  toldBlocks,
} from './parts.ts'

// What a person files around a claim: the pre-trial complaint, an appeal, complaints to the prosecutor and to the
// Commissioner for Human Rights, a letter to the special procedures. All have one order: who writes to whom, about what,
// what was measured and what it does not show, how it affected the author, what was done, what is submitted, what is asked.

type Kind = KeyEnd<'submission.kicker'>

interface Form {
  readonly langs: readonly Lang[]
  /** Whom it goes to, line by line. */
  readonly to: (view: CaseView) => readonly Inline[]
  /** The identification number is for bodies and courts of the country. */
  readonly numbered: boolean
  readonly remedies: readonly CaseRecord['kind'][]
  /** Provisions by their names in data/law. */
  readonly law: readonly string[]
  readonly asks: (view: CaseView) => readonly Inline[]
  readonly deadlines: readonly string[]
  readonly note: KeyEnd<'submission.note'>
}

const COURT_LANGS = ['kk', 'ru'] as const
const RIGHT = ['covenant-expression', 'covenant-limits', 'constitution-speech', 'constitution-limits'] as const
const COMPLAINT_LAW = ['complaint-body', 'complaint-term', 'complaint-form', 'complaint-decision-term'] as const
const SUSPENSION = ['suspension', 'urgent-suspension', 'restoration-of-access'] as const

const ask = ({ lang }: CaseView, what: KeyEnd<'submission.ask'>): string => say(lang, `submission.ask.${what}`)
const open = ({ lang }: CaseView, what: KeyEnd<'submission.blank'>): readonly InlineSpan[] => [
  blank(say(lang, `submission.blank.${what}`)),
]

/** The body whose act or inaction it is about: whom the author names, and a blank where they name none. */
const bodyOf = (view: CaseView): Inline =>
  view.file.answers.defendant === undefined ? open(view, 'body') : told(view, 'defendant')

/** Acts that the case holds, or that an answer names: each is to be reviewed once. */
function actsOf(view: CaseView): readonly CaseRecord[] {
  const named = requestsOf(view.file).flatMap(({ reply }) => (reply?.says === 'act-named' ? [reply] : []))
  const held = view.file.records.filter(({ kind }) => kind === 'act')
  return [...new Map([...named, ...held].map((one) => [one.act_number ?? one.id, one])).values()]
}

/** To review each act that is known; where none is, to establish whether there is one. */
function findingAct(view: CaseView): readonly Inline[] {
  const acts = actsOf(view)
  if (acts.length === 0) return [ask(view, 'find-act')]
  return acts.map((act) => [
    textSpan(`${say(view.lang, 'court-claim.ask.review')} `),
    ...actOf(view, act),
    textSpan(';'),
  ])
}

/** What a body is asked that can find the act, review it and have access restored. */
const restoring = (view: CaseView): readonly Inline[] => [
  ...findingAct(view),
  ask(view, 'cancel'),
  ...(view.file.records.some(({ kind, held }) => kind === 'act' && held !== undefined) ? [] : [ask(view, 'copy')]),
]

const FORMS: Readonly<Record<Kind, Form>> = {
  complaint: {
    langs: COURT_LANGS,
    to: (view) => [open(view, 'higher')],
    numbered: true,
    remedies: ['complaint', 'complaint-answer'],
    law: [...COMPLAINT_LAW, ...SUSPENSION, ...RIGHT],
    asks: restoring,
    deadlines: ['complaint', 'complaint-decision', 'claim-after-learning'],
    note: 'complaint',
  },
  silence: {
    langs: COURT_LANGS,
    to: (view) => [open(view, 'higher')],
    numbered: true,
    remedies: [],
    law: [...COMPLAINT_LAW, 'silence-is-refusal', 'application-term', 'information-request', 'information-appeal'],
    asks: (view) => [ask(view, 'answer'), ask(view, 'copy')],
    deadlines: ['complaint-after-silence', 'complaint-decision'],
    note: 'complaint',
  },
  refusal: {
    langs: COURT_LANGS,
    to: (view) => [open(view, 'higher')],
    numbered: true,
    remedies: [],
    law: [...COMPLAINT_LAW, 'information-right', 'information-request', 'information-appeal'],
    asks: (view) => [ask(view, 'answer'), ask(view, 'rest')],
    deadlines: ['complaint', 'complaint-decision'],
    note: 'complaint',
  },
  appeal: {
    langs: COURT_LANGS,
    to: (view) => [say(view.lang, 'submission.to.appeal'), [missing(view, 'addressee')]],
    numbered: true,
    remedies: ['complaint', 'complaint-answer', 'first-judgment'],
    law: ['appeal-term', 'judgment-force', ...RIGHT],
    asks: (view) => [
      [textSpan(`${ask(view, 'set-aside')} `), ...open(view, 'decision'), textSpan(';')],
      ...(view.file.records.some(({ kind, held }) => kind === 'act' && held !== undefined)
        ? []
        : [say(view.lang, 'court-claim.ask.disclosure')]),
      ...(paperAnnexes(view).length > 0 ? [say(view.lang, 'court-claim.ask.bundle')] : []),
    ],
    deadlines: ['appeal', 'ruling-complaint', 'cassation'],
    note: 'appeal',
  },
  prosecutor: {
    langs: COURT_LANGS,
    to: (view) => [say(view.lang, 'submission.to.prosecutor'), [missing(view, 'addressee')]],
    numbered: true,
    remedies: ['complaint', 'complaint-answer', 'prosecutor-reply'],
    law: ['prosecutor-law', ...SUSPENSION, ...RIGHT],
    asks: (view) => [...findingAct(view), ask(view, 'measures')],
    deadlines: ['complaint', 'claim-after-learning'],
    note: 'prosecutor',
  },
  ombudsman: {
    langs: COURT_LANGS,
    to: (view) => [say(view.lang, 'submission.to.ombudsman'), [missing(view, 'addressee')]],
    numbered: true,
    remedies: ['complaint', 'complaint-answer', 'prosecutor-reply'],
    law: ['commissioner-law', ...RIGHT],
    asks: (view) => [ask(view, 'help')],
    deadlines: ['complaint', 'claim-after-learning'],
    note: 'ombudsman',
  },
  rapporteurs: {
    langs: ['en', 'ru'],
    to: (view) => [say(view.lang, 'submission.to.rapporteurs'), open(view, 'mandates')],
    numbered: false,
    remedies: ['complaint', 'complaint-answer', 'first-judgment', 'appeal-judgment', 'cassation-judgment'],
    law: ['covenant-expression', 'covenant-limits'],
    asks: (view) => [ask(view, 'state'), ask(view, 'standards')],
    deadlines: [],
    note: 'rapporteurs',
  },
}

/** What the author says of themselves and of the service. */
const AFFECTED: readonly QuestionId[] = [
  'service',
  'network',
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
]

export interface NamedSubmission {
  /** Of its files, without the language. */
  readonly name: string
  readonly langs: readonly Lang[]
  readonly make: (view: CaseView) => Paper
}

/**
 * Every submission of a case. A complaint about a request is made for each that was refused or stayed without an answer, an
 * appeal where a judgment is recorded.
 */
export function submissionsOf({ file, law }: CaseView): readonly NamedSubmission[] {
  const plain = (kind: Kind): NamedSubmission => ({
    name: kind,
    langs: FORMS[kind].langs,
    make: (view) => submissionPaper(view, kind),
  })
  const about = requestsOf(file).flatMap((state): readonly NamedSubmission[] => {
    const kind = stayedSilent(state, file, law) ? 'silence' : state.reply?.says === 'refused' ? 'refusal' : undefined
    if (kind === undefined) return []
    const make = (view: CaseView): Paper => submissionPaper(view, kind, state)
    return [{ name: `complaint-${state.request.id}`, langs: FORMS[kind].langs, make }]
  })
  const judged = file.records.some(({ kind }) => kind === 'first-judgment')
  return [
    plain('complaint'),
    ...about,
    ...(judged ? [plain('appeal')] : []),
    ...(['prosecutor', 'ombudsman', 'rapporteurs'] as const).map(plain),
  ]
}

/** A submission of a kind; `about` the request that a complaint concerns. */
export function submissionPaper(view: CaseView, kind: Kind, about?: RequestState): Paper {
  const { lang } = view
  const form = FORMS[kind]
  const late = isLate(view, form.deadlines)
  const blocks: readonly Block[] = [
    { kind: 'parties', rows: partiesOf(view, kind, about) },
    ...subjectBlocks(view, kind, about),
    heading(say(lang, 'court-claim.facts')),
    ...incidentBlocks(view, { annexed: true }),
    heading(say(lang, 'court-claim.limits'), 3),
    bulletList(limitsOf(lang)),
    ...(about === undefined
      ? [heading(say(lang, 'submission.affected')), ...toldBlocks(view, AFFECTED), ...stepBlocks(view, form)]
      : []),
    heading(say(lang, kind === 'appeal' ? 'submission.grounds' : 'court-claim.law')),
    ...submittedBlocks(view, kind),
    bulletList(citations(view, form.law)),
    ...(kind === 'rapporteurs' ? standardBlocks(view) : []),
    ...(late ? [heading(say(lang, 'court-claim.terms')), paragraph(open(view, 'late'))] : []),
    heading(say(lang, 'submission.asks')),
    orderedList([
      ...(late ? [ask(view, 'term')] : []),
      ...form.asks(view),
      ...(about === undefined ? [told(view, 'asked')] : []),
      ask(view, 'result'),
    ]),
    ...annexBlocks(view),
    signatureBlock(view),
  ]
  return withLaw(view, {
    ...paperFrame(view, lang, {
      title: say(lang, `submission.title.${kind}`),
      kicker: say(lang, `submission.kicker.${kind}`),
    }),
    blocks,
    sheet: [
      ...noteBlocks(view, [say(lang, `submission.note.${form.note}`)]),
      ...(form.deadlines.length === 0 ? [] : termBlocks(view, new Set(form.deadlines))),
    ],
  })
}

type Party = Extract<Block, { readonly kind: 'parties' }>['rows'][number]

function partiesOf(view: CaseView, kind: Kind, about: RequestState | undefined): readonly Party[] {
  const { lang } = view
  const form = FORMS[kind]
  const asked = about?.request.addressee
  const body = asked === undefined ? bodyOf(view) : say(lang, `document.addressee.${asked}`)
  // What the author gave of the other side of a claim need not be of the body that was asked.
  const through = asked === undefined ? otherSide(view, body) : [body, [missing(view, 'addressee')]]
  return [
    { role: say(lang, 'submission.to'), lines: form.to(view) },
    ...(form.note === 'complaint' ? [{ role: say(lang, 'submission.through'), lines: through }] : []),
    ...(kind === 'appeal' ? [{ role: say(lang, 'submission.through'), lines: [told(view, 'court')] }] : []),
    { role: say(lang, 'submission.from'), lines: authorLines(view, { numbered: form.numbered, court: form.numbered }) },
    ...(kind === 'appeal'
      ? [{ role: say(lang, 'court-claim.respondent'), lines: otherSide(view, told(view, 'defendant')) }]
      : []),
  ]
}

function subjectBlocks(view: CaseView, kind: Kind, about: RequestState | undefined): readonly Block[] {
  const { lang } = view
  const day = ({ day: at }: CaseRecord): string => formatDay(lang, parseDay(at))
  const head = heading(say(lang, 'submission.subject'))
  if (about !== undefined)
    return [
      head,
      factRows([
        {
          label: say(lang, 'submission.request'),
          value: [
            textSpan(`${recordName(view, about.request)}, ${day(about.request)}, `),
            ...documentOf(view, about.request),
          ],
        },
        { label: say(lang, 'submission.reply'), value: replyOf(view, about) },
      ]),
    ]
  if (kind === 'appeal') {
    const judgment = view.file.records.findLast((record) => record.kind === 'first-judgment')
    return [
      head,
      factRows([
        {
          label: say(lang, 'submission.judgment'),
          value: [
            ...(judgment === undefined
              ? [missing(view, 'day')]
              : [textSpan(`${recordName(view, judgment)}, ${day(judgment)}`)]),
            textSpan(', '),
            ...open(view, 'case-number'),
            textSpan(', '),
            ...documentOf(view, judgment),
          ],
        },
        { label: say(lang, 'submission.judgment-part'), value: open(view, 'part') },
      ]),
    ]
  }
  return [
    head,
    factRows([
      { label: say(lang, 'document.label.challenged'), value: told(view, 'challenged') },
      { label: say(lang, 'document.label.learned'), value: told(view, 'learned') },
      ...(kind === 'rapporteurs'
        ? [
            { label: say(lang, 'document.label.consent'), value: told(view, 'consent') },
            { label: say(lang, 'submission.name-given'), value: open(view, 'name-given') },
          ]
        : []),
    ]),
  ]
}

const stepBlocks = (view: CaseView, { remedies }: Form): readonly Block[] => [
  heading(say(view.lang, 'submission.done')),
  stepsTable(
    view,
    [
      ...requestRows(view),
      ...view.file.records
        .filter(({ kind }) => kind === 'act')
        .map((record) => ({
          what: say(view.lang, 'document.record.act'),
          record,
          result: [...actOf(view, record), ...spansOf(noteBehind(record))],
        })),
      // A step that was not taken is not a gap here: only what was done is listed.
      ...remedies
        .filter((kind) => view.file.records.some((record) => record.kind === kind))
        .flatMap((kind) => remedyRows(view, kind, recordNote(view))),
    ],
    say(view.lang, 'court-claim.pretrial-table'),
  ),
]

function submittedBlocks(view: CaseView, kind: Kind): readonly Block[] {
  const submits = paragraph(say(view.lang, `submission.submits.${kind}`), 'allegation')
  if (kind === 'appeal')
    return [
      submits,
      bulletList((['ground-facts', 'ground-proof', 'ground-law'] as const).map((one) => open(view, one))),
    ]
  const unknown = (kind === 'complaint' || kind === 'prosecutor') && actsOf(view).length === 0
  return [submits, ...(unknown ? [paragraph(say(view.lang, 'submission.submits.no-act'), 'allegation')] : [])]
}

const STANDARDS = ['council-shutdowns', 'council-report', 'council-ending', 'council-rapporteur'] as const
const standardBlocks = (view: CaseView): readonly Block[] => [
  heading(say(view.lang, 'communication.standards-lead'), 3),
  bulletList([...STANDARDS.map((id) => stated(view, id))]),
]

/** On the day of the document the safe day of every deadline that this submission may keep was over. */
function isLate({ deadlines, madeAt }: CaseView, ids: readonly string[]): boolean {
  const own = new Set(ids.filter((id) => /^(?:complaint(?:-after-silence)?|appeal)$/u.test(id)))
  const safe = deadlines.flatMap((one) => (one.kind === 'running' && own.has(one.rule.id) ? [one.safe] : []))
  return safe.length > 0 && safe.every((day) => day < dayOf(madeAt))
}
