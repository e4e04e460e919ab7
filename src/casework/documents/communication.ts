import type { CaseRecord } from '../case/case-form.ts'
import type { KeyEnd } from '../../core/text/catalogue.ts'
import { say } from '../../core/text/format.ts'
import { formatDateTime } from '../../core/text/time.ts'
import { requestsOf, stayedSilent } from '../case/occurrences.ts'
import { parseDay } from '../deadlines/calendar.ts'
import {
  blank,
  type Block,
  bulletList,
  factRows,
  heading,
  type Inline,
  type InlineSpan,
  orBlank,
  orderedList,
  type Paper,
  paragraph,
  spansOf,
  textSpan,
  withoutCapital,
  working,
} from '../../documents/paper.ts'
import { citations, cite, filled, stated, unconfirmed } from '../law/cite.ts'
import { withLaw } from '../law/law-list.ts'
import { admissibilityTable, entryDay } from './admissibility.ts'
import { documentOf, missing, noteBehind, paperAnnexes, recordName, told, type CaseView } from './case-view.ts'
import { formatBounds, formatDay, parseBounds } from './day-text.ts'
import {
  actOf,
  annexBlocks,
  authorLines,
  mayState,
  incidentBlocks,
  noteBlocks,
  limitsOf,
  recordNote,
  paperFrame,
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

/** Languages of the Committee that the project writes. */
export const COMMUNICATION_LANGS = ['en', 'ru'] as const

/** Steps of the test of article 19(3) with the paragraphs of the general comment behind each, by their names in data/law. */
const TEST = [
  ['interference', 'comment-scope'],
  ['law', 'comment-law'],
  ['aim', 'comment-aim'],
  ['need', 'comment-need'],
  ['scope', 'comment-content'],
] as const

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
  'constitutional-complaint',
] as const

/**
 * A draft communication to the Human Rights Committee: the sections of its form, the remedies with date, result and
 * document of each, and the test of article 19(3) against what the case holds. Everything that the case does not hold
 * is a blank.
 */
export function communicationPaper(view: CaseView, lang: (typeof COMMUNICATION_LANGS)[number]): Paper {
  const sections: Readonly<Record<KeyEnd<'communication.section'>, readonly Block[]>> = {
    frame: frameBlocks(view),
    author: authorBlocks(view),
    articles: [
      bulletList([
        ...citations(view, ['covenant-expression', 'covenant-limits']),
        [blank(say(lang, 'communication.articles-blank'))],
      ]),
    ],
    facts: factBlocks(view),
    remedies: remedyBlocks(view),
    other: otherBlocks(view),
    admissibility: [paragraph(say(lang, 'communication.admissibility-lead')), admissibilityTable(view)],
    claims: claimBlocks(view),
    interim: [factRows(toldRows(view, ['interim']))],
    asked: [
      orderedList([
        filled(
          view,
          say(lang, 'communication.ask.violation', {
            expression: '{covenant-expression}',
            limits: '{covenant-limits}',
          }),
        ),
        filled(view, say(lang, 'communication.ask.remedy', { remedy: '{covenant-remedy}' })),
        told(view, 'asked'),
      ]),
    ],
  }
  return withLaw(view, {
    ...paperFrame(view, lang, { title: say(lang, 'communication.title'), kicker: say(lang, 'communication.kicker') }),
    blocks: [
      heading(say(lang, 'communication.summary')),
      paragraph([blank(say(lang, 'communication.summary-blank'))]),
      ...(Object.entries(sections) as [KeyEnd<'communication.section'>, readonly Block[]][]).flatMap(
        ([section, blocks]) => [heading(say(lang, `communication.section.${section}`)), ...blocks],
      ),
      ...(paperAnnexes(view).length === 0 ? [] : [paragraph(say(lang, 'communication.technical'))]),
      ...annexBlocks(view),
      paragraph(say(lang, 'communication.truth')),
      signatureBlock(view),
    ],
    sheet: sheetOf(view),
  })
}

const frameBlocks = (view: CaseView): readonly Block[] => [
  factRows([
    { label: say(view.lang, 'communication.language'), value: say(view.lang, 'communication.language-value') },
    { label: say(view.lang, 'communication.committee'), value: say(view.lang, 'communication.committee-value') },
    { label: say(view.lang, 'communication.state'), value: say(view.lang, 'communication.state-value') },
    {
      label: say(view.lang, 'communication.entry'),
      value: [textSpan(`${say(view.lang, 'communication.entry-since')} ${entryDay(view)}`), unconfirmed],
    },
  ]),
]

