import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { Day } from '../deadlines/calendar.ts'
import { blank, textSpan, type Inline, type InlineSpan } from '../../documents/paper.ts'
import { formatDay } from '../documents/day-text.ts'
import type { Provision, LawUnit } from './law-form.ts'
import { isConfirmed, provisionOf, type Law } from './load-law.ts'

/** How a document cites: in a language, and the wording that was in force. */
export interface Citing {
  readonly law: Law
  readonly lang: Lang
  /** The day of what the document is about, and its own: the Constitution is cited by the first, a code of procedure by the second. */
  readonly on: Readonly<Record<'event' | 'document', Day>>
}

export const unconfirmed: InlineSpan = { kind: 'unconfirmed' }

/** Several: a list or a range of numbers. */
const several = (numbers: string): boolean => /[,\u2013]/u.test(numbers)

type Place = (numbers: string, many: boolean) => string
/** Names of places in the three languages; the numbers are data. */
const PLACES: Readonly<Record<Lang, Readonly<Record<LawUnit, Place>>>> = {
  kk: {
    article: (n, many) => `${n}-бап${many ? 'тар' : ''}`,
    rule: (n) => `${n}-қағида`,
    paragraph: (n, many) => `${n}-тармақ${many ? 'тар' : ''}`,
  },
  ru: {
    article: (n, many) => `${many ? 'статьи' : 'статья'} ${n}`,
    rule: (n) => `правило ${n}`,
    paragraph: (n, many) => `${many ? 'пункты' : 'пункт'} ${n}`,
  },
  en: {
    article: (n, many) => `article${many ? 's' : ''} ${n}`,
    rule: (n) => `rule ${n}`,
    paragraph: (n, many) => `paragraph${many ? 's' : ''} ${n}`,
  },
}
type Share = 'part' | 'paragraph'
const SHARES: Readonly<Record<Lang, (article: string, part: string, share: Share) => string>> = {
  kk: (article, part, share) => {
    const word = share === 'part' ? 'бөлі' : 'тармағы'
    const [one, many] = share === 'part' ? [`${word}гі`, `${word}ктері`] : [word, 'тармақтары']
    return `${article}-баптың ${part}-${several(part) ? many : one}`
  },
  ru: (article, part, share) => {
    const [one, many] = share === 'part' ? ['часть', 'части'] : ['пункт', 'пункты']
    return `${several(part) ? many : one} ${part} статьи ${article}`
  },
  en: (article, part, share) => `article ${article}, ${share}${several(part) ? 's' : ''} ${part}`,
}

/** Where in its act a provision is: `136-бап`, `пункт 3 статьи 19`, `rule 99(c)`; empty of a whole act and of an unknown number. */
export function placeOf({ law, lang }: Citing, { act, article, part }: Provision): string {
  const { unit, share } = law.acts.get(act) ?? {}
  if (typeof article !== 'string' || unit === undefined) return ''
  if (part === undefined || share === undefined) return PLACES[lang][unit](article, several(article))
  return SHARES[lang](article, part, share)
}

/** Name of the act, short where it has a short one; of the decision or document where it is one of a series, and the place. */
export function actName(citing: Citing, row: Provision): string {
  const { law, lang } = citing
  const { short, name: full } = law.acts.get(row.act) ?? {}
  const act = (short ?? full)?.[lang] ?? row.act
  const name = row.name === undefined ? undefined : (row.name[lang] ?? row.name.en)
  if (name !== undefined) return `${act}: ${name}`
  const place = placeOf(citing, row)
  return place === '' ? act : `${act}, ${place}`
}

/** Provisions in short, for tables and a terminal: each act once, with its places. */
export function shortNames(citing: Citing, rows: readonly Provision[]): readonly InlineSpan[] {
  const { law, lang } = citing
  const acts = [...new Set(rows.map(({ act }) => act))]
  return acts.flatMap((act, at): readonly InlineSpan[] => {
    const { short, name } = law.acts.get(act) ?? {}
    const lead = `${at === 0 ? '' : '; '}${(short ?? name)?.[lang] ?? act}`
    const seen = new Set<string>()
    const places = rows.flatMap((row): readonly InlineSpan[] => {
      const place = row.act === act ? placeOf(citing, row) : ''
      if (row.act !== act) return []
      const words = place === '' || seen.has(place) ? '' : `, ${place}`
      seen.add(place)
      return [{ kind: 'law', id: row.id, text: words }]
    })
    return [textSpan(lead), ...places]
  })
}

/** What a row says, in the language, else in English. */
export const saysOf = ({ says }: Provision, lang: Lang): string => says[lang] ?? says.en

