import { crc32, inflateRawSync } from 'node:zlib'
import type * as docx from 'docx'
import { planZip, zipLocalHeader } from '../core/evidence/bundle/zip-form.ts'
import { Fault } from '../core/model/errors.ts'
import { formatInstantUtc, instant, type Instant } from '../core/model/units.ts'
import { say } from '../core/text/format.ts'
import type { Lang } from '../core/text/lang.ts'
import {
  blankWords,
  type Block,
  footOf,
  type Inline,
  type InlineSpan,
  type LabelledFact,
  type Paper,
  spansOf,
  splitBeforeSignature,
  type TableBlock,
} from './paper.ts'

type Docx = typeof docx

/** A paper as DOCX, or the package without which none can be made. */
type WrittenDocument =
  { readonly kind: 'written'; readonly docx: Uint8Array } | { readonly kind: 'missing'; readonly missing: string }

const LANGUAGE = { kk: 'kk-KZ', ru: 'ru-RU', en: 'en-GB' } as const satisfies Record<Lang, string>
/** A face with every Kazakh letter that office programs have or replace by one of the same widths. */
const FONT = 'Times New Roman'
/** Half-points. */
const SIZE = { body: 24, small: 20, title: 32, heading: 28, part: 24 } as const
/** Width of the text on A4 between margins of 25 and 20 mm, twentieths of a point. */
const WIDTH = 9355

/** Letters that Word takes in the title of a control. */
const MOST_ALIAS = 64

async function loadDocx(): Promise<Docx | undefined> {
  try {
    return await import('docx')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Writes a document as DOCX for someone to edit: headings, tables with a repeated row of heads, footnotes, the language
 * of the text, page x of y. A drawing is given by its words and its table. The same paper gives the same bytes: dates
 * are those of the paper and the container is written again without times.
 */
export async function writeDocx(paper: Paper): Promise<WrittenDocument> {
  const library = await loadDocx()
  if (library === undefined) return { kind: 'missing', missing: 'docx' }
  const packed = await library.Packer.toBuffer(new Writing(library, paper).document())
  return { kind: 'written', docx: rewrite(new Uint8Array(packed), paper.madeAt) }
}

/**
 * A text as XML can hold it and a reader can see it: white space as one space, and what is not seen (controls, marks of
 * direction, letters of no script) by its number, as in the PDF.
 */
function shown(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\s+/gu, (space) => (space === '\u00a0' ? space : ' '))
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (letter) => {
      const code = letter.codePointAt(0) ?? 0
      return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
    })
}

/** Letters that stand for the number of the page and of all pages while the words of the footer are said. */
const PAGE = '\ue000'
const PAGES = '\ue001'

type DocxParagraph = InstanceType<Docx['Paragraph']>
type DocxTable = InstanceType<Docx['Table']>
type DocxRun = InstanceType<Docx['TextRun']>

class Writing {
  readonly #docx: Docx
  readonly #paper: Paper
  readonly #notes: string[] = []
  #tables = 0
  #lists = 0
  #blanks = 0
  /** The block that is written is kept on one page with the next. */
  #keep = false

  constructor(docx: Docx, paper: Paper) {
    this.#docx = docx
    this.#paper = paper
  }

