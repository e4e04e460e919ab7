import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { DAY_MS } from '../../src/core/model/duration.ts'
import { instant, parseAsn } from '../../src/core/model/units.ts'
import { listen, type Listening } from '../../src/web/listen.ts'
import { urls } from '../../src/site/urls.ts'
import { say } from '../../src/core/text/format.ts'
import { LANGS } from '../../src/core/text/lang.ts'
import { edgeParts } from '../../src/core/text/sentence/incident.ts'
import { HOME_ZONE } from '../../src/core/text/time.ts'
import { violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { unfold } from '../kit/browser/each-page.ts'
import { firstIncidents, firstSite, OWN } from '../kit/evening/first-sample.ts'
import { memoryIncidents } from '../kit/stores/memory-incidents.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const PHONE = { width: 390, height: 844 }

describe('the first screen in a browser', { skip }, () => {
  let browser: Browser
  let server: Listening
  before(async () => {
    server = await listen(await firstSite({ networks: 60 }), { host: '127.0.0.1', port: 0 })
    browser = await openBrowser()
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })

  const visit = async (path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> => {
    const page = await browser.newPage({ viewport: PHONE, ...options })
    await page.goto(new URL(path, server.url).href)
    return page
  }

  it('gives the answer, six services and both ways on within one screen of a phone', async () => {
    for (const lang of LANGS)
      for (const network of [OWN, parseAsn(64501), 'all'] as const) {
        const page = await visit(urls.first(lang, network))
        assert.equal(await page.locator('.svc.now li').count(), 6)
        for (const part of ['h1', '.svc.now li >> nth=5', '.next .btn >> nth=1']) {
          const box = await page.locator(part).boundingBox()
          const end = (box?.y ?? Number.NaN) + (box?.height ?? 0)
          assert.ok(end <= PHONE.height, `${lang} ${network}: ${part} ends at ${end}`)
        }
        await page.close()
      }
  })

  it('has both ways on within that screen also where four services do not open, below the line of a simulated site', async () => {
    const shut = firstIncidents().find(({ service, asn, running }) => service === 'youtube' && asn === OWN && running)
    assert.ok(shut !== undefined)
    const list = ['youtube', 'instagram', 'telegram', 'facebook'].map((service) => ({ ...shut, service, id: service }))
    await using site = await listen(await firstSite({ incidents: memoryIncidents(list) }), {
      host: '127.0.0.1',
      port: 0,
    })
    for (const lang of LANGS)
      for (const network of [OWN, 'all', undefined] as const) {
        const page = await browser.newPage({ viewport: PHONE })
        await page.goto(new URL(urls.first(lang, network), site.url).href)
        assert.equal(await page.locator('aside.sim').count(), 1)
        assert.equal(await page.locator('.svc.now li:not(.open, .none, .unkn)').count(), 4)
        const box = await page.locator('.next .btn >> nth=1').boundingBox()
        const end = (box?.y ?? Number.NaN) + (box?.height ?? 0)
        assert.ok(end <= PHONE.height, `${lang} ${network}: the second way on ends at ${end}`)
        await page.close()
      }
  })

  it('shows the edge of a network that is out of sight, so that one sees that the matrix scrolls', async () => {
    for (const width of [360, 390, 412]) {
      const page = await visit(urls.first('kk', OWN), { viewport: { width, height: 844 } })
      const cut = await page.locator('.scroll:has(.mx)').evaluate((box) => {
        const end = box.getBoundingClientRect().right
        return [...box.querySelectorAll('thead th')].some((head) => {
          const { left, right } = head.getBoundingClientRect()
          return left < end - 8 && right > end + 8
        })
      })
      assert.equal(cut, true, `${width} px`)
      await page.close()
    }
  })

  it('gives axe nothing to say against it, its questions and answers, by day and by night', async () => {
    for (const [path, colorScheme] of [
      [urls.first('kk', OWN), 'light'],
      [urls.first('ru', OWN), 'dark'],
      [urls.check('ru', OWN), 'light'],
    ] as const) {
      const page = await visit(path, { colorScheme })
      await unfold(page)
      assert.deepEqual(await violationsOf(page), [], path)
      await page.close()
    }
  })

  it('is nowhere wider than the window, and its taps are large enough', async () => {
    for (const lang of LANGS)
      for (const path of [urls.first(lang, OWN), urls.first(lang), urls.check(lang, OWN), urls.report(lang)]) {
        const page = await visit(path, { viewport: { width: 320, height: 640 } })
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320, path)
        const small = await page
          .locator('main a:visible, main summary:visible')
          .evaluateAll((links) =>
            links
              .filter((link) => link.getBoundingClientRect().height < 43.5 && link.closest('td, p, figure') === null)
              .map((link) => link.textContent.trim()),
          )
        assert.deepEqual(small, [], path)
        await page.close()
      }
  })

  it('holds every state and conclusion of what continues, however narrow the window', async () => {
    for (const lang of LANGS) {
      const page = await visit(urls.first(lang, OWN))
      const states = (['shut', 'part', 'slow', 'unkn'] as const).map((state) => say(lang, `board.state.${state}`))
      const conclusions = (['blocking', 'throttling', 'not-determined'] as const).map((word) =>
        say(lang, `incident.verdict-short.${word}`),
      )
      // An interval that begins on the day before has its dates.
      const start = firstIncidents().find(({ start }) => start.kind === 'dated')!.start // the sample has some
      const edge = { ...start, lo95: instant((start.median ?? 0) - DAY_MS) }
      const { interval = '' } = edgeParts(lang, edge, { side: 'start', zone: HOME_ZONE, dated: false })
      for (const width of [320, 335, 350, 360, 390]) {
        await page.setViewportSize({ width, height: 640 })
        for (const state of states)
          for (const conclusion of conclusions) {
            await page.locator('.run tbody tr').evaluateAll(
              (rows, texts) => {
                for (const row of rows) {
                  row.querySelector('.t small')?.replaceChildren(texts.interval)
                  row.querySelector('.st')?.lastChild?.replaceWith(texts.state)
                  row.querySelector('td:last-child')?.replaceChildren(texts.conclusion)
                }
              },
              { state, conclusion, interval },
            )
            const wide = await page.locator('.run').evaluate((table) => table.getBoundingClientRect().right)
            assert.ok(wide <= width, `${lang} ${width}: ${state}, ${conclusion} ends at ${wide}`)
          }
      }
      await page.close()
    }
  })

  it('keeps services in sight while the matrix scrolls, and the own network stands first', async () => {
    const page = await visit(urls.first('kk', OWN), { viewport: { width: 320, height: 640 } })
    const first = await page.locator('.mx.now tbody th').first().boundingBox()
    await page
      .locator('.scroll')
      .first()
      .evaluate((element) => element.scrollBy(200, 0))
    assert.equal((await page.locator('.mx.now tbody th').first().boundingBox())?.x, first?.x)
    const names = await page.locator('.mx.now thead th small').allTextContents()
    assert.equal(names[0], `AS${OWN}`)
    assert.equal(names.length, 12)
    await page.close()
  })

  it('leads to another network without a script', async () => {
    const page = await visit(urls.first('ru', OWN), { javaScriptEnabled: false })
    await page.locator('.net summary').click()
    await page.locator('.net a', { hasText: 'AS64503' }).click()
    assert.equal(new URL(page.url()).search, '?network=AS64503')
    assert.match(await page.locator('.net p').innerText(), /Example Fibre/)
    await page.locator('.next .btn').first().click()
    assert.equal(new URL(page.url()).pathname, '/ru/check')
    assert.match(await page.locator('h1').innerText(), /У других в этой сети то же самое\. Началось: 20:05\./)
    await page.close()
  })
})