/** The day by which an act is cited. */
export const dayFor = ({ law, on }: Citing, row: Provision): Day => on[law.acts.get(row.act)?.cited_by ?? 'document']

/** The row in force on its day among those that followed one another; the nearest where none is known to be. */
function inForce(citing: Citing, id: string): Provision {
  const { law } = citing
  let row = provisionOf(law, id)
  const on = dayFor(citing, row)
  for (;;) {
    const next = row.until !== undefined && on > row.until ? row.replaced_by : undefined
    const before = row.from !== undefined && on < row.from ? beforeOf(law, row)?.id : undefined
    const other = next ?? before
    if (other === undefined) return row
    row = provisionOf(law, other)
  }
}

const beforeOf = (law: Law, { id }: Provision): Provision | undefined =>
  [...law.provisions.values()].find((one) => one.replaced_by === id)

/** A provision as a document cites it, with the numbers of both acts while one that replaces the other is not confirmed, and with its mark. */
export function cite(citing: Citing, id: string): readonly InlineSpan[] {
  const row = inForce(citing, id)
  if (isConfirmed(row)) return spansOfRow(citing, row)
  const next = row.replaced_by === undefined ? undefined : provisionOf(citing.law, row.replaced_by)
  const other = next ?? beforeOf(citing.law, row)
  const both = other === undefined || other.act === row.act ? [] : [textSpan('; '), ...numbered(citing, other)]
  return [...spansOfRow(citing, row), ...both, unconfirmed]
}

function spansOfRow(citing: Citing, row: Provision): readonly InlineSpan[] {
  const { lang } = citing
  const later = row.from !== undefined && dayFor(citing, row) < row.from ? row.from : undefined
  return [
    ...numbered(citing, row),
    ...(later === undefined ? [] : [textSpan(` (${say(lang, 'law.wording-from', { day: formatDay(lang, later) })})`)]),
  ]
}

/** A row with its number, or a blank where that is not established. */
const numbered = (citing: Citing, row: Provision): readonly InlineSpan[] => [
  { kind: 'law', id: row.id, text: actName(citing, row) },
  ...(row.article === null ? [textSpan(', '), blank(say(citing.lang, 'law.article-unknown'))] : []),
]

/** Provisions for a list: those of one act that only differ by their place are one item. */
export function citations(citing: Citing, ids: readonly string[]): readonly Inline[] {
  const items = new Map<string, readonly InlineSpan[]>()
  for (const id of ids) {
    const [named, ...behind] = cite(citing, id)
    const row = inForce(citing, id)
    const place = placeOf(citing, row)
    const plain = named?.kind === 'law' && place !== '' && behind.every(({ kind }) => kind === 'unconfirmed')
    const before = plain ? items.get(row.act) : undefined
    if (before === undefined) items.set(plain ? row.act : id, named === undefined ? [] : [named, ...behind])
    else
      items.set(row.act, [
        ...before.filter(({ kind }) => kind !== 'unconfirmed'),
        placed(row, place),
        ...marks(before, behind),
      ])
  }
  return [...items.values()]
}

const placed = ({ id }: Provision, place: string): InlineSpan => ({ kind: 'law', id, text: `; ${place}` })
/** One mark for several provisions, where any needs it. */
const marks = (...spans: readonly (readonly InlineSpan[])[]): readonly InlineSpan[] =>
  spans.flat().some(({ kind }) => kind === 'unconfirmed') ? [unconfirmed] : []

/** A provision with what it says: for a list of law that a reader must know, and for decisions with their point. */
export function stated(citing: Citing, id: string): readonly InlineSpan[] {
  const row = inForce(citing, id)
  const mark = isConfirmed(row) ? [] : [unconfirmed]
  return [...spansOfRow(citing, row), textSpan(`. ${saysOf(row, citing.lang)}`), ...mark]
}

/**
 * A sentence with the places of provisions in it: `{covenant-limits}` becomes `article 19, paragraph 3`. The mark stands
 * behind a place that was not read, or is not sure.
 */
export function filled(citing: Citing, words: string): readonly InlineSpan[] {
  return words.split(/\{([a-z][a-z0-9-]+)\}/u).flatMap((part, at): readonly InlineSpan[] => {
    if (at % 2 === 0) return part === '' ? [] : [textSpan(part)]
    const row = inForce(citing, part)
    const place: InlineSpan = { kind: 'law', id: row.id, text: placeOf(citing, row) }
    const sure = isConfirmed(row) || (row.opened !== false && row.confidence === 'high')
    return sure ? [place] : [place, unconfirmed]
  })
}
