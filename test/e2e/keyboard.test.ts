import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { violationsOf } from '../kit/browser/axe.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { unfold } from '../kit/browser/each-page.ts'
import { firefoxPath } from '../kit/browser/firefox.ts'
import { chromiumKeyboard, firefoxKeyboard, tabTo, untilTrue, type KeyboardPage } from '../kit/browser/keyboard.ts'
import { openEverySite, type EverySite } from '../kit/site/every-site.ts'
import { TILES } from '../../src/site/map/tiles.ts'

const BROWSERS = [
  ['Chromium', chromiumPath(), chromiumKeyboard],
  ['Firefox', firefoxPath(), firefoxKeyboard],
] as const
const FILES = [
  ['png', 'image/png'],
  ['svg', 'image/svg+xml'],
  ['csv', 'text/csv'],
] as const

describe('the keyboard alone', () => {
  let site: EverySite
  before(async () => {
    site = await openEverySite()
  })
  after(() => site[Symbol.asyncDispose]())
  const addressOf = (name: string): string => site.pages('en')[name] ?? assert.fail(`no page ${name}`)

  for (const [name, path, open] of BROWSERS)
    describe(`in ${name}`, { skip: path === undefined ? `there is no ${name} at /usr/bin` : false }, () => {
      let page: KeyboardPage
      before(async () => {
        page = await open()
      })
      after(() => page[Symbol.asyncDispose]())
      const text = async (expression: string): Promise<string> =>
        String(await page.evaluate(expression))
          .replaceAll('\u00a0', ' ')
          .replaceAll(/\s+/g, ' ')
          .trim()
      const textOf = (selector: string): Promise<string> =>
        text(`document.querySelector(${JSON.stringify(selector)}).textContent`)

      /** Opens the files of the first drawing of a page by Enter, and asks for each where the focus is. */
      const takeFiles = async (kinds: readonly string[]): Promise<void> => {
        await tabTo(page, 'main summary:has(+ ul.dl)')
        await page.press('Enter')
        for (const [ending, type] of FILES.filter(([ending]) => kinds.includes(ending))) {
          await tabTo(page, 'ul.dl a')
          const address = await text('document.activeElement.href')
          const answer = await fetch(address)
          assert.equal(answer.status, 200, address)
          assert.ok((answer.headers.get('content-type') ?? '').startsWith(type), `${address} is no ${ending}`)
          assert.ok((await answer.arrayBuffer()).byteLength > 100, address)
        }
      }

      it('reaches each tile of the map, hears what the table says of it, and opens its region', async () => {
        await page.goTo(addressOf('map'))
        const rows = JSON.parse(
          await text(
            `JSON.stringify([...document.querySelectorAll('main table tr')].map((row) => [...row.cells].map((cell) => cell.textContent.trim())))`,
          ),
        ) as readonly (readonly [string, string])[]
        const said: string[] = []
        for (const [region] of TILES) {
          await tabTo(page, '.tiles a')
          assert.match(await text('document.activeElement.href'), new RegExp(`/r/${region}$`))
          said.push(await text(`document.activeElement.getAttribute('aria-label')`))
        }
        const [head, ...regions] = rows
        assert.deepEqual(head?.[1], 'Reports')
        assert.deepEqual(said.toSorted(), regions.map(([region, count]) => `${region}. Reports: ${count}`).toSorted())
        assert.ok(said.some((one) => /Reports: \d+$/.test(one)) && said.some((one) => one.endsWith('or none')))
        await page.press('Enter')
        await untilTrue(page, `location.pathname === '/en/r/KZ-75'`)
        assert.equal(await textOf('h1'), 'Almaty')
      })

      it('chooses, shows and reads a drawing of the data, and takes its files', async () => {
        await page.goTo(addressOf('explore'))
        await tabTo(page, '.explore-form summary')
        await page.press('Enter')
        await tabTo(page, '#service-telegram')
        await page.press(' ')
        await untilTrue(page, `document.title.includes('Telegram')`)
        await tabTo(page, '[name="value"]')
        await page.press('ArrowDown')
        await tabTo(page, '.explore-form button')
        await page.press('Enter')
        await untilTrue(page, `new URLSearchParams(location.search).get('value') === 'mechanism'`)
        await untilTrue(page, `!document.querySelector('#explored').hasAttribute('aria-busy')`)
        await tabTo(page, '#explored svg[data-cells].broad')
        const line = `[...document.querySelector('.explored table').tBodies[0].rows]`
        const readout = `[...document.querySelectorAll('.explored .readout')].map((one) => one.textContent).join('')`
        await page.press('End')
        const last = await text(readout)
        assert.match(last, /^5 March 2026\. /)
        for (const cell of ['0', '1'])
          assert.ok(last.includes(await text(`${line}.at(-1).cells[${cell}].textContent`)), last)
        await page.press('ArrowLeft')
        assert.notEqual(await text(readout), last)
        await page.press('Home')
        assert.equal(await text(readout), 'No data for this time.')
        await takeFiles(['png', 'svg'])
      })

      it('reads the time axis of an incident, makes it larger, and takes its files and its words', async () => {
        await page.goTo(addressOf('incident-finished'))
        await tabTo(page, '.copy-text')
        await page.press('Enter')
        await untilTrue(page, `document.activeElement.nextElementSibling.textContent === 'Copied'`)
        await tabTo(page, 'figure[data-from] svg.broad')
        await page.press('Home')
        assert.match(await textOf('.readout.said'), /^18:30\. Measurements: no data/)
        await page.press('ArrowRight')
        assert.match(await textOf('.readout.said'), /^19:00\. Measurements: 23\./)
        const drawn = `document.querySelector('figure[data-from] svg.broad').innerHTML`
        const before = await text(drawn)
        await tabTo(page, '.zoom button')
        await page.press('Enter')
        assert.notEqual(await text(drawn), before)
        await takeFiles(['png', 'svg', 'csv'])
      })

      it('goes from the list of incidents to an episode, and from there to an incident', async () => {
        await page.goTo(addressOf('incidents'))
        await tabTo(page, '.entry a.what[href*="/e/"]')
        const title = await text('document.activeElement.textContent')
        await page.press('Enter')
        await untilTrue(page, `location.pathname.startsWith('/en/e/')`)
        assert.equal(await textOf('h1'), title)
        await tabTo(page, 'main a[href*="/i/"]')
        await page.press('Enter')
        await untilTrue(page, `location.pathname.startsWith('/en/i/')`)
      })

      it('opens a day of the calendar, which lists as many entries as the day said', async () => {
        await page.goTo(addressOf('chronicle'))
        await takeFiles(['png', 'svg', 'csv'])
        await tabTo(page, '.day-marks a')
        const day = /^5 March 2026\. Entries: (\d+)$/.exec(
          await text(`document.activeElement.getAttribute('aria-label')`),
        )
        assert.ok(day !== null)
        await page.press('Enter')
        await untilTrue(page, `location.pathname === '/en/incidents'`)
        assert.equal(await text(`document.querySelector('.days-form [name="day"]').value`), '2026-03-05')
        // What was withdrawn is listed, and is no entry of a day.
        const standing = `[...document.querySelectorAll('.entry')].filter((one) => !one.textContent.includes('withdrawn'))`
        assert.equal(await page.evaluate(`${standing}.length`), Number(day[1]))
      })
    })

  const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin' : false
  it('leaves axe nothing to say of what it walked through, by day and by night', { skip }, async () => {
    await using browser = await openBrowser()
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height: 900 } })
      const page = await context.newPage()
      for (const name of ['explore', 'map', 'episode', 'incidents', 'data', 'subscribe-form', 'chronicle']) {
        await page.goto(addressOf(name))
        await unfold(page)
        assert.deepEqual(await violationsOf(page), [], `${name}, ${colorScheme}`)
      }
      await context.close()
    }
  })
})
