import type { Hono } from 'hono'
import { isLang } from '../../core/text/lang.ts'
import { answerLongFile } from '../long-file.ts'
import type { SiteOptions } from '../site-options.ts'

const FILE = /^([a-z0-9._-]+)\.zip$/
const EXHIBIT = /^exhibit-([a-z]{2})\.pdf$/

/** How long others may keep a bundle: one that holds an erased measurement is removed, and copies must end too. */
const KEPT = 'public, max-age=600'

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
    return answerLongFile(c, {
      etag: `"${found.sha512.slice(0, 48)}"`,
      bytes: found.bytes,
      headers: {
        'cache-control': KEPT,
        'content-type': 'application/zip',
        'content-disposition': `attachment; filename="${found.name}.zip"`,
      },
      open: async (part) => bundles?.open(found.name, part),
      busy: 'Too many bundles are being read',
    })
  })
}
