import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { withFolder } from '../../src/app/folder/open.ts'
import { runCommand } from '../../src/cli/main.ts'
import { crowdCanariesSchema } from '../../src/core/model/tables/canaries.ts'
import { instant } from '../../src/core/model/units.ts'
import { openTransparencyLog } from '../../src/pipeline/log/open-log.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { CheckHosts, ONE_PIXEL } from '../kit/net/check-hosts.ts'
import { serveFolderAt, type ServedFolder } from '../kit/servers/served-folder.ts'
import { testWorld } from '../kit/servers/world.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const BLOCKED = 'telegram.org'

/** A control on loopback: it answers pages, and says of every canary that it serves. No name is looked up anywhere. */
async function openControl(): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    request.resume().on('end', () => {
      if (request.url?.startsWith('/reach.png') === true) response.setHeader('content-type', 'image/png').end(ONE_PIXEL)
      else if (request.url?.startsWith('/reach') === true) response.end('kuager-reach/1\n')
      else {
        const page = { failure: null, status_code: 200, headers: { 'Content-Type': 'image/x-icon' } }
        response.setHeader('content-type', 'application/json').end(JSON.stringify({ http_request: page }))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the control does not listen')
  return { server, url: `http://127.0.0.1:${address.port}/` }
}

describe('a served observatory with a control abroad', { skip }, () => {
  let root = ''
  let control: Awaited<ReturnType<typeof openControl>>
  let hosts: CheckHosts
  let served: ServedFolder
  let browser: Browser
  let page: Page
  before(async () => {
    root = mkdtempSync(join(tmpdir(), 'kuager-check-served-'))
    await withFolder(testWorld(root), { folder: 'data', name: 'test', args: [] }, async (open) => {
      const archive = await open.archive()
      await using log = await openTransparencyLog(open.logFolder, {
        archive,
        begin: { simulated: false, at: instant(0) },
      })
      await log.append('custody-event', Buffer.from('{}'), instant(0))
      await log.sequence()
      return 0
    })
    control = await openControl()
    served = await serveFolderAt('data', root, ['--control', control.url])
    hosts = await CheckHosts.open()
    const list = readFileSync(new URL('../../data/canaries.json', import.meta.url), 'utf8')
    const names = crowdCanariesSchema.parse(JSON.parse(list)).canaries.map(({ document }) => new URL(document).hostname)
    // Every name of the plan leads to this machine, where one of them is reset.
    const rules = names.map((name) => {
      const { host } = new URL(hosts.pair(name === BLOCKED ? 'reset' : 'good').document)
      return `MAP ${name} 127.0.0.1:${host.split(':')[1]}`
    })
    browser = await openBrowser([
      `--host-resolver-rules=${[...rules, 'MAP * ^NOTFOUND', 'EXCLUDE 127.0.0.1'].join(', ')}`,
    ])
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, ignoreHTTPSErrors: true })
    page = await context.newPage()
  })
  after(async () => {
    await browser?.close()
    await served?.[Symbol.asyncDispose]()
    await hosts?.[Symbol.asyncDispose]()
    control?.server.close()
    rmSync(root, { recursive: true, force: true })
  })

  it('plans a check as soon as the control has looked at every target', async () => {
    const at = new URL('/kk/check?network=AS9198', served.url)
    // Looked at in the background; each page that is asked for meanwhile is made anew.
    let text = ''
    for (let asked = 0; asked < 500 && !text.includes('&quot;usable&quot;'); asked++)
      text = await (await fetch(at)).text()
    assert.ok(text.includes('&quot;usable&quot;'))
  })

  it('finds what is reset, and takes the result', async () => {
    await page.goto(new URL('/kk/check?network=AS9198', served.url).href)
    await page.locator('[data-do=start]').click()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 90_000 })
    const marks = await page
      .locator('[data-part=rows] > li')
      .evaluateAll((items) => items.map((item) => [item.getAttribute('data-service'), item.getAttribute('data-mark')]))
    const shut = marks.filter(([, mark]) => mark !== 'open')
    assert.deepEqual(shut, [['telegram', 'shut']])
    assert.match(
      await page.locator('[data-part=sentence]').innerText(),
      /Telegram сайты жауап бермейді, қалғандары ашылады\./,
    )
    await page.locator('[data-do=send]').click()
    await page.getByText('Жіберілді. Рақмет!').waitFor({ timeout: 60_000 })
  })

  /** Saves what the page found; gives the text of the file, which the program has found sound. */
  async function save(from: Page): Promise<string> {
    assert.equal(await from.locator('[data-do=save]').isDisabled(), true)
    await from.locator('[data-part=tick]').check()
    await from.locator('[data-do=save]').click()
    await from.getByText(/секундтан кейін дайын болады|Файл дайын/).waitFor({ timeout: 60_000 })
    await served.kuager('log', 'sequence')
    const ready = from.getByText('Файл дайын.')
    // Where time stands still it is pushed on, until the proof was asked for again.
    for (let asked = 0; from !== page && asked < 200 && (await ready.count()) === 0; asked++)
      await from.clock.runFor(1000)
    await ready.waitFor({ timeout: 60_000 })
    const [download] = await Promise.all([from.waitForEvent('download'), from.locator('[data-part=link] a').click()])
    assert.match(download.suggestedFilename(), /^check-\d{4}-\d\d-\d\d\.json$/)
    await download.saveAs(join(root, 'saved.json'))
    writeFileSync(join(root, 'log.keys'), await (await fetch(new URL('/log/keys', served.url))).text())
    let out = ''
    const world = testWorld(root, (text) => (out += text))
    assert.equal(await runCommand(['verify', 'saved.json', '--key', 'log.keys', '--lang', 'kk'], world), 0, out)
    assert.match(out, /тексеру расталды/)
    return readFileSync(join(root, 'saved.json'), 'utf8')
  }

  it('logs the digest of a saved check after the warning was taken, and the file verifies', async () => {
    assert.match(await save(page), /"check":\{"at_utc":"[^"]+","format":"kuager-crowd-check\/1"/)
  })

  it('does the same for the checks of an hour that was ended', async () => {
    const hour = await page.context().newPage()
    await hour.clock.install()
    await hour.goto(new URL('/kk/check?network=AS9198', served.url).href)
    await hour.locator('[data-do=start]').click()
    await until(hour, '[data-do=start]:not([disabled], [hidden])', 1)
    await hour.locator('[data-do=hour]').click()
    for (const made of [1, 2]) {
      await until(hour, '[data-part=strip] tbody tr', made)
      if (made < 2) await hour.clock.fastForward(3 * 60_000)
    }
    await hour.locator('[data-do=end-hour]').click()
    const text = await save(hour)
    assert.match(text, /"format":"kuager-crowd-hour\/1"/)
    assert.equal(text.split('"format":"kuager-crowd-check/1"').length, 3)
    await hour.close()
  })

  /** Lets time pass while the page waits before its second tries, and at no other moment, until there are so many of these. */
  async function until(hour: Page, selector: string, count: number): Promise<void> {
    for (;;) {
      const state = await hour.waitForFunction(
        (wanted) => {
          if (document.querySelectorAll(wanted.selector).length === wanted.count) return 'made'
          const words = document.querySelector('[data-part=progress]')?.textContent ?? ''
          return words.includes('секундтан кейін') ? 'pause' : false
        },
        { selector, count },
        { timeout: 60_000, polling: 20 },
      )
      if ((await state.jsonValue()) === 'made') return
      await hour.clock.fastForward(1000)
    }
  }
})
