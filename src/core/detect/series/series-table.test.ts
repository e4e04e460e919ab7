import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from '../../model/errors.ts'
import { readSeriesTable } from './series-table.ts'

const read = (text: string) => readSeriesTable(text, 'youtube-as64500.csv')

describe('readSeriesTable()', () => {
  it('gives the rows as readings in the order of time, under the name of the file', () => {
    const { series, rejects } = read(
      'at_utc,probe,outcome,control,canary\n2025-01-15T15:15:00Z,b,fail,ok,ok\n2025-01-15 15:00:00,a,ok,fail,\n',
    )
    assert.deepEqual(rejects, [])
    assert.equal(series.length, 1)
    assert.equal(series[0]?.service, 'youtube-as64500')
    assert.deepEqual(
      series[0]?.readings.map(({ at, probe, target, control, canary }) => [at, probe, target, control, canary]),
      [
        [Date.UTC(2025, 0, 15, 15, 0), 'a', 'ok', 'fail', 'none'],
        [Date.UTC(2025, 0, 15, 15, 15), 'b', 'fail', 'ok', 'ok'],
      ],
    )
  })

  it('divides rows by service and network', () => {
    const { series } = read(
      'at_utc,outcome,service,network\n2025-01-15,ok,youtube,9198\n2025-01-15,ok,youtube,AS21299\n2025-01-15,ok,x,9198\n',
    )
    assert.deepEqual(
      series.map(({ service, network }) => `${service} ${network}`),
      ['youtube AS9198', 'youtube AS21299', 'x AS9198'],
    )
  })

  it('takes times with an offset, ratios without an outcome, and failures as OONI names them', () => {
    const { series } = read(
      'time;outcome;log10_lr\n2025-01-15T20:00:00+05:00;generic_timeout_error;\n2025-01-15T15:30:00.500Z;;-1.1\n2025-01-15T16:00Z;confirmed;2\n',
    )
    assert.deepEqual(
      series[0]?.readings.map(({ at, target, log10Lr, artefact }) => [at, target, log10Lr, artefact]),
      [
        [Date.UTC(2025, 0, 15, 15), 'fail', undefined, false],
        [Date.UTC(2025, 0, 15, 15, 30, 0, 500), 'ok', -1.1, false],
        [Date.UTC(2025, 0, 15, 16), 'fail', 2, true],
      ],
    )
  })

  it('sets aside times at which nothing can have been measured, and names that are too long to be names', () => {
    const { series, rejects } = read(
      `at_utc,outcome,network\n1970-01-01,ok,1\n2262-01-01,ok,1\n0095-01-01,ok,1\n2025-01-15,ok,${'9'.repeat(300)}\n2025-01-15,ok,1\n`,
    )
    assert.equal(series[0]?.readings.length, 1)
    assert.deepEqual(
      rejects.map(({ line, message }) => [line, message.length < 200]),
      [2, 3, 4, 5].map((line) => [line, true]),
    )
  })

  it('keeps devices apart whose names differ only far behind', () => {
    const long = 'x'.repeat(10_000)
    const { series } = read(`at_utc,probe,outcome\n2025-01-15,${long}1,ok\n2025-01-15,${long}2,ok\n`)
    assert.equal(new Set(series[0]?.readings.map(({ probe }) => probe)).size, 2)
  })

  it('gives lines that cannot be read back with their number and keeps the others', () => {
    const { series, rejects } = read(
      'at_utc,probe,outcome\n2025-01-15,a,ok\n2025-02-30,a,ok\n2025-01-15,a,maybe\n\nyesterday,a,ok\n2025-01-16,a,fail\n',
    )
    assert.equal(series[0]?.readings.length, 2)
    assert.deepEqual(
      rejects.map(({ line, message }) => [line, /^(\w+) is/.exec(message)?.[1]]),
      [
        [3, 'at_utc'],
        [4, 'outcome'],
        [6, 'at_utc'],
      ],
    )
  })

  it('names the columns it passes over', () => {
    assert.deepEqual(read('at_utc,outcome,Weather\n2025-01-15,ok,fine\n').ignored, ['weather'])
  })

  it('refuses a table without a time, without an outcome, with a column twice, and an empty one', () => {
    for (const text of ['', 'probe,outcome\na,ok\n', 'at_utc,probe\n2025-01-15,a\n', 'at_utc,at_utc,outcome\n'])
      assert.throws(() => read(text), InputError, text)
  })

  it('throws nothing but InputError and loses no row, on any text', () => {
    const cell = fc.oneof(fc.constantFrom('ok', 'fail', '2025-01-15', '', '"', '1e999'), fc.string({ maxLength: 8 }))
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 20 }), (rows) => {
        const text = `at_utc,outcome,log10_lr\n${rows.map((row) => row.join(',')).join('\n')}\n`
        try {
          const { series } = read(text)
          for (const { readings } of series)
            for (const { at, log10Lr } of readings) assert.ok(Number.isFinite(at) && Number.isFinite(log10Lr ?? 0))
        } catch (error) {
          assert.ok(error instanceof InputError)
        }
      }),
    )
  })
})
