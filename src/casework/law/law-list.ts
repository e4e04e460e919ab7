import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatDay } from '../documents/day-text.ts'
import {
  type Block,
  code,
  heading,
  type Inline,
  type InlineSpan,
  type Paper,
  paragraph,
  spansIn,
  strong,
  textSpan,
} from '../../documents/paper.ts'
import { placeOf, saysOf, unconfirmed, type Citing } from './cite.ts'
import type { Provision } from './law-form.ts'
import { isConfirmed, provisionOf, type Law } from './load-law.ts'

/** Names of the rows that a document cites, in their order, each followed by those that its reader should know. */
export function lawUsed(
  { provisions }: Law,
  { blocks, sheet = [] }: Pick<Paper, 'blocks' | 'sheet'>,
): readonly string[] {
  const cited = spansIn({ blocks: [...blocks, ...sheet] }).flatMap((span) => (span.kind === 'law' ? [span.id] : []))
  return [...new Set(cited.flatMap((id) => [id, ...(provisions.get(id)?.see ?? [])]))]
}

/**
 * The list of the law that a document uses: each provision with the time of its wording, what it says in own words, how it
 * is known and what is not. For the person who reviews the document; it is not filed.
 */
function lawBlocks(citing: Citing, paper: Pick<Paper, 'blocks' | 'sheet'>): readonly Block[] {
  const { law, lang } = citing
  const rows = lawUsed(law, paper).map((id) => provisionOf(law, id))
  if (rows.length === 0) return []
  const acts = [...new Set(rows.map(({ act }) => act))]
  return [
    heading(say(lang, 'law.title')),
    paragraph(say(lang, 'law.about')),
    {
      kind: 'table',
      columns: [
        { head: say(lang, 'law.provision'), share: 3 },
        { head: say(lang, 'law.says'), share: 5 },
        { head: say(lang, 'law.known'), share: 2.4 },
      ],
      rows: acts.flatMap((act): readonly (readonly Inline[])[] => [
        [[strong(law.acts.get(act)?.name[lang] ?? act)], '', ''],
        ...rows
          .filter((row) => row.act === act)
          .map((row): readonly Inline[] => [inAct(citing, row), saysOf(row, lang), knownOf(citing, row)]),
      ]),
    },
    paragraph([textSpan(`${say(lang, 'law.version', { version: law.version })}, SHA-256: `), code(law.sha256)]),
  ]
}

/** The place of a row in its act, with the time for which its wording is in force, as far as it is known. */
function inAct(citing: Citing, row: Provision): string {
  const { lang } = citing
  const { from, until, name } = row
  const place = name === undefined ? placeOf(citing, row) : (name[lang] ?? name.en)
  const days = [
    ...(from === undefined ? [] : [say(lang, 'law.from', { day: formatDay(lang, from) })]),
    ...(until === undefined ? [] : [say(lang, 'law.until', { day: formatDay(lang, until) })]),
  ]
  return [...(place === '' ? [] : [place]), ...days].join('; ')
}

/** Whether a lawyer's check is on record, else whether the passage was read and how sure it is. */
export function knownText({ lang }: Pick<Citing, 'lang'>, { opened, confidence, checked_by }: Provision): string {
  if (checked_by !== null) return say(lang, 'law.checked', { day: formatDay(lang, checked_by.on) })
  const read = opened === false ? say(lang, 'law.unread') : say(lang, 'law.read', { day: formatDay(lang, opened) })
  return `${read}; ${say(lang, `law.confidence.${confidence}`)}`
}

const knownOf = (citing: Citing, row: Provision): readonly InlineSpan[] => [
  textSpan([knownText(citing, row), ...(row.note === undefined ? [] : [noteOf(row, citing.lang)])].join('. ')),
  ...(isConfirmed(row) ? [] : [unconfirmed]),
]

/** What is not known of a row, in the language, else in English. */
export const noteOf = ({ note }: Provision, lang: Lang): string => note?.[lang] ?? note?.en ?? ''

/** A document with the law data that it was made with, and the list of its law at the end of the sheet for the lawyer. */
export const withLaw = (citing: Citing, paper: Paper): Paper => ({
  ...paper,
  law: { version: citing.law.version, sha256: citing.law.sha256 },
  sheet: [...(paper.sheet ?? []), ...lawBlocks(citing, paper)],
})
