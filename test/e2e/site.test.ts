import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { parseAsn } from '../../src/model/units.ts'
import { listen, type Listening } from '../../src/site/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { LANGS, type Lang } from '../../src/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser.ts'
import { SAMPLE_KINDS } from '../kit/incident-sample.ts'
import { ERASED, sampleId, sampleSite } from '../kit/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const DAYS = { since: '2026-02-27', until: '2026-03-05' }

const pagesOf = (lang: Lang): readonly string[] => [
  urls.first(lang),
  urls.measurement(lang, sampleId('youtube', 0, 0)),
  urls.series(lang, 'youtube', parseAsn(64496), DAYS),
  urls.measurement(lang, ERASED),
  urls.incident(lang, SAMPLE_KINDS.finished.id),
  urls.incident(lang, SAMPLE_KINDS.running.id),
  urls.incident(lang, SAMPLE_KINDS.withdrawn.id),
  urls.incidents(lang),
  urls.corrections(lang),
]

const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })

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

  for (const lang of LANGS)
    for (const colorScheme of ['light', 'dark'] as const)
      it(`gives axe nothing to say against any page, ${lang}, ${colorScheme}`, async () => {
        for (const path of pagesOf(lang)) {
          const context = await browser.newContext({ colorScheme })
          const page = await context.newPage()
          await page.goto(new URL(path, server.url).href)
          await unfold(page)
          const { violations } = await new AxeBuilder({ page }).analyze()
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
          assert.deepEqual(found, [], path)
          await context.close()
        }
      })

  it('never grows wider than the window, from 320 px on, folded or unfolded', async () => {
    for (const lang of LANGS)
      for (const path of pagesOf(lang)) {
        const page = await visit(path)
        await unfold(page)
        for (const width of [320, 390, 880, 1280]) {
          await page.setViewportSize({ width, height: 640 })
          const size = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(size <= width, `${path} is ${size} px wide in ${width}`)
        }
        await page.close()
      }
  })

  it('keeps the names of services in sight while the matrix scrolls', async () => {
    const page = await visit(urls.first('kk'), { viewport: { width: 320, height: 640 } })
    const before = await page.locator('.mx tbody th').first().boundingBox()
    await page.locator('.scroll').evaluate((element) => element.scrollBy(200, 0))
    const after = await page.locator('.mx tbody th').first().boundingBox()
    assert.equal(after?.x, before?.x)
    await page.close()
  })

  it('asks no other origin for anything, keeps nothing, breaks no policy and needs no script', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const requests: string[] = []
    const complaints: string[] = []
    context.on('request', (request) => requests.push(request.url()))
    const page = await context.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    for (const lang of LANGS) for (const path of pagesOf(lang)) await page.goto(new URL(path, server.url).href)
    const origin = new URL(server.url).origin
    assert.ok(requests.length > 10)
    assert.deepEqual(
      requests.filter((url) => new URL(url).origin !== origin),
      [],
    )
    assert.deepEqual(
      complaints.filter((text) => !text.includes('410')),
      [],
    )
    assert.deepEqual(await context.cookies(), [])
    await context.close()
  })

  it('lets the keyboard reach every link, with a visible focus', async () => {
    for (const path of pagesOf('kk').slice(0, 2)) {
      const page = await visit(path)
      const wanted = await page.locator('a[href]:visible').count()
      const reached = new Set<number>()
      for (let press = 0; press < wanted + 40; press++) {
        await page.keyboard.press('Tab')
        const found = await page.evaluate(() => {
          const links = [...document.querySelectorAll('a[href]')]
          const active = document.activeElement
          return {
            index: active === null ? -1 : links.indexOf(active),
            outline: active === null ? '' : getComputedStyle(active).outlineStyle,
          }
        })
        if (found.index < 0) continue
        assert.notEqual(found.outline, 'none', `link ${found.index} of ${path}`)
        reached.add(found.index)
      }
      assert.equal(reached.size, wanted, path)
      await page.close()
    }
  })

  it('shows the answer of an incident on one screen of a phone: what, where, both times, how many, the word', async () => {
    for (const lang of LANGS) {
      const page = await visit(urls.incident(lang, SAMPLE_KINDS.finished.id), { viewport: { width: 390, height: 844 } })
      for (const part of ['h1', '.times', '.four > div:nth-of-type(3) .big']) {
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

  it('shows dates in the language of the page, never a root month', async () => {
    for (const lang of LANGS)
      for (const path of pagesOf(lang)) {
        const page = await visit(path)
        assert.doesNotMatch(await page.innerText('body'), /M0\d|\bThu\b/, path)
        await page.close()
      }
  })
})
