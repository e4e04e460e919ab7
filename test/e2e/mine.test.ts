import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { LANGS } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { linkOf, monthFile, openOwnResultsSite, OTHER, OWN, type OwnResultsSite } from '../kit/site/own-results-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const DAY = '2026-03-06'

/** Requests in one order, without that for the icon, which a browser makes at any time or never. */
const compared = (asked: readonly string[] = []): readonly string[] =>
  asked.filter((one) => !one.includes('/assets/icon.svg')).toSorted()

/** In the page: loads the month, checks one day, and says what is shown. */
const WALK = `(async () => {
  const until = async (look) => { for (;;) { const found = look(); if (found) return found; await new Promise((next) => setTimeout(next, 20)) } }
  const button = () => document.querySelector('.mine button')
  ;(await until(button)).click()
  const day = await until(() => document.querySelector('#mine-day'))
  day.value = '${DAY}'
  button().click()
  await until(() => /The log as signed/.test(document.querySelector('.mine').innerText))
  const kept = [localStorage.length, sessionStorage.length, document.cookie, location.hash, history.state]
  const more = window.caches ? (await caches.keys()).length : 0
  const bases = indexedDB.databases ? (await indexedDB.databases()).length : 0
  return JSON.stringify({ text: document.querySelector('.mine').innerText, kept: [...kept, more, bases] })
})()`

interface Walked {
  readonly text: string
  readonly kept: readonly unknown[]
}

