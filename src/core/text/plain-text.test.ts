import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainLine, plainLines, withMarks } from './plain-text.ts'

describe('plainLine()', () => {
  it('keeps letters, and nothing that turns, hides or breaks a line', () => {
    assert.equal(plainLine(' \u202eӘсел\u2066 \t Ұлық\r\nбек\u2028\u061c\u001b[31m '), 'Әсел   Ұлық бек [31m')
    for (const kept of ['Ғалым Қайратұлы', 'd’Artagnan', 'محمد', '👩‍👧', 'a\u200cb']) assert.equal(plainLine(kept), kept)
  })
})

describe('plainLines()', () => {
  it('keeps its lines', () => {
    assert.equal(plainLines('\ufeffбір \r\n\u202eекі\rүш\u0000\n'), 'бір\nекі\nүш')
  })
})

describe('withMarks()', () => {
  it('shows what is not seen, and leaves letters, tabs and ends of lines', () => {
    assert.equal(withMarks('a\0b\u001b[31m\u007fc\u0085\u202ed\u2066'), 'a␀b␛[31m␡c��d�')
    for (const kept of ['Әсел\tҰлық\r\nбек', '👩\u200d👧', 'a\u00adb']) assert.equal(withMarks(kept), kept)
  })
})
