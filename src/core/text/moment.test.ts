import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBracket, formatMoment } from './moment.ts'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')

describe('formatMoment()', () => {
  it('says a year, a month, a day and a time as exactly as they are known', () => {
    assert.equal(plain(formatMoment('kk', '2018')), '2018 ж.')
    assert.equal(plain(formatMoment('kk', '2020-12')), '2020 ж. желтоқсан')
    assert.equal(plain(formatMoment('ru', '2020-12')), 'декабрь 2020 г.')
    assert.equal(plain(formatMoment('ru', '2016-12-20')), '20 декабря 2016 г.')
    assert.equal(plain(formatMoment('en', '2020-12')), 'December 2020')
    assert.equal(plain(formatMoment('en', '2022-01-05T10:30:00Z')), '5 January 2022, 16:30 (UTC+6)')
    assert.equal(plain(formatMoment('en', '2026-01-05T10:30:00Z')), '5 January 2026, 15:30 (UTC+5)')
  })
})

describe('formatBracket()', () => {
  it('says which end of it is open, and one moment once', () => {
    assert.equal(plain(formatBracket('en', ['2018', '2018'])), '2018')
    assert.equal(plain(formatBracket('en', [null, '2021-01-10'])), '10 January 2021 or earlier')
    assert.equal(plain(formatBracket('en', ['2018-07-01', null])), '1 July 2018 or later')
    assert.equal(plain(formatBracket('en', ['2018-03-13', '2018-03-31'])), 'between 13 March 2018 and 31 March 2018')
    assert.equal(formatBracket('kk', [null, null]), 'белгісіз')
    assert.equal(
      plain(formatBracket('kk', ['2019-06-09T00:30:00Z', '2019-06-09T01:00:00Z'])),
      '2019 ж. 9 маусым, 06:30–07:00 (UTC+6)',
    )
  })
})
