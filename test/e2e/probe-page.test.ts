import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { CONSENT_VERSION, loadConsent, saveConsent } from '../../src/probe/consent/consent.ts'
import { pausedUntil } from '../../src/probe/plan/pause-file.ts'
import { loadSettings, saveSettings } from '../../src/probe/plan/settings.ts'
import { saveSchedule } from '../../src/probe/plan/schedule-file.ts'
import { formatJoinLink } from '../../src/core/model/people/join-link.ts'
import { ProbeKeys } from '../../src/probe/identity/keys.ts'
import { Receipts } from '../../src/probe/spool/receipts.ts'
import { instant, parseAsn } from '../../src/core/model/units.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { PACKAGE_ROOT } from '../../src/runtime/files/package-root.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'

const root = mkdtempSync(join(tmpdir(), 'kuager-probe-page-'))
const folder = join(root, 'probe')
const list = join(root, 'services.json')

/** A page of another origin in the same browser, which knows the port and tries all that a page can. */
const HOSTILE = `<!doctype html><title>running</title><body><script>
const at = location.hash.slice(1), got = []
const tried = async (name, what) => { try { const text = await what(); if (text) got.push(name + ': ' + text) } catch {} }
;(async () => {
  for (const mode of ['cors', 'no-cors']) for (const path of ['/', '/api/state', '/page.js'])
    await tried(mode + path, async () => (await fetch(at + path, { mode, credentials: 'include' })).text())
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded'])
    for (const mode of ['cors', 'no-cors'])
      await tried('post ' + type, async () => (await fetch(at + '/api/forget', { method: 'POST', mode, headers: { 'content-type': type }, body: '{"sure":true}' })).text())
  await tried('script', () => new Promise((done) => { const s = document.createElement('script'); s.src = at + '/page.js'; s.onload = () => done('loaded'); s.onerror = () => done(''); document.body.append(s) }))
  await tried('frame', () => new Promise((done) => { const f = document.createElement('iframe'); f.src = at + '/'; f.onload = () => { try { done(f.contentDocument.body.textContent.trim() && location.origin !== at ? f.contentDocument.body.textContent : '') } catch { done('') } }; f.onerror = () => done(''); document.body.append(f); setTimeout(() => done(''), 3000) }))
  await tried('window', () => new Promise((done) => { const w = window.open(at + '/'); setTimeout(() => { try { done(w.document.body.textContent + Object.values(w.sessionStorage).join()) } catch { done('') } }, 1500) }))
  await tried('socket', () => new Promise((done) => { const s = new WebSocket(at.replace('http', 'ws') + '/api/state'); s.onopen = () => done('open'); s.onerror = () => done('') }))
  const form = document.createElement('form'); form.action = at + '/api/forget'; form.method = 'post'; form.target = 'sink'; form.enctype = 'text/plain'
  form.innerHTML = '<input name=\\'{"sure":true,"x":"\\' value=\\'"}\\'>'
  const sink = document.createElement('iframe'); sink.name = 'sink'; document.body.append(sink, form); form.submit()
  await new Promise((done) => setTimeout(done, 1000))
  document.title = 'done ' + JSON.stringify(got.filter((one) => !/^no-cors/.test(one)))
})()
</script>`