  document(): InstanceType<Docx['Document']> {
    const { AlignmentType, Document, Footer, Header, LevelFormat } = this.#docx
    const { lang, title, banner } = this.#paper
    const blocks = splitBeforeSignature(this.#paper.blocks)
    const children = [...this.#title(), ...blocks.flatMap(({ block, keep }) => this.#block(block, keep))]
    const footnotes = Object.fromEntries(
      this.#notes.map((note, at) => [at + 1, { children: [this.#paragraph(note, { size: SIZE.small })] }]),
    )
    const level = (format: 'decimal' | 'bullet', text: string): object => ({
      level: 0,
      format: format === 'decimal' ? LevelFormat.DECIMAL : LevelFormat.BULLET,
      text,
      alignment: AlignmentType.START,
      style: { paragraph: { indent: { left: 567, hanging: 397 } } },
    })
    return new Document({
      title: shown(title),
      creator: 'Kuager',
      lastModifiedBy: 'Kuager',
      description: shown(this.#paper.kicker ?? ''),
      styles: {
        default: {
          document: { run: { font: FONT, size: SIZE.body, language: { value: LANGUAGE[lang] } } },
          heading1: { run: { size: SIZE.title, bold: true }, paragraph: { spacing: { before: 120, after: 240 } } },
          heading2: { run: { size: SIZE.heading, bold: true }, paragraph: { spacing: { before: 360, after: 120 } } },
          heading3: { run: { size: SIZE.part, bold: true }, paragraph: { spacing: { before: 240, after: 80 } } },
        },
      },
      numbering: {
        config: [
          { reference: 'ordered', levels: [level('decimal', '%1.') as never] },
          { reference: 'plain', levels: [level('bullet', '\u2013') as never] },
        ],
      },
      footnotes,
      sections: [
        {
          properties: {
            page: {
              size: { width: 11906, height: 16838 },
              margin: { top: 1134, bottom: 1134, left: 1417, right: 1134 },
            },
          },
          ...(banner === undefined
            ? {}
            : { headers: { default: new Header({ children: [this.#paragraph(banner, { bold: true })] }) } }),
          footers: { default: new Footer({ children: [this.#footer()] }) },
          children,
        },
      ],
    })
  }

  #title(): readonly DocxParagraph[] {
    const { HeadingLevel, Paragraph, TextRun } = this.#docx
    const { kicker, title } = this.#paper
    return [
      ...(kicker === undefined ? [] : [this.#paragraph(kicker, { size: SIZE.small })]),
      new Paragraph({ heading: HeadingLevel.HEADING_1, children: [new TextRun(shown(title))] }),
    ]
  }

  #footer(): DocxParagraph {
    const { AlignmentType, PageNumber, Paragraph, TextRun } = this.#docx
    const words = say(this.#paper.lang, 'paper.page', { page: PAGE, pages: PAGES })
    const parts = words.split(/([\ue000\ue001])/u).map((part) => {
      if (part === PAGE) return PageNumber.CURRENT
      return part === PAGES ? PageNumber.TOTAL_PAGES : part
    })
    return new Paragraph({
      alignment: AlignmentType.END,
      children: [new TextRun({ size: SIZE.small, children: [`${shown(footOf(this.#paper))} \u00b7 `, ...parts] })],
    })
  }

  #paragraph(words: Inline, run: { readonly size?: number; readonly bold?: boolean } = {}): DocxParagraph {
    const { Paragraph } = this.#docx
    return new Paragraph({ spacing: { after: 120 }, ...this.#kept(), children: this.#runs(words, run) })
  }

  #runs(words: Inline, run: { readonly size?: number; readonly bold?: boolean } = {}): DocxRun[] {
    return spansOf(words).map((span) => this.#run(span, run))
  }

  #run(span: InlineSpan, run: { readonly size?: number; readonly bold?: boolean }): DocxRun {
    const { FootnoteReferenceRun, TextRun } = this.#docx
    const { lang } = this.#paper
    switch (span.kind) {
      case 'text':
      case 'law':
        return new TextRun({ ...run, text: shown(span.text) })
      case 'strong':
        return new TextRun({ ...run, text: shown(span.text), bold: true })
      case 'code':
        return new TextRun({ ...run, text: shown(span.text), font: 'Courier New', size: SIZE.small })
      case 'blank':
        return this.#control(span.what, run)
      case 'annex':
        return new TextRun({ ...run, text: say(lang, 'paper.annex', { number: String(span.number) }) })
      case 'note': {
        this.#notes.push(span.text)
        return new FootnoteReferenceRun(this.#notes.length)
      }
      case 'break':
        return new TextRun({ break: 1 })
      case 'working':
        return new TextRun({ ...run, text: shown(span.text), italics: true })
      case 'unconfirmed':
        return new TextRun({ ...run, text: ` [${say(lang, 'paper.unconfirmed')}]`, italics: true })
    }
  }

  /** A blank as a control: a person clicks it and writes, and nothing of its words stays. */
  #control(what: string, run: { readonly size?: number; readonly bold?: boolean }): DocxRun {
    const { BuilderElement, TextRun } = this.#docx
    const words = shown(blankWords(this.#paper, what))
    const number = ++this.#blanks
    const value = (name: string, given: string | number, key = 'w:val'): InstanceType<typeof BuilderElement> =>
      new BuilderElement({ name, attributes: { value: { key, value: given } } })
    const text = new TextRun({
      ...run,
      text: `________ (${words})`,
      ...(this.#paper.form === true ? { color: '595959' } : { shading: { fill: 'FFF2CC' } }),
    })
    return new BuilderElement({
      name: 'w:sdt',
      children: [
        new BuilderElement({
          name: 'w:sdtPr',
          children: [
            value('w:alias', [...shown(what)].slice(0, MOST_ALIAS).join('')),
            value('w:tag', `blank-${number}`),
            value('w:id', number),
            new BuilderElement({ name: 'w:showingPlcHdr' }),
            value('w:text', 1, 'w:multiLine'),
          ],
        }),
        new BuilderElement({ name: 'w:sdtContent', children: [text] }),
      ],
      // The library writes any element among runs, and its types know those of its own alone.
    }) as never
  }

  #kept(): { readonly keepNext?: true; readonly keepLines?: true } {
    return this.#keep ? { keepNext: true, keepLines: true } : {}
  }

  #block(block: Block, keep = false): readonly (DocxParagraph | DocxTable)[] {
    this.#keep = keep
    const { HeadingLevel, Paragraph, PageBreak, TextRun } = this.#docx
    const { lang } = this.#paper
    switch (block.kind) {
      case 'heading': {
        const level = block.level === 2 ? HeadingLevel.HEADING_2 : HeadingLevel.HEADING_3
        return [new Paragraph({ heading: level, keepNext: true, children: [new TextRun(shown(block.text))] })]
      }
      case 'paragraph': {
        const standing = block.standing === undefined ? '' : `${say(lang, `paper.standing.${block.standing}`)}: `
        const lead = standing === '' ? [] : [new TextRun({ text: standing, bold: true })]
        const children = [...lead, ...this.#runs(block.text)]
        return [new Paragraph({ spacing: { after: 120 }, ...this.#kept(), children })]
      }
      case 'finding':
        return [this.#paragraph(block.text, { bold: true, size: SIZE.heading })]
      case 'list': {
        // The last item of a list that a signature is kept with goes on with its numbers.
        const instance = block.first === undefined ? ++this.#lists : this.#lists
        const reference = block.ordered ? 'ordered' : 'plain'
        return block.items.map(
          (item, at) =>
            new Paragraph({
              numbering: { reference, level: 0, instance },
              ...this.#kept(),
              spacing: { after: at === block.items.length - 1 ? 120 : 0 },
              children: this.#runs(item),
            }),
        )
      }
      case 'facts':
        return this.#facts(block.rows)
      case 'table':
        return this.#table(block)
      case 'chart':
        return [this.#paragraph(block.caption, { bold: true }), this.#paragraph(block.alt), ...this.#table(block.table)]
      case 'parties':
        return block.rows.flatMap(({ role, lines }) =>
          [this.#runs(role, { bold: true }), ...lines.map((line) => this.#runs(line))].map(
            (children, at) =>
              new Paragraph({
                indent: { left: 4200 },
                spacing: { before: at === 0 ? 160 : 0, after: at === lines.length ? 120 : 0 },
                children,
              }),
          ),
        )
      case 'signature':
        return block.rows.map(({ label, value }, at) => {
          const lead = new TextRun({ text: `${shown(label)}: ` })
          const rule = value === undefined ? [new TextRun('____________________')] : this.#runs(value)
          const keepNext = at < block.rows.length - 1
          return new Paragraph({ spacing: { before: 240 }, keepLines: true, keepNext, children: [lead, ...rule] })
        })
      case 'page-break':
        return [new Paragraph({ children: [new PageBreak()] })]
    }
  }

  #facts(rows: readonly LabelledFact[]): readonly (DocxParagraph | DocxTable)[] {
    if (rows.length === 0) return []
    const cells = rows.map(({ label, value }) => [this.#runs(label, { bold: true }), this.#runs(value)])
    return [this.#grid(cells, [1, 2]), this.#gap()]
  }

  #table({ caption, columns, rows }: TableBlock): readonly (DocxParagraph | DocxTable)[] {
    const heads = columns.map(({ head }) => this.#runs(head, { bold: true, size: SIZE.small }))
    const cells = rows.map((row) => columns.map((_, at) => this.#runs(row[at] ?? '', { size: SIZE.small })))
    const grid = this.#grid(
      [heads, ...cells],
      columns.map(({ share }) => share ?? 1),
      columns,
    )
    if (caption === undefined) return [grid, this.#gap()]
    const name = `${say(this.#paper.lang, 'paper.table', { number: String(++this.#tables) })}. `
    const { Paragraph, TextRun } = this.#docx
    const words = [new TextRun({ text: name, bold: true }), new TextRun({ text: shown(caption), bold: true })]
    return [new Paragraph({ keepNext: true, spacing: { before: 160, after: 80 }, children: words }), grid, this.#gap()]
  }

  /** A table; with `columns` its first row is one of heads, repeated on each page. */
  #grid(rows: readonly DocxRun[][][], shares: readonly number[], columns?: TableBlock['columns']): DocxTable {
    const { AlignmentType, Paragraph, Table, TableCell, TableRow, WidthType } = this.#docx
    const all = shares.reduce((sum, share) => sum + share, 0)
    const widths = shares.map((share) => Math.floor((WIDTH * share) / all))
    return new Table({
      width: { size: WIDTH, type: WidthType.DXA },
      columnWidths: widths,
      rows: rows.map(
        (cells, row) =>
          new TableRow({
            ...(columns !== undefined && row === 0 ? { tableHeader: true } : {}),
            cantSplit: true,
            children: cells.map((children, column) => {
              const number = row > 0 && columns?.[column]?.align === 'number'
              const alignment = number ? AlignmentType.END : AlignmentType.START
              return new TableCell({
                width: { size: widths[column] ?? 0, type: WidthType.DXA },
                margins: { top: 40, bottom: 40, left: 80, right: 80 },
                children: [new Paragraph({ alignment, ...this.#kept(), children })],
              })
            }),
          }),
      ),
    })
  }

  /** Word joins two tables that follow one another: an empty line keeps them apart. */
  #gap(): DocxParagraph {
    return new this.#docx.Paragraph({ spacing: { after: 60 }, ...this.#kept(), children: [] })
  }
}

/** Writes the container again: members by name, stored, without times; the dates of its description are the paper's. */
function rewrite(packed: Uint8Array, madeAt: Instant): Uint8Array {
  const date = formatInstantUtc(instant(Math.floor(madeAt / 1000) * 1000))
  const members = readMembers(packed).map(({ path, bytes }) => {
    if (path !== 'docProps/core.xml') return { path, bytes }
    const dated = new TextDecoder()
      .decode(bytes)
      .replaceAll(/(<dcterms:(?:created|modified)[^>]*>)[^<]*/g, (_, open: string) => `${open}${date}`)
    return { path, bytes: new TextEncoder().encode(dated) }
  })
  const held = new Map(members.map(({ path, bytes }) => [path, bytes]))
  const plan = planZip(members.map(({ path, bytes }) => ({ path, size: bytes.length, crc32: crc32(bytes) })))
  const out = new Uint8Array(plan.size)
  for (const member of plan.members) {
    const head = zipLocalHeader(member)
    out.set(head, member.offset)
    out.set(held.get(member.path) ?? new Uint8Array(), member.offset + head.length)
  }
  out.set(plan.end, plan.size - plan.end.length)
  return out
}

/**
 * Members of the zip that the library made: not a third party's file, so a form other than expected is a fault of ours.
 */
function readMembers(zip: Uint8Array): readonly { readonly path: string; readonly bytes: Uint8Array }[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = zip.length - 22
  if (end < 0 || view.getUint32(end, true) !== 0x0605_4b50) throw new Fault('Cannot rewrite DOCX: no end of its zip')
  let at = view.getUint32(end + 16, true)
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    const [method, size, name, extra, comment] = [10, 20, 28, 30, 32].map((offset) =>
      offset === 20 ? view.getUint32(at + offset, true) : view.getUint16(at + offset, true),
    ) as [number, number, number, number, number]
    const local = view.getUint32(at + 42, true)
    const path = new TextDecoder().decode(zip.subarray(at + 46, at + 46 + name))
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
    const stored = zip.subarray(from, from + size)
    at += 46 + name + extra + comment
    if (method !== 0 && method !== 8) throw new Fault(`Cannot rewrite DOCX: member "${path}" is packed by ${method}`)
    return { path, bytes: method === 0 ? stored : new Uint8Array(inflateRawSync(stored)) }
  }).filter(({ path }) => !path.endsWith('/'))
}
