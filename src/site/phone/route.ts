import type { Context, Hono } from 'hono'
import { CATALOGUE } from '../../core/text/catalogue.ts'
import { LANGS } from '../../core/text/lang.ts'
import { answerPicture, type Pictures } from '../cards/pictures.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { APP_ICONS, appIconDrawing, appManifest, type AppIcon } from './manifest.ts'
import { phonePage } from './page.ts'

const WORKER = 'kept-page.js'
/** The worker asks its own site and runs nothing else. */
const WORKER_POLICY = "default-src 'none'; connect-src 'self'"
const DAY = 'public, max-age=86400'
/** What the worker says of an answer that it kept. */
const SAYS = ['phone.offline', 'phone.age-minutes', 'phone.age-hours', 'phone.age-days'] as const

/** The page about phones, the manifest of the app with its icons, and the worker that keeps one page. */
export function addPhone(
  site: Hono,
  options: Pick<SiteOptions, 'assets' | 'frame'>,
  pictures: Pictures | undefined,
): void {
  const { assets, frame } = options
  const isLive = frame.medium === 'live'
  for (const lang of LANGS)
    site.get(urls.plain(lang, 'phone'), (c) => answerPage(c, phonePage(lang, { isLive }), frame))
  if (!isLive) return
  for (const lang of LANGS)
    site.get(urls.manifest(lang), async (c) => {
      const simulated = (await frame.isSimulated?.()) === true
      const manifest = appManifest(lang, { simulated, assets: frame.assets, hasPictures: pictures !== undefined })
      c.header('cache-control', DAY)
      return c.body(JSON.stringify(manifest), 200, { 'content-type': 'application/manifest+json' })
    })
  const icon = textOf(options, 'icon.svg')
  if (pictures !== undefined && icon !== undefined)
    for (const name of Object.keys(APP_ICONS) as AppIcon[])
      site.get(urls.appIcon(name), (c) =>
        answerPicture(
          c,
          { key: urls.appIcon(name), kind: 'published', draw: async () => appIconDrawing(icon, name) },
          { lang: 'en', frame, pictures },
        ),
      )
  const worker = assets.some(({ path }) => path === WORKER) ? textOf(options, WORKER) : undefined
  if (worker !== undefined) site.get(urls.keptPageWorker(), (c) => answerWorker(c, worker))
}

function textOf({ assets }: Pick<SiteOptions, 'assets'>, name: string): string | undefined {
  const found = assets.find(({ path }) => path === name)
  return found === undefined ? undefined : new TextDecoder().decode(found.bytes)
}

/** At the root of the site, since a worker acts for the addresses below its own; with the words that it says. */
function answerWorker(c: Context, code: string): Response {
  const words = Object.fromEntries(
    LANGS.map((lang) => [lang, Object.fromEntries(SAYS.map((key) => [key.slice(6), CATALOGUE[lang][key]]))]),
  )
  c.header('cache-control', 'no-cache')
  c.header('content-security-policy', WORKER_POLICY)
  const text = `self.keptPageWords = ${JSON.stringify(words)}\n${code}`
  return c.body(text, 200, { 'content-type': 'text/javascript; charset=utf-8' })
}
