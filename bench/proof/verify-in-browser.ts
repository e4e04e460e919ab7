import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout } from 'node:timers/promises'
import { readVerifyPage } from '../../src/app/proof/verify-page.ts'
import { chromiumPath, openBrowser } from '../../test/kit/browser/browser.ts'
import { makeBundle, seal } from '../../test/kit/proof/bundle-maker.ts'
import { firefoxPath, openFirefox } from '../../test/kit/browser/firefox.ts'
import { layOut } from '../../test/kit/browser/verify-page.ts'

/** What one browser took to check a bundle opened from disk, judging nothing again. */
export interface BrowserFigures {
  readonly browser: 'chromium' | 'firefox'
  readonly megabytes: number
  readonly files: number
  readonly verify_s: number
  /** Most memory of all its processes while it checked, above what they had before, in millions of bytes. */
  readonly peak_mb: number
  /** Longest time for which the page did not answer. */
  readonly longest_pause_ms: number
}

const FILE_BYTES = 50_000
const SAMPLE_MS = 50
const ENDED = `['sound', 'wanting', 'broken'].includes(document.querySelector('#en .result').dataset.phase)`
const START = `(() => {
  document.querySelector('#en input[type=checkbox]').click()
  window.pause = 0
  let last = performance.now()
  setInterval(() => { const now = performance.now(); window.pause = Math.max(window.pause, now - last); last = now }, 10)
  document.querySelector('#en button[type=submit]').click()
})()`

/** Checks a bundle of so many millions of bytes with `VERIFY.html` in each browser that there is. */
export async function measureVerifyInBrowsers(megabytes: number): Promise<readonly BrowserFigures[]> {
  const root = await mkdtemp(join(tmpdir(), 'kuager-bench-browser-'))
  try {
    const page = await readVerifyPage()
    if (page === undefined) throw new Error('Cannot measure: VERIFY.html cannot be made')
    await writeFile(join(root, 'VERIFY.html'), page)
    const address = `${pathToFileURL(join(root, 'VERIFY.html')).href}#en`
    const made = makeBundle()
    const many = Math.ceil((megabytes * 1_000_000) / FILE_BYTES)
    for (let n = 0; n < many; n++) made.files.set(`data/raw/${100 + n}.json`, fill(n))
    seal(made)
    const { zip } = layOut(made.files, made.name, root)
    const about = { megabytes, files: made.files.size }
    made.files.clear()
    const figures: BrowserFigures[] = []
    if (chromiumPath() !== undefined)
      figures.push({ browser: 'chromium', ...about, ...(await inChromium(address, zip)) })
    if (firefoxPath() !== undefined) figures.push({ browser: 'firefox', ...about, ...(await inFirefox(address, zip)) })
    return figures
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

/** Bytes that no two files share and that look like a measurement to nobody. */
const fill = (n: number): Uint8Array => {
  const bytes = new Uint8Array(FILE_BYTES)
  for (let at = 0; at < bytes.length; at++) bytes[at] = 32 + ((at * 7 + n * 13) % 90)
  return bytes
}

type Taken = Pick<BrowserFigures, 'verify_s' | 'peak_mb' | 'longest_pause_ms'>

async function inChromium(address: string, zip: string): Promise<Taken> {
  const browser = await openBrowser()
  try {
    const cdp = await browser.newBrowserCDPSession()
    const page = await browser.newPage()
    await page.goto(address)
    await page.locator('#en input[data-choose=zip]').setInputFiles(zip)
    const pids = async (): Promise<readonly number[]> =>
      (await cdp.send('SystemInfo.getProcessInfo')).processInfo.map(({ id }) => id)
    return await watch(pids, async (expression) => page.evaluate<unknown>(expression))
  } finally {
    await browser.close()
  }
}

async function inFirefox(address: string, zip: string): Promise<Taken> {
  await using page = await openFirefox()
  await page.goTo(address)
  await page.setFiles('#en input[data-choose=zip]', [zip])
  return await watch(() => familyOf(page.pid), page.evaluate)
}

async function watch(
  pids: () => Promise<readonly number[]>,
  evaluate: (expression: string) => Promise<unknown>,
): Promise<Taken> {
  const used = async (): Promise<number> => {
    const parts = await Promise.all((await pids()).map(memoryOf))
    return parts.reduce((sum, bytes) => sum + bytes, 0)
  }
  await setTimeout(2000)
  const before = await used()
  let most = before
  const began = performance.now()
  await evaluate(START)
  while ((await evaluate(ENDED)) !== true) {
    most = Math.max(most, await used())
    await setTimeout(SAMPLE_MS)
  }
  const verify_s = (performance.now() - began) / 1000
  const longest_pause_ms = Math.round(Number(await evaluate('window.pause')))
  return { verify_s, peak_mb: (most - before) / 1_000_000, longest_pause_ms }
}

/** Memory of a process, what it shares counted by its share, in bytes; 0 for one that is gone. */
async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '')
  return Number(/^Pss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0) * 1024
}

/** A process and all that it started. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const all = (await readdir('/proc')).map(Number).filter((one) => one > 0)
  const parents = new Map<number, number>()
  for (const one of all) {
    const stat = await readFile(`/proc/${one}/stat`, 'utf8').catch(() => '')
    parents.set(one, Number(/^.*\) \S (\d+)/.exec(stat)?.[1] ?? 0))
  }
  const isOf = (one: number): boolean => one === pid || (parents.has(one) && isOf(parents.get(one) ?? 0))
  return all.filter(isOf)
}
