import { createHash } from 'node:crypto'
import { caseSchema, type CaseFile } from '../../../src/casework/case/case-form.ts'
import { checkCase } from '../../../src/casework/case/check-case.ts'
import { QUESTIONS, type QuestionId } from '../../../src/casework/case/questions.ts'
import {
  blankWords,
  spansOf,
  type Block,
  type Inline,
  type Paper,
  type TableBlock,
} from '../../../src/documents/paper.ts'
import { say } from '../../../src/core/text/format.ts'

const MADE = '2026-04-20T08:00:00Z'
const journal = {
  lines: 1,
  last: {
    format: 'kuager-case-journal/1',
    at_utc: MADE,
    actor: 'lawyer',
    what: 'made',
    about: [],
    detail: {},
    prev: null,
  },
} as const

const parsed = (value: unknown): CaseFile => {
  const file = caseSchema.parse(value)
  checkCase(file)
  return file
}

/** A case of which nothing is known. */
export const emptyCase = (): CaseFile =>
  parsed({
    format: 'kuager-case/1',
    id: '0011223344556677',
    name: 'sample',
    made_at_utc: MADE,
    answers: {},
    records: [],
    journal,
  })

/** An answer to every question, each text the given one. */
export function everyAnswer(text: (id: QuestionId) => string): CaseFile['answers'] {
  return Object.fromEntries(
    QUESTIONS.map((question): readonly [QuestionId, NonNullable<CaseFile['answers'][QuestionId]>] => {
      const given = { by: 'author', on: '2026-04-10' as never }
      switch (question.kind) {
        case 'day':
          return [question.id, { ...given, value: question.id === 'author-born' ? '1961-02-28' : '2026-03-06' }]
        case 'yes-no':
          return [question.id, { ...given, value: question.id !== 'other-procedure' }]
        case 'choice':
          return [question.id, { ...given, value: 'person' }]
        case 'text':
          return [question.id, { ...given, value: text(question.id) }]
      }
    }),
  )
}

const held = (name: string): unknown => ({
  path: `documents/${name}`,
  name,
  sha256: createHash('sha256').update(name).digest('hex'),
  size: 1000,
  files: 1,
})

/** A case with a bundle, requests of every kind, a complaint and judgments. */
export const fullCase = (word = 'blocking', text: (id: QuestionId) => string = (id) => `‹${id}›`): CaseFile => {
  const added = { added_at_utc: MADE, added_by: 'lawyer', from: 'author' }
  const record = (id: number, kind: string, day: string, more: object = {}): unknown => ({
    id: `r${id}`,
    kind,
    day,
    ...added,
    ...more,
  })
  const incident = {
    id: 'youtube-as64496-20260305T1502Z',
    revision: 2,
    service_id: 'youtube',
    service: 'YouTube',
    network: 'AS64496 Steppe Telecom (simulated)',
    state: 'restricted',
    word,
    support: word === 'not-determined' ? 'none' : 'moderate',
    log10_lr: { fault: -1.7, 'not-determined': 0.1 }[word] ?? 1.7,
    running: false,
    withdrawn: false,
    start_utc: ['2026-03-05T15:00:00Z', '2026-03-05T15:02:00Z', '2026-03-05T15:09:00Z'],
    end_utc: ['2026-03-05T17:01:00Z', '2026-03-05T17:04:00Z', '2026-03-06T17:20:00Z'],
    probes: 14,
    probes_failed: 11,
    readings: 320,
  }
  const bundle = { name: 'kuager-youtube', simulated: true, verified: { kind: 'sound' }, incident }
  return parsed({
    ...emptyCase(),
    answers: everyAnswer(text),
    records: [
      record(1, 'bundle', '2026-03-10', { held: held('r1-kuager-youtube.zip'), bundle }),
      record(2, 'request', '2026-03-11', { addressee: 'ministry', held: held('r2-request.pdf') }),
      record(3, 'request', '2026-03-11', { addressee: 'security-committee', held: held('r3-request.pdf') }),
      record(4, 'request', '2026-03-12', { addressee: 'provider' }),
      record(5, 'answer', '2026-03-20', { about: 'r2', says: 'no-act', held: held('r5-answer.pdf'), pages: 2 }),
      record(6, 'silence', '2026-04-07', { about: 'r3' }),
      record(7, 'complaint', '2026-04-06', { held: held('r7-complaint.pdf') }),
      record(8, 'complaint-answer', '2026-04-10', { about: 'r7', note: '‹note›' }),
      record(9, 'authorisation', '2026-04-11', { held: held('r9-authorisation.pdf') }),
      record(10, 'cassation-judgment', '2026-04-13', { learned: '2026-04-15', held: held('r10-judgment.pdf') }),
    ],
  })
}

/** A paper with the sheet for the lawyer behind it. */
export const wholePaper = (paper: Paper): Paper => ({
  ...paper,
  blocks: [...paper.blocks, { kind: 'page-break' }, ...(paper.sheet ?? [])],
})

/** A paper as plain text, block by block: what a reader reads, for goldens. */
export function paperText(paper: Paper): string {
  const { kicker, title, banner, blocks } = paper
  const head = [banner, kicker, title].filter((one) => one !== undefined)
  return `${[...head, ...blocks.flatMap((block) => ['', ...linesOf(paper, block)])].join('\n')}\n`
}

/** In which language, and whether it is a form: how blanks are said. */
type Words = Pick<Paper, 'lang' | 'form'>

function linesOf(words: Words, block: Block): readonly string[] {
  const told = (said: Inline): string => inlineText(words, said)
  switch (block.kind) {
    case 'heading':
      return [`${'#'.repeat(block.level)} ${block.text}`]
    case 'paragraph':
      return [`${block.standing === undefined ? '' : `[${block.standing}] `}${told(block.text)}`]
    case 'finding':
      return [told(block.text)]
    case 'list':
      return block.items.map((item, at) => `${block.ordered ? `${at + 1}.` : '–'} ${told(item)}`)
    case 'facts':
      return block.rows.map(({ label, value }) => `${label}: ${told(value)}`)
    case 'table':
      return tableLines(words, block)
    case 'chart':
      return [block.caption, block.alt, ...tableLines(words, block.table)]
    case 'parties':
      return block.rows.flatMap(({ role, lines }) => [`${role}:`, ...lines.map((line) => `  ${told(line)}`)])
    case 'signature':
      return block.rows.map(({ label, value }) => `${label}: ${value === undefined ? '' : told(value)}`)
    case 'page-break':
      return ['---']
  }
}

const tableLines = (words: Words, { caption, columns, rows }: TableBlock): readonly string[] => [
  ...(caption === undefined ? [] : [caption]),
  columns.map(({ head }) => head).join(' | '),
  ...rows.map((row) => row.map((cell) => inlineText(words, cell)).join(' | ')),
]

const inlineText = (words: Words, said: Inline): string =>
  spansOf(said)
    .map((span) => {
      switch (span.kind) {
        case 'blank':
          return `____ (${blankWords(words, span.what)})`
        case 'annex':
          return say(words.lang, 'paper.annex', { number: String(span.number) })
        case 'break':
          return '\n'
        case 'unconfirmed':
          return ` [${say(words.lang, 'paper.unconfirmed')}]`
        case 'note':
          return ` {${span.text}}`
        default:
          return span.text
      }
    })
    .join('')
