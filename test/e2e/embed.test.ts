import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { parseAsn } from '../../src/core/model/units.ts'
import { embedSnippet } from '../../src/site/embed/route.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls, type Topic } from '../../src/site/urls.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const TOPICS: readonly Topic[] = [{ service: 'youtube' }, { asn: parseAsn(64500) }]
const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false

describe('the card in a page of somebody else', { skip }, () => {
  let browser: Browser
  let site: Listening
  let host: Server
  let hostUrl = ''
  before(async () => {
    site = await listen(await sampleSite({ simulated: true }), { host: '127.0.0.1', port: 0 })
    host = createServer((request, response) => {
      const [lang = 'kk', nth = '0'] = (request.url ?? '').slice(1).split('/')
      const snippet = embedSnippet(
        { origin: site.url.replace(/\/$/, ''), title: 'Kuager' },
        LANGS.find((known): known is Lang => known === lang) ?? 'kk',
        TOPICS[Number(nth)] ?? { service: 'youtube' },
      )
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>host</title>${snippet}`)
    })
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
    const bound = host.address()
    hostUrl = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    host.close()
    await site[Symbol.asyncDispose]()
  })

  it('has its style and its fonts, and its link opens the whole page', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const failed: string[] = []
    page.on('requestfailed', (request) => failed.push(request.url()))
    page.on('console', (message) => {
      if (/policy|refused/i.test(message.text())) failed.push(message.text())
    })
    await page.goto(`${hostUrl}/kk/0`)
    const card = page.frameLocator('iframe')
    await card.locator('h1').waitFor()
    const family = await card.locator('body').evaluate(async (body) => {
      const faces = await document.fonts.load('16px "Kuager Sans"', 'Қ')
      return [getComputedStyle(body).fontFamily, ...faces.map(({ status }) => status)]
    })
    assert.match(family[0] ?? '', /Kuager Sans/)
    assert.deepEqual(family.slice(1), ['loaded'])
    const [opened] = await Promise.all([context.waitForEvent('page'), card.locator('a').click()])
    await opened.waitForLoadState()
    assert.equal(opened.url(), new URL(urls.service('kk', 'youtube'), site.url).href)
    assert.ok(await opened.locator('h1').isVisible())
    assert.deepEqual(failed, [])
    await context.close()
  })

  it('fits its frame in every language, for both topics', async () => {
    const page = await browser.newPage()
    for (const lang of LANGS)
      for (const nth of TOPICS.keys()) {
        await page.goto(`${hostUrl}/${lang}/${nth}`)
        const box = await page
          .frameLocator('iframe')
          .locator('html')
          .evaluate((html) => [html.scrollWidth - html.clientWidth, html.scrollHeight - html.clientHeight])
        assert.deepEqual(box, [0, 0], `${lang} ${nth}`)
      }
    await page.close()
  })

  it('has nothing that axe finds wrong, light and dark, and does not overflow at 240 px', async () => {
    const looks: readonly BrowserContextOptions[] = [{ colorScheme: 'light' }, { colorScheme: 'dark' }]
    for (const look of looks)
      for (const topic of TOPICS) {
        const context = await browser.newContext({ ...look, viewport: { width: 240, height: 400 } })
        const page: Page = await context.newPage()
        await page.goto(new URL(urls.embed('kk', topic), site.url).href)
        assert.deepEqual(await violationsOf(page), [])
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 240)
        await context.close()
      }
  })
})
