import { defined } from '../../core/model/defined.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import {
  blank,
  type Block,
  heading,
  type Inline,
  type InlineSpan,
  type Paper,
  paragraph,
  spansOf,
  textSpan,
} from '../../documents/paper.ts'
import type { Provision } from '../law/law-form.ts'
import { isConfirmed, provisionOf, type Law } from '../law/load-law.ts'

// A document has two copies. The one to file has no mark and no note, and names no provision that was not read: in its
// place is a line to write on. The lawyer's has all of them, behind the sheet that says how everything is known.

/** Whether a document to be filed may name a provision: a lawyer checked it, or its passage was read and is not doubtful. */
export const mayBeFiled = (row: Provision): boolean =>
  isConfirmed(row) || (row.opened !== false && row.confidence !== 'low')

/** The copy to file. */
export function filedCopy({ lang, title, kicker, id, madeAt, banner, blocks }: Paper, law: Law): Paper {
  const told = (words: Inline): Inline => filedInline(words, law, lang)
  const filed = blocks.flatMap((block) => filedBlock(block, told, law))
  return { lang, title, id, madeAt, blocks: filed, form: true, ...defined({ kicker, banner }) }
}

/** The copy for the lawyer, and nothing for a document that has no sheet. */
export function lawyerCopy({ sheet, ...paper }: Paper, file: string): Paper | undefined {
  if (sheet === undefined) return undefined
  const { lang, kicker, title } = paper
  return {
    ...paper,
    kicker: kicker === undefined ? title : `${kicker}. ${title}`,
    title: say(lang, 'document.sheet.title'),
    blocks: [
      paragraph(say(lang, 'document.sheet.about', { file })),
      ...sheet,
      { kind: 'page-break' },
      heading(say(lang, 'document.sheet.text')),
      ...paper.blocks,
    ],
  }
}

function filedBlock(block: Block, told: (words: Inline) => Inline, law: Law): readonly Block[] {
  switch (block.kind) {
    case 'paragraph':
    case 'finding': {
      const text = told(block.text)
      return text.length === 0 ? [] : [{ ...block, text }]
    }
    case 'list': {
      const items = block.items.filter((item) => !saysUnread(item, law)).map(told)
      return items.length === 0 ? [] : [{ ...block, items }]
    }
    case 'facts':
      return [{ ...block, rows: block.rows.map(({ label, value }) => ({ label, value: told(value) })) }]
    case 'table':
      return [{ ...block, rows: block.rows.map((row) => row.map(told)) }]
    case 'chart':
      return [{ ...block, table: { ...block.table, rows: block.table.rows.map((row) => row.map(told)) } }]
    case 'parties':
      return [{ ...block, rows: block.rows.map(({ role, lines }) => ({ role, lines: lines.map(told) })) }]
    case 'heading':
    case 'signature':
    case 'page-break':
      return [block]
  }
}

const unread = (span: InlineSpan | undefined, law: Law): Provision | undefined => {
  const row = span?.kind === 'law' ? provisionOf(law, span.id) : undefined
  return row === undefined || mayBeFiled(row) ? undefined : row
}

/** An item that says what a provision or a decision holds, which was not read: it is left out, for nothing of it is known. */
function saysUnread(item: Inline, law: Law): boolean {
  const [first, ...others] = spansOf(item)
  const row = unread(first, law)
  const says = others.some((span) => span.kind === 'text' && span.text.startsWith('. '))
  return row !== undefined && (row.name !== undefined || says)
}

function filedInline(words: Inline, law: Law, lang: Lang): Inline {
  if (typeof words === 'string') return words
  return words.flatMap((span): readonly InlineSpan[] => {
    if (span.kind === 'unconfirmed' || span.kind === 'working') return []
    const row = unread(span, law)
    return row === undefined || span.kind !== 'law' ? [span] : placeLeftOpen(span.text, row, { law, lang })
  })
}

/** A provision without the number that was not read: its act, where the words name it, and a blank. */
function placeLeftOpen(
  words: string,
  row: Provision,
  { law, lang }: { readonly law: Law; readonly lang: Lang },
): readonly InlineSpan[] {
  const act = law.acts.get(row.act)
  const name = (act?.short ?? act?.name)?.[lang] ?? ''
  // Where the number is not established, the words are the act alone and a blank follows them already.
  if (row.article === null) return [textSpan(words)]
  const lead = name !== '' && words.startsWith(name) ? `${name}, ` : words.startsWith('; ') ? '; ' : ''
  return [...(lead === '' ? [] : [textSpan(lead)]), blank(say(lang, 'law.place-unknown'))]
}
