import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { decodePng, openCardMaker } from '../../../test/kit/site/card-maker.ts'
import { sampleSite } from '../../../test/kit/site/site-sample.ts'
import { LANGS } from '../../core/text/lang.ts'
import { urls } from '../urls.ts'

describe('the chart of an incident for others', () => {
  const { id, revision } = SAMPLE_KINDS.finished

  it('may be embedded without scripts within 60 KB, with what, when, the conclusion and its check code', async () => {
    for (const lang of LANGS) {
      const response = await (await sampleSite({ simulated: true })).request(urls.incidentEmbed(lang, id))
      assert.equal(response.status, 200)
      assert.match(response.headers.get('content-security-policy') ?? '', /frame-ancestors \*/)
      const html = await response.text()
      assert.ok(html.length < 60_000, String(html.length))
      assert.doesNotMatch(html, /<script|<form|style="/)
      assert.match(html, /<svg class="chart narrow"/)
      assert.match(html, /[0-9A-Z]{4}-[0-9A-Z]{4}/)
      assert.match(html, new RegExp(`href="/${lang}/i/${id}"`))
    }
  })

  it('is a picture file of one revision, with its legend, source and code', async () => {
    const site = await sampleSite({ simulated: true, cards: openCardMaker() })
    const svg = await (await site.request(urls.incidentChart('kk', id, revision, 'svg'))).text()
    assert.match(svg, /^<svg xmlns/)
    assert.doesNotMatch(svg, /var\(|<script/)
    assert.match(svg, /[0-9A-Z]{4}-[0-9A-Z]{4}/)
    const png = new Uint8Array(await (await site.request(urls.incidentChart('kk', id, revision, 'png'))).arrayBuffer())
    assert.equal(new DataView(png.buffer).getUint32(16), 2048)
    for (const path of [`/chart/kk/i/${id}-99.png`, `/chart/kk/i/${id}.png`, '/chart/kk/i/x-1.svg', `/kk/embed/i/none`])
      assert.equal((await site.request(path)).status, 404, path)
  })

  it('has its lane of events hatched: no area in the black of a paint that the renderer did not find', async () => {
    const site = await sampleSite({ simulated: true, cards: openCardMaker() })
    for (const one of Object.values(SAMPLE_KINDS))
      for (const lang of LANGS) {
        const response = await site.request(urls.incidentChart(lang, one.id, one.revision, 'png'))
        const { rows } = decodePng(new Uint8Array(await response.arrayBuffer()))
        // Wider than any stroke of a letter.
        const solid = Buffer.from('000000ff'.repeat(40), 'hex')
        assert.ok(!rows.some((row) => Buffer.from(row.buffer).includes(solid)), `${one.id} ${lang}`)
      }
  })

  it('is offered below the chart on the page of a live site', async () => {
    const html = await (await (await sampleSite({ simulated: true })).request(urls.incident('en', id))).text()
    assert.match(html, /Download this chart/)
    assert.match(html, /&lt;iframe/)
  })
})
