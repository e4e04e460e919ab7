import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { BOM, decodeRows, encodeRow, guardCell } from './csv.ts'

const cell = fc.string({ unit: fc.constantFrom(...'aӘ,"\r\n=+-@\t |%;\'＝'), maxLength: 12 })

describe('encodeRow()', () => {
  it('gives cells that read as they were, but for the apostrophe before a formula', () => {
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(rows, fc.boolean(), (given, marked) => {
        const text = (marked ? BOM : '') + given.map(encodeRow).join('')
        assert.deepEqual(
          decodeRows(text),
          given.map((row) => row.map(guardCell)),
        )
      }),
    )
  })

  it('begins no cell with what a table program takes for a formula', () => {
    for (const text of ['=1+1', '+7', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\n-1', '＝1', "|cmd' /C calc'!A0"])
      assert.match(encodeRow([text]), /^"'/)
    fc.assert(fc.property(cell, (text) => assert.doesNotMatch(encodeRow([text]), /^"\s*[=+\-@＝|%]/u)))
  })
})

describe('decodeRows()', () => {
  it('reads cells without quotation marks and any end of a line', () => {
    assert.deepEqual(decodeRows('ct,reason\nab,forged\r\ncd,'), [
      ['ct', 'reason'],
      ['ab', 'forged'],
      ['cd', ''],
    ])
    assert.deepEqual(decodeRows(''), [])
  })

  it('refuses a quotation mark that stands open or in the midst of a cell', () => {
    for (const text of ['"a', 'a"b"', '"a"b,c']) assert.equal(decodeRows(text), undefined)
  })

  it('reads any input in a time that grows only with its length', () => {
    fc.assert(fc.property(cell, (text) => void decodeRows(text)))
    assert.equal(decodeRows('a,b\n'.repeat(100_000))?.length, 100_000)
  })
})
