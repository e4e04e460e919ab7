import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const DAYS = 'since=2026-02-27&until=2026-03-06'

describe('the data explorer in a browser', { skip }, () => {
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
  const visit = async (query: string, javaScriptEnabled = true): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, javaScriptEnabled })
    await page.goto(new URL(`/en/explore?${query}`, server.url).href)
    return page
  }
  const said = async (page: Page): Promise<string> => (await page.innerText('.readout')).replaceAll('\u00a0', ' ')

  it('is a form without scripts', async () => {
    const page = await visit(`service=youtube&${DAYS}`, false)
    await page.selectOption('[name="chart"]', 'table')
    await page.click('.explore-form button')
    assert.equal(new URL(page.url()).searchParams.get('chart'), 'table')
    assert.equal(await page.locator('svg.chart.ex.broad').count(), 0)
    await page.close()
  })

  it('shows another choice at once, keeps it in the address, and goes back', async () => {
    const page = await visit(`service=youtube&${DAYS}`)
    await page.click('.explore-form summary')
    await page.check('#service-telegram')
    await page.waitForFunction(() => document.title.includes('Telegram'))
    assert.deepEqual(new URL(page.url()).searchParams.getAll('service').toSorted(), ['telegram', 'youtube'])
    assert.match(await page.innerText('.explore-form summary'), /YouTube, Telegram/)
    assert.equal(await page.locator('.legend.lines li').count(), 2)
    await page.goBack()
    await page.waitForFunction(() => !document.title.includes('Telegram'))
    await page.close()
  })

  it('reads values by keyboard and pointer, a bin without data too', async () => {
    const page = await visit(`service=youtube&${DAYS}`)
    await page.locator('svg.chart.ex.broad').focus()
    await page.keyboard.press('Home')
    assert.equal(await said(page), 'No data for this time.')
    for (let press = 0; press < 6; press++) await page.keyboard.press('ArrowRight')
    assert.match(await said(page), /^5 March 2026\. YouTube, all networks: \d+%, 95%: /)
    await page.locator('svg.chart.ex.broad').scrollIntoViewIfNeeded()
    const box = await page.locator('svg.chart.ex.broad').boundingBox()
    assert.ok(box !== null)
    await page.mouse.move(box.x + 60, box.y + 60)
    assert.equal(await said(page), 'No data for this time.')
    await page.close()
  })

  it('takes the part that was dragged over as the new days', async () => {
    const page = await visit(`service=youtube&${DAYS}`)
    await page.locator('svg.chart.ex.broad').scrollIntoViewIfNeeded()
    const box = await page.locator('svg.chart.ex.broad').boundingBox()
    assert.ok(box !== null)
    const [left, right] = [box.x + box.width * 0.6, box.x + box.width * 0.98]
    await page.mouse.move(left, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(right, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await page.waitForFunction(() => !location.search.includes('since=2026-02-27'))
    const { searchParams } = new URL(page.url())
    assert.ok((searchParams.get('since') ?? '') > '2026-03-01')
    assert.equal(searchParams.get('until'), '2026-03-06')
    assert.equal(await page.inputValue('[name="since"]'), searchParams.get('since'))
    await page.close()
  })
})
