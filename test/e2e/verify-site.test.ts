import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { LANGS, type Lang } from '../../src/core/text/lang.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { makeBundle } from '../kit/proof/bundle-maker.ts'
import { SAMPLE_KINDS } from '../kit/evening/incident-sample.ts'
import { SAMPLE_BUNDLE, SAMPLE_BUNDLE_BYTES, sampleBundles, sampleLog } from '../kit/evening/proof-sample.ts'
import { sampleId, sampleSite } from '../kit/site/site-sample.ts'
import { check, layOut, outcomes } from '../kit/browser/verify-page.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const LOOPBACK = { host: '127.0.0.1', port: 0 } as const

describe('the page of verification of a site', { skip }, () => {
  let root: string
  let whole: { readonly folder: string; readonly zip: string }
  let browser: Browser
  let server: Listening
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kuager-verify-site-'))
    const { name, files } = makeBundle()
    whole = layOut(files, name, root)
    const more = { proof: () => Promise.resolve(sampleLog), bundles: sampleBundles }
    server = await listen(await sampleSite({ simulated: true, ...more }), LOOPBACK)
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
    rmSync(root, { recursive: true, force: true })
  })

  const at = (path: string): string => new URL(path, server.url).href
  const visit = async (
    lang: Lang,
    javaScriptEnabled = true,
  ): Promise<{ page: Page; asked: string[]; said: string[] }> => {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 }, javaScriptEnabled })
    const [asked, said]: [string[], string[]] = [[], []]
    page.on('console', (message) => said.push(message.text()))
    page.on('pageerror', (error) => said.push(error.message))
    await page.goto(at(urls.plain(lang, 'verify')))
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`))
    return { page, asked, said }
  }

  for (const lang of LANGS)
    it(`checks a bundle in the page and asks for nothing but its own script again: ${lang}`, async () => {
      const { page, asked, said } = await visit(lang)
      for (const kind of ['zip', 'folder'] as const) {
        assert.equal(await check(page, '[data-verify]', kind, whole[kind]), 'sound')
        assert.equal((await outcomes(page, '[data-verify]'))['inclusion'], 'ok')
      }
      assert.deepEqual(
        asked.filter((request) => !/^GET [^ ]+\/assets\/(?:verify\.js|icon\.svg)\?v=[^ ]+$/.test(request)),
        [],
      )
      assert.deepEqual(said, [])
      await page.close()
    })

  it('is whole without scripts: the other ways, the keys, the checkpoint, who attests it and who fails to', async () => {
    const { page } = await visit('en', false)
    const text = (await page.innerText('#content')).replaceAll('\u00a0', ' ')
    assert.match(text, /Scripts are off here/)
    assert.match(text, /npx kuager verify BUNDLE\.zip --key "kuager\.example\/log\+9e62f606\+/)
    for (const { line } of sampleLog.keys) assert.ok(text.includes(line))
    assert.match(text, /Entries\s+1,234,567/)
    assert.match(
      text,
      /stamps\.example – no valid answer, tries: 14\s+Last answer: 4 March 2026, 16:00\s+Entries covered: 1,200,001/,
    )
    assert.match(text, /second-witness\.example\/w2 – has not answered yet/)
    assert.match(text, /log\/proof\/(?:N|\d+)/)
    assert.equal(await page.locator('#content form.checker').count(), 0)
    await page.close()
  })

  it('leaves the form out on paper, and keeps every address that a sentence names', async () => {
    const { page } = await visit('en')
    await page.locator('form.checker').waitFor()
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('form.checker').isVisible(), false)
    for (const address of ['/log/checkpoint', '/log/keys'])
      assert.equal(await page.locator(`#content a[href="${address}"]`).isVisible(), true, address)
    await page.close()
  })

  it('links the bundle of an incident, its size and digest, and the receipt of a measurement', async () => {
    const page = await browser.newPage()
    await page.goto(at(urls.incident('en', SAMPLE_KINDS.finished.id)))
    const link = page.locator(`a[href="${urls.bundle(SAMPLE_BUNDLE.name)}"]`)
    // It may stand folded, where nothing of it is drawn.
    const words = (await link.textContent()) ?? ''
    assert.match(
      words.replaceAll('\u00a0', ' ').replaceAll(/\s+/g, ' '),
      /Bundle of 5 March 2026, 23:00, revision: 1 \(12\.3 MB\)/,
    )
    const commands = await page.locator('section:has(#measurements) figure.cmd').textContent()
    assert.ok(
      commands?.includes(`echo "${SAMPLE_BUNDLE.sha512}  ${SAMPLE_BUNDLE.name}.zip" | sha512sum -c`),
      commands ?? '',
    )
    const taken = await fetch(at(urls.bundle(SAMPLE_BUNDLE.name)))
    assert.equal(Buffer.compare(Buffer.from(await taken.arrayBuffer()), SAMPLE_BUNDLE_BYTES), 0)
    await page.goto(at(urls.incident('en', SAMPLE_KINDS.running.id)))
    assert.equal(await page.locator('a[href^="/bundles/"]').count(), 0)
    await page.goto(at(urls.measurement('en', sampleId('youtube', 0, 0))))
    const receipt = await page.locator('a[href^="/log/proof/"]').getAttribute('href')
    assert.match(receipt ?? '', /^\/log\/proof\/\d+$/)
    await page.close()
  })
})