describe('the page of own measurements', { skip }, () => {
  let browser: Browser
  let served: OwnResultsSite
  const folder = mkdtempSync(join(tmpdir(), 'kuager-mine-'))
  before(async () => {
    served = await openOwnResultsSite()
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await served[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  const at = (path: string): string => new URL(path, served.url).href
  const visit = async (path: string, javaScriptEnabled = true): Promise<{ page: Page; asked: string[] }> => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled })
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) =>
      asked.push(
        `${request.method()} ${request.url()} ${request.postData() ?? ''} ${request.headers()['referer'] ?? ''}`,
      ),
    )
    await page.goto(at(path))
    return { page, asked }
  }
  /** What a request must not have: any part of the link, and an id or a place of one measurement. */
  const isOfOne = (request: string): boolean =>
    request.includes('#') ||
    [linkOf(OWN), linkOf(OTHER), OWN, OTHER].some((secret) => request.includes(secret)) ||
    /\/log\/(?:proof|leaf|entry)\/|\/m\/|[0-9a-f]{64}/.test(request)
  const isSaid = ({ text: said, kept }: Walked): void => {
    const text = said.replaceAll('\u00a0', ' ')
    assert.match(text, /214 measurements of this key in the files, as of 8 March 2026, 05:00\./)
    assert.match(text, /Receipts named in the link: 3\. In the files: 1\./)
    assert.match(text, /Received after the files were made, not public in them yet: 1\./)
    assert.match(text, /Received, but not in the files: 1\./)
    assert.match(text, /Of your measurements of 6 March 2026, in the log: 77 of 77\./)
    assert.match(text, /<b>&nbsp;: reachable/, 'what a file says is text')
    assert.deepEqual(kept, [0, 0, '', '', null, 0, 0], 'nothing is stored, and the address has no link')
  }

  it('finds them in Chromium, and no request differs from those of another volunteer', async () => {
    const walks: (readonly string[])[] = []
    for (const key of [OWN, OTHER]) {
      const { page, asked } = await visit(`/en/mine#${linkOf(key)}`)
      const walked = JSON.parse(String(await page.evaluate(WALK))) as Walked
      if (key === OWN) isSaid(walked)
      assert.deepEqual(asked.filter(isOfOne), [])
      walks.push(asked)
      await page.context().close()
    }
    assert.ok(walks[0]?.some((one) => one.includes('/data/files/')) === true)
    assert.ok(walks[0]?.some((one) => one.includes('/log/tile/entries/002')) === true)
    assert.deepEqual(compared(walks[0]), compared(walks[1]))
  })

  it(
    'finds them in Firefox, and no request differs from those of another volunteer',
    { skip: firefoxPath() === undefined && 'needs Firefox' },
    async () => {
      const walks: (readonly string[])[] = []
      for (const key of [OWN, OTHER]) {
        await using page = await openFirefox()
        await page.goTo(at(`/en/mine#${linkOf(key)}`))
        const walked = JSON.parse(String(await page.evaluate(WALK))) as Walked
        if (key === OWN) isSaid(walked)
        // Firefox tells its driver the fragment of the page itself, which it does not send.
        const asked = page.asked.map((address) => (address.includes('/en/mine') ? address.split('#')[0]! : address)) // split gives one at least
        assert.deepEqual(asked.filter(isOfOne), [])
        walks.push(asked.filter((address) => address.startsWith(served.url.href)))
      }
      assert.deepEqual(compared(walks[0]), compared(walks[1]))
    },
  )

  it('asks for nothing after a row of the key was damaged, and offers the same day to everyone', async () => {
    const whole = gunzipSync(monthFile()).toString()
    const damaged = gzipSync(
      whole.replaceAll(new RegExp(`"kind":"[a-z]+","probe":"${OWN}"`, 'g'), `"kind":"","probe":"${OWN}"`),
    )
    const asked: (readonly string[])[] = []
    const days: string[] = []
    for (const [key, body] of [
      [OWN, damaged],
      [OTHER, damaged],
      [OWN, undefined],
    ] as const) {
      const { page, asked: one } = await visit(`/en/mine`)
      if (body !== undefined) await page.route('**/data/files/**', (route) => route.fulfill({ body }))
      await page.fill('#mine-link', linkOf(key))
      await page.click('.mine button')
      await page.click('.mine button.first:has-text("MB")')
      await page.locator('.mine [role=alert], #mine-day').first().waitFor()
      await page.waitForLoadState('networkidle')
      if (await page.locator('#mine-day').count()) days.push(await page.inputValue('#mine-day'))
      else assert.match(await page.locator('.mine').innerText(), /It could not be read/)
      asked.push(compared(one))
      await page.context().close()
    }
    assert.deepEqual(asked[0], asked[1])
    assert.deepEqual(days, ['2026-03-07', '2026-03-07'])
  })

  it('reads a file of the disk without a request, and takes a link that is pasted', async () => {
    const path = join(folder, 'month.jsonl.gz')
    writeFileSync(path, monthFile())
    const { page, asked } = await visit('/en/mine')
    await page.fill('#mine-link', `https://elsewhere.example/ru/mine#${linkOf(OTHER)}x`)
    await page.click('.mine button')
    await page.locator('[role=alert]').waitFor()
    await page.fill('#mine-link', `https://elsewhere.example/ru/mine#${linkOf(OTHER)}`)
    await page.click('.mine button')
    await page.locator('#mine-file').waitFor()
    await page.waitForLoadState('networkidle')
    const before = asked.length
    await page.setInputFiles('#mine-file', path)
    await page.locator('.mine details').first().waitFor()
    assert.match(await page.locator('.mine').innerText(), /117 measurements of this key in the file\./)
    assert.equal(asked.length, before)
    assert.deepEqual(asked.filter(isOfOne), [])
    await page.context().close()
  })

  it('says what is wrong with another file, and offers the choice again', async () => {
    const path = join(folder, 'other.jsonl.gz')
    writeFileSync(path, 'something else')
    const { page } = await visit(`/en/mine#${linkOf(OWN)}`)
    await page.setInputFiles('#mine-file', path)
    await page.locator('.mine [role=alert]').waitFor()
    assert.match(await page.locator('.mine').innerText(), /It could not be read/)
    assert.equal(await page.locator('#mine-file').count(), 1)
    await page.context().close()
  })

  for (const lang of LANGS)
    it(`says without scripts what to do instead: ${lang}`, async () => {
      const { page } = await visit(`/${lang}/mine#${linkOf(OWN)}`, false)
      assert.match(await page.locator('.mine').innerText(), /kuager probe status/)
      await page.context().close()
    })
})
