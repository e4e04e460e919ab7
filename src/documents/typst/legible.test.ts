import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { breakable, legible } from './legible.ts'

const LATIN = new Set(Array.from({ length: 0x250 - 0x20 }, (_, at) => at + 0x20))

describe('legible()', () => {
  it('writes characters that no font has by their numbers, a run of them in one bracket', () => {
    assert.equal(legible('a\u4e2d\u56fdb', LATIN), 'a[U+4E2D U+56FD]b')
  })

  it('shows controls and marks of direction by their numbers, so that none turns the order of others round', () => {
    assert.equal(legible('a\u202eb\u0000c', LATIN), 'a[U+202E]b[U+0000]c')
    assert.equal(legible('a\u00adb', LATIN), 'a[U+00AD]b')
  })

  it('makes line feeds and tabs one space, and keeps a no-break space', () => {
    assert.equal(legible('a\n\t b\u00a0c', LATIN), 'a b\u00a0c')
  })

  it('composes letters that come in two parts, so that the font has them', () => {
    assert.equal(legible('e\u0301', LATIN), '\u00e9')
  })

  it('tells how much of a text without end is left out', () => {
    assert.match(legible('x'.repeat(30_000), LATIN), /\[… \+10000\]$/)
  })

  it('gives nothing but what the fonts have, on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const letter of legible(text, LATIN)) assert.ok(LATIN.has(letter.codePointAt(0) ?? 0), letter)
      }),
    )
  })
})

describe('breakable()', () => {
  it('leaves usual words whole and cuts a word without end', () => {
    assert.deepEqual(breakable('бір екі'), [{ text: 'бір екі', cut: false }])
    const parts = breakable(`a ${'x'.repeat(35)} b`)
    assert.deepEqual(
      parts.map(({ text }) => text.length),
      [2, 10, 10, 10, 5, 2],
    )
  })

  it('loses and adds nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, longest) => {
        assert.equal(
          breakable(text, longest)
            .map((part) => part.text)
            .join(''),
          text,
        )
      }),
    )
  })
})
