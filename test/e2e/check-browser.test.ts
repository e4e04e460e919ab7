import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { MINUTE_MS } from '../../src/core/model/duration.ts'
import { crowdCheckSchema, type CheckPlan } from '../../src/core/model/people/crowd-check.ts'
import { formatAsn, parseAsn } from '../../src/core/model/units.ts'
import { openWork } from '../../src/web/work/open-work.ts'
import type { SentCheck } from '../../src/site/check/desk.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import type { Visitor } from '../../src/site/visitor.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { openWithBlocker } from '../kit/browser/blocker.ts'
import { violationsOf } from '../kit/browser/axe.ts'
import { CHECK_HOSTS_SWITCH, chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { CheckHosts, type HostKind } from '../kit/net/check-hosts.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { sampleSite } from '../kit/site/site-sample.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const noFirefox = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false
const PHONE = { width: 390, height: 844 }

describe('a check from the reader’s own browser', { skip }, () => {
  let hosts: CheckHosts
  let server: Listening
  let browser: Browser
  let plan: CheckPlan
  const taken: SentCheck[] = []
  let wait = 0

  const target = (
    kind: HostKind,
    name: string,
    given: Partial<CheckPlan['targets'][0]> = {},
  ): CheckPlan['targets'][0] => ({
    service: name.toLowerCase(),
    name,
    ...hosts.pair(kind, name.toLowerCase()),
    fresh_at_utc: new Date(Date.now() - 10 * MINUTE_MS).toISOString(),
    abroad: 'usable',
    ...given,
  })
  const planOf = (targets: CheckPlan['targets'], given: Partial<CheckPlan> = {}): CheckPlan => ({
    format: 'kuager-check-plan/1',
    made_at_utc: new Date().toISOString(),
    network: 'AS64496',
    controls: [hosts.pair('control')],
    timeout_ms: 1500,
    between_tries_ms: 1000,
    targets,
    others: [
      { service: 'telegram', failing: 14, of: 17, since_utc: new Date().toISOString(), people: 6, people_open: null },
      { service: 'signal', failing: 0, of: 5, since_utc: null, people: null, people_open: null },
    ],
    ...given,
  })

  before(async () => {
    hosts = await CheckHosts.open()
    plan = planOf([target('good', 'YouTube'), target('good', 'WhatsApp'), target('reset', 'Telegram')])
    const site = await sampleSite({
      crowd: {
        plan: () => Promise.resolve({ ...plan, made_at_utc: new Date().toISOString() }),
        take: (sent) => {
          if (wait === 0) taken.push(sent)
          return Promise.resolve({ wait })
        },
      },
      work: openWork({ clock: systemClock }),
    })
    server = await listen(site, { host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
    await hosts[Symbol.asyncDispose]()
  })

  const visit = async (
    lang = 'en',
    context?: BrowserContext,
  ): Promise<{ page: Page; said: string[]; asked: string[] }> => {
    const made = context ?? (await browser.newContext({ viewport: PHONE, ignoreHTTPSErrors: true }))
    const page = await made.newPage()
    const [said, asked]: [string[], string[]] = [[], []]
    page.on('pageerror', (error) => said.push(error.message))
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(new URL(`/${lang}/check?network=AS64496`, server.url).href)
    return { page, said, asked }
  }
  const sentence = (page: Page): Promise<string> => page.locator('[data-part=sentence]').innerText()
  const check = async (page: Page): Promise<Record<string, string>> => {
    await page.locator('[data-do=start]').click()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 60_000 })
    return page
      .locator('[data-part=rows] > li')
      .evaluateAll((items) =>
        Object.fromEntries(
          items.map((item) => [item.getAttribute('data-service') ?? '', item.getAttribute('data-mark') ?? '']),
        ),
      )
  }

  it('asks nobody before the click, and lists whom it will ask and who sees it', async () => {
    hosts.came.length = 0
    const { page, asked } = await visit()
    await page.locator('[data-do=start]').waitFor()
    assert.deepEqual(
      asked.filter((url) => !url.startsWith(server.url.slice(0, -1))),
      [],
    )
    assert.equal(hosts.came.length, 0)
    const listed = await page.locator('.contacts .mono').allInnerTexts()
    assert.deepEqual(
      listed,
      [...plan.targets, ...plan.controls].map(({ document }) => new URL(document).host),
    )
    assert.match(await page.locator('.mycheck').innerText(), /Your provider/)
    await page.context().close()
  })

  it('may ask the hosts of the plan and no other', async () => {
    const answer = await fetch(new URL('/kk/check?network=AS64496', server.url))
    const policy = answer.headers.get('content-security-policy') ?? ''
    const origins = [...plan.targets, ...plan.controls].map(({ document }) => new URL(document).origin)
    for (const name of ['connect-src', 'img-src'])
      assert.ok(policy.split('; ').includes([name, "'self'", ...origins].join(' ')), policy)
    for (const path of ['/kk/', '/kk/incidents'])
      assert.doesNotMatch(
        (await fetch(new URL(path, server.url))).headers.get('content-security-policy') ?? '',
        /https:/,
      )
  })

  it('speaks of the network that the reader is on, not of the one that a link names', async () => {
    const cases: readonly (readonly [Visitor, RegExp, RegExp])[] = [
      [{ kind: 'known', asn: parseAsn(64498) }, /^On your network \(Example Wireless\) everything/, /^$/],
      [
        { kind: 'ask', why: 'foreign' },
        /^On this connection everything/,
        /If a VPN is on, the check tested the VPN, not your network/,
      ],
      [{ kind: 'ask', why: 'unknown' }, /^On your network \(Example Mobile\) everything/, /^$/],
    ]
    for (const [visitor, says, lines] of cases) {
      const site = await sampleSite({
        crowd: {
          plan: (asn) =>
            Promise.resolve(
              planOf([target('good', 'YouTube')], { network: asn === undefined ? null : formatAsn(asn), others: [] }),
            ),
          take: () => Promise.resolve({ wait: 0 }),
        },
        visitor: () => visitor,
      })
      await using own = await listen(site, { host: '127.0.0.1', port: 0 })
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      const page = await context.newPage()
      await page.goto(new URL('/en/check?network=AS64496', own.url).href)
      assert.deepEqual(await check(page), { youtube: 'open' })
      assert.match(await sentence(page), says)
      assert.match(await page.locator('[data-part=lines]').innerText(), lines)
      const sent = JSON.parse((await page.locator('[data-part=text]').textContent()) ?? '') as {
        network: string | null
      }
      const network = visitor.kind === 'known' ? 'AS64498' : visitor.why === 'foreign' ? null : 'AS64496'
      assert.equal(sent.network, network)
      await context.close()
    }
  })

  it('finds the one service that does not answer, says what others see, and sends what it shows', async () => {
    hosts.came.length = 0
    taken.length = 0
    const { page, said } = await visit()
    assert.deepEqual(await check(page), { youtube: 'open', whatsapp: 'open', telegram: 'shut' })
    assert.match(
      await sentence(page),
      /^On your network \(Example Mobile\) the site of Telegram does not answer, everything else does; 14 others on this network see the same since \d\d:\d\d\.$/,
    )
    const lines = await page.locator('[data-part=lines]').innerText()
    assert.match(
      lines,
      /^Telegram: it is the same for others on this network\. Devices of volunteers: 14 of 17\. Since \d\d:\d\d\./,
    )
    assert.match(lines, /people who had problems in the last two hours: 6/)
    for (const { cookie, referer } of hosts.came) assert.deepEqual([cookie, referer], [undefined, undefined])
    await page.locator('[data-part=region]').selectOption('KZ-75')
    const shown = crowdCheckSchema.parse(JSON.parse((await page.locator('[data-part=text]').textContent()) ?? ''))
    await page.locator('[data-do=send]').click()
    await page.getByText('Sent. Thank you.').waitFor({ timeout: 60_000 })
    assert.deepEqual(taken[0]?.check, shown)
    assert.equal(shown.region, 'KZ-75')
    assert.deepEqual(
      shown.results.map(({ service, outcome, tries }) => [service, outcome, tries.length]),
      [
        ['youtube', 'reachable', 1],
        ['whatsapp', 'reachable', 1],
        ['telegram', 'interference', 2],
      ],
    )
    wait = 7
    await page.locator('[data-do=send]').click()
    await page.getByText('Try again in 7 s.').waitFor({ timeout: 60_000 })
    wait = 0
    assert.deepEqual(said, [])
    await page.context().close()
  })

  const MANY = (): CheckPlan =>
    planOf(
      [
        target('good', 'YouTube'),
        target('page', 'Signal'),
        target('elsewhere', 'Google'),
        target('silent', 'WhatsApp'),
        target('slow', 'Wikipedia'),
        target('reset', 'Messenger'),
        target('reset', 'Telegram', { abroad: 'broken' }),
        target('reset', 'TikTok', { fresh_at_utc: new Date(Date.now() - 61 * MINUTE_MS).toISOString() }),
        target('reset', 'Instagram', { abroad: 'closed-to-pages' }),
      ],
      { timeout_ms: 4000 },
    )
  const FOUND = {
    youtube: 'open',
    signal: 'part',
    google: 'part',
    whatsapp: 'shut',
    wikipedia: 'slow',
    messenger: 'shut',
    telegram: 'fault',
    tiktok: 'unkn',
    instagram: 'unkn',
  }

  it('tells every condition apart that a page can tell apart', async () => {
    const before = plan
    plan = MANY()
    const { page } = await visit()
    assert.deepEqual(await check(page), FOUND)
    assert.equal(
      await sentence(page),
      'On your network (Example Mobile) these sites do not answer: WhatsApp, Messenger. Services that do: 2 of 9.',
    )
    plan = before
    await page.context().close()
  })

  it('finds the same in Firefox', { skip: noFirefox }, async () => {
    const before = plan
    plan = MANY()
    const localNames = [...plan.targets, ...plan.controls].map(({ document }) => new URL(document).hostname)
    await using page = await openFirefox(120_000, { localNames, anyAuthority: true })
    await page.goTo(new URL('/en/check?network=AS64496', server.url).href)
    const found = await page.evaluate(`(async () => {
      const start = document.querySelector('[data-do=start]')
      start.click()
      while (start.disabled || start.hidden) await new Promise((resolve) => setTimeout(resolve, 100))
      return JSON.stringify(Object.fromEntries([...document.querySelectorAll('[data-part=rows] > li')].map((item) =>
        [item.dataset.service, item.dataset.mark])))
    })()`)
    const text = await page.evaluate("document.querySelector('[data-part=text]').textContent")
    assert.deepEqual(JSON.parse(String(found)), FOUND, String(text))
    for (const { cookie, referer } of hosts.came) assert.deepEqual([cookie, referer], [undefined, undefined])
    plan = before
  })

  it('does not call it a block without a word where a blocker in the browser refuses a site', async () => {
    const before = plan
    const { document, image } = hosts.pair('good', 'facebook')
    const real = (url: string): string => url.replace('facebook.check.test', 'www.facebook.com')
    plan = planOf([
      ...['YouTube', 'Signal', 'WhatsApp'].map((name) => target('far', name)),
      { ...target('good', 'Facebook'), document: real(document), image: real(image) },
    ])
    await using blocker = await openWithBlocker({
      viewport: PHONE,
      switches: [`${CHECK_HOSTS_SWITCH}, MAP www.facebook.com 127.0.0.1`],
    })
    const { page } = await visit('en', blocker.context)
    const marks = await check(page)
    const words = await page.innerText('[data-part=result]')
    // At once where the machine is not busy; else the reading is named beside it.
    if (marks['facebook'] === 'unkn') assert.match(words, /most likely by a browser protection/)
    else assert.match(words, /Some browsers stop requests to social networks/)
    assert.equal(marks['youtube'], 'open')
    assert.ok(!hosts.came.some(({ host }) => host === 'www.facebook.com'))
    plan = before
  })

  it('judges nothing where the control host is away', async () => {
    hosts.isOnline = false
    const { page } = await visit()
    assert.deepEqual(new Set(Object.values(await check(page))), new Set(['unkn']))
    assert.match(await sentence(page), /No control server answered, so there is no result/)
    hosts.isOnline = true
    await page.context().close()
  })

  it('judges by the control hosts that answer, and names one that does not', async () => {
    const before = plan
    plan = { ...plan, controls: [hosts.pair('reset', 'blocked-control'), hosts.pair('control')] }
    const { page } = await visit()
    const [away, up] = plan.controls.map(({ document }) => new URL(document).host)
    assert.deepEqual(await check(page), { youtube: 'open', whatsapp: 'open', telegram: 'shut' })
    const lines = await page.locator('[data-part=lines]').innerText()
    assert.ok(lines.includes(`Control servers that did not answer: ${away}. Those that did: ${up}.`), lines)
    plan = before
    await page.context().close()
  })

  it('stops when the reader stops it', async () => {
    const { page } = await visit()
    await page.locator('[data-do=start]').click()
    await page.getByText('are tried again in').waitFor()
    await page.locator('[data-do=stop]').click()
    await page.getByText('The check was stopped.').first().waitFor()
    assert.equal(await page.locator('[data-service=telegram]').getAttribute('data-mark'), 'unkn')
    assert.equal(await page.locator('[data-service=youtube]').getAttribute('data-mark'), 'open')
    await page.context().close()
  })

  it('keeps nothing: no cookie, no storage', async () => {
    const { page } = await visit()
    await check(page)
    assert.deepEqual(await page.context().cookies(), [])
    assert.deepEqual(
      await page.evaluate(async () => [
        localStorage.length,
        sessionStorage.length,
        (await indexedDB.databases()).length,
      ]),
      [0, 0, 0],
    )
    await page.context().close()
  })

  for (const lang of LANGS)
    it(`leaves axe nothing to say, before and after: ${lang}`, async () => {
      const { page, said } = await visit(lang)
      assert.deepEqual(await violationsOf(page), [])
      await check(page)
      await page.locator('details').evaluateAll((all) => {
        for (const one of all) one.setAttribute('open', '')
      })
      assert.deepEqual(await violationsOf(page), [])
      const box = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(box <= PHONE.width, `${box} pixels wide`)
      await page.locator('pre').evaluate((pre) => pre.remove())
      assert.doesNotMatch(await page.innerText('main'), /[{}]|undefined|NaN|crowd\./)
      assert.deepEqual(said, [])
      await page.context().close()
    })

  it('is absent without scripts, with a sentence, and in copies altogether', async () => {
    const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false })
    const { page } = await visit('en', context)
    assert.equal(await page.locator('[data-do=start]').count(), 0)
    assert.match(await page.innerText('main'), /This check needs scripts/)
    await context.close()
    const mirror = await sampleSite({
      crowd: { plan: () => Promise.resolve(plan), take: () => Promise.resolve({ wait: 0 }) },
      frame: { medium: 'mirror', assets: '0', mirrors: [] },
    })
    const answer = await mirror.request(urls.check('en'))
    assert.doesNotMatch(await answer.text(), /data-check|check\.js/)
  })
})
