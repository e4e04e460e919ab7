import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { CATALOGUE } from '../../src/core/text/catalogue.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { judgesContrast, schemeOf, violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { eachPage, unfold, type Look } from '../kit/browser/each-page.ts'
import { openEverySite, type EverySite } from '../kit/site/every-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const PHONE = { width: 390, height: 844 }
const DESK = { width: 1280, height: 900 }
const NARROW = { width: 320, height: 640 }
const WIDTHS = [320, 390, 880, 1280]
const KEYS = new Set(Object.keys(CATALOGUE.en))
/** The window in which the pages of a language are opened; each is looked at in both. */
const OPENED_IN: Readonly<Record<Lang, typeof PHONE>> = { kk: PHONE, ru: PHONE, en: DESK }

/** Looks at the words of a page on a phone and on a desk: none is a key, a piece of code or of another language. */
async function checkWords(page: Page, path: string): Promise<void> {
  for (const window of [PHONE, DESK]) {
    await page.setViewportSize(window)
    const { text, prose, titles } = await page.evaluate(() => {
      // Words without what is to be typed or is a file name.
      const copy = document.body.cloneNode(true)
      if (!(copy instanceof HTMLElement)) throw new Error('the page has no body')
      for (const code of copy.querySelectorAll('pre, code, .mono')) code.remove()
      const titles = document.querySelectorAll('h1').length
      return { text: document.body.innerText, prose: copy.textContent, titles }
    })
    assert.doesNotMatch(text, /M0\d|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/, path)
    assert.doesNotMatch(text, /undefined|NaN|\[object|\{\w+\}/, path)
    const keys = prose.split(/[\s,;:()«»"]+/).filter((word) => KEYS.has(word.replace(/\.$/, '')))
    assert.deepEqual(keys, [], path)
    assert.equal(titles, 1, `${path}: number of h1`)
  }
}

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

const widthOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth)

/** Makes the window as narrow and as wide as they come: the page never grows wider than it, and cuts no word. */
async function checkWidths(page: Page, path: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 640 })
    const size = await widthOf(page)
    assert.ok(size <= width, `${path} is ${size} px wide in ${width}`)
    assert.deepEqual(await cutText(page), [], `${path} in ${width}`)
  }
}

/** With letters half as large again the page is not wider than the narrowest window either. */
async function checkLargeLetters(page: Page, path: string): Promise<void> {
  await page.setViewportSize(NARROW)
  await page.evaluate(() => document.documentElement.style.setProperty('font-size', '150%'))
  const size = await widthOf(page)
  assert.ok(size <= NARROW.width, `${path} is ${size} px wide with large letters`)
  await page.evaluate(() => document.documentElement.style.removeProperty('font-size'))
}

async function checkByAxe(page: Page, path: string, lang: Lang): Promise<void> {
  await page.setViewportSize(PHONE)
  // Where a background is drawn, axe judges no contrast: the rule at the edge of what scrolls is taken away.
  await page.evaluate(() => {
    for (const box of document.querySelectorAll<HTMLElement>('.scroll')) box.style.background = 'none'
  })
  assert.deepEqual(await violationsOf(page, { contrast: judgesContrast(lang) }), [], path)
}

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
): Promise<
  { readonly wanted: string; readonly outline: string; readonly choices: number; readonly next: string } | undefined
> =>
  page.evaluate(() => {
    const active = document.activeElement
    const isElement = active instanceof HTMLElement || active instanceof SVGElement // the axis is drawn, and read by keys
    const wanted = isElement ? active.dataset['wanted'] : undefined
    if (!isElement || wanted === undefined) return undefined
    const group = active instanceof HTMLInputElement && active.type === 'radio' ? active.name : undefined
    const alike = [...document.querySelectorAll('input')].filter(({ type, name }) => type === 'radio' && name === group)
    // Days of a strip are entered at the last one, and arrows lead back to the first.
    const days = active.closest('[data-roving]')?.querySelectorAll('a').length ?? 0
    const choices = Math.max(0, alike.length - 1, days - 1)
    const next = days > 0 ? 'ArrowLeft' : 'ArrowDown'
    return { wanted, outline: getComputedStyle(active).outlineStyle, choices, next }
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
    it(`asks no other origin, says everything in words, fits every window, leaves axe nothing to say: ${lang}`, async () => {
      await each(lang, { viewport: OPENED_IN[lang], colorScheme: schemeOf(lang) }, async (page, path) => {
        await checkWords(page, path)
        await checkLargeLetters(page, path)
        await checkWidths(page, path)
        await unfold(page)
        await checkWidths(page, path)
        await checkByAxe(page, path, lang)
      })
    })

    it(`asks no other origin and says everything in words without scripts: ${lang}`, async () => {
      await each(lang, { viewport: PHONE, javaScriptEnabled: false }, checkWords)
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
          await page.keyboard.press(found.next)
          found = await focused(page)
        }
      }
      assert.equal(reached.size, wanted, path)
    })
  })
})
