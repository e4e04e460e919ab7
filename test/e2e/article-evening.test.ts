// The article's evening, from measurements to a sentence a court can rely on. Every later change keeps this green.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { runCommand } from '../../src/cli/main.ts'
import { ROOT } from '../house/sources.ts'
import { chromiumPath, openBrowser } from '../kit/browser/browser.ts'
import { testWorld } from '../kit/servers/world.ts'

const skip = chromiumPath() === undefined ? 'there is no Chromium at /usr/bin: apt-get install chromium' : false
/** Truth of lab/history/article.ts: 20:02 to 22:04 in Almaty, on every network but the last. */
const START = Date.UTC(2026, 9, 20, 15, 2)
const END = Date.UTC(2026, 9, 20, 17, 4)

interface Edge {
  readonly lo95_utc: string
  readonly hi95_utc: string
  readonly bracket_utc: readonly [string, string]
}
interface Line {
  readonly id: string
  readonly service: string
  readonly network: string
  readonly state: string
  readonly episodes: number
  readonly probes_failed: number
  readonly simulated: boolean
  readonly start: Edge
  readonly end: Edge
  readonly cause: {
    readonly word: string
    readonly log10_lr: number
    readonly quoted: { readonly log10_lr: number; readonly against: string }
    readonly pairs: { readonly named: number; readonly discordant: number; readonly log10_e: number }
    readonly items: readonly { readonly item: string }[]
  }
}

const holds = (edge: Edge, at: number): boolean => Date.parse(edge.lo95_utc) <= at && at <= Date.parse(edge.hi95_utc)

