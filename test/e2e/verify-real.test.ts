import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { commandLine, fillBundles } from '../kit/evening/evening.ts'
import { check, outcomes } from '../kit/browser/verify-page.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const noFirefox = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false
/** Derived from the data alone; a stamp from outside and a study are not in this bundle. */
const DERIVED = ['verdicts', 'incident', 'weight', 'published'] as const

describe('VERIFY.html in a bundle of an incident', () => {
  let cwd: string
  let bag: string
  let zip: string
  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'kuager-verify-real-'))
    const bundles = await fillBundles(cwd)
    bag = bundles.bag
    assert.equal((await commandLine(cwd)('bundle', '--incident', bundles.id, '--zip', '--out', 'zip')).exit, 0)
    zip = join(cwd, 'zip', `${basename(bag)}.zip`)
  })
  after(() => rmSync(cwd, { recursive: true, force: true }))
  const address = (): string => `${pathToFileURL(join(bag, 'data', 'VERIFY.html')).href}#en`

  it('judges and derives it again in Chromium, from the folder and from the zip', { skip }, async () => {
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(address())
      for (const [kind, path] of [
        ['folder', bag],
        ['zip', zip],
      ] as const) {
        assert.equal(
          await check(page, '#en', kind, path, { judge: true }),
          'sound',
          await page.innerText('#en .result'),
        )
        const found = await outcomes(page, '#en')
        for (const step of DERIVED) assert.equal(found[step], 'ok', `${kind}: ${step}`)
        assert.match(await page.innerText('#en .result .tag'), /simulated/)
      }
    } finally {
      await browser.close()
    }
  })

  it('judges and derives it again in Firefox', { skip: noFirefox }, async () => {
    await using page = await openFirefox()
    await page.goTo(address())
    await page.setFiles('#en input[data-choose=zip]', [zip])
    await page.evaluate(`document.querySelector('#en button[type=submit]').click()`)
    const phase = await page.evaluate(`new Promise((done) => { const look = () => {
      const found = document.querySelector('#en .result').dataset.phase
      if (['sound', 'wanting', 'broken'].includes(found)) done(found); else setTimeout(look, 100)
    }; look() })`)
    assert.equal(phase, 'sound', String(await page.evaluate(`document.querySelector('#en .result').innerText`)))
    for (const step of DERIVED)
      assert.equal(await page.evaluate(`document.querySelector('#en [data-step=${step}]').dataset.outcome`), 'ok', step)
    assert.deepEqual(page.said, [])
  })
})
