import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { chromiumPath } from '../kit/browser/browser.ts'
import { tracesOf } from '../kit/browser/browser-traces.ts'
import { reportSiteWithAssets, type ReportSite } from '../kit/site/report-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const NOTE = 'Planted Qwxznote'

describe('reporting trouble in a browser that keeps its history', { skip }, () => {
  let sample: ReportSite
  let server: Listening
  before(async () => {
    sample = await reportSiteWithAssets()
    server = await listen(sample.site, { host: '127.0.0.1', port: 0 })
  })
  after(() => server[Symbol.asyncDispose]())

  const at = (path: string): string => new URL(path, server.url).href
  const fill = async (page: Page): Promise<void> => {
    await page.selectOption('#f-service', 'youtube')
    await page.check('#f-problem-1')
    await page.selectOption('#f-region', 'KZ-75')
    await page.fill('#f-note', NOTE)
  }
  /** Faster than people, then once more; then one that was left, and one of a foreign form. */
  const report = async (page: Page): Promise<readonly string[]> => {
    await page.goto(at(urls.report('ru')))
    await fill(page)
    await page.click('form.form button[type=submit]')
    await page.locator('.wrongs').waitFor()
    assert.match(page.url(), /\/ru\/report\/back\/[\w-]{22}$/)
    assert.equal(await page.locator('#f-note').inputValue(), NOTE)
    assert.equal(await page.locator('#f-region').inputValue(), 'KZ-75')
    await page.reload()
    assert.equal(await page.locator('#f-note').inputValue(), NOTE)
    await page.click('form.form button[type=submit]')
    await page.waitForURL('**/ru/report/thanks')
    await page.goto(at(urls.report('ru')))
    await fill(page)
    await page.locator('#report').evaluate((form) => form.setAttribute('enctype', 'multipart/form-data'))
    await page.click('form.form button[type=submit]')
    await page.waitForURL('**/ru/report/back/415')
    await page.goto(at(urls.plain('ru', 'safety')))
    return [NOTE, 'name="region"\r\n\r\nKZ-75', 'region=KZ-75']
  }

  for (const scripts of [true, false])
    it(`leaves nothing of what was written on the disk ${scripts ? 'with' : 'without'} scripts`, async () => {
      const { secrets, visited } = await tracesOf({ scripts, visited: at(urls.report('ru')) }, report)
      assert.deepEqual(secrets, [])
      assert.notDeepEqual(visited, [], 'the profile keeps what was visited')
    })
})
