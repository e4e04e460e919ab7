import type { Hono } from 'hono'
import type { SiteOptions } from './site-options.ts'

const FILE = /^([a-z0-9._-]+)\.zip$/

/** How long others may keep a bundle: one that holds an erased measurement is removed, and copies must end too. */
const KEPT = 'public, max-age=600'
const RETRY_S = '30'

/** Adds `/bundles/<name>.zip`: published bundles, byte for byte. */
export function addBundlePages(site: Hono, { bundles }: Pick<SiteOptions, 'bundles'>): void {
  site.get('/bundles/:file', async (c) => {
    const file = c.req.param('file')
    const name = FILE.exec(file)?.[1]
    const opened = name === undefined ? undefined : await bundles?.open(name)
    if (opened === undefined) return c.notFound()
    if (opened === 'busy') return c.text('Too many bundles are being read\n', 503, { 'retry-after': RETRY_S })
    const headers = {
      'content-type': 'application/zip',
      'content-length': String(opened.bytes),
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': KEPT,
    }
    if (c.req.raw.method !== 'HEAD') return c.body(opened.stream, 200, headers)
    // A stream that nobody reads is never closed.
    await opened.stream.cancel()
    return c.body(null, 200, headers)
  })
}
