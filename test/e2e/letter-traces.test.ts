import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { letterUrls } from '../../src/letter/letter-urls.ts'
import { BROWSER_SWITCHES, chromiumPath } from '../kit/browser.ts'
import { LetterSite } from '../kit/letter-site.ts'

const executablePath = chromiumPath()
const skip = executablePath === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const NAME = 'Planted Qwxzname'
const COMMENT = 'Planted Qwxzcomment'
const MAIL = 'planted.qwxzmail@mail.example'

/** Files below a folder in which one of these words stands, in any writing that a browser keeps. */
function filesWith(folder: string, words: readonly string[]): readonly string[] {
  const needles = words.flatMap((word) => [
    Buffer.from(word),
    Buffer.from(word, 'utf16le'),
    Buffer.from(encodeURIComponent(word).replaceAll('%20', '+')),
  ])
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const bytes = readFileSync(path)
      return needles.some((needle) => bytes.includes(needle))
    })
}

// A usual profile, as on a device that somebody takes from its owner: Chromium writes what it could need to open its tabs
// again, with what forms have sent.
describe('signing in a browser that keeps its history', { skip }, () => {
  let site: LetterSite
  before(async () => {
    site = await LetterSite.open()
  })
  after(() => site[Symbol.asyncDispose]())

  const inProfile = async (scripts: boolean, act: (page: Page) => Promise<readonly string[]>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'kuager-profile-'))
    try {
      const context = await chromium.launchPersistentContext(folder, {
        executablePath: executablePath ?? '',
        args: [...BROWSER_SWITCHES],
        javaScriptEnabled: scripts,
      })
      const secrets = await context
        .newPage()
        .then(act)
        .finally(() => context.close())
      assert.deepEqual(filesWith(folder, [...secrets, NAME, COMMENT, MAIL]), [])
      assert.notDeepEqual(filesWith(folder, [`${site.origin}/en/receipt`]), [], 'the profile keeps what was visited')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const sign = async (page: Page): Promise<void> => {
    await page.goto(site.at(letterUrls.sign('en', site.letter.id)))
    await page.fill('[name=name]', NAME)
    await page.selectOption('[name=region]', 'KZ-75')
    await page.fill('[name=comment]', COMMENT)
    await page.fill('[name=mail]', MAIL)
    await page.check('[name=consent]')
    await page.click('button[type=submit]')
  }
  /** Looks at a receipt, goes on and back, withdraws. */
  const useReceipt = async (page: Page, code: string): Promise<void> => {
    await page.goto(site.at(letterUrls.receipt('en')))
    await page.fill('#r-code', code)
    await page.click('form >> nth=0 >> button')
    await page.locator('#w-sure').waitFor()
    await page.goto(site.at(letterUrls.safety('en')))
    await page.goBack()
    await page.check('#w-sure')
    await page.click('form:has(#w-sure) button')
    await page.locator('h1', { hasText: 'withdrawn' }).waitFor()
  }

  it('leaves neither name nor receipt on the disk with scripts', async () => {
    await inProfile(true, async (page) => {
      await sign(page)
      const code = await page.locator('[data-done]:not([hidden]) [data-code]').innerText()
      await page.goto(site.at(letterUrls.safety('en')))
      await page.goBack()
      assert.equal(await page.locator('[name=name]').inputValue(), '')
      await useReceipt(page, code)
      return [code]
    })
  })

  it('leaves neither name nor receipt on the disk without scripts, also after what was wrong at first', async () => {
    await inProfile(false, async (page) => {
      // Faster than anybody reads: the form comes back with what was typed.
      await sign(page)
      assert.equal(await page.locator('[name=name]').inputValue(), NAME)
      await page.click('button[type=submit]')
      const code = await page.locator('[data-code]').innerText()
      const shown = page.url()
      await page.reload()
      assert.equal(await page.locator('[data-code]').innerText(), code)
      site.clock.pass(120_000)
      await page.reload()
      assert.ok(!(await page.content()).includes(code))
      assert.equal((await fetch(shown)).status, 410)
      await useReceipt(page, code)
      return [code]
    })
  })
})
