import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { runCommand } from '../../src/cli/main.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { firefoxPath, openFirefox } from '../kit/browser/firefox.ts'
import { check, outcomes } from '../kit/browser/verify-page.ts'
import { testWorld } from '../kit/servers/world.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
const noFirefox = firefoxPath() === undefined ? 'there is no Firefox at /usr/bin: apt-get install firefox-esr' : false
/** Derived from the data alone; a stamp from outside and a study are not in this bundle. */
const DERIVED = ['verdicts', 'incident', 'weight', 'published'] as const

describe('VERIFY.html in a bundle of an incident', () => {
  let cwd: string
  let bag: string
  let zip: string
  before(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'kuager-verify-real-'))
    const run = async (...args: readonly string[]): Promise<string> => {
      let out = ''
      const world = testWorld(cwd, (text) => (out += text))
      const exit = await runCommand(args, { ...world, env: { KUAGER_FOLDER: join(cwd, 'data') } })
      assert.equal(exit, 0, out)
      return out
    }
    const story = ['--story', 'article-evening', '--pairs', '--services', 'youtube,wikipedia', '--interval', '15']
    const size = ['--since', '2026-10-06', '--days', '1', '--networks', '2', '--probes', '4']
    await run('simulate', '--out', 'made', ...size, ...story)
    await run('import', 'made/measurements')
    await run('detect')
    const { id } = JSON.parse((await run('incidents', '--json')).split('\n')[0] ?? '') as { readonly id: string }
    await run('bundle', '--incident', id, '--out', 'folder')
    await run('bundle', '--incident', id, '--zip', '--out', 'zip')
    const [name = ''] = readdirSync(join(cwd, 'folder'))
    bag = join(cwd, 'folder', name)
    zip = join(cwd, 'zip', `${name}.zip`)
  })
  after(() => rmSync(cwd, { recursive: true, force: true }))
  const address = (): string => `${pathToFileURL(join(bag, 'data', 'VERIFY.html')).href}#en`

  it('judges and derives it again in Chromium, from the folder and from the zip', { skip }, async () => {
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(address())
      for (const [kind, path] of [
        ['folder', bag],
        ['zip', zip],
      ] as const) {
        assert.equal(
          await check(page, '#en', kind, path, { judge: true }),
          'sound',
          await page.innerText('#en .result'),
        )
        const found = await outcomes(page, '#en')
        for (const step of DERIVED) assert.equal(found[step], 'ok', `${kind}: ${step}`)
        assert.match(await page.innerText('#en .result .tag'), /simulated/)
      }
    } finally {
      await browser.close()
    }
  })

  it('judges and derives it again in Firefox', { skip: noFirefox }, async () => {
    await using page = await openFirefox()
    await page.goTo(address())
    await page.setFiles('#en input[data-choose=zip]', [zip])
    await page.evaluate(`document.querySelector('#en button[type=submit]').click()`)
    const phase = await page.evaluate(`new Promise((done) => { const look = () => {
      const found = document.querySelector('#en .result').dataset.phase
      if (['sound', 'wanting', 'broken'].includes(found)) done(found); else setTimeout(look, 100)
    }; look() })`)
    assert.equal(phase, 'sound', String(await page.evaluate(`document.querySelector('#en .result').innerText`)))
    for (const step of DERIVED)
      assert.equal(await page.evaluate(`document.querySelector('#en [data-step=${step}]').dataset.outcome`), 'ok', step)
    assert.deepEqual(page.said, [])
  })
})
