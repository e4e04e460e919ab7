import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { decodeQR } from 'qr/decode.js'
import { InputError } from '../model/errors.ts'
import { MOST_QR_BYTES, qrLines, qrSvg } from './qr.ts'

/** Reads what a camera would see: `dark` of each module, 4 pixels a side. */
function readModules(side: number, isDark: (x: number, y: number) => boolean): string {
  const scale = 4
  const size = side * scale
  const data = new Uint8Array(size * size * 4).fill(255)
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (isDark(Math.floor(x / scale), Math.floor(y / scale))) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3)
  return decodeQR({ width: size, height: size, data })
}

function readSvg(svg: string): string {
  const side = Number(/viewBox="0 0 (\d+) /.exec(svg)?.[1])
  const dark = new Set<string>()
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let i = 0; i < Number(width); i++) dark.add(`${Number(x) + i} ${y}`)
  return readModules(side, (x, y) => dark.has(`${x} ${y}`))
}

function readLines(lines: readonly string[]): string {
  const plain = lines.map((line) => [...line.replaceAll(/\u001B\[[\d;]+m/g, '')])
  const side = plain[0]?.length ?? 0
  return readModules(side, (x, y) => {
    const cell = plain[Math.floor(y / 2)]?.[x]
    return cell === '█' || cell === (y % 2 === 0 ? '▀' : '▄')
  })
}

describe('QR codes', () => {
  it('are read back as the text that was drawn, by another part of the library', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }), (text) => {
        fc.pre(text.isWellFormed())
        assert.equal(readSvg(qrSvg(text, 'label')), text)
      }),
      { numRuns: 20 },
    )
    const link = `https://kuager.example/join#1.${'aZ09-_'.repeat(90)}`
    assert.equal(readSvg(qrSvg(link, 'label')), link)
    assert.equal(readLines(qrLines(link)), link)
  })

  it('have a light border of four modules and no style', () => {
    const svg = qrSvg('https://kuager.example/', '<b> "x" & y')
    assert.match(svg, /aria-label="&lt;b&gt; &quot;x&quot; &amp; y"/)
    assert.doesNotMatch(svg, /style|<script/)
    for (const [, x, y] of svg.matchAll(/M(\d+) (\d+)h\d+v1/g)) assert.ok(Number(x) >= 4 && Number(y) >= 4)
    assert.match(svg, /<path fill="#fff" d="M0 0h33v33h-33z"\/>/)
  })

  it('refuse an empty text and one that no symbol holds', () => {
    assert.throws(() => qrSvg('', ''), InputError)
    assert.throws(() => qrSvg('x'.repeat(MOST_QR_BYTES + 1), ''), InputError)
    assert.equal(readSvg(qrSvg('x'.repeat(MOST_QR_BYTES), '')).length, MOST_QR_BYTES)
  })
})