describe("the article's evening, end to end", { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-evening-'))
  const folder = join(root, 'data')
  const stop = new AbortController()
  let served: Promise<number>
  let browser: Browser
  let url = ''
  let lines: readonly Line[] = []

  /** Runs one command line to its end; gives what it said on standard output. */
  async function kuager(...args: readonly string[]): Promise<string> {
    let out = ''
    const code = await runCommand(args, { ...testWorld(root), out: { write: (text: string) => (out += text) } })
    assert.equal(code, 0, args.join(' '))
    return out
  }

  before(async () => {
    const story = ['--story', 'article-evening', '--pairs', '--services', 'youtube,facebook,wikipedia,google']
    const size = ['--days', '1', '--networks', '3', '--probes', '4', '--interval', '15', '--seed', '11']
    await kuager('simulate', '--out', 'history', '--since', '2026-10-20', ...size, ...story)
    await kuager('import', 'history/measurements', '--folder', folder)
    cpSync(join(root, 'history', 'record'), join(folder, 'record'), { recursive: true })
    await kuager('detect', '--folder', folder)
    const text = await kuager('incidents', '--folder', folder, '--json')
    lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    url = await new Promise<string>((resolve, reject) => {
      const world = {
        ...testWorld(root, (said) => {
          const found = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(said)?.[1]
          if (found !== undefined) resolve(found)
        }),
        signal: stop.signal,
      }
      served = runCommand(['serve', '--folder', folder, '--port', '0'], world)
      served.then((code) => reject(new Error(`serve ended with ${code}`)), reject)
    })
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    stop.abort(new Error('done'))
    await served?.catch(() => undefined)
    rmSync(root, { recursive: true, force: true })
  })

  const youtube = (): Line => {
    const found = lines.find(({ service, network }) => service === 'youtube' && network === 'AS64496')
    assert.ok(found, 'no incident of YouTube on AS64496')
    return found
  }

  it('finds the restriction on every network that has it, and none on the one that has not', () => {
    assert.deepEqual(lines.map(({ service, network }) => `${service} ${network}`).toSorted(), [
      'facebook AS64496',
      'facebook AS64497',
      'youtube AS64496',
      'youtube AS64497',
    ])
    assert.ok(lines.every(({ simulated }) => simulated))
  })

  it('dates start and end with intervals that hold the truth, as one restriction', () => {
    const found = youtube()
    assert.equal(found.state, 'restricted')
    assert.equal(found.episodes, 1)
    assert.equal(found.probes_failed, 4)
    assert.ok(holds(found.start, START), JSON.stringify(found.start))
    assert.ok(holds(found.end, END), JSON.stringify(found.end))
    const [before_, after_] = found.start.bracket_utc
    assert.ok(Date.parse(before_) <= START + 60_000 && Date.parse(after_) >= START, JSON.stringify(found.start))
    const width = Date.parse(found.start.hi95_utc) - Date.parse(found.start.lo95_utc)
    assert.ok(width < 30 * 60_000, 'an interval of half an hour dates nothing')
  })

  it('weighs the evidence for blocking above every fault, by the name at a foreign server, and shows the pairs alone', () => {
    const { cause } = youtube()
    assert.equal(cause.word, 'blocking')
    assert.ok(cause.quoted.log10_lr >= 1 && cause.quoted.log10_lr <= cause.log10_lr)
    assert.ok(cause.items.some(({ item }) => item === 'other-name'))
    assert.notEqual(cause.quoted.against, '')
    assert.ok(cause.pairs.named > 0 && cause.pairs.named <= cause.pairs.discordant)
  })

  it('changes nothing when the same measurements are detected again', async () => {
    const again = await fetch(new URL('api/v1/incidents', url)).then((answer) => answer.text())
    for (const { id } of lines) assert.ok(again.includes(id))
    const { revisions } = JSON.parse(await kuager('detect', '--folder', folder, '--all', '--json')) as {
      readonly revisions: number
    }
    assert.equal(revisions, 0)
  })

  it('is what README.md shows of it, word for word', async () => {
    const shown = /^```\n(Simulated, not a real measurement\.[^`]*)^```/m.exec(
      readFileSync(join(ROOT, 'README.md'), 'utf8'),
    )
    const said = (await kuager('incident', youtube().id, '--folder', folder, '--lang', 'en')).replaceAll(/\s+/g, ' ')
    assert.ok(shown?.[1] !== undefined, 'README.md shows no incident')
    for (const piece of shown[1].split('[…]'))
      assert.ok(said.includes(piece.replaceAll(/\s+/g, ' ').trim()), `not in README.md as printed now: ${said}`)
  })

  const phone = { viewport: { width: 390, height: 844 }, javaScriptEnabled: false, locale: 'kk' } as const
  const visit = async (path: string): Promise<Page> => {
    const page = await (await browser.newContext(phone)).newPage()
    await page.goto(new URL(path, url).href)
    return page
  }

  it('says it on a phone, in Kazakh, without JavaScript: when, how sure, what speaks against, who', async () => {
    const page = await visit(`kk/i/${youtube().id}`)
    const text = (await page.innerText('body')).replaceAll(/\s+/g, ' ')
    assert.match(text, /Модельденген, шын өлшем емес/)
    assert.match(text, /YouTube ашылмады/)
    assert.match(text, /Басталғаны 20:0\d \d\d:\d\d–20:\d\d/)
    assert.match(text, /Аяқталғаны 22:0\d \d\d:\d\d–22:\d\d/)
    assert.match(text, /Сервис ашылмаған құрылғылар: 4\s\(барлығы\s4\)/)
    assert.match(text, /бұғаттауға көбірек ұқсайды/)
    assert.match(text, /Бұған не қайшы келеді\?/)
    assert.match(text, /Кім жасады\? Өлшемдер оны көрсетпейді/)
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(width <= 390, `the page is ${width} wide`)
  })

  it('puts the statements of that evening beside the measurement: a denial contradicted, a motive not tested', async () => {
    const page = await visit('kk/claims')
    const text = (await page.innerText('body')).replaceAll(/\s+/g, ' ')
    assert.match(text, /Ешқандай шара қолданылған жоқ/)
    assert.match(text, /өлшемге қайшы келеді/i)
    assert.match(text, /өлшем растайды/i)
    assert.match(text, /өлшеммен тексерілмейді/i)
  })
})
