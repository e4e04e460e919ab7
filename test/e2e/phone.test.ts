import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { say } from '../../src/core/text/format.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox, type FirefoxPage } from '../kit/browser/firefox.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { firstSite, OWN } from '../kit/evening/first-sample.ts'
import { openCardMaker } from '../kit/site/card-maker.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

/** What a browser holds of a site, as an expression for any browser: workers, caches, storage, databases, cookies. */
const HELD = `(async () => JSON.stringify({
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  caches: await caches.keys(),
  local: localStorage.length + sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  cookies: document.cookie,
}))()`
const NOTHING = JSON.stringify({ workers: 0, caches: [], local: 0, databases: 0, cookies: '' })
/** The button of the page, once its script has put it there; and what it says then. */
const PRESS = `(async () => {
  const wait = async (found) => { for (let i = 0; i < 500 && !found(); i++) await new Promise((next) => setTimeout(next, 20)) }
  const place = document.querySelector('[data-keep]')
  await wait(() => place.querySelector('button'))
  const pressed = place.querySelector('button')
  pressed.click()
  await wait(() => place.querySelector('button') !== pressed)
  return place.querySelector('[role=status]').textContent
})()`

/** A site that can go away and come back at the same address. */
class Site {
  #server: Listening | undefined
  readonly #open: (port: number) => Promise<Listening>
  #port = 0

  constructor(open: (port: number) => Promise<Listening>) {
    this.#open = open
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async come(): Promise<void> {
    this.#server = await this.#open(this.#port)
    this.#port = Number(new URL(this.#server.url).port)
  }

  async go(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]()
    this.#server = undefined
  }
}

const openSite = async (): Promise<Site> => {
  const hono = await firstSite({ networks: 6, cards: openCardMaker() })
  return new Site((port) => listen(hono, { host: '127.0.0.1', port }))
}

