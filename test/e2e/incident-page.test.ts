import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const PHONE = { width: 390, height: 844 }
/** Two screens of a phone: so far the answer reaches, with everything against it. */
const ANSWER = 2 * PHONE.height
/**
 * Pixels of a page above its foot, with nothing opened, that a reader goes through in one go; with nothing folded they
 * were 8,270.
 */
const ONE_GO = 5000

describe('the page of an incident in a browser', { skip }, () => {
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

  const visit = async (
    lang: Lang,
    id: typeof SAMPLE_KINDS.finished.id,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<Page> => {
    const page = await browser.newPage({ viewport: PHONE, ...options })
    await page.goto(new URL(urls.incident(lang, id), server.url).href)
    return page
  }
  const folded = (page: Page): Promise<readonly string[]> =>
    page.locator('.part .matter').evaluateAll((all) => all.filter((one) => !one.checkVisibility()).map(({ id }) => id))

  it('is read in one go on a phone: the answer with all that is against it on two screens, the rest folded', async () => {
    for (const lang of LANGS)
      for (const [kind, { id }] of Object.entries(SAMPLE_KINDS)) {
        const page = await visit(lang, id)
        const against = await page.locator('#against').boundingBox()
        const end = (against?.y ?? Infinity) + (against?.height ?? 0)
        // What was taken back says so first, and why.
        if (kind !== 'withdrawn') assert.ok(end <= ANSWER, `${lang} ${kind}: the answer ends at ${end}`)
        const height = await page.evaluate(
          () => document.querySelector('.foot')?.getBoundingClientRect().top ?? Infinity,
        )
        assert.ok(height <= ONE_GO, `${lang} ${kind}: ${height}`)
        await page.close()
      }
  })

  it('opens what is folded by a link into it and by the keyboard, without a script', async () => {
    const page = await visit('kk', SAMPLE_KINDS.finished.id, { javaScriptEnabled: false })
    const ids = await folded(page)
    assert.ok(ids.includes('change') && ids.includes('cite'))
    for (const id of ids) {
      await page.goto(`${page.url().split('#')[0]}#${id}`)
      assert.equal(await page.locator(`#${id}`).isVisible(), true, id)
      const heading = await page.locator(`#${id}-name`).boundingBox()
      assert.ok(heading !== null && heading.y >= 0 && heading.y < PHONE.height, `${id}: its heading is out of sight`)
    }
    await page.goto(page.url().split('#')[0] ?? '')
    await page.locator('.part summary').nth(1).focus()
    await page.keyboard.press('Enter')
    assert.equal(await page.locator('#change').isVisible(), true)
    await page.close()
  })

  it('shows what a chosen starting point gives, and all of itself on paper', async () => {
    const page = await visit('en', SAMPLE_KINDS.finished.id)
    const link = page.locator('#prior a').last()
    await page.locator('#prior-name').click()
    await link.click()
    assert.match(page.url(), /prior=1(?::|%3A)100.*#prior$/)
    assert.equal(await page.locator('#prior [aria-current]').isVisible(), true)
    assert.match(await page.locator('.part:has(#prior) .line').innerText(), /1\u00a0:\u00a0100/)
    await page.goto(page.url().split('?')[0] ?? '')
    await page.emulateMedia({ media: 'print' })
    assert.deepEqual(await folded(page), [])
    assert.equal(await page.locator('.we .it p').first().isVisible(), true)
    await page.close()
  })
})
