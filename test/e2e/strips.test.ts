import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { urls } from '../../src/site/urls.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const WITHOUT_CHROMIUM = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin' : false
const WITHOUT_FIREFOX = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin' : false
const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const NAME = `document.activeElement.getAttribute('aria-label') ?? ''`

describe('strips of days', () => {
  let server: Listening
  before(async () => {
    server = await listen(await sampleSite({ simulated: true }), { host: '127.0.0.1', port: 0 })
  })
  after(() => server[Symbol.asyncDispose]())
  const page = (): string => new URL(urls.service('en', 'youtube'), server.url).href

  describe('in Chromium', { skip: WITHOUT_CHROMIUM }, () => {
    let browser: Browser
    before(async () => {
      browser = await openBrowser()
    })
    after(() => browser.close())
    const visit = async (javaScriptEnabled = true): Promise<Page> => {
      const opened = await browser.newPage({ viewport: { width: 1280, height: 900 }, javaScriptEnabled })
      await opened.goto(page())
      return opened
    }

    it('lead from each day to its page without scripts, and say what was seen on it', async () => {
      const opened = await visit(false)
      const day = opened.locator('.days').first().locator('a').last()
      assert.match(plain((await day.getAttribute('title')) ?? ''), /^\d+ March 2026: [a-z ,]+\./)
      await day.click()
      const { pathname, searchParams } = new URL(opened.url())
      assert.match(pathname, /^\/en\/s\/youtube\/AS\d+$/)
      assert.equal(searchParams.get('since'), searchParams.get('until'))
      await opened.close()
    })

    it('are read by arrow keys: days to the left and right, strips up and down, and Enter opens the day', async () => {
      const opened = await visit()
      const strips = opened.locator('.days')
      assert.ok((await strips.count()) > 1)
      await strips.first().locator('a[tabindex="0"], a:not([tabindex])').focus()
      const name = async (): Promise<string> => plain(String(await opened.evaluate(NAME)))
      const last = await name()
      await opened.keyboard.press('ArrowLeft')
      const before = await name()
      assert.notEqual(before, last)
      assert.match(plain(await opened.innerText('.readout')), new RegExp(before.slice(0, 14)))
      await opened.keyboard.press('ArrowDown')
      assert.equal((await name()).split(':')[0], before.split(':')[0])
      assert.ok(await strips.nth(1).evaluate((element) => element.contains(document.activeElement)))
      await opened.keyboard.press('Home')
      const first = await name()
      await opened.keyboard.press('ArrowLeft')
      assert.equal(await name(), first)
      // The tabulator leaves the strip at once: one of its days is a stop, no other.
      await opened.keyboard.press('Tab')
      assert.ok(!(await strips.nth(1).evaluate((element) => element.contains(document.activeElement))))
      await opened.keyboard.press('Shift+Tab')
      assert.equal(await name(), first)
      await opened.keyboard.press('Enter')
      await opened.waitForURL(/since=/)
      await opened.close()
    })

    it('have cells of hours below them, which arrow keys read one by one', async () => {
      const opened = await visit()
      const chart = opened.locator('figure[data-each] svg.broad')
      const said = async (): Promise<string> => plain(await opened.innerText('figure[data-each] .readout'))
      await chart.focus()
      await opened.keyboard.press('Home')
      const first = await said()
      assert.match(first, /^00:00–01:00\. [^:]+: no data$/)
      await opened.keyboard.press('ArrowDown')
      const second = await said()
      assert.match(second, /^00:00–01:00\. [^:]+: no data$/)
      assert.notEqual(second, first)
      for (let hour = 0; hour < 20; hour++) await opened.keyboard.press('ArrowRight')
      assert.match(await said(), /^20:00–21:00\. /)
      await opened.close()
    })

    it('are read by the pointer, and leave axe nothing to say', async () => {
      const opened = await visit()
      const day = opened.locator('.days').first().locator('a').last()
      const words = plain((await day.getAttribute('aria-label')) ?? '')
      await day.hover()
      assert.ok(plain(await opened.innerText('.readout')).endsWith(words))
      assert.deepEqual(await violationsOf(opened), [])
      await opened.close()
    })
  })

  it('are read by arrow keys in Firefox too', { skip: WITHOUT_FIREFOX }, async () => {
    await using firefox = await openFirefox()
    await firefox.goTo(page())
    await firefox.evaluate(`document.querySelector('.days a:not([tabindex="-1"])').focus()`)
    const last = await firefox.evaluate(NAME)
    await firefox.press('ArrowLeft', 'ArrowLeft')
    const before = String(await firefox.evaluate(NAME))
    assert.notEqual(before, last)
    assert.ok(String(await firefox.evaluate(`document.querySelector('.readout').textContent`)).endsWith(before))
    await firefox.press('ArrowDown')
    assert.equal(String(await firefox.evaluate(NAME)).split(':')[0], before.split(':')[0])
    assert.equal(await firefox.evaluate(`document.querySelectorAll('.days')[1].contains(document.activeElement)`), true)
    await firefox.evaluate(`document.querySelector('figure[data-each] svg.narrow').focus()`)
    await firefox.evaluate(`document.querySelector('figure[data-each] svg.broad').focus()`)
    await firefox.press('Home', 'ArrowRight')
    assert.match(
      String(await firefox.evaluate(`document.querySelector('figure[data-each] .readout').textContent`)),
      /^01:00–02:00\. /,
    )
    assert.deepEqual(firefox.said, [])
  })
})
