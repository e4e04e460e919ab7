import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { InputError } from './errors.ts'
import { formatAsn, formatInstantUtc, instant, parseAsn, parseCountryCode, parseInstant, parseSha256 } from './units.ts'

describe('parseAsn()', () => {
  it('reads what formatAsn() writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (number) => {
        assert.equal(parseAsn(formatAsn(parseAsn(number))), number)
      }),
    )
  })

  it('refuses negative, fractional, padded and too large numbers, and other shapes', () => {
    for (const wrong of [-1, 1.5, 4294967296, 'AS01', 'AS', 'AS-1', ' AS1', 'AS1 ', '', null, undefined, {}, NaN])
      assert.throws(() => parseAsn(wrong), InputError, String(wrong))
  })
})

describe('parseInstant()', () => {
  it('reads OONI’s form and RFC 3339 as the same instant', () => {
    assert.equal(parseInstant('2024-02-29 18:00:00'), parseInstant('2024-02-29T18:00:00Z'))
    assert.equal(parseInstant('2024-02-29'), Date.UTC(2024, 1, 29))
  })

  it('reads what formatInstantUtc() writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), (ms) => {
        assert.equal(parseInstant(formatInstantUtc(instant(ms))), ms)
      }),
    )
  })

  it('reads the usual form as it reads the same instant with a zone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) / 1000 }), (seconds) => {
        const text = formatInstantUtc(instant(seconds * 1000))
        assert.equal(parseInstant(text.replace('T', ' ').replace('Z', '')), seconds * 1000)
      }),
    )
  })

  it('refuses days and hours that do not exist', () => {
    for (const wrong of [
      '2023-02-29',
      '2024-13-01',
      '2024-00-10',
      '2024-01-01 24:00:00',
      '2024-01-01 10:60:00',
      '2024-02-30 10:00:00',
      '2024-01-0١ 10:00:00',
      '2024-01-01_10:00:00',
      '2024-01-01 10:00:0 ',
      '24-1-1',
    ])
      assert.throws(() => parseInstant(wrong), InputError, wrong)
  })

  it('takes no zone but UTC', () => {
    assert.throws(() => parseInstant('2024-01-01T10:00:00+05:00'), InputError)
  })
})

describe('parseCountryCode() and parseSha256()', () => {
  it('refuse other shapes', () => {
    for (const wrong of ['K', 'KAZ', 'K!', 7, null]) assert.throws(() => parseCountryCode(wrong), InputError)
    for (const wrong of ['', 'A'.repeat(64), 'a'.repeat(63), 1]) assert.throws(() => parseSha256(wrong), InputError)
  })

  it('give a country in capitals', () => {
    assert.equal(parseCountryCode('kz'), 'KZ')
  })
})
