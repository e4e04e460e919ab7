import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { decodeQR } from 'qr/decode.js'
import { pdfSkip, ReadPdf } from '../../../test/kit/browser/pdf.ts'
import { LANGS } from '../../core/text/lang.ts'
import { openPress } from '../typst/compile.ts'
import { setPoster } from './poster.ts'

const press = await openPress()
const skip = 'missing' in press ? `needs ${press.missing}` : pdfSkip

describe('the poster', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-poster-'))
  after(() => rmSync(folder, { recursive: true }))

  for (const lang of LANGS)
    it(`is one page of A4 in black, whole, whose code leads to the address: ${lang}`, () => {
      assert.ok(!('missing' in press))
      const address = `https://a-long-name-of-an-observatory.example/${lang}/join`
      const { pdf, pages } = setPoster(press, { lang, address })
      assert.equal(pages, 1)
      assert.deepEqual(setPoster(press, { lang, address }).pdf, pdf, 'the same bytes again')
      using read = new ReadPdf(pdf)
      assert.match(read.info, /Page size: +59[45]\.\d+ x 84[12]\.\d+ pts \(A4\)/)
      const text = read.text().replaceAll(/\s+/g, ' ')
      assert.ok(text.includes(`a-long-name-of-an-observatory.example/${lang}/join`), text)
      assert.doesNotMatch(text, /\{|\uFFFD/)
      const { pixels, width, height } = drawn(pdf)
      const data = new Uint8Array(width * height * 4)
      for (const [at, grey] of pixels.entries()) data.set([grey, grey, grey, 255], at * 4)
      assert.equal(decodeQR({ width, height, data }), address)
      // Nothing is cut off: the margin of 15 mm on each side is white.
      const margin = Math.floor((15 / 210) * width)
      for (let y = 0; y < height; y++)
        for (const x of [margin, width - margin]) assert.equal(pixels[y * width + x], 255, `${x} ${y}`)
    })

  /** The page in greys, as a printer without colour has it (PGM). */
  function drawn(pdf: Uint8Array): { readonly pixels: Uint8Array; readonly width: number; readonly height: number } {
    const path = join(folder, 'poster.pdf')
    writeFileSync(path, pdf)
    execFileSync('pdftoppm', ['-r', '100', '-gray', '-singlefile', path, join(folder, 'poster')])
    const bytes = readFileSync(join(folder, 'poster.pgm'))
    const [head = '', width = '', height = ''] =
      /^P5\n(\d+) (\d+)\n255\n/.exec(bytes.subarray(0, 40).toString('latin1')) ?? []
    return { pixels: bytes.subarray(head.length), width: Number(width), height: Number(height) }
  }
})
