import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { samplePeople } from '../../../test/kit/evening/people-sample.ts'
import { reportSite } from '../../../test/kit/site/report-site.ts'
import { HOUR_MS } from '../../core/model/duration.ts'
import { FEWEST_REPORTERS } from '../../core/model/people/report.ts'
import { instant, parseAsn } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { renderReportCurve, type CurveHour } from '../charts/report-curve.ts'
import type { MarkName } from '../parts/mark.ts'
import { urls } from '../urls.ts'
import { curveChart, type CurveView } from './page/curve.ts'

const { site } = await reportSite({ people: samplePeople() })
const plain = (text: string): string => text.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' ')
const text = async (path: string): Promise<string> => plain(await (await site.request(path)).text())
const PLACES = ['s/youtube', 'n/AS64500'] as const
const csv = async (place: string): Promise<readonly (readonly string[])[]> =>
  (await (await site.request(urls.chartFile('en', { path: `reports/${place}` }, 'csv'))).text())
    .trimEnd()
    .split('\r\n')
    .map((row) => row.split(','))

describe('reports of the last 24 hours', () => {
  it('are drawn on the pages of services and networks, over the hours of probes, with the same as a table', async () => {
    for (const lang of LANGS)
      for (const path of [urls.service(lang, 'youtube'), urls.network(lang, parseAsn(64500))]) {
        const html = await text(path)
        const [section = ''] = /<section[^>]*aria-labelledby="people".*?<\/section>/s.exec(html) ?? []
        assert.equal((section.match(/<tr data-bin="/g) ?? []).length, 24, path)
        assert.equal((section.match(/<svg class="chart ex (?:narrow|broad)"/g) ?? []).length, 2, path)
        assert.match(section, /class="z-(?:open|none|shut)"/, path)
        assert.doesNotMatch(section, /undefined|NaN|style="/, path)
      }
  })

  it('say in a sentence which hour had most of them, and in how many hours probes saw a restriction', async () => {
    const html = await text(urls.service('en', 'youtube'))
    assert.match(
      html,
      /aria-label="Most reports: \d+, at 20:00–21:00\. Usual at that hour: fewer than 5\. [^"]+\. Hours with data: \d+, with a restriction: \d+\./,
    )
  })

  it('take no hour without data for one that worked', () => {
    const states = (...given: readonly MarkName[]): readonly MarkName[] =>
      Array.from({ length: 24 }, (_, at) => given[at] ?? 'none')
    const lane = (asn: number, own: readonly MarkName[]): CurveView['lanes'][number] => ({
      ...{ name: `AS${asn}`, service: 'youtube', asn: parseAsn(asn), href: '/', states: own },
    })
    const view: CurveView = {
      hours: Array.from({ length: 24 }, (_, at) => ({ at: instant(at * HOUR_MS), label: '', isOpen: false })),
      ...{ days: 0, asOf: instant(24 * HOUR_MS), simulated: false },
      lanes: [lane(1, states()), lane(2, states('open', 'shut', 'open'))],
    }
    const { words = [] } = curveChart('en', view, { path: 'x', page: '/', subject: 'YouTube' })
    assert.deepEqual(words.slice(1), ['AS1. No data.', 'AS2. Hours with data: 3, with a restriction: 1.'])
  })

  it('hold no number below five anywhere, in an hour or in the band', async () => {
    for (const place of PLACES) {
      const [head = [], ...rows] = await csv(place)
      assert.equal(rows.length, 24)
      for (const name of ['reports', 'usual_low', 'usual_high']) {
        const values = rows.map((row) => row[head.indexOf(name)] ?? '').filter((value) => value !== '')
        assert.ok(
          values.every((value) => Number(value) >= FEWEST_REPORTERS),
          `${place} ${name} ${values.join()}`,
        )
      }
      const counts = rows.map((row) => [row[head.indexOf('reports')] === '', row[head.indexOf('fewer_than_five')]])
      assert.ok(counts.every(([isEmpty, few]) => String(isEmpty) === few))
      assert.ok(counts.some(([isEmpty]) => isEmpty === false))
    }
  })

  it('add up to the numbers of the table beside them', async () => {
    const html = await text(urls.service('en', 'youtube'))
    const [table = ''] = /<table class="tbl witnesses">.*?<\/table>/s.exec(html) ?? []
    const beside = [...table.matchAll(/<\/th>\s*<td>(\d+|–)<\/td>/g)].map(([, value]) =>
      Number(value === '–' ? 0 : value),
    )
    const [head = [], ...rows] = await csv('s/youtube')
    const counted = rows.map((row) => Number(row[head.indexOf('reports')]))
    const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0)
    assert.equal(sum(counted), sum(beside))
    assert.ok(sum(counted) > 50)
  })

  it('may be embedded and taken, with what each mark of probes means', async () => {
    for (const place of PLACES) {
      const html = await text(urls.chartEmbed('ru', { path: `reports/${place}` }))
      assert.ok(Buffer.byteLength(html) < 60_000)
      assert.doesNotMatch(html, /<script|style="/)
      assert.match(html, /class="usual"/)
      assert.match(html, /(?:открывается|нет данных)\s*<\/li>/)
    }
  })

  it('are left out where no hour has a number, and have no files then', async () => {
    assert.doesNotMatch(await text(urls.service('en', 'signal')), /Reports in the last 24 hours/)
    assert.equal((await site.request(urls.chartFile('en', { path: 'reports/s/signal' }, 'csv'))).status, 404)
  })
})

describe('renderReportCurve()', () => {
  const hour = (index: number, given: Partial<CurveHour> = {}): CurveHour & { readonly at: number } => ({
    at: instant(index * HOUR_MS),
    label: `${index}`,
    isOpen: false,
    ...given,
  })
  const drawn = (hours: readonly CurveHour[]): string =>
    renderReportCurve('en', { shape: 'broad', hours, lanes: [], fewest: 5, label: '' })
  const boxOf = (svg: string): string | undefined => /class="h-few" d="([^"]*)"/.exec(svg)?.[1]

  it('draws the same box for every hour of fewer than five', () => {
    const [first, second] = (boxOf(drawn([hour(0), hour(1)])) ?? '').split('z')
    assert.equal(first?.split(' ').slice(1).join(), second?.split(' ').slice(1).join())
  })

  it('joins neighbouring hours with a number, and no others', () => {
    const [, path = ''] =
      /<g class="people"><path d="([^"]*)"/.exec(
        drawn([hour(0, { count: 6 }), hour(1, { count: 7 }), hour(2), hour(3, { count: 9 })]),
      ) ?? []
    assert.equal((path.match(/M/g) ?? []).length, 2)
    assert.equal((path.match(/L/g) ?? []).length, 1)
  })

  it('marks an hour that is not over, and draws no band where none is known', () => {
    assert.match(drawn([hour(0, { count: 6, isOpen: true })]), /class="now"/)
    assert.doesNotMatch(drawn([hour(0, { count: 6 })]), /class="(?:usual|now)"/)
    assert.match(drawn([hour(0, { count: 6, usual: { low: 0, high: 0 } })]), /class="usual"/)
  })
})
