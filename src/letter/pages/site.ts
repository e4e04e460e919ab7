import { Hono, type Context } from 'hono'
import { InputError } from '../../core/model/errors.ts'
import type { LetterDesk } from '../contract.ts'
import type { Asset } from '../../web/html/asset.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { addLogRoutes } from '../../web/answer/log-routes.ts'
import { answerLetterProblem, logFault } from './answer.ts'
import { addSignForm } from './form-routes.ts'
import type { LetterSiteOptions } from './options.ts'
import { addLetterPages } from './page-routes.ts'
import { addReceipts } from './receipt-routes.ts'
import { addSealedSigning } from './sealed-routes.ts'

/** As every page of the observatory, and the script that seals may ask its own server. */
const HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
}
const HSTS = 'max-age=31536000; includeSubDomains'

/**
 * The letter service over the given desk: pages, forms, the log. It opens nothing itself, keeps nothing of a request,
 * sets no cookie, and logs neither addresses nor paths nor what was sent.
 */
export function createLetterSite(given: LetterSiteOptions): Hono {
  const options = { ...given, frame: { ...given.frame, simulated: () => isTrial(given.desk) } }
  const { frame, log } = options
  const site = new Hono()
  site.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) if (!c.res.headers.has(name)) c.header(name, value)
    if (frame.origin?.startsWith('https:') === true) c.header('strict-transport-security', HSTS)
    if (frame.onion !== undefined && isPage(c)) c.header('onion-location', `${frame.onion}${c.req.path}`)
  })
  addAssets(site, options.assets, frame.assets)
  addLogRoutes(site, options.transparency)
  addLetterPages(site, options)
  addSealedSigning(site, options)
  addSignForm(site, options)
  addReceipts(site, options)
  site.notFound((c) => answerLetterProblem(c, 'unknown', { frame }))
  site.onError((error, c) => {
    if (error instanceof InputError) return answerLetterProblem(c, 'read', { frame })
    logFault(c, log, error)
    return answerLetterProblem(c, 'broken', { frame })
  })
  return site
}

function isTrial(desk: LetterDesk): boolean {
  const letters = desk.letters()
  return letters.length > 0 && letters.every(({ letter }) => letter.simulated)
}

const isPage = (c: Context): boolean => c.res.headers.get('content-type')?.startsWith('text/html') === true

function addAssets(site: Hono, assets: readonly Asset[], tag: string): void {
  const byPath = new Map(assets.map((asset) => [asset.path, asset]))
  site.get('/assets/*', async (c): Promise<Response> => {
    const asset = byPath.get(c.req.path.slice('/assets/'.length))
    if (asset === undefined) return c.notFound()
    c.header('etag', asset.etag)
    const tagged = c.req.query('v') === tag
    c.header('cache-control', tagged ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
    if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304)
    return c.body(asset.bytes, 200, { 'content-type': asset.mediaType })
  })
}
