import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { bytesOf, pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { parseInstant } from '../../core/model/units.ts'
import { spansIn } from '../../documents/paper.ts'
import { openPress } from '../../documents/typst/compile.ts'
import { printPaper } from '../../documents/typst/set-paper.ts'
import { annexPaper, pageRanges, type Annex } from './annex-paper.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

const annex = (change: Partial<Annex> = {}): Annex => ({
  title: 'Қорытынды парақ',
  file: 'exhibit.pdf',
  digest: { name: 'SHA-512', hex: 'ab'.repeat(64) },
  pages: 5,
  provenance: 'kuager-sample',
  ...change,
})
const index = (annexes: readonly Annex[]) => ({ id: 'case-1', madeAt: parseInstant('2026-03-06'), annexes })

describe('pageRanges()', () => {
  it('counts on from one annex to the next', () => {
    assert.deepEqual(pageRanges([{ pages: 5 }, { pages: 1 }, { pages: 2 }]), ['1\u20135', '6', '7\u20138'])
  })

  it('gives nothing from the first annex whose pages were not counted: later pages would be invented', () => {
    assert.deepEqual(pageRanges([{ pages: 5 }, {}, { pages: 2 }]), ['1\u20135', undefined, undefined])
  })

  it('counts on over what is handed in on a carrier', () => {
    assert.deepEqual(pageRanges([{ pages: 'none' }, { pages: 3 }, { pages: 'none' }, { pages: 1 }]), [
      undefined,
      '1\u20133',
      undefined,
      '4',
    ])
  })

  it('leaves no page out and counts none twice', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 500 }), { maxLength: 40 }), (counts) => {
        const ranges = pageRanges(counts.map((pages) => ({ pages })))
        const pages = ranges.flatMap((range) => {
          const [from = 0, until = from] = (range ?? '').split('\u2013').map(Number)
          return Array.from({ length: until - from + 1 }, (_, at) => from + at)
        })
        assert.deepEqual(
          pages,
          pages.map((_, at) => at + 1),
        )
        assert.equal(
          pages.length,
          counts.reduce((sum, one) => sum + one, 0),
        )
      }),
    )
  })
})

describe('annexPaper()', () => {
  it('has a visible blank where pages were not counted and where provenance is not known', () => {
    const { provenance: _, ...unknown } = annex()
    const blanks = spansIn(annexPaper('kk', index([unknown]))).filter(({ kind }) => kind === 'blank')
    assert.equal(blanks.length, 1)
    const carried = annexPaper('kk', index([annex({ pages: 'none' }), annex({})]))
    assert.equal(spansIn(carried).filter(({ kind }) => kind === 'blank').length, 0)
    const { pages: __, ...uncounted } = annex()
    assert.equal(spansIn(annexPaper('kk', index([uncounted]))).filter(({ kind }) => kind === 'blank').length, 1)
  })

  it('prints every digest whole', { skip }, async () => {
    const list = Array.from({ length: 30 }, (_, at) =>
      annex({ digest: { name: 'SHA-256', hex: String(at % 10).repeat(64) } }),
    )
    using pdf = new ReadPdf(bytesOf(await printPaper(annexPaper('ru', index(list)), { standard: 'ua-1' })))
    const read = pdf.text()
    for (const digit of '0123456789') assert.ok(read.split(digit).length - 1 >= 3 * 64, digit)
  })
})
