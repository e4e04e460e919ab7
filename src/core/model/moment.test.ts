import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { InputError } from './errors.ts'
import { momentBounds } from './moment.ts'

const shown = (moment: string): readonly string[] => {
  const { from, until } = momentBounds(moment)
  return [new Date(from).toISOString(), new Date(until).toISOString()]
}

describe('momentBounds()', () => {
  it('spans a year, a month, a day and a second', () => {
    assert.deepEqual(shown('2018'), ['2018-01-01T00:00:00.000Z', '2019-01-01T00:00:00.000Z'])
    assert.deepEqual(shown('2020-12'), ['2020-12-01T00:00:00.000Z', '2021-01-01T00:00:00.000Z'])
    assert.deepEqual(shown('2024-02-29'), ['2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'])
    assert.deepEqual(shown('2022-01-05T10:30:00Z'), ['2022-01-05T10:30:00.000Z', '2022-01-05T10:30:01.000Z'])
  })

  it('refuses a month and a day that do not exist', () => {
    for (const moment of ['2020-13', '2023-02-29', 'spring 2018', ''])
      assert.throws(() => momentBounds(moment), InputError, moment)
  })
})
