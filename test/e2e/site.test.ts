import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
describe('the site in a browser', { skip }, () => {
  let browser: Browser
  let server: Listening
  before(async () => {
    server = await listen(await sampleSite({ simulated: true }), { host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  const visit = async (path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> => {
    const page = await browser.newPage(options)
    await page.goto(new URL(path, server.url).href)
    return page
  }

  it('keeps the names of services in sight while the matrix scrolls', async () => {
    const page = await visit(urls.matrix('kk'), { viewport: { width: 320, height: 640 } })
    const before = await page.locator('.mx tbody th').first().boundingBox()
    await page.locator('.scroll').evaluate((element) => element.scrollBy(200, 0))
    const after = await page.locator('.mx tbody th').first().boundingBox()
    assert.equal(after?.x, before?.x)
    await page.close()
  })

  it('shows the answer of an incident on one screen of a phone: what, where, both times, how many, the word', async () => {
    for (const lang of LANGS) {
      const page = await visit(urls.incident(lang, SAMPLE_KINDS.finished.id), { viewport: { width: 390, height: 844 } })
      for (const part of ['h1', '.times', '.four > div:nth-of-type(3) .sure']) {
        const box = await page.locator(part).first().boundingBox()
        assert.ok(
          box !== null && box.y + box.height <= 844,
          `${lang}: ${part} ends at ${(box?.y ?? 0) + (box?.height ?? 0)}`,
        )
      }
      await page.close()
    }
  })

  it('draws one of the two renderings of the time axis, by the width of the window', async () => {
    for (const [width, shown, hidden] of [
      [390, '.narrow', '.broad'],
      [1280, '.broad', '.narrow'],
    ] as const) {
      const page = await visit(urls.incident('kk', SAMPLE_KINDS.finished.id), { viewport: { width, height: 844 } })
      assert.equal(await page.locator(`svg${shown}`).isVisible(), true)
      assert.equal(await page.locator(`svg${hidden}`).isVisible(), false)
      await page.close()
    }
  })

  it('draws every Kazakh letter from its own font', async () => {
    const page = await visit(urls.first('kk'))
    const loaded = await page.evaluate(async () => {
      await document.fonts.ready
      const faces = await document.fonts.load('16px "Kuager Sans"', 'әғқңөұүһі ӘҒҚҢӨҰҮҺІ № Aa Яя')
      return faces.map((face) => face.status)
    })
    assert.deepEqual(loaded, ['loaded', 'loaded', 'loaded'])
    await page.close()
  })
})
