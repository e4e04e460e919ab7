import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { firstSite, OWN } from '../../../test/kit/evening/first-sample.ts'
import { parseAsn } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { createSite } from '../app.ts'
import { choiceOf, firstPageKey, parseFirstChoice } from './choice.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import type { Visitor, VisitorOf } from '../visitor.ts'

const KNOWN = '198.51.100.7'
const look: VisitorOf = (address): Visitor =>
  address === KNOWN ? { kind: 'known', asn: OWN } : { kind: 'ask', why: 'hosting' }
const from = (remoteAddress: string): object => ({ incoming: { socket: { remoteAddress } } })

/** A budget of issue 5 for HTML and style sheet together, and what of it this page may take. */
const MOST_BYTES = 40_000
const MOST_OF_PAGE = 12_000

describe('the first screen as it is answered', () => {
  let site: ReturnType<typeof createSite>
  before(async () => {
    site = await firstSite({ networks: 60, visitor: look })
  })

  it('gives a recognised network the bytes of the chosen one, which no cache may keep', async () => {
    const seen = await site.request('/kk/', {}, from(KNOWN))
    const chosen = await site.request(firstPageKey('kk', { kind: 'network', asn: OWN }))
    assert.equal(seen.headers.get('cache-control'), 'private, no-store')
    assert.notEqual(chosen.headers.get('cache-control'), 'private, no-store')
    assert.equal(await seen.text(), await chosen.text())
  })

  it('asks a reader who comes through a hosting network, and says nothing of an address', async () => {
    const page = await site.request('/ru/', { headers: { 'x-forwarded-for': KNOWN } }, from('203.0.113.9'))
    const text = await page.text()
    assert.equal(page.headers.get('cache-control'), 'private, no-store')
    assert.ok(text.includes('Похоже, вы зашли через VPN или прокси.'))
    assert.ok(text.includes('/ru/?network=AS64500'))
    assert.doesNotMatch(text, /203\.0\.113|198\.51\.100/)
  })

  it('asks for a reason that the holder of pages gives, without a connection', async () => {
    const page = await site.request('/en/', {}, { asked: 'foreign' })
    assert.ok((await page.text()).includes('You seem to be abroad: a VPN may be on.'))
    const other = await site.request('/en/', {}, { asked: 'anything' })
    assert.ok((await other.text()).includes('You seem to be using a VPN or a proxy.'))
  })

  it('passes over what messengers add to a link, and refuses a network that is none', async () => {
    assert.equal((await site.request('/kk/?network=AS64500&fbclid=x')).status, 200)
    assert.equal((await site.request('/kk/?network=as64500')).status, 200)
    assert.equal((await site.request('/kk/?utm_source=telegram')).status, 200)
    for (const network of ['AS0', 'AS99999999999', '64500', 'AS4294967296', '<script>', 'AS64500 ', 'ALL'])
      for (const path of ['/kk/', '/kk/check']) {
        const page = await site.request(`${path}?network=${encodeURIComponent(network)}`)
        assert.equal(page.status, 400, `${path} ${network}`)
        assert.doesNotMatch(await page.text(), /<script>/)
      }
  })

  it('leads to the language of the reader, and marks the own network in every one', async () => {
    const root = await site.request('/', { headers: { 'accept-language': 'ru-KZ,ru;q=0.9' } })
    assert.equal(root.headers.get('location'), '/ru/')
    assert.equal((await site.request('/kk')).headers.get('location'), '/kk/')
    for (const lang of LANGS) {
      const text = await (await site.request(`/${lang}/?network=AS64500`)).text()
      assert.match(text, /<th scope="col"\s+class="me"/, lang)
      assert.equal(text.match(/<figure class="strip">/g)?.length, 6, lang)
      assert.doesNotMatch(text.replaceAll(/<[^>]*>/g, ' '), /\{|undefined|NaN|\bM\d\d\b/, lang)
    }
  })

  it('says of a cell how many measured, and of what no known device measured that it is so', async () => {
    const text = await (await site.request('/en/?network=AS64508')).text()
    assert.match(text, /opens, probes: <\/span>14/)
    assert.match(text, /opens, measurements without a known probe: <\/span>\d+\u00a0meas\./)
    assert.match(text, /no data, probes: <\/span>0/)
  })

  it('stays within its budget with sixty networks', async () => {
    const style = new Uint8Array(await (await site.request('/assets/site.css')).arrayBuffer())
    for (const lang of LANGS)
      for (const network of ['AS64500', 'all']) {
        const page = new Uint8Array(await (await site.request(`/${lang}/?network=${network}`)).arrayBuffer())
        const [html, css] = [gzipSync(page).length, gzipSync(style).length]
        assert.ok(html < MOST_OF_PAGE, `${lang} ${network}: ${html} bytes`)
        assert.ok(html + css < MOST_BYTES, `${lang} ${network}: ${html} + ${css} bytes`)
      }
  })

  it('leads readers of a copy to pages that a copy has', async () => {
    const copy = await firstSite({ frame: { ...PLAIN_FRAME, medium: 'mirror' } })
    const text = await (await copy.request('/kk/')).text()
    assert.doesNotMatch(text, /href="[^"]*\?network=/)
    assert.ok(text.includes('href="/kk/n/AS64500"'))
    assert.ok(!text.includes('Желіңіз анықталмады'))
    const check = await (await copy.request('/kk/check')).text()
    assert.doesNotMatch(check, /href="[^"]*\?network=/)
  })
})

