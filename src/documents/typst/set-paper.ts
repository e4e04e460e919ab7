import { readFileSync } from 'node:fs'
import { InputError } from '../../core/model/errors.ts'
import { collectGarbage } from '../../runtime/collect-garbage.ts'
import type { Paper } from '../paper.ts'
import { openPress, type PdfStandard, type Press } from './compile.ts'
import { lower } from './lower.ts'

/** The template of every document, in Typst. */
const TEMPLATE = readFileSync(new URL('./paper.typ', import.meta.url), 'utf8')

/** A file that is attached to a paper: machines read there what people read on the page. */
export interface Attachment {
  /** Name of the file, of `[a-z0-9._-]`. */
  readonly name: string
  readonly bytes: Uint8Array
  readonly media: 'application/json' | 'text/plain' | 'application/octet-stream'
  readonly description: string
  /** What it is to the paper (PDF 2.0, 7.11.3). */
  readonly relationship: 'source' | 'data' | 'supplement'
}

export interface PrintOptions {
  readonly standard: PdfStandard
  readonly attachments?: readonly Attachment[]
}

/** A paper as PDF with its number of pages; or the package without which none can be made. */
export type Printed =
  | { readonly kind: 'printed'; readonly pdf: Uint8Array; readonly pages: number }
  | { readonly kind: 'missing'; readonly missing: string }

export type Print = (paper: Paper, options: PrintOptions) => Promise<Printed>

/**
 * Sets a paper as PDF. The same paper and attachments give the same bytes, on any machine and in any zone. Throws
 * InputError for an attachment that is empty or has no plain name, Fault where the paper breaks its standard.
 */
export async function printPaper(paper: Paper, options: PrintOptions): Promise<Printed> {
  const press = await openPress()
  if ('missing' in press) return { kind: 'missing', missing: press.missing }
  const printed = setPaper(press, paper, options)
  await freeAfter(printed.pages)
  return { kind: 'printed', ...printed }
}

/** Sets a paper with a press that is open. */
export function setPaper(
  press: Press,
  paper: Paper,
  { standard, attachments = [] }: PrintOptions,
): { readonly pdf: Uint8Array; readonly pages: number } {
  const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
  const files = new Map<string, Uint8Array>([['/set/paper.json', encode(lower(paper, press.covered))]])
  const listed = attachments.map(({ name, media, description, relationship, bytes }, at) => {
    if (!/^[a-z0-9][a-z0-9._-]{0,99}$/.test(name))
      throw new InputError(`Cannot attach ${JSON.stringify(name)}: not a plain name`, {
        code: 'attachment.name',
        path: `/${at}`,
        expected: 'small letters, digits, points and dashes, at most 100',
      })
    // The compiler divides by the length of what it packs, and its fault ends the whole process.
    if (bytes.length === 0)
      throw new InputError(`Cannot attach "${name}": it is empty`, {
        code: 'attachment.empty',
        path: `/${at}`,
        expected: 'at least one byte',
      })
    files.set(`/${name}`, bytes)
    return { name, media, description, relationship }
  })
  files.set('/set/attached.json', encode(listed))
  return press.compile({ source: TEMPLATE, files, standard, createdAt: paper.madeAt })
}

/** Pages after which memory is freed: of so many the compiler holds some 60 MB. */
const PAGES_HELD = 40
let pagesSince = 0

/** The compiler holds what it set until the collector finds its small object: a list of many parts would fill the machine. */
async function freeAfter(pages: number): Promise<void> {
  pagesSince += pages
  if (pagesSince < PAGES_HELD) return
  pagesSince = 0
  await collectGarbage()
}
