import { createHash, timingSafeEqual } from 'node:crypto'
import { Hono } from 'hono'
import { InputError } from '../../core/model/errors.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { MOST_OBJECT_BYTES } from '../../runtime/objects/http-objects.ts'
import { readRange } from '../request/byte-range.ts'

/** What another server of the same operator may read: never a key, a seed, the registry or the warehouse. */
const SHOWN =
  /^(?:archive\/(?:segments|leaves|tail)\/|archive\/erasures\.log$|log\/(?:log|state)\.json$|log\/public\/|incidents\/)/
/** Objects in one answer to a list. */
const MOST_LISTED = 1000
const NOW = { 'cache-control': 'no-store' } as const

/**
 * Serves the objects of a data folder to a follower that has the token: `GET /objects/KEY` with ranges, `HEAD`, and
 * `GET /list` (docs/formats/archive.md, "Over HTTP"). Nothing can be changed over it. What it serves holds measurements
 * as received: it belongs on an address of its own.
 */
export function objectSite(store: ObjectStore, token: string): Hono {
  const site = new Hono()
  const expected = digest(`Bearer ${token}`)
  site.use('*', async (c, next) => {
    if (timingSafeEqual(digest(c.req.header('authorization') ?? ''), expected)) return next()
    return c.text('A token is needed\n', 401, { ...NOW, 'www-authenticate': 'Bearer' })
  })
  site.get('/list', async (c) => {
    const [prefix = '', after = ''] = [c.req.query('prefix'), c.req.query('after')]
    const lines: string[] = []
    for await (const { key, size, etag } of store.list(prefix, after)) {
      if (!SHOWN.test(key)) continue
      lines.push(`${size} ${etag} ${key}\n`)
      if (lines.length === MOST_LISTED) break
    }
    return c.text(lines.join(''), 200, NOW)
  })
  site.get('/objects/:key{.+}', async (c) => {
    const key = c.req.param('key')
    const found = SHOWN.test(key) ? await store.head(key) : undefined
    if (found === undefined) return c.text('There is no such object\n', 404, NOW)
    const { size, etag } = found
    const headers = { ...NOW, etag: `"${etag}"`, 'x-object-bytes': String(size), 'accept-ranges': 'bytes' }
    // Hono answers HEAD by this same route, without the body.
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    const range = readRange(c.req.header('range'), size)
    if (range === 'none') return c.text('Nothing is there\n', 416, { ...headers, 'content-range': `bytes */${size}` })
    const from = range?.first ?? 0
    const length = (range?.last ?? size - 1) + 1 - from
    if (length > MOST_OBJECT_BYTES) return c.text('Read it in ranges\n', 400, headers)
    const read = await store.get(key, { from, length })
    if (read === undefined) return c.text('There is no such object\n', 404, NOW)
    const bytes = Uint8Array.from(read.bytes)
    const type = { ...headers, etag: `"${read.etag}"`, 'content-type': 'application/octet-stream' }
    if (range === undefined) return c.body(bytes, 200, type)
    const end = from + Math.max(1, bytes.length) - 1
    return c.body(bytes, 206, { ...type, 'content-range': `bytes ${from}-${end}/${read.size}` })
  })
  site.onError((error, c) => {
    if (error instanceof InputError) return c.text(`${error.message}\n`, 400, NOW)
    return c.text('The object cannot be read now\n', 503, NOW)
  })
  return site
}

/** Hashes have one length, so that the comparison tells nothing of the word. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
