import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser } from 'playwright-core'
import { openDemoCanaries } from '../../src/app/demo/canaries.ts'
import { checkPlanSchema, type CheckPlan } from '../../src/core/model/people/crowd-check.ts'
import { instant, type Asn } from '../../src/core/model/units.ts'
import { systemClock } from '../../src/runtime/clock.ts'
import { urls } from '../../src/site/urls.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firstSite, OWN } from '../kit/evening/first-sample.ts'
import { samplePlan, sampleCrowd } from '../kit/site/check-plan.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false

describe('"Is it only me?" in a demonstration', { skip }, () => {
  let canaries: Awaited<ReturnType<typeof openDemoCanaries>>
  let site: Listening
  let browser: Browser
  before(async () => {
    canaries = await openDemoCanaries(
      (service, asn) =>
        asn !== OWN ? undefined : service === 'youtube' ? 'silent' : service === 'telegram' ? 'broken' : undefined,
      () => instant(0),
    )
    const plan = (asn: Asn | undefined): CheckPlan => {
      const now = new Date(systemClock.now()).toISOString()
      const given = samplePlan(asn, { made_at_utc: now, between_tries_ms: 500, timeout_ms: 2000 })
      return checkPlanSchema.parse({
        ...given,
        controls: canaries.controls,
        targets: given.targets.map((one) => ({
          ...one,
          ...canaries.addressOf(one.service, asn),
          ...{ fresh_at_utc: now, abroad: 'usable' },
        })),
      })
    }
    site = await listen(await firstSite({ networks: 6, crowd: sampleCrowd(async (asn) => plan(asn)) }), {
      host: '127.0.0.1',
      port: 0,
    })
    browser = await openBrowser(['--host-resolver-rules=MAP * ^NOTFOUND, EXCLUDE 127.0.0.1'])
  })
  after(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
    await canaries?.[Symbol.asyncDispose]()
  })

  /** Starts the check of a page, and gives what it found of each service, and every host that was asked. */
  async function check(path: string): Promise<{ readonly rows: readonly string[]; readonly hosts: Set<string> }> {
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    const hosts = new Set<string>()
    page.on('request', (request) => hosts.add(new URL(request.url()).hostname))
    await page.goto(new URL(path, site.url).href)
    const text = await page.locator('main').innerText()
    assert.match(text, /In this demonstration no real service is contacted/)
    assert.doesNotMatch(text, /Who can see this/)
    await page.locator('[data-do=start]').click()
    await page.locator('[data-do=start]:not([disabled])').waitFor({ timeout: 60_000 })
    await page.locator('[data-part=rows] li').first().waitFor()
    const rows = await page.locator('[data-part=rows] li').allInnerTexts()
    await page.close()
    return { rows, hosts }
  }

  it('measures invented services on this machine, as they are on the network that was chosen', async () => {
    const { rows, hosts } = await check(urls.check('en', OWN))
    assert.deepEqual([...hosts], ['127.0.0.1'], 'nothing is sent outside of it')
    assert.deepEqual(
      rows.map((row) => row.split('\n')[0]),
      [
        'YouTube: no answer.',
        'Facebook: answers.',
        'Instagram: answers.',
        'WhatsApp: answers.',
        'Telegram: the connection is interrupted.',
        'Signal: answers.',
      ],
    )
  })

  it('finds that everything opens where no network is chosen', async () => {
    const { rows, hosts } = await check(urls.check('en'))
    assert.deepEqual([...hosts], ['127.0.0.1'])
    assert.equal(rows.length, 6)
    for (const row of rows) assert.match(row, /: answers\./)
  })

  it('serves them on the loopback address only', () => {
    for (const { document, image } of [...canaries.controls, canaries.addressOf('youtube', OWN)])
      for (const url of [document, image]) assert.equal(new URL(url).hostname, '127.0.0.1')
  })
})
