import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { readSiteAssets } from '../../src/app/web/assets.ts'
import { readVerifyPage } from '../../src/app/proof/verify-page.ts'
import { formatVerifierKey } from '../../src/core/evidence/log/signed-note.ts'
import { BUNDLE_STEPS } from '../../src/core/evidence/verify/bundle-report.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { judgesContrast, schemeOf, violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { HONEST, makeBundle, makerKeys, packedZip, type Files } from '../kit/proof/bundle-maker.ts'
import { firefoxPath, openFirefox, type FirefoxPage } from '../kit/browser/firefox.ts'
import { hasProgram } from '../kit/net/lab-authority.ts'
import { stampedBundle } from '../kit/proof/stamp-bundle.ts'
import { TimeAuthority } from '../kit/servers/time-authority.ts'
import { check, ended, layOut, outcomes } from '../kit/browser/verify-page.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const noFirefox = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false
const KEY = formatVerifierKey(HONEST.log.key)
const PHONE = { width: 390, height: 844 }
const NARROW = { width: 320, height: 640 }

describe('VERIFY.html', () => {
  let root: string
  let address: string
  let whole: { readonly folder: string; readonly zip: string }
  let changed: { readonly folder: string; readonly zip: string }
  /** A zip with a byte behind each packed stream. */
  let followed: string
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kuager-verify-file-'))
    const page = await readVerifyPage()
    assert.ok(page !== undefined)
    writeFileSync(join(root, 'VERIFY.html'), page)
    address = pathToFileURL(join(root, 'VERIFY.html')).href
    const { name, files } = makeBundle()
    whole = layOut(files, name, root)
    changed = layOut(withChange(files), name, join(root, 'changed'))
    followed = join(root, 'followed.zip')
    writeFileSync(followed, packedZip(files, name, new Uint8Array(1)))
  })
  after(() => {
    rmSync(root, { recursive: true, force: true })
  })

  it('has the same bytes each time it is made, and asks for nothing that is not in it', async () => {
    const [one, other] = await Promise.all([readVerifyPage(), readVerifyPage()])
    assert.ok(one !== undefined && other !== undefined && Buffer.compare(one, other) === 0)
    const text = new TextDecoder().decode(one)
    assert.match(text, /content-security-policy" content="default-src 'none'; script-src 'sha256-[^']+'; style-src/)
    assert.doesNotMatch(text.replaceAll(/<script>[^]*?<\/script>/g, ''), /\s(?:src|href)="(?!#)/)
  })

  describe('in Chromium', { skip }, () => {
    let browser: Browser
    before(async () => {
      browser = await openBrowser()
    })
    after(async () => {
      await browser.close()
    })

    const complaints: string[] = []
    const open = async (lang: string, options: BrowserContextOptions = { viewport: PHONE }): Promise<Page> => {
      complaints.length = 0
      const page = await (await browser.newContext(options)).newPage()
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        const url = request.url()
        if (url !== address && !url.startsWith('blob:') && !url.startsWith('data:')) complaints.push(`asks ${url}`)
      })
      await page.goto(address)
      await page.evaluate((hash) => (location.hash = hash), lang)
      return page
    }

    for (const kind of ['zip', 'folder'] as const)
      it(`finds nothing wrong with a sound bundle that comes as a ${kind}, in a worker, and asks nobody`, async () => {
        const page = await open('en')
        const workers: string[] = []
        page.on('worker', (worker) => workers.push(worker.url()))
        assert.equal(await check(page, '#en', kind, whole[kind]), 'sound')
        const found = await outcomes(page, '#en')
        assert.deepEqual(Object.keys(found), [...BUNDLE_STEPS])
        assert.equal(found['inclusion'], 'ok')
        assert.equal(found['seal'], 'ok')
        assert.equal(workers.length, 1)
        assert.match(workers[0] ?? '', /^blob:/)
        assert.deepEqual(complaints, [])
        await page.context().close()
      })

    for (const kind of ['zip', 'folder'] as const)
      it(`names a changed file of a ${kind} and goes on to the last step`, async () => {
        const page = await open('en')
        assert.equal(await check(page, '#en', kind, changed[kind]), 'wanting')
        const found = await outcomes(page, '#en')
        assert.deepEqual(Object.keys(found), [...BUNDLE_STEPS])
        assert.deepEqual([found['files'], found['inclusion']], ['failed', 'failed'])
        assert.match(await page.innerText('#en [data-step=files] .bad'), /data\/raw\/1\.json/)
        await page.context().close()
      })

    it('refuses bytes behind a packed file', async () => {
      const page = await open('en')
      assert.equal(await check(page, '#en', 'zip', followed), 'wanting')
      await page.context().close()
    })

    it('says that an unnamed key is not trusted, takes one, and refuses a line that is none', async () => {
      const page = await open('en')
      await check(page, '#en', 'zip', whole.zip)
      assert.match(await page.innerText('#en .result'), /no key that you trust/)
      await page.fill('#en textarea', 'no key at all')
      await page.locator('#en button[type=submit]').click()
      await page.locator('#en [role=alert]').waitFor()
      assert.equal(await page.innerText('#en [role=alert]'), 'This line is not a log key: no')
      await page.fill('#en textarea', ` ${KEY}\n`)
      await page.locator('#en button[type=submit]').click()
      assert.equal(await ended(page, '#en'), 'sound')
      assert.doesNotMatch(await page.innerText('#en .result'), /no key that you trust/)
      await page.fill('#en textarea', formatVerifierKey(makerKeys('somebody else').log.key))
      await page.locator('#en button[type=submit]').click()
      assert.equal(await ended(page, '#en'), 'wanting')
      assert.equal((await outcomes(page, '#en'))['checkpoint'], 'failed')
      await page.context().close()
    })

    it(
      'checks stamps against a file of roots that is chosen, and names a file that holds none',
      { skip: hasProgram('openssl') ? false : 'openssl: not installed' },
      async () => {
        using authority = new TimeAuthority()
        const { name, files } = stampedBundle(makeBundle(), authority)
        const { zip } = layOut(files, name, join(root, 'stamped'))
        const [own, empty] = [join(root, 'own.pem'), join(root, 'empty.pem')]
        writeFileSync(own, authority.chainPem)
        writeFileSync(empty, 'no certificate')
        const page = await open('en')
        await check(page, '#en', 'zip', zip)
        assert.equal((await outcomes(page, '#en'))['time'], 'not-checked')
        const field = page.locator('#en input[accept*=pem]')
        await field.setInputFiles(own)
        await page.locator('#en p[role=status]', { hasText: 'own.pem' }).waitFor()
        await page.locator('#en button[type=submit]').click()
        assert.equal(await ended(page, '#en'), 'sound')
        assert.equal((await outcomes(page, '#en'))['time'], 'ok')
        await field.setInputFiles(empty)
        await page.locator('#en p.bad[role=status]', { hasText: 'empty.pem' }).waitFor()
        assert.deepEqual(complaints, [])
        await page.context().close()
      },
    )

    it('tells another file from a bundle, and leaves a file that is none without a word of blame for itself', async () => {
      const page = await open('en')
      await page.locator('#en button[type=submit]').click()
      assert.match(await page.innerText('#en .chosen'), /Choose one zip file, or one folder/)
      const path = join(root, 'other.zip')
      writeFileSync(path, 'not a zip')
      assert.equal(await check(page, '#en', 'zip', path), 'wanting')
      assert.equal((await outcomes(page, '#en'))['container'], 'failed')
      assert.equal((await outcomes(page, '#en'))['files'], 'not-checked')
      assert.deepEqual(complaints, [])
      await page.context().close()
    })

    it('says the same in each language: what was found stays when the language changes', async () => {
      const page = await open('kk')
      assert.equal(await check(page, '#kk', 'zip', changed.zip), 'wanting')
      const headings = new Set<string>()
      for (const lang of LANGS) {
        await page.click(`.langs a[hreflang=${lang}]`)
        assert.deepEqual(await page.locator('.onelang:visible').evaluateAll((all) => all.map(({ id }) => id)), [lang])
        headings.add(await page.innerText(`#${lang} .result h3`))
        const text = await page.innerText(`#${lang} .result`)
        assert.doesNotMatch(text, /\bbundle\.[a-z]+\.|proof-page\.|undefined|\{|\}/, lang)
        if (lang !== 'en') assert.match(text, /[а-яәғқңөұүһі]{4}/iu)
      }
      assert.equal(headings.size, LANGS.length)
      await page.context().close()
    })

    it('is no wider than the narrowest phone, also with letters half as large again, and leaves axe nothing to say', async () => {
      for (const lang of LANGS) {
        const page = await open(lang, { viewport: NARROW, colorScheme: schemeOf(lang) })
        await check(page, `#${lang}`, 'zip', changed.zip)
        for (const size of ['100%', '150%']) {
          await page.evaluate((fontSize) => (document.documentElement.style.fontSize = fontSize), size)
          const wide = await page.evaluate(() => document.documentElement.scrollWidth)
          assert.ok(wide <= NARROW.width, `${lang} ${size}: ${wide}`)
        }
        await page.evaluate(() => (document.documentElement.style.fontSize = ''))
        const [line = 0] = await page
          .locator(`#${lang} .checked > li > div`)
          .evaluateAll((all) => all.map((one) => one.clientWidth))
        assert.ok(line > 200, `${lang}: a step has ${line} of ${NARROW.width}`)
        assert.deepEqual(await violationsOf(page, { contrast: judgesContrast(lang) }), [], lang)
        await page.context().close()
      }
    })

    it('brings the answer before the reader, with the key to compare or the steps that do not hold', async () => {
      const page = await open('en')
      assert.equal(await check(page, '#en', 'zip', whole.zip), 'sound')
      const seen = await page.locator('#en .result').evaluate((part) => {
        const { top } = part.getBoundingClientRect()
        return { top, title: part.querySelector('h3') === document.activeElement }
      })
      assert.ok(seen.top >= 0 && seen.top < 100, `${seen.top}`)
      assert.ok(seen.title, 'whoever pressed the button stands at the answer')
      assert.equal(await page.innerText('#en .result .key'), KEY)
      assert.equal(await check(page, '#en', 'zip', changed.zip), 'wanting')
      assert.match(await page.innerText('#en .counts li'), /^Steps failed: \d+ \(Files\b/)
      assert.equal(await page.locator('#en .result .key').count(), 0, 'a bundle that is wanting has no key to trust')
      await page.context().close()
    })

    it('is stopped where it is watched, and says so to whoever stopped it', async () => {
      const page = await open('en')
      await page.locator('#en input[data-choose=zip]').setInputFiles(whole.zip)
      // Both in one turn of the page, so that the check cannot have ended between them.
      const seen = await page.evaluate(() => {
        const press = (button: string): void => document.querySelector<HTMLElement>(`#en ${button}`)?.click()
        press('button[type=submit]')
        press('.result button')
        const result = document.querySelector<HTMLElement>('#en .result')
        const title = result?.querySelector('h3')
        return [result?.dataset['phase'], title?.textContent, title === document.activeElement]
      })
      assert.deepEqual(seen, ['stopped', 'Stopped before the end', true])
      assert.equal(await page.locator('#en .result button').isVisible(), false)
      assert.equal(await check(page, '#en', 'zip', whole.zip), 'sound', 'and it can be begun again')
      await page.context().close()
    })

    it('is done by the keyboard alone', async () => {
      const page = await open('en')
      const reached: string[] = []
      for (let press = 0; press < 14; press++) {
        await page.keyboard.press('Tab')
        reached.push(
          await page.evaluate(() => {
            const { activeElement: at } = document
            return at instanceof HTMLElement ? (at.dataset['choose'] ?? at.getAttribute('type') ?? at.tagName) : ''
          }),
        )
      }
      for (const part of ['zip', 'folder', 'TEXTAREA', 'checkbox']) assert.ok(reached.includes(part), part)
      await page.locator('#en input[data-choose=zip]').setInputFiles(whole.zip)
      await page.locator('#en input[type=checkbox]').focus()
      await page.keyboard.press('Space')
      assert.equal(await page.isChecked('#en input[type=checkbox]'), false)
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      assert.equal(await ended(page, '#en'), 'sound')
      await page.context().close()
    })

    it('says without scripts that it cannot check, and how else it is done', async () => {
      const page = await open('ru', { viewport: PHONE, javaScriptEnabled: false })
      await page.goto(`${address}#ru`)
      const text = await page.innerText('#ru')
      assert.match(text, /Скрипты здесь отключены/)
      assert.match(text, /kuager verify/)
      await page.context().close()
    })

    it('carries the style of every element that its script makes', async () => {
      const { assets } = await readSiteAssets()
      const css = new TextDecoder().decode(assets.find(({ path }) => path === 'site.css')?.bytes)
      const page = await open('en')
      await check(page, '#en', 'zip', changed.zip)
      const classes = await page
        .locator('#en [data-verify] *')
        .evaluateAll((all) => all.flatMap((one) => [...one.classList]))
      const style = await page.innerHTML('style')
      for (const name of new Set(classes)) {
        const rule = new RegExp(`\\.${name}(?![\\w-])`)
        assert.equal(rule.test(style), rule.test(css), name)
      }
      await page.context().close()
    })
  })

  describe('in Firefox', { skip: noFirefox }, () => {
    it('checks a zip and a folder from disk, finds what is changed, and asks nobody', async () => {
      await using page = await openFirefox()
      await page.goTo(`${address}#en`)
      const phase = `new Promise((done) => { const look = () => {
        const found = document.querySelector('#en .result').dataset.phase
        if (['sound', 'wanting', 'broken'].includes(found)) done(found); else setTimeout(look, 50)
      }; look() })`
      const start = `document.querySelector('#en button[type=submit]').click()`
      await page.evaluate(`document.querySelector('#en input[type=checkbox]').click()`)
      for (const [path, expected] of [
        [whole.zip, 'sound'],
        [followed, 'wanting'],
        [changed.zip, 'wanting'],
      ] as const) {
        await page.setFiles('#en input[data-choose=zip]', [path])
        await page.evaluate(start)
        assert.equal(await page.evaluate(phase), expected)
      }
      assert.equal(await page.evaluate(`document.querySelector('#en [data-step=files]').dataset.outcome`), 'failed')
      await chooseFolder(page, whole.folder)
      await page.evaluate(start)
      assert.equal(await page.evaluate(phase), 'sound')
      assert.deepEqual(page.said, [])
      assert.deepEqual(
        page.asked.filter((url) => !/^(?:file|data|blob):/.test(url)),
        [],
      )
    })
  })
})

const withChange = (files: Files): Files => {
  const copy = new Map(files)
  copy.set('data/raw/1.json', new TextEncoder().encode('{"test_start_time":"2026-03-05 02:01:00","n":1}'))
  return copy
}

/** The driver gives files but no folder: each file is told its place in one, as the browser does for a chosen folder. */
async function chooseFolder(page: FirefoxPage, folder: string): Promise<void> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  await page.evaluate(`(() => {
    const input = document.createElement('input')
    Object.assign(input, { type: 'file', multiple: true, id: 'many' })
    document.body.append(input)
  })()`)
  await page.setFiles('#many', paths)
  const places = JSON.stringify(paths.map((path) => path.slice(join(folder, '..').length + 1)))
  await page.evaluate(`(() => {
    const places = ${places}
    const files = [...document.querySelector('#many').files]
    for (const [n, file] of files.entries()) Object.defineProperty(file, 'webkitRelativePath', { value: places[n] })
    const input = document.querySelector('#en input[data-choose=folder]')
    Object.defineProperty(input, 'files', { value: files, configurable: true })
    input.dispatchEvent(new Event('change'))
  })()`)
}