const authorBlocks = (view: CaseView): readonly Block[] => [
  {
    kind: 'parties',
    rows: [{ role: say(view.lang, 'document.label.author-name'), lines: authorLines(view, { numbered: false }) }],
  },
  factRows([
    ...toldRows(view, ['author-kind', 'author-nationality', 'author-born', 'representative', 'anonymity', 'consent']),
    {
      label: say(view.lang, 'communication.authorised'),
      value: documentOf(
        view,
        view.file.records.findLast(({ kind }) => kind === 'authorisation'),
      ),
    },
  ]),
  paragraph([
    ...filled(
      view,
      say(view.lang, 'communication.anonymity', { anonymity: '{protocol-anonymity}', notice: '{protocol-notice}' }),
    ),
    unconfirmed,
  ]),
  paragraph(say(view.lang, 'communication.victim-test')),
  ...toldBlocks(view, ['use', 'use-since', 'purpose', 'profession', 'audience', 'harm', 'substitute']),
]

const factBlocks = (view: CaseView): readonly Block[] => [
  ...(paperAnnexes(view).length === 0 ? [] : [paragraph(say(view.lang, 'communication.facts-lead'))]),
  ...incidentBlocks(view, { annexed: true }),
  timelineBlock(view),
  heading(say(view.lang, 'communication.limits'), 3),
  bulletList(limitsOf(view.lang)),
]

/**
 * Everything with a day, in order: incidents by their start, answers that give a day, records. A silence that was noted
 * before its term was over stands with the term, and is no request that stayed without an answer.
 */
function timelineBlock(view: CaseView): Block {
  const { lang } = view
  const incidents = view.incidents.filter(mayState).map(({ record, incident }) => ({
    sort: incident.start_utc.find((one) => one !== null) ?? '',
    when: orBlank(formatBounds(lang, parseBounds(incident.start_utc)), say(lang, 'document.missing.day')),
    what: `${incident.service}, ${incident.network}: ${say(lang, 'document.incident.start')}`,
    document: documentOf(view, record),
  }))
  const answers = (['first-failed', 'learned', 'by-law-learned'] as const)
    .filter((id) => view.file.answers[id] !== undefined)
    .map((id) => ({
      sort: String(view.file.answers[id]?.value),
      when: told(view, id),
      what: `${say(lang, `document.label.${id}`)} (${withoutCapital(say(lang, 'document.standing.stated'))})`,
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
    caption: say(view.lang, 'communication.timeline'),
    columns: [
      { head: say(lang, 'document.column.day'), share: 3 },
      { head: say(lang, 'document.column.what'), share: 4 },
      { head: say(lang, 'document.column.document'), share: 2 },
    ],
    rows:
      rows.length === 0
        ? [[[missing(view, 'day')], [missing(view, 'result')], [missing(view, 'document')]]]
        : rows.map(({ when, what, document }) => [when, what, document]),
  }
}

function remedyBlocks(view: CaseView): readonly Block[] {
  const note = recordNote(view)
  const { records } = view.file
  return [
    paragraph(say(view.lang, 'communication.remedies-lead')),
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
          : [
              {
                what: say(view.lang, 'communication.prosecutor'),
                result: [working(say(view.lang, 'communication.prosecutor-result')), missing(view, 'result')],
              },
            ]),
      ],
      say(view.lang, 'communication.remedies-table'),
    ),
    factRows(toldRows(view, ['other-remedies', 'ineffective'])),
    heading(say(view.lang, 'communication.remedies-law'), 3),
    bulletList(REMEDIES.map((id) => stated(view, id))),
    paragraph(say(view.lang, 'communication.delay')),
  ]
}

/** For the lawyer: the form of the day, and since when time has run, with how reliable that is. */
function sheetOf(view: CaseView): readonly Block[] {
  const runs = ({ kind, rule }: CaseView['deadlines'][number]): boolean =>
    kind === 'running' && rule.id.startsWith('committee-')
  return [
    ...noteBlocks(view, [
      say(view.lang, 'communication.draft'),
      ...citations(view, ['committee-form', 'committee-length']),
      stated(view, 'committee-delay'),
      stated(view, 'exceptional-cassation'),
    ]),
    heading(say(view.lang, 'court-claim.terms')),
    view.deadlines.some(runs)
      ? termsTable(view, runs, say(view.lang, 'communication.terms-table'))
      : paragraph([blank(say(view.lang, 'communication.no-terms'))]),
  ]
}

