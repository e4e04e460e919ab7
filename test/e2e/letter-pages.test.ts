import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { letterUrls } from '../../src/letter/pages/urls.ts'
import { CATALOGUE } from '../../src/core/text/catalogue.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { judgesContrast, schemeOf, violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { unfold } from '../kit/browser/each-page.ts'
import { eventually } from '../kit/crash/eventually.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { fillLetter, LetterSite } from '../kit/letter/letter-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const noFirefox = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false
const PHONE = { width: 390, height: 844 }
const NARROW = { width: 320, height: 640 }
const KEYS = new Set(Object.keys(CATALOGUE.en))
const STATUS: Readonly<Record<string, number>> = { used: 410, unknown: 404 }
const OBSERVATORY = /Kuager|куәгер/iu

type Look = (page: Page, name: string) => Promise<void>

describe('pages of an open letter', { skip }, () => {
  let browser: Browser
  let site: LetterSite
  before(async () => {
    site = await LetterSite.open({ layers: 2 })
    await fillLetter(site)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await site[Symbol.asyncDispose]()
  })

  /** Opens each page that anybody can open, then each that follows an act of one's own, without scripts where `acts`. */
  const each = async (lang: Lang, options: BrowserContextOptions, look: Look): Promise<void> => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(site.origin)) complaints.push(`asks ${request.url()}`)
    })
    for (const [name, path] of Object.entries(site.pages(lang))) {
      const response = await page.goto(site.at(path))
      assert.equal(response?.status(), STATUS[name] ?? 200, path)
      await look(page, name)
    }
    await acts(lang, page, look)
    assert.deepEqual(
      complaints.filter((text) => !/status of (?:404|410|400|403)/.test(text)),
      [],
    )
    assert.deepEqual(await context.cookies(), [])
    await context.close()
  }
  let person = 0
  const acts = async (lang: Lang, page: Page, look: Look): Promise<void> => {
    const press = async (form: string): Promise<void> => {
      await Promise.all([page.waitForNavigation(), page.locator(`${form} button[type=submit]`).click()])
    }
    const show = async (receipt: string): Promise<void> => {
      await page.goto(site.at(letterUrls.receipt(lang)))
      await page.fill('#r-code', receipt)
      await press('form:has(#r-code)')
    }
    const sign = letterUrls.sign(lang, site.letter.id)
    // A form that comes back, then the receipt, as without scripts.
    await page.goto(site.at(sign))
    const wrong = { version: '1', name: 'x', region: '', mail: '', comment: 'é'.repeat(700), ticket: '' }
    const form = { ...wrong, name: 'Сәуле Ерғали', region: 'KZ-71', comment: '', consent: 'yes' }
    await submit(page, sign, wrong)
    await look(page, 'form that came back')
    const ticket = await page.locator('[name=ticket]').inputValue()
    await submit(page, sign, { ...form, mail: `person-${person++}@mail.example`, ticket })
    await look(page, 'signed')
    const receipt = (await page.locator('.code').last().innerText()).trim()
    await show(receipt)
    await look(page, 'awaiting')
    await page.goto(site.at(await site.mailedLink()))
    await look(page, 'confirm')
    await press('main form')
    await look(page, 'confirmed')
    await show(receipt)
    await look(page, 'waits')
    await site.batch()
    await show(receipt)
    await look(page, 'counted')
    await page.check('#w-sure')
    await press('form:has(#w-sure)')
    await look(page, 'withdrawn')
    await show(receipt)
    await look(page, 'receipt of one withdrawn')
    await show('KR-00000-00000-00000-00000-00000-0')
    await look(page, 'unknown receipt')
    await show('not a code')
    await look(page, 'no receipt')
  }
  const submit = async (page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<void> => {
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate(
        ({ action: to, fields: given }) => {
          const form = document.createElement('form')
          Object.assign(form, { method: 'post', action: to })
          for (const [name, value] of Object.entries(given)) {
            const field = document.createElement('textarea')
            Object.assign(field, { name, value })
            form.append(field)
          }
          document.body.append(form)
          form.submit()
        },
        { action, fields },
      ),
    ])
  }

  for (const lang of LANGS)
    it(`leave axe nothing to say, fit every window and say everything in words: ${lang}`, async () => {
      await each(lang, { viewport: PHONE, colorScheme: schemeOf(lang) }, async (page, name) => {
        await unfold(page)
        assert.deepEqual(await violationsOf(page, { contrast: judgesContrast(lang) }), [], name)
        // Keys and hashes are drawn by chance, and may hold any letters.
        const text = (await page.innerText('body')).replaceAll(/[\w+/=-]{24,}/g, '')
        assert.doesNotMatch(text, /M0\d|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b|undefined|NaN|\[object|\{\w+\}/, name)
        assert.deepEqual(
          text.split(/[\s,;:()«»"]+/).filter((word) => KEYS.has(word.replace(/\.$/, ''))),
          [],
          name,
        )
        assert.equal(await page.locator('h1').filter({ visible: true }).count(), 1, name)
        assert.doesNotMatch(await page.title(), OBSERVATORY)
        assert.ok(!(await page.title()).includes(site.letter.title[lang]), name)
        for (const width of [320, 390, 880, 1280]) {
          await page.setViewportSize({ width, height: 640 })
          const size = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(size <= width, `${name} is ${size} px wide in ${width}`)
        }
        await page.setViewportSize(NARROW)
        await page.evaluate(() => document.documentElement.style.setProperty('font-size', '150%'))
        const large = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(large <= NARROW.width, `${name} is ${large} px wide with large letters`)
      })
    })

  it('are reached by the keyboard to the last field, with a visible focus', async () => {
    const context = await browser.newContext({ viewport: PHONE })
    const page = await context.newPage()
    for (const [name, path] of Object.entries(site.pages('kk'))) {
      await page.goto(site.at(path))
      const wanted = await page.evaluate(() => {
        let count = 0
        for (const element of document.querySelectorAll<HTMLElement>(
          'a[href], button, input, select, textarea, summary',
        ))
          if (element.checkVisibility() && element.tabIndex >= 0) element.dataset['wanted'] = String(count++)
        return count
      })
      const reached = new Set<string>()
      for (let press = 0; press < wanted + 20 && reached.size < wanted; press++) {
        await page.keyboard.press('Tab')
        const found = await page.evaluate(() => {
          const active = document.activeElement
          if (!(active instanceof HTMLElement) || active.dataset['wanted'] === undefined) return undefined
          return { wanted: active.dataset['wanted'], outline: getComputedStyle(active).outlineStyle }
        })
        if (found === undefined) continue
        assert.notEqual(found.outline, 'none', `${name}: element ${found.wanted}`)
        reached.add(found.wanted)
      }
      assert.equal(reached.size, wanted, name)
    }
    await context.close()
  })

  it('keep the page when the language is changed', async () => {
    const page = await browser.newPage()
    for (const [name, path] of Object.entries(site.pages('kk'))) {
      if (name === 'unknown' || name === 'used') continue
      await page.goto(site.at(path))
      for (const lang of LANGS.filter((other) => other !== 'kk'))
        assert.equal(
          await page.locator(`.langs a[hreflang=${lang}]`).getAttribute('href'),
          site.pages(lang)[name],
          name,
        )
    }
    await page.close()
  })

  it('say on a day before and a day after that nothing can be signed, and why', async () => {
    const early = await LetterSite.open({ letter: { opens: '2026-04-01' } })
    const late = await LetterSite.open()
    const none = await LetterSite.open({ letter: false })
    const page = await browser.newPage()
    try {
      late.clock.pass(100 * 86_400_000)
      await late.desk.tick()
      const words = async (at: LetterSite, path: string): Promise<string> => {
        await page.goto(at.at(path))
        assert.equal(await page.locator('form').count(), 0)
        return page.innerText('main')
      }
      assert.match(await words(early, letterUrls.sign('kk', early.letter.id)), /әлі басталған жоқ[^]*1\sсәуір/)
      assert.match(await words(late, letterUrls.sign('ru', late.letter.id)), /Подписание завершено/)
      late.clock.pass(200 * 86_400_000)
      await late.desk.tick()
      assert.match(await words(late, letterUrls.first('en')), /All data that identified the signers has been destroyed/)
      assert.match(await words(none, letterUrls.first('kk')), /Әзірге ештеңе жарияланған жоқ/)
    } finally {
      await page.close()
      for (const one of [early, late, none]) await one[Symbol.asyncDispose]()
    }
  })

  it('seal in Firefox as well', { skip: noFirefox }, async () => {
    await using firefox = await openFirefox()
    await firefox.goTo(site.at(letterUrls.sign('kk', site.letter.id)))
    await firefox.evaluate(`(() => {
      document.querySelector('[name=name]').value = 'Ерлан Өтеп'
      document.querySelector('[name=region]').value = 'KZ-79'
      document.querySelector('[name=consent]').checked = true
      document.querySelector('button[type=submit]').click()
      return true
    })()`)
    let code = ''
    for (let look = 0; look < 300 && code === ''; look++)
      code = String(
        await firefox.evaluate(
          `new Promise((done) => setTimeout(() => done(document.querySelector('[data-code]').textContent), 100))`,
        ),
      )
    assert.match(code, /^KR-/)
    assert.equal(await firefox.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'), 0)
    assert.equal((await site.desk.standing(code))?.kind, 'waits')
    assert.deepEqual(
      firefox.asked.filter((address) => !address.startsWith(site.origin)),
      [],
    )
    await eventually(() => (firefox.said.length === 0 ? true : undefined))
  })
})
