import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, it } from 'node:test'
import { apiSample, sampleClaims } from '../../../test/kit/evening/api-sample.ts'
import { openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { checkCode } from '../../core/evidence/check-code.ts'
import { parseAsn, parseSha256 } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { loadRecord } from '../../runtime/tables/record.ts'
import { urls } from '../urls.ts'

const DAYS = { since: '2026-02-27', until: '2026-03-05' }
const { chronicle, orders } = loadRecord()
const site = await apiSample({ cards: openCardMaker(), claims: sampleClaims({ chronicle, orders }) })
const get = async (path: string): Promise<Response> => site.request(path)
const text = async (path: string): Promise<string> => (await get(path)).text()

/** Pages with a chart to be taken, and the name of the chart in addresses. */
const CHARTS: readonly {
  readonly page: (lang: 'kk' | 'ru' | 'en') => string
  readonly path: string
  readonly query?: string
}[] = [
  { page: (lang) => urls.first(lang, 'all'), path: 'days/first' },
  { page: (lang) => urls.service(lang, 'youtube'), path: 'days/s/youtube' },
  { page: (lang) => urls.network(lang, parseAsn(64496)), path: 'days/n/AS64496' },
  {
    page: (lang) => urls.series(lang, 'youtube', parseAsn(64496), DAYS),
    path: 'days/s/youtube/AS64496',
    query: `?since=${DAYS.since}&until=${DAYS.until}`,
  },
  { page: (lang) => urls.service(lang, 'youtube'), path: 'hours/s/youtube' },
  { page: (lang) => urls.network(lang, parseAsn(64496)), path: 'hours/n/AS64496' },
  { page: (lang) => urls.plain(lang, 'chronicle'), path: 'years' },
  { page: (lang) => urls.plain(lang, 'if-it-continues'), path: 'weeks/sample-demand' },
]

describe('charts of pages', () => {
  it('are offered below each chart as PNG, SVG and CSV, with a line that embeds and one that cites them', async () => {
    for (const chart of CHARTS) {
      const html = (await text(chart.page('en'))).replaceAll('&amp;', '&').replaceAll('&amp;', '&')
      for (const form of ['png', 'svg', 'csv'] as const)
        assert.ok(html.includes(`href="${urls.chartFile('en', chart, form)}"`), `${chart.path} ${form}`)
      assert.ok(html.replaceAll('&quot;', '"').includes(`${urls.chartEmbed('en', chart)}"`), chart.path)
      assert.match(html, /Check code of the data \(CSV\): [0-9A-Z]{4}-[0-9A-Z]{4}/, chart.path)
    }
  })

  it('may be embedded by any page within 60 KB without scripts, in the language of the reader', async () => {
    for (const lang of LANGS)
      for (const chart of CHARTS) {
        const response = await get(urls.chartEmbed(lang, chart))
        assert.equal(response.status, 200, chart.path)
        assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors \*/)
        assert.doesNotMatch(response.headers.get('content-security-policy') ?? '', /script/)
        const html = await response.text()
        assert.ok(Buffer.byteLength(html) < 60_000, `${chart.path}: ${Buffer.byteLength(html)}`)
        assert.doesNotMatch(html, /<script|<form|style="|undefined|NaN/, chart.path)
        assert.match(html, new RegExp(`<html lang="${lang}"`))
        assert.match(html, /[0-9A-Z]{4}-[0-9A-Z]{4}<\/p>/, chart.path)
        assert.match(html, /class="sim"/, chart.path)
        // It leads nowhere but to the page of this site, in a window of its own.
        const links = [...html.matchAll(/<a [^>]*>/g)].map(([link]) => link)
        assert.equal(links.length, 1, chart.path)
        assert.match(links[0] ?? '', /target="_blank" rel="noopener"/)
      }
  })

  it('have the check code of their table, byte for byte, in every file', async () => {
    for (const chart of CHARTS) {
      const csv = Buffer.from(await (await get(urls.chartFile('en', chart, 'csv'))).arrayBuffer())
      const code = checkCode(parseSha256(createHash('sha256').update(csv).digest('hex')))
      assert.ok((await text(urls.chartFile('en', chart, 'svg'))).includes(code), chart.path)
      assert.ok((await text(urls.chartEmbed('kk', chart))).includes(code), chart.path)
      const [head = '', ...rows] = csv.toString().trimEnd().split('\r\n')
      assert.ok(rows.length > 0 && rows.every((row) => row.split(',').length === head.split(',').length), chart.path)
    }
  })

  it('are drawn whole: without style sheet and variables, as PNG at twice their size', async () => {
    for (const chart of CHARTS) {
      const svg = await text(urls.chartFile('ru', chart, 'svg'))
      assert.match(svg, /^<svg xmlns/)
      assert.doesNotMatch(svg, /var\(|<script|undefined|NaN/, chart.path)
      const [, width] = /viewBox="0 0 (\d+) /.exec(svg) ?? []
      const png = new Uint8Array(await (await get(urls.chartFile('ru', chart, 'png'))).arrayBuffer())
      assert.equal(new DataView(png.buffer).getUint32(16), 2 * Number(width), chart.path)
    }
  })

  it('are not there for what has no chart, nor in a copy', async () => {
    for (const path of ['days/s/unheard-of', 'days/n/AS65551', 'weeks/none', 'days/x/youtube'])
      for (const address of [urls.chartFile('en', { path }, 'csv'), urls.chartEmbed('en', { path })])
        assert.equal((await get(address)).status, 404, address)
    const { frame } = { frame: { medium: 'mirror', assets: '0', mirrors: [] } } as const
    const copy = await sampleSite({ frame, cards: openCardMaker() })
    assert.doesNotMatch(await (await copy.request(urls.service('en', 'youtube'))).text(), /chart\.png|iframe/)
  })

  it('are tables and embedded pages alone where nothing draws pictures', async () => {
    const plain = await sampleSite()
    const html = await (await plain.request(urls.service('en', 'youtube'))).text()
    assert.doesNotMatch(html, /chart\.png/)
    assert.match(html, /chart\.csv/)
    const path = urls.chartFile('en', { path: 'days/s/youtube' }, 'svg')
    assert.equal((await plain.request(path)).status, 404)
  })
})