function otherBlocks(view: CaseView): readonly Block[] {
  const kinds: readonly CaseRecord['kind'][] = ['other-procedure', 'other-procedure-result']
  const records = view.file.records.filter(({ kind }) => kinds.includes(kind))
  return [
    paragraph(say(view.lang, 'communication.other-lead')),
    factRows(toldRows(view, ['other-procedure'])),
    ...(records.length === 0
      ? []
      : [
          stepsTable(
            view,
            records.map((record) => ({
              what: say(view.lang, `document.record.${record.kind}`),
              record,
              result: recordNote(view)(record),
            })),
            say(view.lang, 'communication.section.other'),
          ),
        ]),
  ]
}

function claimBlocks(view: CaseView): readonly Block[] {
  return [
    paragraph(
      filled(view, say(view.lang, 'communication.interference', { expression: '{covenant-expression}' })),
      'allegation',
    ),
    paragraph(filled(view, say(view.lang, 'communication.test-lead', { limits: '{covenant-limits}' }))),
    {
      kind: 'table',
      caption: say(view.lang, 'communication.test-table'),
      columns: [
        { head: say(view.lang, 'communication.column.step'), share: 3.4 },
        { head: say(view.lang, 'communication.column.paragraphs'), share: 3 },
        { head: say(view.lang, 'communication.column.shown'), share: 4 },
        { head: say(view.lang, 'communication.column.record'), share: 5 },
      ],
      rows: TEST.map(([step, comment]) => [
        say(view.lang, `communication.test.${step}`),
        filled(view, `{${comment}}`),
        say(view.lang, `communication.must.${step}`),
        recordOf(view, step),
      ]),
    },
    paragraph(filled(view, say(view.lang, 'communication.burden', { burden: '{comment-burden}' }))),
    heading(say(view.lang, 'communication.standards-lead'), 3),
    bulletList([
      ...STANDARDS.map((id) => stated(view, id)),
      [
        ...cite(view, 'concluding-observations'),
        textSpan(': '),
        blank(say(view.lang, 'communication.observations-blank')),
      ],
    ]),
    heading(say(view.lang, 'communication.decisions-lead'), 3),
    bulletList(DECISIONS.map((id) => stated(view, id))),
    paragraph(say(view.lang, 'communication.persuasive')),
  ]
}

/** What the case holds on one step of the test; a blank where it holds nothing. */
function recordOf(view: CaseView, step: KeyEnd<'communication.test'>): Inline {
  switch (step) {
    case 'interference':
      return view.incidents.length === 0
        ? [missing(view, 'bundle')]
        : [...new Set(view.incidents.map((one) => showsOf(view, one)))].join(' ')
    case 'law': {
      const states = requestsOf(view.file).filter(({ reply }) => reply !== undefined)
      const acts = view.file.records.filter(({ kind }) => kind === 'act')
      const said = [
        ...states.map((state) => [textSpan(`${recordName(view, state.request)}: `), ...replyOf(view, state)]),
        ...acts.map((one) => [
          textSpan(`${say(view.lang, 'document.record.act')}: `),
          ...actOf(view, one),
          textSpan(', '),
          ...documentOf(view, one),
        ]),
      ]
      return said.length === 0
        ? [blank(say(view.lang, 'communication.record.no-request'))]
        : said.flatMap((spans, at) => (at === 0 ? spans : [textSpan('. '), ...spans]))
    }
    case 'aim':
      return view.file.answers['aim-given'] === undefined
        ? [blank(say(view.lang, 'communication.record.no-aim'))]
        : [
            ...spansOf(told(view, 'aim-given')),
            textSpan(` (${withoutCapital(say(view.lang, 'document.standing.stated'))})`),
          ]
    case 'need':
      return [...lengthsOf(view), blank(say(view.lang, 'communication.record.no-need'))]
    case 'scope':
      return [
        ...(view.incidents.some(mayState) ? [textSpan(`${say(view.lang, 'communication.record.whole')}. `)] : []),
        blank(say(view.lang, 'communication.record.no-scope')),
      ]
  }
}

/** How long which service was restricted where, by the middles of start and end: how far a restriction reached is a fact. */
function lengthsOf({ incidents, lang }: CaseView): readonly InlineSpan[] {
  const spans = incidents.filter(mayState).map(({ incident }) => {
    const [, start] = parseBounds(incident.start_utc)
    const [, end] = parseBounds(incident.end_utc)
    const until = incident.running
      ? say(lang, 'document.incident.ongoing')
      : end === undefined
        ? undefined
        : formatDateTime(lang, end)
    const when = start === undefined || until === undefined ? '' : `, ${formatDateTime(lang, start)} \u2013 ${until}`
    return `${incident.service}, ${incident.network}${when}`
  })
  return spans.length === 0 ? [] : [textSpan(`${say(lang, 'communication.record.measured')}: ${spans.join('; ')}. `)]
}