describe(
  'the site on a phone, in Chromium',
  {
    skip: chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false,
  },
  () => {
    let browser: Browser
    let site: Site
    let context: BrowserContext
    let page: Page
    before(async () => {
      browser = await openBrowser()
      site = await openSite()
      await site.come()
      context = await browser.newContext({ viewport: { width: 390, height: 844 } })
      page = await context.newPage()
    })
    after(async () => {
      await context.close()
      await browser.close()
      await site.go()
    })

    for (const lang of LANGS)
      it(`can be installed, with a name, icons and a first page in its language: ${lang}`, async () => {
        await page.goto(`${site.origin}${urls.first(lang)}`)
        const devtools = await context.newCDPSession(page)
        const { errors, data = '{}' } = await devtools.send('Page.getAppManifest')
        assert.deepEqual(errors, [])
        const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors')
        // Chromium keeps no app of a private window, such as those of tests are.
        assert.deepEqual(
          installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito'),
          [],
        )
        const manifest = JSON.parse(data) as {
          lang: Lang
          start_url: string
          icons: readonly { src: string; sizes: string; type: string }[]
        }
        assert.deepEqual([manifest.lang, manifest.start_url], [lang, urls.first(lang)])
        for (const { src, sizes, type } of manifest.icons) {
          const answer = await fetch(new URL(src, site.origin))
          assert.equal(answer.headers.get('content-type'), type)
          if (type !== 'image/png') continue
          const png = Buffer.from(await answer.arrayBuffer())
          assert.equal(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`, sizes)
        }
      })

    it('keeps nothing on the device before the button is pressed', async () => {
      for (const path of [urls.first('en', OWN), urls.plain('en', 'phone'), urls.service('en', 'youtube')]) {
        await page.goto(`${site.origin}${path}`, { waitUntil: 'networkidle' })
        assert.equal(await page.evaluate(HELD), NOTHING, path)
      }
    })

    it('keeps the last answer where asked for, shows it with its age, and no other page', async () => {
      await page.goto(`${site.origin}${urls.plain('en', 'phone')}`)
      assert.equal(await page.evaluate(PRESS), 'On. The last answer of the first page is kept.')
      await page.goto(`${site.origin}${urls.first('en', OWN)}`)
      const live = await page.locator('h1').innerText()
      assert.equal(await page.locator('aside.copy').count(), 0)
      await page.goto(`${site.origin}${urls.service('en', 'youtube')}`)
      const held = await page.evaluate(async () => {
        const cache = await caches.open('kuager-last-answer')
        return [await caches.keys(), (await cache.keys()).map(({ url }) => new URL(url).pathname).toSorted()]
      })
      assert.deepEqual(held, [['kuager-last-answer'], ['/assets/site.css', '/kept-page']])
      await site.go()
      await page.goto(`${site.origin}${urls.first('ru')}`)
      assert.equal(await page.locator('h1').innerText(), live, 'the last answer, in the language in which it was kept')
      assert.match(
        await page.locator('aside.copy').innerText(),
        /^No connection\. This is the last answer, kept on this device \d min ago\./,
      )
      assert.equal(await page.evaluate(() => document.styleSheets.length), 1, 'with its style sheet')
      const other = await context.newPage()
      await assert.rejects(other.goto(`${site.origin}${urls.service('en', 'youtube')}`), /ERR_CONNECTION_REFUSED/)
      await other.close()
      await site.come()
      await page.goto(`${site.origin}${urls.first('en', OWN)}`)
      assert.equal(await page.locator('aside.copy').count(), 0, 'with a connection the site answers')
    })

    it('leaves nothing on the device when it is switched off', async () => {
      await page.goto(`${site.origin}${urls.plain('en', 'phone')}`)
      assert.equal(await page.evaluate(PRESS), 'Deleted. Nothing is kept.')
      await page.goto(`${site.origin}${urls.first('en', OWN)}`)
      assert.equal(await page.evaluate(HELD), NOTHING)
      await site.go()
      const other = await context.newPage()
      await assert.rejects(other.goto(`${site.origin}${urls.first('en')}`), /ERR_CONNECTION_REFUSED/)
      await other.close()
      await site.come()
    })

    it('switches nothing on at an onion address', async () => {
      const other = await context.newPage()
      await other.route('**/*', async (route) => {
        const { pathname, search } = new URL(route.request().url())
        const answer = await route.fetch({ url: `${site.origin}${pathname}${search}` })
        await route.fulfill({ response: answer })
      })
      // Tor Browser takes it for secure, and has workers outside of its private windows.
      await other.addInitScript(() => {
        Object.defineProperty(globalThis, 'isSecureContext', { value: true })
        Object.defineProperty(navigator, 'serviceWorker', { value: { getRegistrations: async () => [] } })
      })
      await other.goto(`http://${'kuager'.padEnd(56, 'a')}.onion${urls.plain('en', 'phone')}`)
      assert.equal(await other.locator('[data-keep] [role=status]').innerText(), say('en', 'phone.unable'))
      assert.equal(await other.locator('[data-keep] button').count(), 0)
      await other.close()
    })

    it('hands on the address of a page, and of the first page one that names no network', async () => {
      const other = await context.newPage()
      await other.addInitScript(() => {
        Object.defineProperty(navigator, 'share', {
          value: async (shared: ShareData) => void (document.body.dataset['shared'] = shared.url),
        })
      })
      for (const [path, shared] of [
        [urls.first('kk', OWN), urls.first('kk')],
        [urls.service('kk', 'youtube'), urls.service('kk', 'youtube')],
      ] as const) {
        await other.goto(`${site.origin}${path}`)
        await other.locator('.share button').click()
        assert.equal(new URL((await other.locator('body').getAttribute('data-shared')) ?? '').pathname, shared)
      }
      await other.close()
      await page.goto(`${site.origin}${urls.first('kk', OWN)}`)
      assert.equal(await page.locator('.share button').innerText(), 'Сілтемені көшіру', 'where it cannot, it is copied')
    })

    it('offers an incident to be shared', async () => {
      await using sample = await listen(await sampleSite(), { host: '127.0.0.1', port: 0 })
      const { id } = SAMPLE_KINDS.finished
      const other = await context.newPage()
      await other.goto(new URL(urls.incident('ru', id), sample.url).href)
      const address = await other.locator('.share').getAttribute('data-share')
      assert.ok(address?.endsWith(urls.incident('ru', id)))
      assert.equal(await other.locator('.share button').count(), 1)
      await other.close()
    })
  },
)

describe(
  'the site on a phone, in Firefox',
  {
    skip: firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false,
  },
  () => {
    let firefox: FirefoxPage
    let site: Site
    before(async () => {
      site = await openSite()
      await site.come()
      firefox = await openFirefox()
    })
    after(async () => {
      await firefox[Symbol.asyncDispose]()
      await site.go()
    })

    it('keeps nothing before the button is pressed, one page after it, and nothing when it is switched off', async () => {
      const phone = `${site.origin}${urls.plain('kk', 'phone')}`
      const first = `${site.origin}${urls.first('kk')}`
      await firefox.goTo(first)
      await firefox.goTo(phone)
      assert.equal(await firefox.evaluate(HELD), NOTHING)
      assert.equal(await firefox.evaluate(PRESS), 'Қосулы. Басты беттің соңғы жауабы сақталып тұр.')
      await firefox.goTo(first)
      const heading = `document.querySelector('h1').innerText`
      const live = await firefox.evaluate(heading)
      await site.go()
      await firefox.goTo(first)
      assert.equal(await firefox.evaluate(heading), live)
      assert.match(String(await firefox.evaluate(`document.querySelector('aside.copy').innerText`)), /^Байланыс жоқ/)
      await site.come()
      await firefox.goTo(phone)
      assert.equal(await firefox.evaluate(PRESS), 'Өшірілді. Ештеңе сақталмаған.')
      await firefox.goTo(first)
      assert.equal(await firefox.evaluate(HELD), NOTHING)
    })
  },
)
