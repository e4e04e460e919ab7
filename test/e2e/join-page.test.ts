import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { decodeQR } from 'qr/decode.js'
import { formatJoinLink, parseJoinLink } from '../../src/core/model/people/join-link.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { serveFolderAt, type ServedFolder } from '../kit/servers/served-folder.ts'
import { writeSampleRelease } from '../kit/site/sample-release.ts'

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140 Safari/537.36'
const ANDROID = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140 Mobile Safari/537.36'
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('the page on joining in a browser', { skip: chromiumPath() === undefined && 'needs a browser' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-join-e2e-'))
  let served: ServedFolder
  let origin = ''
  /** Every byte that a browser sent: the public address leads through here to the server. */
  let sent = ''
  const wire = createServer((client) => {
    const { hostname, port } = new URL(served.url)
    const server = connect(Number(port), hostname)
    client.on('data', (piece) => (sent += piece.toString('latin1')))
    client.pipe(server).pipe(client)
    for (const one of [client, server]) one.on('error', () => [client, server].forEach((end) => end.destroy()))
  })
  /** A link with an invitation, as an operator makes it. */
  let invited = ''
  before(async () => {
    wire.listen(0, '127.0.0.1')
    await once(wire, 'listening')
    origin = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`
    const { folder, key } = writeSampleRelease(join(root, 'release'))
    served = await serveFolderAt(join(root, 'data'), root, [
      '--origin',
      origin,
      '--release',
      folder,
      '--release-key',
      key,
    ])
    const general = /id="join-link" translate="no">([^<]+)</.exec(await (await fetch(`${origin}/en/join`)).text())?.[1]
    invited = (await served.kuager('keys', 'invite', '--link', general ?? '')).split('\n')[0] ?? ''
    assert.equal(parseJoinLink(invited).kind, 'link', invited)
  })
  after(async () => {
    wire.close()
    await served[Symbol.asyncDispose]()
    rmSync(root, { recursive: true })
  })
  const fragment = (): string => invited.slice(invited.indexOf('#'))
  /** Nothing of the fragment went over the wire since it was last cleared. */
  const isUnsent = (): void => {
    const read = parseJoinLink(invited)
    assert.ok(read.kind === 'link' && sent.includes('GET /'))
    for (const part of [read.link.invitation ?? invited, read.link.key, 'sum=']) assert.ok(!sent.includes(part), sent)
  }

  it('shows the link of the fragment with its QR code; no request contains it, and nothing is stored', async () => {
    await using browser = await openBrowser()
    const context = await browser.newContext({ userAgent: WINDOWS, viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    sent = ''
    const problems: string[] = []
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(`${origin}/join${fragment()}`)
    await page.locator('#invited').waitFor()
    assert.equal(await page.locator('#join-link').textContent(), invited)
    assert.equal(await page.locator('#join-typed').textContent(), invited)
    const drawn = page.locator('#qr path').last()
    const modules = readModules(await drawn.getAttribute('d'), await page.locator('#qr svg').getAttribute('viewBox'))
    assert.equal(decodeQR({ width: modules.width, height: modules.width, data: modules.data }), invited)
    await page.getByRole('button', { name: /Көшіру|Copy/ }).waitFor()
    isUnsent()
    const stored = await page.evaluate(async () => [
      ...Object.keys(localStorage),
      ...Object.keys(sessionStorage),
      document.cookie,
      ...(await indexedDB.databases()).map(({ name }) => name),
      ...('caches' in window ? await caches.keys() : []),
    ])
    assert.deepEqual(stored, [''])
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      [],
    )
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'fits the phone')
    assert.deepEqual(problems, [])
    await context.close()
  })

  it('says when the link of the address does not read or names other servers, and shows none then', async () => {
    await using browser = await openBrowser()
    const page = await browser.newPage()
    const read = parseJoinLink(invited)
    assert.ok(read.kind === 'link')
    const evil = 'http://127.0.0.2'
    const forged = [
      { ...read.link, key: 'B'.repeat(43) },
      { ...read.link, collectors: [evil] },
      { ...read.link, collectors: [...read.link.collectors, evil] },
      { ...read.link, controls: [evil] },
    ].map((link) => formatJoinLink(link))
    for (const one of forged) assert.equal(parseJoinLink(one).kind, 'link', 'it reads, but is not of this site')
    for (const wrong of [
      ...forged.map((one) => one.slice(one.indexOf('#'))),
      fragment().slice(0, -1),
      '#1/key=<img src=x onerror=alert(1)>',
      '#2/key=x',
      `#1/${'x'.repeat(5_000)}`,
    ]) {
      await page.goto('about:blank')
      await page.goto(`${origin}/en/join${wrong}`)
      await page.locator('#wrong-link').waitFor()
      assert.ok(await page.locator('#join').isHidden(), wrong)
      assert.equal(await page.locator('main img').count(), 0)
    }
    await page.goto('about:blank')
    await page.goto(`${origin}/en/join#get`)
    assert.ok(await page.locator('#join').isVisible(), 'an anchor is no link')
    await page.close()
  })

  it('has the system of the reader first, the way for phones on a phone, and all systems without a script', async () => {
    await using browser = await openBrowser()
    const order = async (userAgent: string, javaScriptEnabled = true): Promise<readonly string[]> => {
      const context = await browser.newContext({ userAgent, javaScriptEnabled })
      const page = await context.newPage()
      await page.goto(`${origin}/en/join`)
      const found = await page.locator('h2, h3').allTextContents()
      await context.close()
      return found.filter((one) => /Download|Windows|Linux|phone/.test(one))
    }
    assert.deepEqual(await order(WINDOWS), ['1. Download', 'Windows', 'Linux', 'On a phone'])
    assert.deepEqual(await order(LINUX), ['1. Download', 'Linux', 'Windows', 'On a phone'])
    assert.deepEqual(await order(ANDROID), ['On a phone', '1. Download', 'Windows', 'Linux'])
    assert.deepEqual(await order(LINUX, false), ['1. Download', 'Windows', 'Linux', 'On a phone'])
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${origin}/en/join${fragment()}`)
    assert.match(await page.locator('main').innerText(), /copy the whole address from the address bar/)
    assert.ok(await page.locator('#qr svg').isVisible())
    assert.ok(!(await page.content()).includes('code='))
    await context.close()
  })

  it('does the same in Firefox', { skip: firefoxPath() === undefined && 'needs Firefox' }, async () => {
    await using page = await openFirefox()
    sent = ''
    await page.goTo(`${origin}/en/join${fragment()}`)
    const shown = await page.evaluate(
      `new Promise((done) => { const look = () => document.getElementById('invited').hidden ? setTimeout(look, 50) : done(document.getElementById('join-link').textContent); look() })`,
    )
    assert.equal(shown, invited)
    isUnsent()
    assert.equal(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length'), 0)
  })
})

/** What a camera would see of the dark runs of a symbol, 4 pixels a module. */
function readModules(path: string | null, box: string | null): { readonly width: number; readonly data: Uint8Array } {
  const scale = 4
  const width = Number(box?.split(' ')[2]) * scale
  const data = new Uint8Array(width * width * 4).fill(255)
  for (const [, x = '', y = '', run = ''] of (path ?? '').matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let dy = 0; dy < scale; dy++) {
      const from = ((Number(y) * scale + dy) * width + Number(x) * scale) * 4
      for (let at = from; at < from + Number(run) * scale * 4; at += 4) data.fill(0, at, at + 3)
    }
  return { width, data }
}
