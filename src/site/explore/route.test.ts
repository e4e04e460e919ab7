import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { LANGS } from '../../core/text/lang.ts'

const DAYS = 'since=2026-02-27&until=2026-03-06'
const cards = openCardMaker()
const site = await sampleSite({ simulated: true, ...(cards === undefined ? {} : { cards }) })
const get = async (path: string): Promise<Response> => site.request(path)
const text = async (path: string): Promise<string> => (await (await get(path)).text()).replaceAll('\u00a0', ' ')

describe('the page of data as a reader combines them', () => {
  it('draws lines, strips and grids, has each as a table, and a table alone where that is chosen', async () => {
    for (const lang of LANGS)
      for (const chart of ['line', 'strip', 'heat', 'table']) {
        const html = await text(`/${lang}/explore?service=youtube&${DAYS}&chart=${chart}`)
        assert.equal(/<svg class="chart ex broad"/.test(html), chart !== 'table', `${lang} ${chart}`)
        assert.match(html, /<tr data-bin="6">/)
        assert.doesNotMatch(html, /explore\.(?!js|png|svg)|undefined|NaN/)
      }
  })

  it('says counts, devices and the interval of each bin', async () => {
    const html = await text(`/en/explore?service=youtube&${DAYS}&chart=table`)
    assert.match(html, /\d+%, 95%: \d+–\d+% \(\d+ of \d+\)\. Devices: (?:\d+|not known)\./)
  })

  it('shows other days next to the first, and says where there are none', async () => {
    const html = await text(`/en/explore?service=youtube&${DAYS}&since2=2025-01-01&until2=2025-01-07`)
    assert.match(html, /<div class="both">/)
    assert.match(html, /No data for these days\./)
  })

  it('is the same drawing in any order that the address names the services', async () => {
    const [a, b] = await Promise.all([
      text(`/en/explore?service=youtube&service=telegram&${DAYS}`),
      text(`/en/explore?service=telegram&service=youtube&${DAYS}`),
    ])
    assert.equal(a, b)
  })

  it('says that hours became days', async () => {
    const html = await text('/en/explore?service=youtube&since=2026-01-01&until=2026-03-06&by=hour')
    assert.match(html, /Hours can be shown for up to 31 days/)
  })

  it('is no page of a name that was never measured, and refuses what it cannot read', async () => {
    assert.equal((await get('/en/explore?service=web:somebody.did.it')).status, 404)
    assert.equal((await get('/en/explore?service=%3Cx%3E')).status, 400)
    assert.equal((await get('/en/explore?chart=pie')).status, 400)
    assert.equal((await get('/en/embed/explore?chart=pie')).status, 400)
  })

  it('may be embedded without scripts, within 60 KB, and leads to its page', async () => {
    const response = await get(`/kk/embed/explore?service=youtube&service=telegram&${DAYS}`)
    assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors \*/)
    const html = await response.text()
    assert.ok(html.length < 60_000, String(html.length))
    assert.doesNotMatch(html, /<script|<form|style="/)
    assert.match(html, /<a href="\/kk\/explore\?[^"]*" target="_blank" rel="noopener">/)
    assert.ok(html.indexOf('class="sim"') < html.indexOf('<h1'))
  })

  it(
    'is a file that says what it is, with its source and without variables',
    { skip: cards === undefined },
    async () => {
      const response = await get(`/chart/ru/explore.svg?service=youtube&${DAYS}`)
      assert.equal(response.headers.get('content-type'), 'image/svg+xml; charset=utf-8')
      const svg = await response.text()
      assert.match(svg, /Смоделировано/)
      assert.match(svg, /Kuager, /)
      assert.doesNotMatch(svg, /var\(|<script|href=/)
      assert.match(svg, /\.ex \.s0\{stroke: #8e1f0b;/)
      const png = new Uint8Array(await (await get(`/chart/ru/explore.png?service=youtube&${DAYS}`)).arrayBuffer())
      const view = new DataView(png.buffer)
      assert.equal(view.getUint32(16), 2048)
      assert.equal((await get(`/chart/ru/explore.png?service=youtube&${DAYS}&chart=table`)).status, 404)
    },
  )

  it('gives programs the same counts', async () => {
    const answer = await get(`/api/v1/explored?service=youtube,telegram&${DAYS}&by=week`)
    const body = (await answer.json()) as { readonly bins: readonly Readonly<Record<string, unknown>>[] }
    assert.deepEqual(
      [...new Set(body.bins.map((bin) => String(bin['service'])))].toSorted((a, b) => a.localeCompare(b)),
      ['telegram', 'youtube'],
    )
    const [first] = body.bins
    assert.ok(typeof first?.['failed_share'] === 'number' && typeof first['failed_low'] === 'number')
    assert.match(await text(`/api/v1/explored?service=youtube&${DAYS}&format=csv`), /^service,network,start_utc,/)
  })
})
