import { defined } from '../core/model/defined.ts'
import { say } from '../core/text/format.ts'
import type { Lang } from '../core/text/lang.ts'
import type { Instant } from '../core/model/units.ts'

// A paper as plain data: what it says and in which order, never how it looks. `typst/` sets it as PDF and `docx.ts`
// writes it as DOCX; both show every block. Text is text: no character of it is markup in either.

/** A piece of a line. Several make an `Inline`, one after another, without spaces added between them. */
export type InlineSpan =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong'; readonly text: string }
  /** Digests, addresses, names of files and commands: an upright fixed face, breakable at any letter. */
  | { readonly kind: 'code'; readonly text: string }
  /**
   * A fact that was not given: a rule to write on, with the words of what is missing. Never left out, never filled in.
   */
  | { readonly kind: 'blank'; readonly what: string }
  /** Reference to an annex by its number in the index; shown as `Annex 3`. */
  | { readonly kind: 'annex'; readonly number: number }
  /** A provision by its name in the law data: shown as its text, and listed where the document lists its law. */
  | { readonly kind: 'law'; readonly id: string; readonly text: string }
  /** Footnote with the source of what stands before it. */
  | { readonly kind: 'note'; readonly text: string }
  /** The end of a line of what a person wrote in several. */
  | { readonly kind: 'break' }
  /** Mark behind something that a lawyer must confirm before it is relied on. A copy to file has none. */
  | { readonly kind: 'unconfirmed' }
  /** A note for the person who reviews the document, within a sentence. A copy to file has none. */
  | { readonly kind: 'working'; readonly text: string }

export type Inline = string | readonly InlineSpan[]

/**
 * What a sentence is: what was measured or is on paper; what is concluded from it; what someone says. The three stay
 * separate.
 */
const STANDINGS = ['fact', 'inference', 'allegation'] as const
type DocumentStanding = (typeof STANDINGS)[number]

interface DocumentColumn {
  readonly head: string
  /** `number`: aligned at its end, figures of one width. */
  readonly align?: 'start' | 'number'
  /** Share of the width, relative to the other columns; 1 where absent. */
  readonly share?: number
}

/** A table with a row of heads, repeated on each page. The first cell of a row is its head. */
export interface TableBlock {
  readonly kind: 'table'
  /** Absent for a table that the heading above names. */
  readonly caption?: string
  readonly columns: readonly DocumentColumn[]
  readonly rows: readonly (readonly Inline[])[]
}

/** Measurements over time, counted in equal steps. Every bar has its figures in the table beside it. */
export interface Chart {
  readonly from: Instant
  readonly until: Instant
  /** IANA zone of the axis. */
  readonly zone: string
  /** Length of a step, milliseconds. */
  readonly step: number
  /** Steps with measurements; one that is absent has none. */
  readonly bars: readonly { readonly at: Instant; readonly failed: number; readonly passed: number }[]
  /** Start and end with their 95 % intervals. */
  readonly edges: readonly {
    readonly label: string
    readonly at?: Instant
    readonly lo?: Instant
    readonly hi?: Instant
  }[]
  readonly words: { readonly failed: string; readonly passed: string; readonly none: string; readonly axis: string }
}

/** A row of facts. */
export interface LabelledFact {
  readonly label: string
  readonly value: Inline
}

export type Block =
  /** The title is the heading of level 1, so sections have 2 and parts of them 3. */
  | { readonly kind: 'heading'; readonly level: 2 | 3; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Inline; readonly standing?: DocumentStanding }
  /** The one sentence that a reader takes away. */
  | { readonly kind: 'finding'; readonly text: Inline }
  /** `first`: number of the first item of an ordered list, 1 where absent. */
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly Inline[]; readonly first?: number }
  /** Labels with their values, two columns. */
  | { readonly kind: 'facts'; readonly rows: readonly LabelledFact[] }
  | TableBlock
  | {
      readonly kind: 'chart'
      readonly caption: string
      /** What the drawing shows, in words, for readers who do not see it. */
      readonly alt: string
      readonly chart: Chart
      readonly table: TableBlock
    }
  /** Who writes to whom, at the head of a letter or a claim. */
  | {
      readonly kind: 'parties'
      readonly rows: readonly { readonly role: string; readonly lines: readonly Inline[] }[]
    }
  /** Place for a signature: one line for each label. */
  | { readonly kind: 'signature'; readonly rows: readonly { readonly label: string; readonly value?: Inline }[] }
  | { readonly kind: 'page-break' }

/** Which law data a document was made with. */
interface LawPin {
  readonly version: string
  readonly sha256: string
}

/** Letters of a digest in the foot of a page; the list of the law used has all of it. */
const DIGEST_IN_FOOT = 12

/** The foot of every page, next to its number. */
export const footOf = ({ id, law, lang }: Paper): string =>
  law === undefined
    ? id
    : `${id} \u00b7 ${say(lang, 'law.foot', { version: law.version, digest: law.sha256.slice(0, DIGEST_IN_FOOT) })}`

/** A paper. The same value gives the same bytes, PDF and DOCX alike. */
export interface Paper {
  readonly lang: Lang
  readonly title: string
  /** Line above the title: what kind of paper it is. */
  readonly kicker?: string
  /** Name of the bundle or the case, on every page beside the number of the page. */
  readonly id: string
  /** Time the document is dated: given, never the clock's. */
  readonly madeAt: Instant
  /** Version and SHA-256 of the law data that it was made with: in the foot of every page. */
  readonly law?: LawPin
  /** Words on every page, such as that nothing in it is real. */
  readonly banner?: string
  readonly blocks: readonly Block[]
  /** A form to fill in: a blank has the words of what belongs there, without saying that it was not given. */
  readonly form?: true
  /** Working notes, deadlines with their reliability, the law with how it is known: for the lawyer, never filed. */
  readonly sheet?: readonly Block[]
}

