import type { CaseRecord } from '../case/case-form.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { requestsOf, stayedSilent } from '../case/occurrences.ts'
import { parseDay } from '../deadlines/calendar.ts'
import {
  blank,
  orBlank,
  spansOf,
  textSpan,
  type Block,
  type Inline,
  withoutCapital,
  type Paper,
  type InlineSpan,
} from '../../documents/paper.ts'
import { citations, cite, filled, stated, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { admissibilityTable, entryDay } from './admissibility.ts'
import { documentOf, noteBehind, paperAnnexes, recordName, told, type CaseView } from './case-view.ts'
import { formatBounds, formatDay, parseBounds } from './day-text.ts'
import {
  actOf,
  annexBlocks,
  authorLines,
  heading,
  mayState,
  incidentBlocks,
  recordNote,
  paperFrame,
  paragraph,
  remedyRows,
  replyOf,
  requestRows,
  showsOf,
  signatureBlock,
  stepsTable,
  termOf,
  termsTable,
  toldBlocks,
  toldRows,
} from './parts.ts'
import { en } from './words/communication-en.ts'
import { ru } from './words/communication-ru.ts'
import type { CommunicationSection, CommunicationWords, TestStep } from './words/communication-words.ts'

/** Languages of the Committee that the project writes. */
export const COMMUNICATION_LANGS = ['en', 'ru'] as const
const WORDS: Readonly<Record<(typeof COMMUNICATION_LANGS)[number], CommunicationWords>> = { en, ru }

/** Paragraphs of the general comment that each step of the test rests on, by their names in data/law. */
const COMMENT: Readonly<Record<TestStep['holds'], string>> = {
  interference: 'comment-scope',
  law: 'comment-law',
  aim: 'comment-aim',
  need: 'comment-need',
  scope: 'comment-content',
}

/** What a draft cites, by names in data/law: decisions with what each is about. */
const STANDARDS = ['council-shutdowns', 'council-report', 'council-ending', 'council-rapporteur'] as const
const DECISIONS = [
  'views-tikhonov',
  'views-narymbaev',
  'views-kurakbaev',
  'views-toregozhina',
  'court-cengiz',
  'court-akdeniz',
  'court-kharitonov',
  'court-yildirim',
  'ecowas-togo',
  'ecowas-serap',
] as const
const REMEDIES = [
  'silence-is-refusal',
  'complaint-body',
  'judgment-force',
  'cassation',
  'exceptional-cassation',
  'constitutional-complaint',
] as const

/**
 * A draft communication to the Human Rights Committee: the sections of its form, the remedies with date, result and
 * document of each, and the test of article 19(3) against what the case holds. Everything that the case does not hold
 * is a blank.
 */
export function communicationPaper(view: CaseView, lang: (typeof COMMUNICATION_LANGS)[number]): Paper {
  const words = WORDS[lang]
  const sections: Readonly<Record<CommunicationSection, readonly Block[]>> = {
    frame: frameBlocks(view, words),
    author: authorBlocks(view, words),
    articles: [
      {
        kind: 'list',
        ordered: false,
        items: [...citations(view, ['covenant-expression', 'covenant-limits']), [blank(words.articlesBlank)]],
      },
    ],
    facts: factBlocks(view, words),
    remedies: remedyBlocks(view, words),
    other: otherBlocks(view, words),
    admissibility: [paragraph(words.admissibilityLead), admissibilityTable(view, words.admissibility)],
    claims: claimBlocks(view, words),
    interim: [{ kind: 'facts', rows: toldRows(view, ['interim']) }],
    asked: [
      {
        kind: 'list',
        ordered: true,
        items: [...words.asked.map((one): Inline => filled(view, one)), told(view, 'asked')],
      },
    ],
  }
  return withLaw(view, {
    ...paperFrame(view, lang, words),
    blocks: [
      paragraph(words.draft),
      { kind: 'list', ordered: false, items: citations(view, ['committee-form', 'committee-length']) },
      heading(words.summary),
      paragraph([blank(words.summaryBlank)]),
      ...(Object.entries(sections) as [CommunicationSection, readonly Block[]][]).flatMap(([section, blocks]) => [
        heading(words.sections[section]),
        ...blocks,
      ]),
      ...(paperAnnexes(view).length === 0 ? [] : [paragraph(words.technical)]),
      ...annexBlocks(view),
      paragraph(words.truth),
      signatureBlock(view),
    ],
  })
}

const frameBlocks = (view: CaseView, words: CommunicationWords): readonly Block[] => [
  {
    kind: 'facts',
    rows: [
      { label: words.language, value: words.languageValue },
      { label: words.committee, value: words.committeeValue },
      { label: words.state, value: words.stateValue },
      { label: words.entry, value: [textSpan(`${words.entrySince} ${entryDay(view)}`), unconfirmed] },
    ],
  },
]

const authorBlocks = (view: CaseView, words: CommunicationWords): readonly Block[] => [
  {
    kind: 'parties',
    rows: [{ role: view.words.labels['author-name'], lines: authorLines(view, { numbered: false }) }],
  },
  {
    kind: 'facts',
    rows: [
      ...toldRows(view, ['author-kind', 'author-nationality', 'author-born', 'representative', 'anonymity', 'consent']),
      {
        label: words.authorised,
        value: documentOf(
          view,
          view.file.records.findLast(({ kind }) => kind === 'authorisation'),
        ),
      },
    ],
  },
  paragraph([...filled(view, words.anonymity), unconfirmed]),
  paragraph(words.victimTest),
  ...toldBlocks(view, ['use', 'use-since', 'purpose', 'profession', 'audience', 'harm', 'substitute']),
]

const factBlocks = (view: CaseView, words: CommunicationWords): readonly Block[] => [
  ...(paperAnnexes(view).length === 0 ? [] : [paragraph(words.factsLead)]),
  ...incidentBlocks(view, { annexed: true }),
  timelineBlock(view, words),
  heading(words.limits, 3),
  { kind: 'list', ordered: false, items: view.words.limits },
]

/**
 * Everything with a day, in order: incidents by their start, answers that give a day, records. A silence that was noted
 * before its term was over stands with the term, and is no request that stayed without an answer.
 */
function timelineBlock(view: CaseView, words: CommunicationWords): Block {
  const { lang, words: parts } = view
  const incidents = view.incidents.filter(mayState).map(({ record, incident }) => ({
    sort: incident.start_utc.find((one) => one !== null) ?? '',
    when: orBlank(formatBounds(lang, parseBounds(incident.start_utc)), parts.missing.day),
    what: `${incident.service}, ${incident.network}: ${parts.incident.start}`,
    document: documentOf(view, record),
  }))
  const answers = (['first-failed', 'learned', 'by-law-learned'] as const)
    .filter((id) => view.file.answers[id] !== undefined)
    .map((id) => ({
      sort: String(view.file.answers[id]?.value),
      when: told(view, id),
      what: `${parts.labels[id]} (${withoutCapital(parts.standing.told)})`,
      document: [] as Inline,
    }))
  const early = requestsOf(view.file).filter(
    (state) => state.reply?.kind === 'silence' && !stayedSilent(state, view.file, view.law),
  )
  const termBehind = (record: CaseRecord): readonly InlineSpan[] =>
    early.filter(({ reply }) => reply === record).flatMap(({ request }) => termOf(view, request))
  const records = view.file.records
    .filter(({ kind }) => kind !== 'bundle')
    .map((record) => ({
      sort: record.day,
      when: formatDay(lang, parseDay(record.day)),
      what: [textSpan(`${recordName(view, record)}${noteBehind(record)}`), ...termBehind(record)],
      document: documentOf(view, record),
    }))
  const rows = [...incidents, ...answers, ...records].toSorted((a, b) =>
    a.sort === b.sort ? 0 : a.sort < b.sort ? -1 : 1,
  )
  return {
    kind: 'table',
    caption: words.timeline,
    columns: [
      { head: parts.columns.day, share: 3 },
      { head: parts.columns.what, share: 4 },
      { head: parts.columns.document, share: 2 },
    ],
    rows:
      rows.length === 0
        ? [[[blank(parts.missing.day)], [blank(parts.missing.result)], [blank(parts.missing.document)]]]
        : rows.map(({ when, what, document }) => [when, what, document]),
  }
}

function remedyBlocks(view: CaseView, words: CommunicationWords): readonly Block[] {
  const note = recordNote(view)
  const { records } = view.file
  const runs = ({ kind, rule }: CaseView['deadlines'][number]): boolean =>
    kind === 'running' && rule.id.startsWith('committee-')
  return [
    paragraph(words.remediesLead),
    stepsTable(
      view,
      [
        ...requestRows(view),
        ...(
          ['complaint', 'complaint-answer', 'first-judgment', 'appeal-judgment', 'cassation-judgment'] as const
        ).flatMap((kind) => remedyRows(view, kind, note)),
        ...remedyRows(view, 'constitutional-ruling', note),
        ...(records.some(({ kind }) => kind === 'prosecutor-reply')
          ? remedyRows(view, 'prosecutor-reply', note)
          : [{ what: words.prosecutor, result: [textSpan(words.prosecutorResult), unconfirmed] }]),
      ],
      words.remediesTable,
    ),
    { kind: 'facts', rows: toldRows(view, ['other-remedies', 'ineffective']) },
    heading(words.remediesLaw, 3),
    { kind: 'list', ordered: false, items: REMEDIES.map((id) => stated(view, id)) },
    paragraph([textSpan(`${words.delay} `), ...stated(view, 'committee-delay')]),
    view.deadlines.some(runs) ? termsTable(view, runs, words.termsTable) : paragraph([blank(words.noTerms)]),
  ]
}

function otherBlocks(view: CaseView, words: CommunicationWords): readonly Block[] {
  const kinds: readonly CaseRecord['kind'][] = ['other-procedure', 'other-procedure-result']
  const records = view.file.records.filter(({ kind }) => kinds.includes(kind))
  return [
    paragraph(words.otherLead),
    { kind: 'facts', rows: toldRows(view, ['other-procedure']) },
    ...(records.length === 0
      ? []
      : [
          stepsTable(
            view,
            records.map((record) => ({
              what: view.words.records[record.kind],
              record,
              result: recordNote(view)(record),
            })),
            words.sections.other,
          ),
        ]),
  ]
}

function claimBlocks(view: CaseView, words: CommunicationWords): readonly Block[] {
  const { test } = words
  return [
    { kind: 'paragraph', standing: 'allegation', text: filled(view, words.interference) },
    paragraph(filled(view, words.testLead)),
    {
      kind: 'table',
      caption: words.testTable,
      columns: [
        { head: test.step, share: 3.4 },
        { head: test.paragraphs, share: 3 },
        { head: test.shown, share: 4 },
        { head: test.record, share: 5 },
      ],
      rows: test.rows.map((row) => [
        row.step,
        filled(view, `{${COMMENT[row.holds]}}`),
        row.shown,
        recordOf(view, words, row.holds),
      ]),
    },
    paragraph(filled(view, words.burden)),
    heading(words.standardsLead, 3),
    {
      kind: 'list',
      ordered: false,
      items: [
        ...STANDARDS.map((id) => stated(view, id)),
        [...cite(view, 'concluding-observations'), textSpan(': '), blank(words.observationsBlank)],
      ],
    },
    heading(words.decisionsLead, 3),
    { kind: 'list', ordered: false, items: DECISIONS.map((id) => stated(view, id)) },
    paragraph(words.persuasive),
  ]
}

/** What the case holds on one step of the test; a blank where it holds nothing. */
function recordOf(view: CaseView, words: CommunicationWords, step: TestStep['holds']): Inline {
  const { record } = words
  switch (step) {
    case 'interference':
      return view.incidents.length === 0
        ? [blank(view.words.missing.bundle)]
        : [...new Set(view.incidents.map((one) => showsOf(view, one)))].join(' ')
    case 'law': {
      const states = requestsOf(view.file).filter(({ reply }) => reply !== undefined)
      const acts = view.file.records.filter(({ kind }) => kind === 'act')
      const said = [
        ...states.map((state) => [textSpan(`${recordName(view, state.request)}: `), ...replyOf(view, state)]),
        ...acts.map((one) => [
          textSpan(`${view.words.records.act}: `),
          ...actOf(view, one),
          textSpan(', '),
          ...documentOf(view, one),
        ]),
      ]
      return said.length === 0
        ? [blank(record.noRequest)]
        : said.flatMap((spans, at) => (at === 0 ? spans : [textSpan('. '), ...spans]))
    }
    case 'aim':
      return view.file.answers['aim-given'] === undefined
        ? [blank(record.noAim)]
        : [...spansOf(told(view, 'aim-given')), textSpan(` (${withoutCapital(view.words.standing.told)})`)]
    case 'need':
      return [...lengthsOf(view, record.measured), blank(record.noNeed)]
    case 'scope':
      return [...(view.incidents.some(mayState) ? [textSpan(`${record.whole}. `)] : []), blank(record.noScope)]
  }
}

/** How long which service was restricted where, by the middles of start and end: how far a restriction reached is a fact. */
function lengthsOf({ incidents, lang, words }: CaseView, before: string): readonly InlineSpan[] {
  const spans = incidents.filter(mayState).map(({ incident }) => {
    const [, start] = parseBounds(incident.start_utc)
    const [, end] = parseBounds(incident.end_utc)
    const until = incident.running ? words.incident.goesOn : end === undefined ? undefined : formatDateTime(lang, end)
    const when = start === undefined || until === undefined ? '' : `, ${formatDateTime(lang, start)} \u2013 ${until}`
    return `${incident.service}, ${incident.network}${when}`
  })
  return spans.length === 0 ? [] : [textSpan(`${before}: ${spans.join('; ')}. `)]
}
