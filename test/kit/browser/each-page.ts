import assert from 'node:assert/strict'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Lang } from '../../../src/core/text/lang.ts'
import { STATUS, type EverySite } from '../site/every-site.ts'

export type Look = (page: Page, path: string) => Promise<void>

export const unfold = (page: Page): Promise<void> =>
  page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true
  })

/**
 * Opens every page of a language in one window, one after the other. Fails where one answers with another status than it
 * should, asks another origin, breaks the content policy, throws, or leaves a cookie.
 */
export async function eachPage(
  where: {
    readonly browser: Browser
    readonly site: EverySite
    readonly lang: Lang
    readonly options: BrowserContextOptions
  },
  look: Look,
): Promise<void> {
  const { browser, site, lang, options } = where
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    if (!site.origins.includes(new URL(request.url()).origin)) complaints.push(`asks ${request.url()}`)
  })
  for (const [name, path] of Object.entries(site.pages(lang))) {
    complaints.length = 0
    const response = await page.goto(path)
    assert.equal(response?.status(), STATUS[name] ?? 200, path)
    await look(page, path)
    assert.deepEqual(
      complaints.filter((text) => !/status of (?:404|410)/.test(text)),
      [],
      path,
    )
  }
  assert.deepEqual(await context.cookies(), [])
  await context.close()
}