export const heading = (text: string, level: 2 | 3 = 2): Block => ({ kind: 'heading', level, text })
export const paragraph = (text: Inline, standing?: DocumentStanding): Block => ({
  kind: 'paragraph',
  text,
  ...defined({ standing }),
})
export const bulletList = (items: readonly Inline[]): Block => ({ kind: 'list', ordered: false, items })
export const orderedList = (items: readonly Inline[]): Block => ({ kind: 'list', ordered: true, items })
export const factRows = (rows: readonly LabelledFact[]): Block => ({ kind: 'facts', rows })
export const textSpan = (words: string): InlineSpan => ({ kind: 'text', text: words })
export const strong = (words: string): InlineSpan => ({ kind: 'strong', text: words })
export const code = (words: string): InlineSpan => ({ kind: 'code', text: words })
/** A heading or a label within a sentence: it loses its capital, unless it begins with an abbreviation. */
export const withoutCapital = (words: string): string =>
  words.replace(/^\p{Lu}(?=\p{Ll}|\s)/u, (capital) => capital.toLowerCase())
/** A blank; what is missing is named within a sentence. */
export const blank = (what: string): InlineSpan => ({ kind: 'blank', what: withoutCapital(what) })
export const annex = (number: number): InlineSpan => ({ kind: 'annex', number })
export const working = (words: string): InlineSpan => ({ kind: 'working', text: words })
export const note = (words: string): InlineSpan => ({ kind: 'note', text: words })

/** The spans of an inline; a string is one. */
export const spansOf = (inline: Inline): readonly InlineSpan[] =>
  typeof inline === 'string' ? [textSpan(inline)] : inline

/** What a person wrote, line by line; empty lines are left out. */
export const inLines = (words: string): readonly InlineSpan[] =>
  words
    .split(/[\r\n\u0085\u2028\u2029]+/u)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line, at): readonly InlineSpan[] => (at === 0 ? [textSpan(line)] : [{ kind: 'break' }, textSpan(line)]))

/** The words of a blank: of what belongs there in a form, else that it was not given. */
export const blankWords = ({ lang, form }: Pick<Paper, 'lang' | 'form'>, what: string): string =>
  form === true ? what : say(lang, 'paper.blank', { what })

/** What is known, or a visible blank that names what is missing. */
export const orBlank = (known: string | undefined, what: string): Inline =>
  known === undefined || known.trim() === '' ? [blank(what)] : known

/** Letters that the last piece before a signature may have: more of them are no few lines, and may run over a page. */
const MOST_KEPT = 1600

/**
 * Blocks with the last piece before each signature as one of its own: the last item of a list, the last row of facts. It
 * and the headings behind it carry `keep`: they are on one page with the signature, which is never alone on one.
 */
export function splitBeforeSignature(
  blocks: readonly Block[],
): readonly { readonly block: Block; readonly keep?: true }[] {
  const out: { block: Block; keep?: true }[] = []
  for (const block of blocks) {
    out.push({ block })
    if (block.kind !== 'signature') continue
    let at = out.length - 2
    while (out[at]?.block.kind === 'heading') at -= 1
    const before = out[at]?.block
    if (before === undefined) continue
    const [rest, last] = lastPiece(before)
    const letters = spansIn({ blocks: [last] }).reduce((sum, span) => sum + ('text' in span ? span.text.length : 40), 0)
    if (letters > MOST_KEPT) continue
    out.splice(at, 1, ...(rest === undefined ? [] : [{ block: rest }]), { block: last })
    for (let kept = at + (rest === undefined ? 0 : 1); kept < out.length - 1; kept++) {
      const one = out[kept]
      if (one !== undefined) out[kept] = { block: one.block, keep: true }
    }
  }
  return out
}

function lastPiece(block: Block): readonly [Block | undefined, Block] {
  if (block.kind === 'list' && block.items.length > 1) {
    const from = block.items.length - 1
    const first = (block.first ?? 1) + from
    return [
      { ...block, items: block.items.slice(0, from) },
      { ...block, items: block.items.slice(from), first },
    ]
  }
  if (block.kind === 'facts' && block.rows.length > 1)
    return [
      { ...block, rows: block.rows.slice(0, -1) },
      { ...block, rows: block.rows.slice(-1) },
    ]
  return [undefined, block]
}

/** Everything that a paper says, in its order, for tests and for counting blanks. */
export function spansIn({ blocks }: Pick<Paper, 'blocks'>): readonly InlineSpan[] {
  return blocks.flatMap((block): readonly InlineSpan[] => {
    switch (block.kind) {
      case 'heading':
        return [textSpan(block.text)]
      case 'paragraph':
      case 'finding':
        return spansOf(block.text)
      case 'list':
        return block.items.flatMap(spansOf)
      case 'facts':
        return block.rows.flatMap(({ label, value }) => [textSpan(label), ...spansOf(value)])
      case 'table':
        return tableSpans(block)
      case 'chart':
        return [textSpan(block.caption), textSpan(block.alt), ...tableSpans(block.table)]
      case 'parties':
        return block.rows.flatMap(({ role, lines }) => [textSpan(role), ...lines.flatMap(spansOf)])
      case 'signature':
        return block.rows.flatMap(({ label, value }) => [textSpan(label), ...spansOf(value ?? [])])
      case 'page-break':
        return []
    }
  })
}

const tableSpans = ({ caption, columns, rows }: TableBlock): readonly InlineSpan[] => [
  ...(caption === undefined ? [] : [textSpan(caption)]),
  ...columns.map(({ head }) => textSpan(head)),
  ...rows.flatMap((row) => row.flatMap(spansOf)),
]