/** The page without its head and foot, which have the field of the search. */
const mainOf = (html: string): string => html.slice(html.indexOf('<main'), html.indexOf('</main>'))

describe('"is it only me?" and "report"', () => {
  it('answer for the network that was chosen, or for the one that is seen', async () => {
    const site = await firstSite({ visitor: look })
    const chosen = await site.request('/en/check?network=AS64500')
    const text = await chosen.text()
    assert.match(text, /<h1>\s*Others on this network see the same\.\s*<\/h1>/)
    assert.ok(text.includes('Services: YouTube, Instagram, TikTok.'))
    const seen = await site.request('/en/check', {}, from(KNOWN))
    assert.equal(seen.headers.get('cache-control'), 'private, no-store')
    assert.equal(await seen.text(), text)
    const asked = await (await site.request('/en/check', {}, from('203.0.113.9'))).text()
    assert.ok(asked.includes('Choose your network first'))
    assert.doesNotMatch(mainOf(asked), /<form/)
    assert.doesNotMatch(asked, /<script/)
  })

  it('give the contacts of the operator, and link what a browser opens alone', async () => {
    const words = (kk: string): { kk: string; ru: string; en: string } => ({ kk, ru: kk, en: kk })
    const operator = {
      name: words('<i>Sample</i>'),
      seat: words('–'),
      funders: [],
      interests: [],
      contacts: [
        { kind: 'mail' as const, value: 'desk@example.org' },
        { kind: 'web' as const, value: 'javascript:alert(1)' },
        { kind: 'onion' as const, value: 'http://example.onion/' },
        { kind: 'mail' as const, value: 'x@example.org?bcc=y' },
      ],
      confirmed: '2026-03-05',
    }
    const site = await firstSite({ frame: { ...PLAIN_FRAME, operator } })
    for (const lang of LANGS) {
      const text = await (await site.request(`/${lang}/report`)).text()
      assert.ok(text.includes('href="mailto:desk@example.org"'), lang)
      assert.ok(text.includes('href="http://example.onion/"'), lang)
      assert.doesNotMatch(mainOf(text), /href="javascript|mailto:x@|<i>Sample|<form/, lang)
    }
    assert.ok(
      (await (await (await firstSite()).request('/en/report')).text()).includes(
        'No contact details are given for this server',
      ),
    )
  })
})

describe('the choice of a network', () => {
  it('has one key for what was chosen and what was seen', () => {
    const chosen = parseFirstChoice({ network: 'as9198', utm: 'x' })
    assert.deepEqual(chosen, choiceOf({ kind: 'known', asn: parseAsn(9198) }))
    assert.equal(chosen && firstPageKey('kk', chosen), '/kk/?network=AS9198')
    assert.equal(firstPageKey('ru', { kind: 'all' }), '/ru/?network=all')
    assert.equal(firstPageKey('en', { kind: 'ask', why: 'foreign' }), '#en ask foreign')
    assert.equal(parseFirstChoice({}), undefined)
    assert.equal(parseFirstChoice({ network: '' }), undefined)
  })
})
