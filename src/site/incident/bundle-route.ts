import type { Context, Hono } from 'hono'
import { isLang } from '../../core/text/lang.ts'
import { clientHas } from '../api/respond-api.ts'
import { readRange } from '../../web/request/byte-range.ts'
import type { PublishedBundle } from './published-bundles.ts'
import type { SiteOptions } from '../site-options.ts'

const FILE = /^([a-z0-9._-]+)\.zip$/
const EXHIBIT = /^exhibit-([a-z]{2})\.pdf$/

/** How long others may keep a bundle: one that holds an erased measurement is removed, and copies must end too. */
const KEPT = 'public, max-age=600'
const RETRY_S = '30'

/**
 * Adds `/bundles/<name>.zip`, with the exhibits in it as `/bundles/<name>/exhibit-<lang>.pdf`: published bundles, byte for byte, with a tag of these bytes. A bundle may be a hundred
 * times as long as a page and lines break: a client that has a part of it is given the rest (RFC 9110 §14).
 */
export function addBundlePages(site: Hono, { bundles }: Pick<SiteOptions, 'bundles'>): void {
  site.get('/bundles/:name/:file', async (c) => {
    const lang = EXHIBIT.exec(c.req.param('file'))?.[1]
    const name = c.req.param('name')
    const pdf = lang === undefined || !isLang(lang) ? undefined : await bundles?.exhibit(name, lang)
    if (pdf === undefined) return c.notFound()
    return c.body(Uint8Array.from(pdf), 200, {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${name}-${lang}.pdf"`,
      'cache-control': KEPT,
    })
  })
  site.get('/bundles/:file', async (c) => {
    const name = FILE.exec(c.req.param('file'))?.[1]
    const found = name === undefined ? undefined : await bundles?.find(name)
    if (found === undefined) return c.notFound()
    const etag = `"${found.sha512.slice(0, 48)}"`
    const shared = { etag, 'accept-ranges': 'bytes', 'cache-control': KEPT }
    if (clientHas(c.req.header('if-none-match'), etag)) return c.body(null, 304, shared)
    const part = partOf(c, { etag, bytes: found.bytes })
    if (part === 'none') return c.body(null, 416, { ...shared, 'content-range': `bytes */${found.bytes}` })
    const { first, last } = part ?? { first: 0, last: found.bytes - 1 }
    const headers = {
      ...shared,
      'content-type': 'application/zip',
      'content-length': String(last + 1 - first),
      'content-disposition': `attachment; filename="${found.name}.zip"`,
      ...(part === undefined ? {} : { 'content-range': `bytes ${first}-${last}/${found.bytes}` }),
    }
    const status = part === undefined ? 200 : 206
    if (c.req.raw.method === 'HEAD') return c.body(null, status, headers)
    const opened = await bundles?.open(found.name, { first, last })
    if (opened === undefined) return c.notFound()
    if (opened === 'busy' || opened.bytes !== found.bytes) {
      // A file that has changed since it was read is read again.
      if (opened !== 'busy') await opened.stream.cancel()
      return c.text('Too many bundles are being read\n', 503, { 'retry-after': RETRY_S })
    }
    return c.body(opened.stream, status, headers)
  })
}

/**
 * What a request wants of a bundle; the whole, undefined, where the part that it has is of other bytes, and for HEAD.
 */
function partOf(
  c: Context,
  { etag, bytes }: Pick<PublishedBundle, 'bytes'> & { readonly etag: string },
): ReturnType<typeof readRange> {
  const only = c.req.header('if-range')
  if (c.req.raw.method === 'HEAD' || (only !== undefined && only !== etag)) return undefined
  return readRange(c.req.header('range'), bytes)
}
