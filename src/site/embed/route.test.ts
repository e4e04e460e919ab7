import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { NAMES, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { parseAsn, parseInstant } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { embedSnippet } from './route.ts'
import { MOST_USED } from '../first/view.ts'
import { urls } from '../urls.ts'

const get = async (path: string, simulated = true): Promise<Response> => (await sampleSite({ simulated })).request(path)
const TOPICS = [{ service: 'youtube' }, { asn: parseAsn(64500) }] as const

describe('the page that others embed', () => {
  it('may be framed by any site, and runs and loads nothing but style and fonts of its own', async () => {
    for (const topic of TOPICS) {
      const response = await get(urls.embed('kk', topic))
      const policy = response.headers.get('content-security-policy') ?? ''
      assert.match(policy, /frame-ancestors \*/)
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /form-action 'none'/)
      assert.doesNotMatch(policy, /script|img/)
      assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(response.headers.get('set-cookie'), null)
      const html = await response.text()
      assert.doesNotMatch(html, /<script|<form|<iframe|style="|https?:\/\//)
      assert.match(html, /<a href="[^"]*" target="_blank" rel="noopener">/)
      assert.ok(html.length < 8000, String(html.length))
    }
  })

  it('says that it is simulated first, and nowhere where it is not', async () => {
    for (const lang of LANGS)
      for (const topic of TOPICS) {
        const html = await (await get(urls.embed(lang, topic))).text()
        assert.ok(html.indexOf('class="sim"') > 0 && html.indexOf('class="sim"') < html.indexOf('<h1'))
        assert.doesNotMatch(await (await get(urls.embed(lang, topic), false)).text(), /class="sim"/)
      }
  })

  it('says the state, the network, the day, and leads to the page', async () => {
    const html = (await (await get(urls.embed('en', { service: 'youtube' }))).text()).replaceAll('\u00a0', ' ')
    assert.match(html, /<h1>YouTube: current state<\/h1>/)
    assert.match(html, /<b>Example Rail<\/b><span>does not open<\/span>\s*<small>Start: 20:02\.<\/small>/)
    assert.match(html, /Time: 5 March 2026, \d\d:\d\d \(Astana\)/)
    assert.match(html, /href="\/en\/s\/youtube"/)
  })

  it('of a network holds the six of the first screen, and any other that is restricted there', async () => {
    const asn = parseAsn(64496)
    const running = SAMPLE_KINDS.running
    const signal = {
      ...running,
      ...{ id: 'signal', service: 'signal', asn, simulated: false },
      start: { ...running.start, median: parseInstant('2026-03-05T15:00:00Z') },
      end: { kind: 'open', bracket: [parseInstant('2026-03-05T15:50:00Z'), undefined] },
    } as const
    const site = await sampleSite({ incidents: memoryIncidents([signal]) })
    const names = async (): Promise<readonly (string | undefined)[]> =>
      [...(await (await site.request(urls.embed('en', { asn }))).text()).matchAll(/<b>([^<]*)<\/b>/g)].map(
        ([, name]) => name,
      )
    const six = MOST_USED.map((id) => NAMES.services.find((one) => one.id === id)?.name).filter(Boolean)
    assert.deepEqual(await names(), [...six, 'Signal'])
  })

  it('is no page for what is no topic, and says that there are no data where there are none', async () => {
    for (const path of ['/kk/embed/s/No%20Such', '/kk/embed/n/x', '/kk/embed/youtube', '/kk/embed/s/'])
      assert.equal((await get(path)).status, 404, path)
    assert.match(await (await get(urls.embed('en', { asn: parseAsn(9198) }))).text(), /No data about this/)
  })

  it('is no page of a name that was never measured: an address cannot make this site say something', async () => {
    for (const service of ['web:<x>', 'web:somebody.did.it', 'unheard-of'])
      assert.equal((await get(urls.embed('en', { service }))).status, 404, service)
    const measured = 'web:a-rather-long-name.of-a-site.example.org'
    assert.equal((await get(urls.embed('en', { service: measured }))).status, 200)
  })

  it('is put into a page by one element that gives the frame no more than a link', () => {
    const snippet = embedSnippet({ origin: 'https://kuager.example', title: 'a "b" & c' }, 'kk', { service: 'youtube' })
    assert.match(
      snippet,
      /^<iframe src="https:\/\/kuager\.example\/kk\/embed\/s\/youtube" title="a &quot;b&quot; &amp; c"/,
    )
    assert.match(snippet, /sandbox="allow-popups allow-popups-to-escape-sandbox"/)
    assert.doesNotMatch(snippet, /allow-scripts|allow-same-origin|allow-forms/)
  })
})
