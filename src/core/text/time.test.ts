import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instant, parseInstant } from '../model/units.ts'
import { LANGS, negotiateLang } from './lang.ts'
import { formatNumber, formatSeconds } from './number.ts'
import { formatClock, formatDate, formatDateTime, formatOffset, formatPeriod, HOME_ZONE, zonedParts } from './time.ts'

const at = parseInstant('2026-03-05T15:02:09Z')

describe('zonedParts()', () => {
  /** What the engine says itself, asked again. */
  const engine = (ms: number, zone: string): readonly number[] => {
    const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    return ['month', 'day', 'hour', 'minute', 'second'].map((wanted) =>
      Number(format.formatToParts(ms).find(({ type }) => type === wanted)?.value),
    )
  }
  const ours = (ms: number, zone: string): readonly number[] => {
    const { month, day, hour, minute, second } = zonedParts(instant(ms), zone)
    return [month, day, hour, minute, second]
  }
  const ZONES = [HOME_ZONE, 'UTC', 'Asia/Kathmandu', 'America/St_Johns', 'Australia/Lord_Howe', 'Europe/Paris']

  it('says what the engine says, at any instant and in zones of any offset', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2e12, max: 8e12 }), fc.constantFrom(...ZONES), (ms, zone) => {
        assert.deepEqual(ours(ms, zone), engine(ms, zone))
      }),
    )
  })

  it('changes at the very second at which the clocks of Almaty do, and at those of summer time', () => {
    // 1 March 2024, 00:00 of +06:00, became 29 February, 23:00 of +05:00.
    for (const [change, zone] of [
      [Date.UTC(2024, 1, 29, 18), HOME_ZONE],
      [Date.UTC(2004, 9, 30, 20), HOME_ZONE],
      [Date.UTC(2026, 2, 29, 1), 'Europe/Paris'],
      [Date.UTC(2026, 3, 4, 15), 'Australia/Lord_Howe'],
    ] as const)
      for (const ms of [change - 1000, change, change - 1, change + 1000, change - 900_000, change + 899_999])
        assert.deepEqual(ours(ms, zone), engine(ms, zone), `${zone} ${ms - change}`)
  })
})

describe('formatDate()', () => {
  it('writes the day as people of each language do', () => {
    assert.equal(formatDate('kk', at), '2026\u00a0ж. 5\u00a0наурыз')
    assert.equal(formatDate('ru', at), '5\u00a0марта 2026\u00a0г.')
    assert.equal(formatDate('en', at), '5\u00a0March 2026')
  })

  it('gives a period its years, and a single day one date', () => {
    const later = parseInstant('2027-01-02')
    assert.equal(formatPeriod('ru', at, later, 'UTC'), '5\u00a0марта 2026\u00a0г. – 2\u00a0января 2027\u00a0г.')
    assert.equal(formatPeriod('en', at, at), '5\u00a0March 2026')
  })

  it('agrees with the calendar of the zone, not of UTC', () => {
    assert.equal(formatDateTime('en', parseInstant('2026-12-31T19:30:00Z')), '1\u00a0January 2027, 00:30')
  })

  it('never prints a root month such as M03', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), fc.constantFrom(...LANGS), (ms, lang) => {
        assert.doesNotMatch(formatDateTime(lang, instant(ms)), /M\d|undefined|NaN/)
      }),
    )
  })

  it('gives the Kazakh and Russian dates of the reference data of ICU', () => {
    for (let month = 0; month < 12; month++) {
      const day = instant(Date.UTC(2026, month, 5, 12))
      for (const lang of ['kk', 'ru'] as const) {
        const icu = new Intl.DateTimeFormat(lang, { dateStyle: 'long', timeZone: 'UTC' }).format(day)
        assert.equal(formatDate(lang, day, 'UTC').replaceAll('\u00a0', ' '), icu.replaceAll(/[\u00a0\u202f]/g, ' '))
      }
    }
  })
})

describe('formatClock()', () => {
  it('follows the change of Almaty from UTC+6 to UTC+5 on 1 March 2024', () => {
    assert.equal(formatClock(parseInstant('2024-02-29T17:30:00Z')), '23:30')
    assert.equal(formatClock(parseInstant('2024-02-29T18:30:00Z')), '23:30')
    assert.equal(formatOffset(parseInstant('2024-02-29T17:30:00Z')), 'UTC+6')
    assert.equal(formatOffset(parseInstant('2024-02-29T18:30:00Z')), 'UTC+5')
  })

  it('shows seconds when asked, and half-hour zones in the offset', () => {
    assert.equal(formatClock(at, 'UTC', 'second'), '15:02:09')
    assert.equal(formatOffset(at, 'Asia/Kolkata'), 'UTC+5:30')
    assert.equal(formatOffset(at, 'UTC'), 'UTC')
  })
})

describe('formatNumber()', () => {
  it('groups thousands from five digits on, with the signs of the language', () => {
    assert.equal(formatNumber('kk', 1_234_567.89, 2), '1\u00a0234\u00a0567,89')
    assert.equal(formatNumber('ru', 1234, 0), '1234')
    assert.equal(formatNumber('en', 1_234_567), '1,234,567')
    assert.equal(formatNumber('en', -0.001, 2), '0')
    assert.equal(formatNumber('ru', -1.5, 1), '\u22121,5')
  })

  it('keeps two digits only for less than a tenth of a second', () => {
    assert.equal(formatSeconds('kk', 0.3), '0,3')
    assert.equal(formatSeconds('en', 0.04), '0.04')
    assert.equal(formatSeconds('en', 12), '12')
  })
})

describe('negotiateLang()', () => {
  it('takes the asked language with the greatest weight', () => {
    assert.equal(negotiateLang('en-GB,en;q=0.9,ru;q=0.8'), 'en')
    assert.equal(negotiateLang('de, en;q=0.2, ru-KZ;q=0.7'), 'ru')
    assert.equal(negotiateLang('kk'), 'kk')
  })

  it('falls back to Kazakh for no header, foreign languages and nonsense', () => {
    for (const header of [undefined, '', 'de', 'en;q=0', ';;;q=,', 'x'.repeat(10_000)])
      assert.equal(negotiateLang(header), 'kk')
  })
})
