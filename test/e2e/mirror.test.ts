import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { openMirrorKey } from '../../src/app/proof/mirror-key.ts'
import { isCopySound, verifyMirror } from '../../src/cli/mirror/verify-mirror.ts'
import { writeMirror, type MirrorWritten } from '../../src/app/proof/write-mirror.ts'
import { writeOneFile } from '../../src/app/proof/write-one-file.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { checkLinks } from '../kit/browser/link-check.ts'
import { sampleOptions } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const signal = new AbortController().signal
const INCIDENT = `i/${SAMPLE_KINDS.finished.id}/index.html`

describe('a copy of the site', () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-copy-'))
  // As on a stick: in a folder with a space and Kazakh letters in its name.
  const stick = join(root, 'Менің көшірмем 1')
  const file = join(root, 'today.html')
  const origin = 'https://kuager.example'
  let written: MirrorWritten
  let sound: boolean
  before(async () => {
    const site = await sampleOptions({ simulated: true })
    const key = await openMirrorKey(join(root, 'data'), 'kuager.example/mirror')
    const madeAt = site.clock.now()
    written = await writeMirror({ site, out: join(root, 'out'), key, madeAt, signal })
    mkdirSync(stick)
    cpSync(join(root, 'out'), stick, { recursive: true })
    const checked = await verifyMirror(stick, { trusted: [key.verifier], now: madeAt }, { cwd: root, signal })
    sound = isCopySound(checked)
    const framed = { ...site, frame: { ...site.frame, origin, mirrors: ['https://mirror.example/kuager/'] } }
    await writeOneFile({ site: framed, out: file, key, madeAt, langs: LANGS })
  })
  after(() => rmSync(root, { recursive: true }))

  it('has every page that it names, verifies where it is carried to, and leads nowhere by the root', () => {
    // Incidents of the sample name measurements that it does not hold: those links are plain text.
    assert.deepEqual(
      written.missing.filter((path) => !/\/(?:m|measurement)\//.test(path)),
      [],
    )
    assert.equal(sound, true)
    const { pages, links, dead } = checkLinks(stick)
    assert.ok(pages > 100 && links > 5000, `${pages} pages, ${links} links`)
    assert.deepEqual(dead, [])
  })

  it('has no name that a file system would take for another', () => {
    const names = readdirSync(stick, { recursive: true, encoding: 'utf8' }).map((name) => name.toLowerCase())
    assert.equal(new Set(names).size, names.length)
  })

  describe('in a browser without a network', { skip }, () => {
    let browser: Browser
    before(async () => (browser = await openBrowser()))
    after(() => browser.close())

    /** Opens a file and tells everything that went wrong on the way. */
    const open = async (
      path: string,
      options: Parameters<Browser['newPage']>[0] = {},
    ): Promise<{ readonly page: Page; readonly wrong: readonly string[] }> => {
      const context = await browser.newContext({ offline: true, ...options })
      const page = await context.newPage()
      const wrong: string[] = []
      page.on('console', (message) => wrong.push(message.text()))
      page.on('pageerror', (error) => wrong.push(String(error)))
      page.on('requestfailed', (request) => wrong.push(`failed: ${request.url()}`))
      page.on('request', (request) => {
        if (!/^(?:file|data):/.test(request.url())) wrong.push(`asked: ${request.url()}`)
      })
      await page.goto(pathToFileURL(path).href)
      return { page, wrong }
    }

    for (const javaScriptEnabled of [true, false])
      it(`opens at every depth, ${javaScriptEnabled ? 'with' : 'without'} scripts`, async () => {
        const paths = ['index.html', ...LANGS.flatMap((lang) => [`${lang}/index.html`, `${lang}/${INCIDENT}`])]
        for (const path of [...paths, 'kk/s/youtube/index.html', 'kk/s/youtube/AS64496/index.html']) {
          const { page, wrong } = await open(join(stick, path), { javaScriptEnabled })
          const style = await page.locator('body').evaluate((body) => getComputedStyle(body).fontFamily)
          assert.match(style, /Kuager Sans/, path)
          const fonts = await page.evaluate(async () => {
            await document.fonts.ready
            return [...document.fonts].map(({ status }) => status)
          })
          assert.ok(fonts.includes('loaded') && !fonts.includes('error'), `${path}: ${fonts.join()}`)
          assert.deepEqual(wrong, [], path)
          await page.context().close()
        }
      })

    it('is walked from the door to an incident and back by its links alone', async () => {
      const { page, wrong } = await open(join(stick, 'index.html'), { javaScriptEnabled: false })
      await page.locator('a[hreflang=kk]').click()
      await page.locator('#menu a[href$="incidents/index.html"]').click()
      await page.locator('main a[href*="/i/"]').first().click()
      assert.match(page.url(), /\/kk\/i\/[^/]+\/index\.html$/)
      await page.locator('.langs a[hreflang=ru]').click()
      await page.locator('a.brand').click()
      assert.match(page.url(), /\/ru\/index\.html$/)
      assert.deepEqual(wrong, [])
      await page.context().close()
    })

    it('is today as one file, which says its age and shows one language at a time', async () => {
      for (const javaScriptEnabled of [true, false]) {
        const { page, wrong } = await open(file, { javaScriptEnabled, viewport: { width: 320, height: 640 } })
        assert.deepEqual(wrong, [])
        const age = await page.locator('#kk .age').innerText()
        if (javaScriptEnabled) assert.match(age, /\d+\sтәулік \d+\sсағат/)
        else assert.doesNotMatch(age, /\d/)
        assert.match(await page.locator('#kk .made').innerText(), /21:02/)
        assert.equal(await page.locator('#ru').isVisible(), false)
        await page.locator('a[href="#ru"]').click()
        assert.equal(await page.locator('#ru').isVisible(), true)
        assert.equal(await page.locator('#kk').isVisible(), false)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.equal(wide, 320)
        await page.context().close()
      }
    })

    it('gives axe nothing to say against the door and the one file', async () => {
      for (const path of [join(stick, 'index.html'), file])
        for (const colorScheme of ['light', 'dark'] as const) {
          const { page } = await open(path, { colorScheme })
          assert.deepEqual(await violationsOf(page), [], path)
          await page.context().close()
        }
    })
  })
})
