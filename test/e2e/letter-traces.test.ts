import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { letterUrls } from '../../src/letter/pages/urls.ts'
import { chromiumPath } from '../kit/browser/browser.ts'
import { tracesOf } from '../kit/browser/browser-traces.ts'
import { LetterSite } from '../kit/letter/letter-site.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const NAME = 'Planted Qwxzname'
const COMMENT = 'Planted Qwxzcomment'
const MAIL = 'planted.qwxzmail@mail.example'

describe('signing in a browser that keeps its history', { skip }, () => {
  let site: LetterSite
  before(async () => {
    site = await LetterSite.open()
  })
  after(() => site[Symbol.asyncDispose]())

  const inProfile = async (scripts: boolean, act: (page: Page) => Promise<readonly string[]>): Promise<void> => {
    const traces = await tracesOf({ scripts, visited: `${site.origin}/en/receipt` }, async (page) => [
      ...(await act(page)),
      ...[NAME, COMMENT, MAIL],
    ])
    assert.deepEqual(traces.secrets, [])
    assert.notDeepEqual(traces.visited, [], 'the profile keeps what was visited')
  }
  const sign = async (page: Page): Promise<void> => {
    await page.goto(site.at(letterUrls.sign('en', site.letter.id)))
    await page.fill('[name=name]', NAME)
    await page.selectOption('[name=region]', 'KZ-75')
    await page.fill('[name=comment]', COMMENT)
    await page.fill('[name=mail]', MAIL)
    await page.check('[name=consent]')
    await page.click('button[type=submit]')
  }
  /** Looks at a receipt, goes on and back, withdraws. */
  const useReceipt = async (page: Page, code: string): Promise<void> => {
    await page.goto(site.at(letterUrls.receipt('en')))
    await page.fill('#r-code', code)
    await page.click('form >> nth=0 >> button')
    await page.locator('#w-sure').waitFor()
    await page.goto(site.at(letterUrls.safety('en')))
    await page.goBack()
    await page.check('#w-sure')
    await page.click('form:has(#w-sure) button')
    await page.locator('h1', { hasText: 'withdrawn' }).waitFor()
  }

  it('leaves neither name nor receipt on the disk with scripts', async () => {
    await inProfile(true, async (page) => {
      await sign(page)
      const code = await page.locator('[data-done]:not([hidden]) [data-code]').innerText()
      await page.goto(site.at(letterUrls.safety('en')))
      await page.goBack()
      assert.equal(await page.locator('[name=name]').inputValue(), '')
      await useReceipt(page, code)
      return [code]
    })
  })

  it('leaves neither name nor receipt on the disk without scripts, also after what was wrong at first', async () => {
    await inProfile(false, async (page) => {
      // Faster than anybody reads: the form comes back with what was typed.
      await sign(page)
      assert.equal(await page.locator('[name=name]').inputValue(), NAME)
      await page.click('button[type=submit]')
      const code = await page.locator('[data-code]').innerText()
      const shown = page.url()
      await page.reload()
      assert.equal(await page.locator('[data-code]').innerText(), code)
      site.clock.pass(120_000)
      await page.reload()
      assert.ok(!(await page.content()).includes(code))
      assert.equal((await fetch(shown)).status, 410)
      await useReceipt(page, code)
      return [code]
    })
  })

  it('leaves neither name nor receipt on the disk where nothing was taken', async () => {
    const { id } = site.letter
    await inProfile(false, async (page) => {
      await page.goto(site.at(letterUrls.receipt('en')))
      // A field twice; of a letter that is not there; of a form that is none of the receipt.
      for (const path of [letterUrls.sign('en', id), letterUrls.sign('en', 'none'), letterUrls.receipt('en')])
        for (const name of ['name', 'comment']) {
          await page.goto(site.at(letterUrls.sign('en', id)))
          await page.fill('[name=name]', NAME)
          await page.fill('[name=comment]', COMMENT)
          await page.fill('[name=mail]', MAIL)
          await page.selectOption('[name=region]', 'KZ-75')
          await page.check('[name=consent]')
          await page.locator('form').evaluate(
            (form, [action, twice]) => {
              form.setAttribute('action', action ?? '')
              form.querySelector('[name=url]')?.setAttribute('name', twice ?? '')
            },
            [path, name],
          )
          await page.click('button[type=submit]')
          assert.match(await page.locator('main').innerText(), /(?:cannot|could not) be read|nothing is published/i)
        }
      return []
    })
  })
})
