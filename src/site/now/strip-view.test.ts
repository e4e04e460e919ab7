import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import type { MeasuredDay } from '../../store/warehouse/contract.ts'
import { say } from '../../core/text/format.ts'
import { LANGS } from '../../core/text/lang.ts'
import { strips, stripWords, type StripView } from '../parts/strips.ts'
import { dayLinksOf, stripDays, stripView } from './strip-view.ts'

const SINCE = parseInstant('2026-03-02T19:00:00Z') // midnight of 3 March in Almaty
const UNTIL = parseInstant('2026-03-05T16:30:00Z') // 21:30 of 5 March
const hour = (count: number) => instant(SINCE + count * 3_600_000)
const ALL = 0xff_ff_ff

const day = (number: number, bits: Partial<MeasuredDay> = {}): MeasuredDay => ({
  service: 'youtube',
  asn: parseAsn(64500),
  day: number,
  measured: ALL,
  unreached: 0,
  unsettled: 0,
  measurements: 24,
  latest: hour(number * 24 + 23),
  ...bits,
})
const dated = (at: number, before = 0.1, after = 0.1): Edge => ({
  kind: 'dated',
  median: hour(at),
  lo95: hour(at - before),
  hi95: hour(at + after),
  bracket: [hour(at - before), hour(at + after)],
})
const incident = (from: number, to: number, change: Partial<Incident> = {}): Incident =>
  sampleIncident({ start: dated(from), end: dated(to), ...change })
const view = (measured: readonly MeasuredDay[], incidents: readonly Incident[] = []): StripView =>
  stripView({ title: 'YouTube', since: SINCE, until: UNTIL, days: 3, measured, incidents })
const round = (value: number): number => Math.round(value * 100) / 100
const spans = (list: StripView['hours']) =>
  list.map(({ day, from, until, state }) => [day, round(from), round(until), state])

describe('stripDays()', () => {
  it('gives each known day its worst state, and how long', () => {
    const days = stripDays(view([day(0), day(2, { unreached: ALL })], [incident(20, 22)]))
    assert.deepEqual(days, [
      { day: 0, state: 'shut', restrictedHours: 2, noDataHours: 0 },
      { day: 1, state: 'open', restrictedHours: 0, noDataHours: 22 },
      { day: 2, state: 'fault', restrictedHours: 0, noDataHours: 0 },
    ])
  })
})

describe('days of a strip as links', () => {
  const linksOf = (...given: Parameters<typeof view>) =>
    dayLinksOf('en', view(...given), ({ since, until }) => `${since} ${until}`)

  it('lead to the page of each known day in Astana, and say its state, times and hours', () => {
    const links = linksOf([day(0), day(2)], [incident(20, 22.5), incident(22, 23)])
    assert.deepEqual(
      links.map(({ href }) => href),
      ['2026-03-03 2026-03-03', '2026-03-04 2026-03-04', '2026-03-05 2026-03-05'],
    )
    const words = links.map((link) => link.words.replaceAll('\u00a0', ' '))
    assert.equal(words[0], '3 March 2026: did not open at times. 20:00–23:00. Restricted, hours: 3.')
    assert.match(words[1] ?? '', /^4 March 2026: no restriction seen\. No data, hours: 22\.$/)
  })

  it('say no times where there are too many to be read, and their sum all the same', () => {
    const many = [1, 5, 9, 13].map((from) => incident(from, from + 1))
    assert.equal(
      linksOf([day(0)], many)[0]?.words.replaceAll('\u00a0', ' '),
      '3 March 2026: did not open at times. Restricted, hours: 4.',
    )
  })

  it('are in pages of a live site alone', async () => {
    const shown = { ...view([day(0)]), dayLinks: linksOf([day(0)]) }
    assert.match(String(await strips('en', [shown], { isLive: true })), /class="days"/)
    assert.doesNotMatch(String(await strips('en', [shown])), /class="days"/)
  })
})

