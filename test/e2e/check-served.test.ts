import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { withFolder } from '../../src/cli/folder.ts'
import { runCommand } from '../../src/cli/main.ts'
import { crowdCanariesSchema } from '../../src/model/canaries.ts'
import { instant } from '../../src/model/units.ts'
import { openLog } from '../../src/pipeline/log/open-log.ts'
import { chromiumPath, openBrowser } from '../kit/browser.ts'
import { CheckHosts, ONE_PIXEL } from '../kit/check-hosts.ts'
import { serveFolderAt, type ServedFolder } from '../kit/served-folder.ts'
import { testWorld } from '../kit/world.ts'

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
      await using log = await openLog(open.logFolder, { archive, begin: { simulated: false, at: instant(0) } })
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
    const isUsable = async (): Promise<boolean> => (await (await fetch(at)).text()).includes('&quot;usable&quot;')
    for (let nth = 0; nth < 200 && !(await isUsable()); nth++) await wait(200)
    assert.ok(await isUsable())
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

  it('logs the digest of a saved check, and the file verifies', async () => {
    await page.locator('[data-part=tick]').check()
    await page.locator('[data-do=save]').click()
    await page.getByText(/секундтан кейін дайын болады|Файл дайын/).waitFor({ timeout: 60_000 })
    await served.kuager('log', 'sequence')
    await page.getByText('Файл дайын.').waitFor({ timeout: 60_000 })
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-part=link] a').click()])
    await download.saveAs(join(root, 'saved.json'))
    writeFileSync(join(root, 'log.keys'), await (await fetch(new URL('/log/keys', served.url))).text())
    let out = ''
    const world = testWorld(root, (text) => (out += text))
    assert.equal(await runCommand(['verify', 'saved.json', '--key', 'log.keys', '--lang', 'kk'], world), 0, out)
    assert.match(out, /тексеру расталды/)
  })
})
