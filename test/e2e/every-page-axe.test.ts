import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { LANGS } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { eachPage, unfold } from '../kit/browser/each-page.ts'
import { openEverySite, type EverySite } from '../kit/site/every-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const SHARES = 4
const PHONE = { width: 390, height: 844 }

describe('every page before axe', { skip }, () => {
  let browser: Browser
  let site: EverySite
  before(async () => {
    site = await openEverySite()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site[Symbol.asyncDispose]()
  })

  /** By night a page has other colours and nothing else, in every language the same ones. */
  const runs = [
    ...LANGS.map((lang) => ({ lang, colorScheme: 'light' as const })),
    { lang: 'kk' as const, colorScheme: 'dark' as const },
  ]
  for (const { lang, colorScheme } of runs)
    for (let number = 0; number < SHARES; number++)
      it(`leaves it nothing to say: ${lang}, ${colorScheme}, share ${number + 1} of ${SHARES}`, async () => {
        const where = { browser, site, lang, options: { viewport: PHONE, colorScheme }, share: { number, of: SHARES } }
        await eachPage(where, async (page, path) => {
          await unfold(page)
          // Where a background is drawn, axe judges no contrast: the rule at the edge of what scrolls is taken away.
          await page.evaluate(() => {
            for (const box of document.querySelectorAll<HTMLElement>('.scroll')) box.style.background = 'none'
          })
          const axe = new AxeBuilder({ page })
          if (colorScheme === 'dark') axe.withRules(['color-contrast'])
          const { violations } = await axe.analyze()
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
          assert.deepEqual(found, [], path)
        })
      })
})