describe('a strip', () => {
  it('draws what is too short to be seen higher, with a notch and a word, and leaves what is long as it is', () => {
    const drawnOf = (from: number, to: number): string =>
      String(strips('en', [view([day(0), day(1), day(2)], [incident(from, to)])]))
    assert.match(drawnOf(20, 20.2), /class="z-shut" d="M0\.75 120h8\.5v3\.2h/)
    assert.match(drawnOf(20, 20.2), /Notch at the left: lasted less than 32\u00a0min/)
    assert.match(drawnOf(20, 22), /class="z-shut" d="M0\.75 120h8\.5v12h/)
    assert.doesNotMatch(drawnOf(20, 22), /Notch/)
  })
})

describe('stripView()', () => {
  it('draws hours with data, without, unreached and undetermined, and nothing of what is to come', () => {
    const today = day(2, { measured: ALL & ~0b111110, unreached: 1 << 7, unsettled: 1 << 8 })
    assert.deepEqual(spans(view([day(0), today]).hours), [
      [0, 0, 24, 'open'],
      [1, 0, 2, 'open'],
      [1, 2, 24, 'none'],
      [2, 0, 3, 'open'],
      [2, 3, 6, 'none'],
      [2, 6, 7, 'open'],
      [2, 7, 8, 'fault'],
      [2, 8, 9, 'unkn'],
      [2, 9, 21.5, 'open'],
    ])
    assert.equal(view([day(0), today]).noDataHours, 25)
  })

  it('lets a measurement speak for three hours, past midnight too, and no longer', () => {
    const sparse = Array.from({ length: 3 }, (_, number) => day(number, { measured: 0b1000_0000_0000_0000_0000_1001 }))
    assert.deepEqual(spans(view(sparse).hours).slice(0, 5), [
      [0, 0, 6, 'open'],
      [0, 6, 23, 'none'],
      [0, 23, 24, 'open'],
      [1, 0, 6, 'open'],
      [1, 6, 23, 'none'],
    ])
  })

  it('cuts an incident at midnight and counts each of its days once', () => {
    const { incidents, restricted, restrictedHours } = view([], [incident(22, 26), incident(30, 31)])
    assert.deepEqual(spans(incidents), [
      [0, 22, 24, 'shut'],
      [1, 0, 2, 'shut'],
      [1, 6, 7, 'shut'],
    ])
    assert.deepEqual(restricted, { shut: 2, part: 0, slow: 0 })
    assert.equal(round(restrictedHours), 5)
  })

  it('clips what began before and what goes on', () => {
    const before = incident(-5, 3)
    const now = incident(66, 70, { running: true, end: { kind: 'open', bracket: [hour(69), undefined] } })
    assert.deepEqual(spans(view([], [before, now]).incidents), [
      [0, 0, 3, 'shut'],
      [2, 18, 21.5, 'shut'],
    ])
  })

  it('ends a running one that was not measured any more with its last failed measurement', () => {
    const lost = incident(30, 34, { running: true, end: { kind: 'open', bracket: [hour(33), undefined] } })
    assert.deepEqual(spans(view([], [lost]).incidents), [[1, 6, 9, 'shut']])
  })

  it('gives the intervals of both edges a body of their own', () => {
    const wide = sampleIncident({ start: dated(10, 2, 1), end: dated(14, 1, 3) })
    assert.deepEqual(spans(view([], [wide]).edges), [
      [0, 8, 10, 'shut'],
      [0, 14, 17, 'shut'],
    ])
  })

  it('counts a day by the worst that happened, hours of two at once once, and leaves out what is not sure', () => {
    const list = [
      incident(1, 5, { state: 'throttled' }),
      incident(3, 7, { state: 'partly-restricted' }),
      incident(25, 27, { state: 'throttled' }),
      incident(50, 51, { state: 'insufficient' }),
    ]
    const { restricted, restrictedHours } = view([], list)
    assert.deepEqual(restricted, { shut: 0, part: 1, slow: 1 })
    assert.equal(round(restrictedHours), 8)
  })

  it('counts an hour as reached where one of several networks reached the service', () => {
    const unreached = day(0, { unreached: ALL })
    assert.deepEqual(spans(view([unreached, day(0, { measured: 1 })]).hours).slice(0, 2), [
      [0, 0, 1, 'open'],
      [0, 1, 24, 'fault'],
    ])
  })
})

describe('strips()', () => {
  it('says in words what is drawn', () => {
    const shown = view([day(0), day(2)], [incident(1, 2), incident(60, 62, { state: 'throttled' })])
    assert.deepEqual(stripWords('en', shown), ['Restricted: 1\u00a0day', 'Slow: 1\u00a0day', 'No data: 22\u00a0h'])
    assert.deepEqual(stripWords('ru', view([])), ['Нет данных: 2\u00a0сут 22\u00a0ч'])
    assert.deepEqual(stripWords('kk', view([day(0), day(1), day(2)])), ['Шектеу байқалмады'])
  })

  it('carries the words and a table, and escapes what it is given', async () => {
    for (const lang of LANGS) {
      const text = String(await strips(lang, [{ ...view([day(0)]), title: '<b>"&' }]))
      assert.ok(text.includes('aria-label="&lt;b&gt;&quot;&amp;.'), lang)
      assert.ok(text.includes(say(lang, 'board.days.column.unknown')))
      assert.doesNotMatch(text, /style=|<b>"|NaN|undefined/)
    }
  })
})
