import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from './errors.ts'
import { parseCsv } from './csv.ts'

describe('parseCsv()', () => {
  it('gives rows with the line each begins on, past empty lines and line ends in quotation marks', () => {
    assert.deepEqual(parseCsv('\uFEFFa,b\r\n\r\n"x\ny","say ""no"""\nlast,'), [
      { line: 1, cells: ['a', 'b'] },
      { line: 3, cells: ['x\ny', 'say "no"'] },
      { line: 5, cells: ['last', ''] },
    ])
  })

  it('reads another separator if it is given', () => {
    assert.deepEqual(parseCsv('a;b,c\n', ';'), [{ line: 1, cells: ['a', 'b,c'] }])
  })

  it('refuses a quotation mark that is never closed, naming its line', () => {
    assert.throws(
      () => parseCsv('a,b\nc,"d\ne,f\n'),
      (error: unknown) => error instanceof InputError && error.path === 'line 2',
    )
  })
})
