import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { CATALOGUE } from '../../src/core/text/catalogue.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { eachPage, unfold, type Look } from '../kit/browser/each-page.ts'
import { openEverySite, type EverySite } from '../kit/site/every-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 900 }
const NARROW = { width: 320, height: 640 }
const KEYS = new Set(Object.keys(CATALOGUE.en))

/** Words of a page without what is to be typed or is a file name. */
const prose = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const copy = document.body.cloneNode(true)
    if (!(copy instanceof HTMLElement)) return ''
    for (const code of copy.querySelectorAll('pre, code, .mono')) code.remove()
    return copy.textContent ?? ''
  })

/** Text that is not seen whole: cut by its own box, or drawn outside its drawing. Boxes that scroll are no cut. */
const cutText = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>('main *, header *, footer *')) {
      const style = getComputedStyle(element)
      if (style.position === 'absolute' && element.clientWidth <= 1) continue // words for a screen reader alone
      const hides = style.overflowX === 'hidden' || style.overflowX === 'clip' || style.overflowY === 'hidden'
      if (!hides || !(element.textContent ?? '').trim() || element.closest('svg')) continue
      if (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2)
        found.push(`${element.className}: ${(element.textContent ?? '').trim().slice(0, 60)}`)
    }
    for (const svg of document.querySelectorAll('main svg.chart')) {
      const frame = svg.getBoundingClientRect()
      if (frame.width === 0) continue
      for (const text of svg.querySelectorAll('text')) {
        const box = text.getBoundingClientRect()
        if (
          box.width > 0 &&
          (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 2)
        )
          found.push(`${svg.getAttribute('class')}: ${text.textContent}`)
      }
    }
    return found
  })

/** Numbers what is there to be used and says how much it is; a field that programs alone fill in is out of every way. */
const numberUsable = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]'
    let count = 0
    for (const element of document.querySelectorAll<HTMLElement>(usable))
      if (element.checkVisibility() && !element.matches('[aria-hidden="true"] [tabindex="-1"]'))
        element.dataset['wanted'] = String(count++)
    return count
  })

/** What has the focus; `choices`: how many others its group has, where it is one of a group of choices. */
const focused = (
  page: Page,
): Promise<{ readonly wanted: string; readonly outline: string; readonly choices: number } | undefined> =>
  page.evaluate(() => {
    const active = document.activeElement
    const isElement = active instanceof HTMLElement || active instanceof SVGElement // the axis is drawn, and read by keys
    const wanted = isElement ? active.dataset['wanted'] : undefined
    if (!isElement || wanted === undefined) return undefined
    const group = active instanceof HTMLInputElement && active.type === 'radio' ? active.name : undefined
    const alike = [...document.querySelectorAll('input')].filter(({ type, name }) => type === 'radio' && name === group)
    return { wanted, outline: getComputedStyle(active).outlineStyle, choices: Math.max(0, alike.length - 1) }
  })

describe('every page in a browser', { skip }, () => {
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

  const each = (lang: Lang, options: BrowserContextOptions, look: Look): Promise<void> =>
    eachPage({ browser, site, lang, options }, look)

  for (const lang of LANGS) {
    for (const javaScriptEnabled of [false, true])
      for (const [shape, viewport] of [
        ['phone', PHONE],
        ['desk', DESK],
      ] as const)
        it(`opens, asks no other origin, says everything in words: ${lang}, ${shape}, scripts ${javaScriptEnabled ? 'on' : 'off'}`, async () => {
          await each(lang, { viewport, javaScriptEnabled }, async (page, path) => {
            const text = await page.innerText('body')
            assert.doesNotMatch(text, /M0\d|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/, path)
            assert.doesNotMatch(text, /undefined|NaN|\[object|\{\w+\}/, path)
            const keys = (await prose(page)).split(/[\s,;:()«»"]+/).filter((word) => KEYS.has(word.replace(/\.$/, '')))
            assert.deepEqual(keys, [], path)
            assert.equal(await page.locator('h1').count(), 1, path)
          })
        })

    it(`never grows wider than the window and cuts no word, folded or unfolded: ${lang}`, async () => {
      await each(lang, { viewport: PHONE }, async (page, path) => {
        for (const folded of [true, false]) {
          if (!folded) await unfold(page)
          for (const width of [320, 390, 880, 1280]) {
            await page.setViewportSize({ width, height: 640 })
            const size = await page.evaluate(() => document.documentElement.scrollWidth)
            assert.ok(size <= width, `${path} is ${size} px wide in ${width}`)
            assert.deepEqual(await cutText(page), [], `${path} in ${width}`)
          }
        }
      })
    })
  }

  it('lets the keyboard reach everything that can be used, with a visible focus', async () => {
    await each('kk', { viewport: PHONE }, async (page, path) => {
      const wanted = await numberUsable(page)
      const reached = new Set<string>()
      for (let press = 0; press < wanted + 60 && reached.size < wanted; press++) {
        await page.keyboard.press('Tab')
        let found = await focused(page)
        // The tabulator enters a group of choices once; arrows lead through it.
        for (let left = found?.choices ?? 0; left >= 0 && found !== undefined; left--) {
          assert.notEqual(found.outline, 'none', `${path}: element ${found.wanted}`)
          reached.add(found.wanted)
          if (left === 0) break
          await page.keyboard.press('ArrowDown')
          found = await focused(page)
        }
      }
      assert.equal(reached.size, wanted, path)
    })
  })

  it('is never wider than the narrowest window with letters half as large again', async () => {
    await each('kk', { viewport: NARROW }, async (page, path) => {
      await page.evaluate(() => document.documentElement.style.setProperty('font-size', '150%'))
      const size = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(size <= NARROW.width, `${path} is ${size} px wide`)
    })
  })
})