describe('the page of a probe', { skip: chromiumPath() === undefined && 'needs a browser' }, () => {
  let child: ChildProcess
  let link = ''
  const hostile = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(HOSTILE)
  })
  let hostileOrigin = ''

  /** Opens the page anew: each address opens once. */
  async function begin(): Promise<void> {
    child = spawn(
      process.execPath,
      [join(PACKAGE_ROOT, 'bin/kuager.js'), 'probe', 'page', '--no-start', '--folder', folder, '--lang', 'en'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, XDG_CONFIG_HOME: join(root, 'config'), PATH: root },
      },
    )
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (piece: string) => (said += piece))
    while (!said.includes('#')) await once(child.stdout ?? child, 'data')
    link = /http:\S+/.exec(said)?.[0] ?? ''
  }
  const origin = (): string => new URL(link).origin

  before(async () => {
    hostile.listen(0, '127.0.0.1')
    await once(hostile, 'listening')
    hostileOrigin = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}`
    const now = systemClock.now()
    // Nothing is measured by this test: no service is listed.
    writeFileSync(list, JSON.stringify({ services: [] }))
    await saveSettings(folder, { serviceList: list, lang: 'en' })
    await saveConsent(folder, { version: CONSENT_VERSION, at: now, lang: 'en', tiers: ['A'], by: 'answer' })
    await saveSchedule(folder, { nextCore: instant(now + 600_000), half: Math.floor(now / 43_200_000) })
    await begin()
  })
  after(() => {
    child.kill()
    hostile.close()
    rmSync(root, { recursive: true })
  })

  const hostileSaw = (title: string): unknown => JSON.parse(title.replace(/^done /, ''))

  it('is nothing that a hostile page in the same Chromium could read or act on', async () => {
    await using browser = await openBrowser()
    const context = await browser.newContext()
    const own = await context.newPage()
    await own.goto(link)
    await own.locator('h1').waitFor()
    const page = await context.newPage()
    await page.goto(`${hostileOrigin}/#${origin()}`)
    await page.waitForFunction(() => document.title.startsWith('done'))
    assert.deepEqual(hostileSaw(await page.title()), [])
    assert.notEqual(await loadConsent(folder), undefined, 'nothing was deleted')
    await page.goto(link)
    await page.locator('p').first().waitFor()
    assert.match(await page.locator('main').innerText(), /This address was used/, 'an address opens once')
    await context.close()
  })

  it(
    'is nothing that a hostile page in the same Firefox could read or act on',
    { skip: firefoxPath() === undefined && 'needs Firefox' },
    async () => {
      child.kill()
      await begin()
      await using page = await openFirefox()
      await page.goTo(link)
      await page.evaluate(
        `new Promise((done) => { const look = () => document.querySelector('h1') ? done(1) : setTimeout(look, 50); look() })`,
      )
      await page.goTo(`${hostileOrigin}/#${origin()}`)
      await page.evaluate(
        `new Promise((done) => { const look = () => document.title.startsWith('done') ? done(1) : setTimeout(look, 100); look() })`,
      )
      assert.deepEqual(hostileSaw(String(await page.evaluate('document.title'))), [])
      assert.notEqual(await loadConsent(folder), undefined, 'nothing was deleted')
    },
  )

  it('takes a pasted link with the checks of the command, keeps what was typed when it is wrong, and measures nothing', async () => {
    child.kill()
    await begin()
    await using browser = await openBrowser()
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(link)
    const key = 'A'.repeat(43)
    const address = { collectors: ['https://kuager.example'], controls: [], observatory: 'https://kuager.example' }
    const good = formatJoinLink({ ...address, key, invitation: 'abcde-fghjk-mnpqr-stuvw' })
    const paste = async (text: string): Promise<void> => {
      await page.locator('#join-link').fill(text)
      await page.getByRole('button', { name: 'Join', exact: true }).click()
    }
    await paste(good.slice(0, -2))
    await page.getByText('A part of the link is missing').waitFor()
    assert.equal(await page.locator('#join-link').inputValue(), good.slice(0, -2))
    await paste(good)
    await page.getByText('You have joined the observatory kuager.example.').waitFor()
    assert.deepEqual((await loadSettings(folder)).joined, { observatory: 'https://kuager.example', key })
    await page.getByText('Use another link').click()
    await paste(formatJoinLink({ ...address, key: 'B'.repeat(43) }))
    await page.getByText('The key of kuager.example is not the one').waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    assert.deepEqual(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      [],
    )
    assert.equal((await loadSettings(folder)).joined?.key, key)
    await page.getByLabel('Yes, this link replaces').check()
    await page.getByRole('button', { name: 'Join', exact: true }).click()
    await page.getByText('Saved.').waitFor()
    assert.equal((await loadSettings(folder)).joined?.key, 'B'.repeat(43))
    // No program of the system is found.
    await page.getByRole('button', { name: 'Turn the schedule on' }).click()
    await page.getByText('To start it, run: systemctl --user daemon-reload').waitFor()
    for (const url of asked) assert.ok(url.startsWith(origin()) && !url.includes('key='), url)
    assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), ['kuager-probe-key'])
  })

  it('says why it cannot show anything, where its address is a good one', async () => {
    child.kill()
    await begin()
    writeFileSync(list, 'no list')
    await using browser = await openBrowser()
    const page = await browser.newPage()
    await page.goto(link)
    await page.getByText('Cannot read services').waitFor()
    writeFileSync(list, JSON.stringify({ services: [] }))
  })

  it('shows, pauses, sets the limit, speaks three languages, and deletes everything; axe finds nothing', async () => {
    child.kill()
    const at = systemClock.now()
    const { pseudonym } = await new ProbeKeys(folder).keyFor(parseAsn(9198), at)
    await new Receipts(folder).add({ id: 'a'.repeat(64), leaf: 40, at, probe: pseudonym })
    await begin()
    await using browser = await openBrowser()
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } })
    const page = await context.newPage()
    const problems: string[] = []
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(link)
    await page.locator('h1').waitFor()
    assert.equal(new URL(page.url()).hash, '', 'the code is taken out of the address')
    const look = async (): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      assert.deepEqual(
        violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
        [],
      )
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'fits the phone')
    }
    await look()
    const own = page.getByRole('link', { name: 'This month’s measurements on the site (AS9198)' })
    assert.match(
      (await own.getAttribute('href')) ?? '',
      /^https:\/\/kuager\.example\/en\/mine#1\.\d{4}-\d\d\.[0-9a-f]{16}\./,
    )
    await page.getByText('Anyone who has this link sees these measurements too.').waitFor()
    await page.getByRole('button', { name: 'Pause for a day' }).click()
    await page.getByRole('button', { name: 'End the pause' }).waitFor()
    assert.ok((await pausedUntil(folder, systemClock.now())) !== undefined)
    await page.getByRole('button', { name: 'End the pause' }).click()
    await page.getByRole('button', { name: 'Pause for a day' }).waitFor()
    assert.equal(await pausedUntil(folder, systemClock.now()), undefined)
    await page.locator('#limit').focus()
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Saved.').waitFor()
    assert.equal((await loadSettings(folder)).allowanceMb, 20)
    for (const name of ['Қазақша', 'Русский', 'English']) {
      await page.getByRole('button', { name }).click()
      await page.locator(`nav button[aria-pressed=true]:text("${name}")`).waitFor()
      await look()
    }
    await page.reload()
    await page.getByRole('button', { name: 'Withdraw consent' }).click()
    await page.locator('h1:text("Before the first measurement")').waitFor()
    assert.deepEqual((await loadConsent(folder))?.tiers, [])
    const text = await page.locator('main').innerText()
    assert.ok(text.includes('To stop: “Pause for an hour”.'), text)
    assert.doesNotMatch(text, /Ctrl-C|forget/, 'nothing for a terminal')
    await look()
    await saveConsent(folder, {
      version: CONSENT_VERSION,
      at: systemClock.now(),
      lang: 'en',
      tiers: ['A'],
      by: 'answer',
    })
    await page.reload()
    await page.getByRole('button', { name: 'Leave and delete everything' }).click()
    const ended = once(child, 'exit')
    await page.getByRole('button', { name: 'Yes, delete everything' }).click()
    await page.getByText('Everything is deleted.').waitFor()
    await ended
    assert.throws(() => readFileSync(join(folder, 'consent.json')), /ENOENT/)
    assert.deepEqual(problems, [])
    await context.close()
  })
})
