import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openDirectPages } from '../../src/site/submit/direct-pages.ts'
import { requestOf } from '../../src/site/first/key.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { PageCache } from '../../src/web/answer/page-cache.ts'
import { PLAIN_FRAME } from '../../src/web/html/frame.ts'
import { urls } from '../../src/site/urls.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { readSiteAssets } from '../../src/app/web/assets.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firstSite, OWN } from '../kit/evening/first-sample.ts'
import { weighPage } from '../kit/browser/page-weight.ts'

// What a phone on a slow line must fetch before it shows a word. Bytes and round trips are counted, no time is taken: the
// time that they need at least follows from them, and `npm run bench site` takes it.

const KB = 1024
/** HTML and style sheet of the first page, gzip. */
const MOST_PAGE = 40 * KB
const MOST_FONTS = 80 * KB
/** The slow line: bytes a second, and seconds to every answer. */
const BYTES_PER_S = 400_000 / 8
const ROUND_TRIP_S = 0.4
/** A connection and its encryption (TCP and TLS 1.3) come before the first request. */
const OPENING_TRIPS = 2
const MOST_SECONDS = 3
/** As many as a country has that are measured at all. */
const NETWORKS = 60

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false

describe('the budget of the first page', () => {
  let server: Listening
  before(async () => {
    const frame = { ...PLAIN_FRAME, assets: (await readSiteAssets()).tag }
    const site = await firstSite({ networks: NETWORKS })
    const cache = new PageCache({
      render: async (key) => {
        const { path, headers, env } = requestOf(key)
        return site.fetch(new Request(`http://kuager${path}`, { headers }), env)
      },
      clock: systemClock,
    })
    server = await listen(site, { host: '127.0.0.1', port: 0, direct: await openDirectPages({ cache, frame }) })
  })
  after(() => server[Symbol.asyncDispose]())

  const pages = LANGS.flatMap((lang) => [urls.first(lang), urls.first(lang, 'all'), urls.first(lang, OWN)])

  it('HTML and style sheet weigh less than 40 KB, in every language and for every choice of a network', async (t) => {
    for (const path of pages) {
      const { html, css } = await weighPage(new URL(path, server.url))
      const [gzip, br] = [html.gzip + css.gzip, html.br + css.br]
      t.diagnostic(`${path}: ${(gzip / KB).toFixed(1)} KB gzip, ${(br / KB).toFixed(1)} KB brotli`)
      assert.ok(html.plain > 20 * KB, `${path} holds no table of ${NETWORKS} networks: ${html.plain} bytes`)
      assert.ok(gzip < MOST_PAGE, `${path}: ${gzip} bytes`)
      assert.ok(br < gzip, `${path}: brotli ${br} bytes, gzip ${gzip}`)
    }
  })

  it('one style sheet and no script hold the first word back: under 3 s at 400 kbit/s and 400 ms', async (t) => {
    for (const path of pages) {
      const { html, css, roundTrips, blocking } = await weighPage(new URL(path, server.url))
      assert.equal(blocking.length, 1, blocking.join(' '))
      const trips = OPENING_TRIPS + roundTrips
      const least = trips * ROUND_TRIP_S + (html.gzip + css.gzip) / BYTES_PER_S
      t.diagnostic(`${path}: ${trips} round trips, ${least.toFixed(2)} s`)
      assert.ok(least < MOST_SECONDS, `${path}: ${least} s`)
    }
  })

  describe('in a browser', { skip }, () => {
    let browser: Browser
    before(async () => {
      browser = await openBrowser()
    })
    after(() => browser.close())

    it('fonts weigh less than 80 KB and no text waits for them', async (t) => {
      for (const path of pages) {
        const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
        const fonts: Promise<number>[] = []
        page.on('response', (response) => {
          if (new URL(response.url()).pathname.endsWith('.woff2'))
            fonts.push(response.body().then(({ length }) => length))
        })
        await page.goto(new URL(path, server.url).href)
        const displays = await page.evaluate(async () => {
          await document.fonts.ready
          return [...document.fonts].map(({ display }) => display)
        })
        const bytes = (await Promise.all(fonts)).reduce((sum, one) => sum + one, 0)
        t.diagnostic(`${path}: ${fonts.length} fonts, ${(bytes / KB).toFixed(1)} KB`)
        assert.ok(fonts.length > 0 && bytes < MOST_FONTS, `${path}: ${bytes} bytes`)
        assert.ok(displays.length > 0 && displays.every((one) => one === 'swap'), displays.join())
        await page.close()
      }
    })

    it('asks for the page, its style sheet, its fonts and its mark, and for nothing else', async () => {
      for (const path of pages) {
        const page = await browser.newPage()
        const asked: string[] = []
        page.on('request', (request) => asked.push(new URL(request.url()).pathname))
        await page.goto(new URL(path, server.url).href)
        await page.evaluate(() => document.fonts.ready.then(() => undefined))
        const others = asked
          .slice(1)
          .filter((one) => !/^\/assets\/(?:site\.css|icon\.svg|fonts\/kuager-[a-z]+\.woff2|[a-z-]+\.js)$/.test(one))
        assert.deepEqual(others, [], path)
        await page.close()
      }
    })
  })
})
