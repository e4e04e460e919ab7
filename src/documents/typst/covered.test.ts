import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../core/model/errors.ts'
import { coveredBy } from './covered.ts'
import { openPress } from './compile.ts'

describe('coveredBy()', () => {
  it('finds every Kazakh letter in the fonts of papers, and not Chinese', async (t) => {
    const press = await openPress()
    if ('missing' in press) return t.skip(`needs ${press.missing}`)
    for (const letter of 'аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюяАӘБВГҒДЕЁЖЗИЙКҚЛМНҢОӨПРСТУҰҮФХҺЦЧШЩЪЫІЬЭЮЯ₸№«»–…')
      assert.ok(press.covered.has(letter.codePointAt(0) ?? 0), letter)
    for (const letter of '中') assert.ok(!press.covered.has(letter.codePointAt(0) ?? 0), letter)
  })

  it('refuses bytes that are no font with a sentence', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        assert.throws(() => coveredBy(bytes), InputError)
      }),
    )
  })
})
