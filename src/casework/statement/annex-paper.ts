import { defined } from '../../core/model/defined.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { blank, code, type Inline, type Paper, paragraph, strong, textSpan } from '../../documents/paper.ts'

/** One annex as its index names it. */
export interface Annex {
  readonly title: string
  /** Name of the file as it is handed in. */
  readonly file: string
  readonly digest: { readonly name: 'SHA-256' | 'SHA-512'; readonly hex: string }
  /** What is logged of it besides its file: said before the digest that the log has. */
  readonly logged?: { readonly said: string; readonly hex: string }
  /** Counted pages; absent if they were not counted. `none` of what has no pages and is handed in on a carrier. */
  readonly pages?: number | 'none'
  /** Where it comes from, in the language of the paper, with its place in the log where it has one. */
  readonly provenance?: string
}

interface AnnexIndex {
  readonly id: string
  readonly madeAt: Instant
  readonly banner?: string
  readonly annexes: readonly Annex[]
}

/**
 * The index of annexes: number, document, pages counted on from the first, digest and provenance. Documents without a
 * page count have a blank, and so has every range after them; what has no pages says so and takes none.
 */
export function annexPaper(lang: Lang, { id, madeAt, banner, annexes }: AnnexIndex): Paper {
  const ranges = pageRanges(annexes)
  const total = annexes.every(({ pages }) => pages !== undefined)
    ? formatNumber(
        lang,
        annexes.reduce((sum, { pages }) => sum + (typeof pages === 'number' ? pages : 0), 0),
      )
    : '____'
  return {
    lang,
    title: say(lang, 'annexes.title'),
    id,
    madeAt,
    ...defined({ banner }),
    blocks:
      annexes.length === 0
        ? [paragraph(say(lang, 'annexes.none'))]
        : [
            paragraph(say(lang, 'annexes.about')),
            {
              kind: 'table',
              columns: [
                { head: '№', share: 0.4 },
                { head: say(lang, 'annexes.what'), share: 2.6 },
                { head: say(lang, 'annexes.pages'), align: 'number', share: 1.6 },
                { head: say(lang, 'annexes.digest'), share: 2.8 },
                { head: say(lang, 'annexes.origin'), share: 1.9 },
              ],
              rows: annexes.map((one, at): readonly Inline[] => [
                String(at + 1),
                [strong(one.title), textSpan(' '), code(one.file)],
                one.pages === 'none'
                  ? say(lang, 'annexes.carrier')
                  : (ranges[at] ?? [blank(say(lang, 'annexes.pages-what'))]),
                [
                  textSpan(`${one.digest.name} `),
                  code(one.digest.hex),
                  ...(one.logged === undefined ? [] : [textSpan(`; ${one.logged.said}: `), code(one.logged.hex)]),
                ],
                one.provenance ?? [blank(say(lang, 'annexes.origin'))],
              ]),
            },
            paragraph(say(lang, 'annexes.count', { count: formatNumber(lang, annexes.length), pages: total })),
          ],
  }
}

/** First and last page of each annex when all lie one upon another; undefined of one without pages, and from the first one not counted. */
export function pageRanges(annexes: readonly Pick<Annex, 'pages'>[]): readonly (string | undefined)[] {
  let next: number | undefined = 1
  return annexes.map(({ pages }) => {
    if (pages === 'none') return undefined
    if (next === undefined || pages === undefined || pages < 1) {
      next = undefined
      return undefined
    }
    const [from, until] = [next, next + pages - 1]
    next = until + 1
    return from === until ? String(from) : `${from}\u2013${until}`
  })
}
