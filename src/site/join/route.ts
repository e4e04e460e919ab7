import type { Context, Hono } from 'hono'
import { LANGS, negotiateLang } from '../../core/text/lang.ts'
import type { PlainPage } from '../../core/text/plain-pages.ts'
import { answerLongFile, partOfNetwork } from '../long-file.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { urls } from '../urls.ts'
import { joinPage } from './page/join.ts'
import { joinView } from './view.ts'

/** Addresses that are short enough to be said, each with the page that it leads to. */
const SHORT: Readonly<Record<string, PlainPage>> = { '/join': 'join', '/take-part': 'probe' }
/** A newer release has other names: a file may be kept as long as its readers like, but is asked for again. */
const KEPT = 'public, max-age=600'

/** Where a probe looks for updates at each of its collectors. */
const UPDATES = '/updates/'
const NEWEST = 'metadata/timestamp.json'

/** The page for people who want to measure, the short ways to it, and the programs of the operator's release. */
export function addJoin(site: Hono, options: SiteOptions): void {
  for (const [path, page] of Object.entries(SHORT)) {
    // A browser keeps the fragment of the address when it is led on.
    site.get(path, (c) => {
      c.header('vary', 'accept-language')
      return c.redirect(urls.plain(negotiateLang(c.req.header('accept-language')), page), 302)
    })
  }
  for (const lang of LANGS) {
    site.get(`/${lang}/take-part`, (c) => c.redirect(urls.plain(lang, 'probe'), 301))
    site.get(urls.plain(lang, 'join'), async (c) =>
      answerPage(c, joinPage(lang, await joinView(options)), options.frame),
    )
  }
  site.get(`${UPDATES}*`, (c) => answerUpdate(c, c.req.path.slice(UPDATES.length), options))
  site.get('/download/:name', (c) => answerDownload(c, c.req.param('name'), options))
}

async function answerDownload(c: Context, name: string, { join, apiRate }: SiteOptions): Promise<Response> {
  const releases = join?.releases
  const found = await releases?.find(name)
  if (releases === undefined || found === undefined) return c.notFound()
  return answerLongFile(c, {
    etag: `"${found.sha256.slice(0, 48)}"`,
    bytes: found.bytes,
    headers: {
      'cache-control': KEPT,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}"`,
    },
    open: (part) => releases.open(name, part, partOfNetwork(c, apiRate)),
    busy: 'Too many files are being read',
  })
}

async function answerUpdate(c: Context, path: string, { join, apiRate }: SiteOptions): Promise<Response> {
  const updates = join?.updates
  const found = await updates?.find(path)
  if (updates === undefined || found === undefined) return c.notFound()
  return answerLongFile(c, {
    etag: `"${found.tag}"`,
    bytes: found.bytes,
    headers: {
      // All names but one are of a version or of a hash.
      'cache-control': path === NEWEST ? 'no-cache' : 'public, max-age=31536000, immutable',
      'content-type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    },
    open: (part) => updates.open(path, part, partOfNetwork(c, apiRate)),
    busy: 'Too many files are being read',
  })
}
