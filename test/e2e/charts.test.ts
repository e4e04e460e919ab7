import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false

describe('the time axis with a script', { skip }, () => {
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

  const visit = async (javaScriptEnabled = true): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, javaScriptEnabled })
    await page.goto(new URL(urls.incident('en', SAMPLE_KINDS.finished.id), server.url).href)
    return page
  }
  const said = async (page: Page): Promise<string> => (await page.innerText('.readout')).replaceAll('\u00a0', ' ')

  it('tells the rows of the table by the arrow keys, and what is dated beside them, in the order of time', async () => {
    const page = await visit()
    await page.locator('svg.chart.broad').focus()
    await page.keyboard.press('Home')
    assert.match(await said(page), /^18:30\. Measurements: no data\. Did not open: –/)
    await page.keyboard.press('ArrowRight')
    assert.match(await said(page), /^19:00\. Measurements: 23\. Did not open: 0\. Control did not open: 0/)
    await page.keyboard.press('End')
    assert.match(await said(page), /^23:00\. Measurements: /)
    const seen = new Set<string>()
    for (let press = 0; press < 20; press++) {
      await page.keyboard.press('ArrowLeft')
      seen.add(await said(page))
    }
    for (const part of ['Start: ', 'End: ', 'Livestream: ', '2. 5 March 2026, 21:20'])
      assert.ok(
        [...seen].some((text) => text.includes(part)),
        part,
      )
    assert.equal(await page.getAttribute('.readout', 'aria-live'), 'polite')
    await page.close()
  })

  it('tells the time and outcome of the mark under the pointer', async () => {
    const page = await visit()
    const mark = page.locator('svg.chart.broad .no > *').first()
    await mark.scrollIntoViewIfNeeded()
    const box = await mark.boundingBox()
    assert.ok(box !== null)
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    assert.match(await said(page), /^2[01]:\d\d: did not open$/)
    await page.close()
  })

  it('shows a part of the time larger and all of it again, with everything drawn inside the plot', async () => {
    const page = await visit()
    const drawn = (): Promise<string> => page.locator('svg.chart.broad').evaluate((svg) => svg.innerHTML)
    const ticks = (): Promise<readonly string[]> => page.locator('svg.chart.broad .tk text:visible').allInnerTexts()
    const before = [await drawn(), await ticks()]
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await page.getByRole('button', { name: 'Zoom in' }).click()
    assert.ok((await ticks()).length < (before[1]?.length ?? 0))
    const outside = await page.locator('svg.chart.broad').evaluate((svg) => {
      const [left = 0, right = 0] = (svg.getAttribute('data-plot') ?? '').split(' ').map(Number)
      return [...svg.querySelectorAll('.no > *, .ok > *, .ev > *, .i95 > *')].filter((mark) => {
        if (mark.getAttribute('display') === 'none') return false
        const { x, width } = (mark as SVGGraphicsElement).getBBox()
        const by = /translate\(([-\d.]+)/.exec(mark.getAttribute('transform') ?? '')?.[1] ?? '0'
        return x + Number(by) < left - 6 || x + width + Number(by) > right + 6
      }).length
    })
    assert.equal(outside, 0)
    await page.keyboard.press('Tab')
    await page.getByRole('button', { name: 'Show all' }).click()
    assert.deepEqual(await ticks(), before[1])
    await page.close()
  })

  it('leaves the page as it is where no script runs', async () => {
    const page = await visit(false)
    assert.equal(await page.locator('.readout, .zoom').count(), 0)
    assert.equal(await page.locator('svg.chart.broad').isVisible(), true)
    await page.close()
  })
})
