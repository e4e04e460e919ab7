import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import type { CheckPlan } from '../../src/core/model/people/crowd-check.ts'
import { formatAsn, parseAsn } from '../../src/core/model/units.ts'
import { openWork } from '../../src/web/work/open-work.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { CheckHosts } from '../kit/net/check-hosts.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const PHONE = { width: 390, height: 844 }
const [MOBILE, WIRELESS] = [parseAsn(64496), parseAsn(64498)]

describe('a check that goes on', { skip }, () => {
  let hosts: CheckHosts
  let server: Listening
  let browser: Browser
  /** Network that the address of the reader shows. */
  let asn = MOBILE
  let pause = 0

  before(async () => {
    hosts = await CheckHosts.open()
    const target = (kind: 'good' | 'reset', name: string): CheckPlan['targets'][0] => ({
      service: name.toLowerCase(),
      name,
      ...hosts.pair(kind, name.toLowerCase()),
      fresh_at_utc: new Date(Date.now() - 10 * MINUTE_MS).toISOString(),
      abroad: 'usable',
    })
    const site = await sampleSite({
      visitor: () => ({ kind: 'known', asn }),
      crowd: {
        plan: async (of) => ({
          format: 'kuager-check-plan/1',
          made_at_utc: new Date().toISOString(),
          network: of === undefined ? null : formatAsn(of),
          controls: [hosts.pair('control')],
          timeout_ms: 5000,
          between_tries_ms: pause,
          targets: [target('good', 'YouTube'), target('reset', 'Telegram')],
          others: [],
        }),
        take: async () => ({ wait: 0 }),
      },
      work: openWork({ clock: systemClock }),
    })
    server = await listen(site, { host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
    await hosts[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    asn = MOBILE
    pause = 0
  })

  const visit = async (time = Date.now()): Promise<{ readonly page: Page; readonly context: BrowserContext }> => {
    const context = await browser.newContext({ viewport: PHONE, ignoreHTTPSErrors: true })
    await context.clock.install({ time })
    const page = await context.newPage()
    await page.goto(new URL('/en/check', server.url).href)
    return { page, context }
  }
  const check = async (page: Page): Promise<void> => {
    await page.locator('[data-do=start]').click()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 60_000 })
  }
  const madeAre = (page: Page, many: number): Promise<unknown> =>
    page.waitForFunction((made) => document.querySelectorAll('[data-part=strip] tbody tr').length === made, many, {
      timeout: 60_000,
      polling: 50,
    })
  const labels = (page: Page): Promise<readonly (string | null)[]> =>
    page.locator('.hours svg').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  const textOf = async (page: Page, part: string): Promise<string> =>
    (await page.locator(`[data-part=${part}]`).innerText()).trim()

  it('is a witness for an hour: twenty checks, a strip of them, and the network of each', async () => {
    const { page, context } = await visit()
    await page.evaluate(() => {
      const held = { now: 0, most: 0 }
      Object.assign(window, { held })
      navigator.wakeLock.request = async () => {
        held.most = Math.max(held.most, ++held.now)
        const released = { released: false, type: 'screen' as const, onrelease: null }
        return Object.assign(new EventTarget(), released, { release: async () => void held.now-- })
      }
    })
    await check(page)
    await page.locator('[data-do=hour]').click()
    for (let nth = 0; nth < 20; nth++) {
      await madeAre(page, nth + 1)
      if (nth === 1) hosts.isOnline = false
      if (nth === 2) hosts.isOnline = true
      if (nth === 9) asn = WIRELESS
      await context.clock.fastForward(3 * MINUTE_MS)
    }
    await page.getByText('The hour has ended. Checks: 20 of 20.').first().waitFor()
    assert.deepEqual(await labels(page), [
      'YouTube: answered 19, did not answer 0, not clear 1',
      'Telegram: answered 0, did not answer 19, not clear 1',
    ])
    assert.equal(await page.locator('.hours svg').first().locator('use[href="#m-unkn"]').count(), 1)
    assert.match(
      await textOf(page, 'strip'),
      /^The checks were made on several networks: Example Mobile, Example Wireless\./,
    )
    const networks = await page.locator('[data-part=strip] tbody td:last-of-type').allTextContents()
    assert.deepEqual(networks, [
      ...Array<string>(10).fill('Example Mobile'),
      ...Array<string>(10).fill('Example Wireless'),
    ])
    assert.deepEqual(await page.evaluate(() => Reflect.get(window, 'held') as unknown), { now: 0, most: 1 })
    await context.close()
  })

  it('leaves out what the device slept through, and says how many', async () => {
    const { page, context } = await visit()
    await check(page)
    await page.locator('[data-do=hour]').click()
    await madeAre(page, 1)
    await context.clock.fastForward(10 * MINUTE_MS)
    await madeAre(page, 2)
    await page.locator('[data-do=end-hour]').click()
    await page
      .getByText('Ended. Checks: 2 of 20. Skipped because the device slept or the network changed: 2.')
      .first()
      .waitFor()
    assert.deepEqual(
      await page
        .locator('.hours svg')
        .first()
        .locator('use')
        .evaluateAll((all) => all.slice(0, 5).map((one) => one.getAttribute('href'))),
      ['#m-open', '#m-none', '#m-none', '#m-open', '#m-none'],
    )
    await context.close()
  })

  it('says nothing of sites where the line went away in between or the browser froze the page, and has nothing to send', async () => {
    pause = 5000
    const { page, context } = await visit()
    const happenings = [
      async () => {
        await context.setOffline(true)
        await context.setOffline(false)
      },
      // Told to a page before its tab stands still.
      () => page.evaluate(() => void document.dispatchEvent(new Event('freeze'))),
      // Of its clocks one stood still.
      () => context.clock.setSystemTime(Date.now() + MINUTE_MS),
    ]
    for (const happen of happenings) {
      await page.locator('[data-do=start]').click()
      await page.getByText('are tried again in').waitFor()
      await happen()
      await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 60_000 })
      assert.match(await textOf(page, 'sentence'), /^Your device slept or the network changed during the check/)
      assert.deepEqual(await page.locator('[data-part=rows] li').allInnerTexts(), [
        'YouTube: not checked.',
        'Telegram: not checked.',
      ])
      assert.ok(await page.locator('[data-do=send]').isDisabled())
    }
    await context.close()
  })

  it('tells the time of the server, whatever the clock of the phone says', async () => {
    const began = Date.now()
    const { page, context } = await visit(began - 90 * MINUTE_MS)
    await check(page)
    const text = (await page.locator('[data-part=text]').textContent()) ?? ''
    const at = Date.parse(/"at_utc": "([^"]+)"/.exec(text)?.[1] ?? '')
    assert.ok(at >= began - MINUTE_MS && at <= Date.now(), text)
    await context.close()
  })

  it('waits by the clock where the browser lets a second take a minute', async () => {
    pause = 10_000
    const { page, context } = await visit()
    await page.locator('[data-do=start]').click()
    await page.getByText('are tried again in').waitFor()
    await context.clock.pauseAt(new Date(Date.now() + MINUTE_MS))
    await page.getByText('Telegram: checking').waitFor()
    assert.match(await textOf(page, 'progress'), /^Checked again: 0 of 1\.$/)
    await context.clock.resume()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 60_000 })
    await context.close()
  })
})
