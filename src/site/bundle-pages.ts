import type { Hono } from 'hono'
import type { SiteOptions } from './site-options.ts'

const FILE = /^([a-z0-9._-]+)\.zip$/

/** Adds `/bundles/<name>.zip`: published bundles, byte for byte. A name is that of these bytes for ever. */
export function addBundlePages(site: Hono, { bundles }: Pick<SiteOptions, 'bundles'>): void {
  site.get('/bundles/:file', async (c) => {
    const file = c.req.param('file')
    const name = FILE.exec(file)?.[1]
    const opened = name === undefined ? undefined : await bundles?.open(name)
    if (opened === undefined) return c.notFound()
    const headers = {
      'content-type': 'application/zip',
      'content-length': String(opened.bytes),
      'content-disposition': `attachment; filename="${file}"`,
      'cache-control': 'public, max-age=31536000, immutable',
    }
    if (c.req.raw.method !== 'HEAD') return c.body(opened.stream, 200, headers)
    // A stream that nobody reads is never closed.
    await opened.stream.cancel()
    return c.body(null, 200, headers)
  })
}
