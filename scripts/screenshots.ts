// Pictures of every page in three languages, on a phone and a desk, by day, by night and on paper: ./screenshots/*.png
//   node scripts/screenshots.ts --only first-kk --only incident-running --out DIR
//   node scripts/screenshots.ts --letter     the pages of an open letter instead
//   node scripts/screenshots.ts --demo URL   the pages of a running demonstration, at the address that it printed
//   node scripts/screenshots.ts --readme     the picture of README.md: docs/pictures/incident.png
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { parseAsn } from '../src/core/model/units.ts'
import { LANGS, type Lang } from '../src/core/text/lang.ts'
import { PLAIN_PAGES } from '../src/core/text/plain-pages.ts'
import { urls } from '../src/site/urls.ts'
import { openBrowser } from '../test/kit/browser/browser.ts'
import { openEverySite } from '../test/kit/site/every-site.ts'
import { fillLetter, LetterSite } from '../test/kit/letter/letter-site.ts'

const SHAPES = {
  phone: { width: 390, height: 844 },
  desk: { width: 1280, height: 900 },
  narrow: { width: 320, height: 640 },
}

/** Pages with a form that is shown once more as it comes back when nothing was filled in: NAME-wrong-… */
const FORMS = ['report', 'sign']

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'screenshots' },
    only: { type: 'string', multiple: true, default: [] },
    paper: { type: 'boolean', default: false },
    letter: { type: 'boolean', default: false },
    demo: { type: 'string' },
    readme: { type: 'boolean', default: false },
  },
})
const wanted = (file: string): boolean =>
  values.only.length === 0 || values.only.some((part) => part.split(' ').every((word) => file.includes(word)))

if (!values.readme) await mkdir(values.out, { recursive: true })
await using browser = await openBrowser()
await using site = await openSite()
if (values.readme) await pictureOfReadme('docs/pictures/incident.png')
for (const lang of values.readme ? [] : LANGS)
  for (const [name, path] of Object.entries(site.pages(lang)))
    for (const [shape, viewport] of Object.entries(SHAPES))
      for (const colorScheme of ['light', 'dark'] as const) {
        const file = `${name}-${lang}-${shape}-${colorScheme}.png`
        if (!wanted(file)) continue
        const page = await browser.newPage({ viewport, colorScheme })
        if (values.paper) await page.emulateMedia({ media: 'print' })
        await page.goto(path)
        await page.screenshot({ path: join(values.out, file), fullPage: true })
        if (FORMS.includes(name)) {
          await sendEmpty(page)
          await page.screenshot({ path: join(values.out, file.replace(name, `${name}-wrong`)), fullPage: true })
        }
        await page.close()
      }

type Site = AsyncDisposable & { pages(lang: Lang): Readonly<Record<string, string>> }

async function openSite(): Promise<Site> {
  if (values.demo !== undefined) return demoSite(new URL(values.demo))
  return values.letter ? openLetter() : openEverySite()
}

/** Pages of a running demonstration: each list, and one of each thing that lists lead to. */
async function demoSite(base: URL): Promise<Site> {
  const incidentsSchema = z.object({ incidents: z.array(z.object({ id: z.string(), running: z.boolean() })) })
  const { incidents } = incidentsSchema.parse(await (await fetch(new URL(urls.apiList('incidents'), base))).json())
  const studies = await (await fetch(new URL(urls.plain('en', 'coincidence'), base))).text()
  const study = /\/en\/coincidence\/([a-z0-9-]+)/.exec(studies)?.[1] ?? 'none'
  const one = (running: boolean): string => incidents.find((incident) => incident.running === running)?.id ?? 'none'
  const services = ['youtube', 'whatsapp', 'tiktok']
  const network = parseAsn('AS64496')
  const paths = (lang: Lang): Readonly<Record<string, string>> => ({
    first: urls.first(lang, network),
    'first-all': urls.first(lang, 'all'),
    check: urls.check(lang, network),
    report: urls.report(lang),
    matrix: urls.matrix(lang),
    network: urls.network(lang, network),
    health: urls.healthPage(lang),
    'incident-running': urls.incident(lang, one(true)),
    'incident-finished': urls.incident(lang, one(false)),
    study: urls.study(lang, study),
    'method-full': urls.methodInFull(lang),
    ...Object.fromEntries(services.map((service) => [`service-${service}`, urls.service(lang, service)])),
    ...Object.fromEntries(PLAIN_PAGES.map((page) => [page, urls.plain(lang, page)])),
  })
  return {
    pages: (lang) =>
      Object.fromEntries(Object.entries(paths(lang)).map(([name, path]) => [name, new URL(path, base).href])),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

/** An incident on a phone and on a desk, side by side, from its first line on. */
async function pictureOfReadme(file: string): Promise<void> {
  const path = site.pages('en')['incident-finished'] ?? ''
  const height = 980
  const shots: string[] = []
  for (const width of [390, 1080]) {
    const page = await browser.newPage({ viewport: { width, height } })
    await page.goto(path)
    shots.push((await page.screenshot()).toString('base64'))
    await page.close()
  }
  const frame = await browser.newPage({ viewport: { width: 390 + 1080 + 3 * 24, height: height + 2 * 24 } })
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}" style="outline:1px solid #a9b4bc">`)
  await frame.setContent(
    `<body style="margin:0;padding:24px;display:flex;gap:24px;background:#dfe3e7">${images.join('')}</body>`,
  )
  await mkdir('docs/pictures', { recursive: true })
  await frame.screenshot({ path: file })
}

/** Sends the form of a page as nobody can who sees it: neither the browser nor a script looks at it before. */
async function sendEmpty(page: Page): Promise<void> {
  const back = page.waitForEvent('load')
  // A string: the script is checked without the types of a page.
  await page.evaluate("HTMLFormElement.prototype.submit.call(document.querySelector('form.form'))")
  await back
}

/** Pages of a letter that some hundred people signed; to be disposed. */
async function openLetter(): Promise<Site> {
  const letter = await LetterSite.open({ layers: 2 })
  await fillLetter(letter)
  return {
    pages: (lang) =>
      Object.fromEntries(Object.entries(letter.pages(lang)).map(([name, path]) => [name, letter.at(path)])),
    [Symbol.asyncDispose]: () => letter[Symbol.asyncDispose](),
  }
}
