import assert from 'node:assert/strict'
import { request, type IncomingHttpHeaders } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import { ERASED, sampleId, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { parseAsn } from '../../core/model/units.ts'
import { LANGS } from '../../core/text/lang.ts'
import { openDirectPages } from './direct-pages.ts'
import { requestOf } from '../first/key.ts'
import { listen, type Listening } from '../../web/listen.ts'
import { PageCache } from '../../web/answer/page-cache.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import { systemClock } from '../../runtime/clock.ts'
import { urls } from '../urls.ts'
import type { Visitor, VisitorOf } from '../visitor.ts'

interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Everything that a fetch would change: it expands bodies and hides what they were. */
const get = (origin: string, path: string, options: { method?: string; headers?: Record<string, string> } = {}) =>
  new Promise<Answered>((resolve, reject) => {
    const url = new URL(origin)
    const sent = request({ host: url.hostname, port: url.port, path, ...options }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })

/** What no two answers share, and what the direct way adds. */
const ADDED = [
  'date',
  'etag',
  'vary',
  'content-encoding',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
]
const without = (headers: IncomingHttpHeaders): object =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ADDED.includes(name)))

const SHOWN = urls.incident('kk', SAMPLE_KINDS.finished.id)

describe('openDirectPages()', () => {
  let routed: Listening
  let direct: Listening
  let rendered: string[] = []
  before(async () => {
    const site = await sampleSite()
    const cache = new PageCache({
      render: async (key) => {
        rendered.push(key)
        const { path, headers, env } = requestOf(key)
        return site.fetch(new Request(`http://kuager${path}`, { headers }), env)
      },
      clock: systemClock,
    })
    const way = await openDirectPages({ cache, frame: PLAIN_FRAME })
    routed = await listen(site, { host: '127.0.0.1', port: 0 })
    direct = await listen(site, { host: '127.0.0.1', port: 0, direct: way })
  })
  after(() => Promise.all([routed[Symbol.asyncDispose](), direct[Symbol.asyncDispose]()]))

  const PATHS = [
    ...LANGS.flatMap((lang) => [
      `/${lang}/?network=all`,
      `/${lang}/?network=AS64496`,
      `/${lang}/`,
      `/${lang}/check`,
      `/${lang}/check?network=AS64496`,
      `/${lang}/matrix`,
      urls.series(lang, 'youtube', parseAsn(64496), { since: '2026-02-27', until: '2026-03-05' }),
      urls.incident(lang, SAMPLE_KINDS.finished.id),
      urls.incidents(lang),
      urls.measurement(lang, sampleId('youtube', 0, 0)),
      urls.measurement(lang, ERASED),
      `/${lang}/nowhere`,
      `/${lang}/?network=nonsense`,
    ]),
    urls.apiIncident(SAMPLE_KINDS.finished.id),
    urls.apiIncidents(),
    urls.apiIncident('none'),
    '/api/v1/series?service=%00',
    urls.measurementJson(sampleId('youtube', 0, 0)),
    '/assets/icon.svg',
    '/assets/fonts/kuager-kazakh.woff2',
    '/assets/site.css?v=other',
    '/assets/none',
    '/',
  ]
  for (const path of PATHS)
    for (const method of ['GET', 'HEAD'])
      it(`answers as the route does, the first time and from memory: ${method} ${path}`, async () => {
        const wanted = await get(routed.url, path, { method })
        for (const turn of ['first', 'again']) {
          const found = await get(direct.url, path, { method })
          assert.equal(found.status, wanted.status, turn)
          assert.deepEqual(without(found.headers), without(wanted.headers), turn)
          assert.deepEqual(found.body, wanted.body, turn)
        }
      })

  it('gives each reader the coding that it takes, each with a tag of its own and its length', async () => {
    const plain = await get(direct.url, SHOWN)
    const answers = await Promise.all(
      (['gzip, deflate, br, zstd', 'gzip', 'br;q=0, gzip;q=0.1', 'identity'] as const).map((wanted) =>
        get(direct.url, SHOWN, { headers: { 'accept-encoding': wanted } }),
      ),
    )
    assert.deepEqual(
      answers.map(({ headers }) => headers['content-encoding']),
      ['br', 'gzip', 'gzip', undefined],
    )
    const [br, zipped, , identity] = answers
    assert.ok(br !== undefined && zipped !== undefined && identity !== undefined)
    assert.deepEqual(brotliDecompressSync(br.body), plain.body)
    assert.deepEqual(gunzipSync(zipped.body), plain.body)
    assert.deepEqual(identity.body, plain.body)
    assert.equal(new Set(answers.map(({ headers }) => headers.etag)).size, 3)
    for (const { headers, body } of answers) {
      assert.equal(headers['content-length'], String(body.length))
      assert.equal(headers.vary, 'accept-encoding, save-data')
    }
  })

  for (const path of ['/kk/?network=all', '/kk/', SHOWN])
    it(`gives a browser that saves data a page without fonts, and no other reader that page: ${path}`, async () => {
      const saving = { headers: { 'save-data': 'on', 'accept-encoding': 'br' } }
      const usual = { headers: { 'accept-encoding': 'br' } }
      const tags = new Set<string | undefined>()
      for (const turn of ['first', 'again']) {
        const [less, whole, off] = await Promise.all([
          get(direct.url, path, saving),
          get(direct.url, path, usual),
          get(direct.url, path, { headers: { ...usual.headers, 'save-data': 'off' } }),
        ])
        const text = brotliDecompressSync(less.body).toString()
        assert.match(text, /site-without-fonts\.css/, turn)
        assert.doesNotMatch(text, /woff2|site\.css/, turn)
        assert.match(brotliDecompressSync(whole.body).toString(), /woff2/, turn)
        assert.deepEqual(off.body, whole.body)
        for (const { headers } of [less, whole]) assert.equal(headers.vary, 'accept-encoding, save-data')
        tags.add(less.headers.etag)
        // Its tag is of these bytes: a cache between readers cannot take one for the other.
        if (whole.headers.etag !== undefined) assert.ok(!tags.has(whole.headers.etag))
        const ofRoute = await get(routed.url, path, { headers: { 'save-data': 'on' } })
        assert.equal(ofRoute.body.toString(), text)
        assert.equal(ofRoute.headers.vary, 'save-data')
      }
    })

  it('compresses no font and no picture', async () => {
    const { headers } = await get(direct.url, '/assets/fonts/kuager-kazakh.woff2', {
      headers: { 'accept-encoding': 'gzip, br' },
    })
    assert.equal(headers['content-encoding'], undefined)
    assert.equal(headers.vary, undefined)
  })

  it('answers 304 without a body to a client that has one of the forms', async () => {
    const { headers } = await get(direct.url, SHOWN, { headers: { 'accept-encoding': 'br' } })
    const etag = headers.etag ?? ''
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const found = await get(direct.url, SHOWN, { headers: { 'accept-encoding': 'br', 'if-none-match': known } })
      assert.equal(found.status, 304, known)
      assert.equal(found.body.length, 0)
      assert.equal(found.headers.etag, etag)
      assert.equal(found.headers['content-type'], undefined)
      assert.equal(found.headers['content-security-policy'], headers['content-security-policy'])
    }
    const other = await get(direct.url, SHOWN, { headers: { 'if-none-match': '"other"' } })
    assert.equal(other.status, 200)
  })

  it('answers a head alone to HEAD', async () => {
    const whole = await get(direct.url, SHOWN, { headers: { 'accept-encoding': 'br' } })
    const head = await get(direct.url, SHOWN, { method: 'HEAD', headers: { 'accept-encoding': 'br' } })
    assert.equal(head.body.length, 0)
    assert.equal(head.headers['content-length'], whole.headers['content-length'])
    assert.equal(head.headers.etag, whole.headers.etag)
  })

  it('takes the parts of a query in any order for one address', async () => {
    rendered = []
    for (const query of ['since=2026-03-01&until=2026-03-05', 'until=2026-03-05&since=2026-03-01'])
      assert.equal((await get(direct.url, `/kk/matrix?${query}`)).status, 200)
    assert.equal(rendered.length, 1)
  })

  it('holds nothing under an address that means another than it says', async () => {
    rendered = []
    const nonCanonical = [
      ...['/kk/../api/v1/incidents?limit=1', '/kk/%2e%2E/api/v1/incidents?limit=1', '/kk/.%2e/en/incidents'],
      ...['/assets/../kk/incidents', '/assets/./icon.svg', '/m/../kk/', '/kk/x\\..\\..\\api/v1/incidents', '/kk/..'],
      ...['/kk/#x', '/kk/?network=all#x', '/api/v1/../../kk/about', '/kk/about/.'],
    ]
    for (const path of nonCanonical) await get(direct.url, path)
    assert.deepEqual(rendered, [])
    // A query is not a path, and a name may begin with a full stop or hold two.
    for (const path of ['/kk/about?x=/../y', '/kk/s/web:..', '/kk/s/a..b']) await get(direct.url, path)
    assert.equal(rendered.length, 3)
  })

  it('leaves other methods, other paths and strange hosts to the route table', async () => {
    rendered = []
    assert.equal((await get(direct.url, '/kk/incidents', { method: 'POST' })).status, 405)
    assert.equal((await get(direct.url, '/robots.txt')).status, 200)
    assert.equal((await get(direct.url, '/kk/incidents', { headers: { host: 'a b' } })).status, 400)
    assert.deepEqual(rendered, [])
  })
})

const HTML = { 'content-type': 'text/html; charset=UTF-8', 'cache-control': 'no-cache' }

describe('the first page of a visitor who chose no network', () => {
  let server: Listening
  let rendered: string[] = []
  let visitor: Visitor = { kind: 'known', asn: parseAsn(64496) }
  const seen: (string | undefined)[] = []
  before(async () => {
    const cache = new PageCache({
      render: async (key) => {
        rendered.push(key)
        const onion = { 'onion-location': `http://x.onion${key.startsWith('#') ? '/kk/' : key}` }
        const headers = { ...HTML, ...onion, ...(key.startsWith('#') ? { 'cache-control': 'private, no-store' } : {}) }
        return new Response(`page of ${key} `.repeat(50), { headers })
      },
      clock: systemClock,
    })
    const look: VisitorOf = (_socket, forwarded) => {
      seen.push(forwarded)
      return visitor
    }
    const direct = await openDirectPages({ cache, frame: PLAIN_FRAME, visitor: look })
    server = await listen(await sampleSite(), { host: '127.0.0.1', port: 0, direct })
  })
  after(() => server[Symbol.asyncDispose]())

  it('is that of the network, byte by byte, and no cache may keep it', async () => {
    const chosen = await get(server.url, '/ru/?network=AS64496')
    rendered = []
    const found = await get(server.url, '/ru/', { headers: { 'x-forwarded-for': '192.0.2.7' } })
    assert.deepEqual(found.body, chosen.body)
    assert.deepEqual(rendered, [])
    assert.equal(found.headers['cache-control'], 'private, no-store')
    assert.equal(found.headers.etag, undefined)
    assert.equal(chosen.headers['cache-control'], 'no-cache')
    assert.equal(chosen.headers['onion-location'], 'http://x.onion/ru/?network=AS64496')
    assert.equal(found.headers['onion-location'], 'http://x.onion/ru/')
    assert.equal(seen.at(-1), '192.0.2.7')
    const again = await get(server.url, '/ru/', { headers: { 'if-none-match': chosen.headers.etag ?? '*' } })
    assert.equal(again.status, 200)
    // Marks that messengers add to a link change nothing.
    assert.deepEqual((await get(server.url, '/ru/?fbclid=x')).body, found.body)
  })

  it('asks readers who come from elsewhere, made once for all of them, and kept by no cache', async () => {
    visitor = { kind: 'ask', why: 'hosting' }
    rendered = []
    const answers = await Promise.all([1, 2, 3].map(() => get(server.url, '/kk/')))
    assert.deepEqual(rendered, ['#kk ask hosting'])
    for (const { body, headers } of answers) {
      assert.match(body.toString(), /page of #kk ask hosting/)
      assert.equal(headers['cache-control'], 'private, no-store')
      assert.equal(headers.etag, undefined)
    }
  })

  it('has a sister, "is it only me?", that is given in the same way', async () => {
    visitor = { kind: 'ask', why: 'foreign' }
    rendered = []
    const asked = await Promise.all([1, 2].map(() => get(server.url, '/en/check')))
    visitor = { kind: 'known', asn: parseAsn(64496) }
    const own = await get(server.url, '/en/check?x=1')
    const chosen = await get(server.url, '/en/check?network=as64496')
    assert.deepEqual(rendered, ['#en ask foreign check', '/en/check?network=AS64496'])
    assert.deepEqual(own.body, chosen.body)
    for (const { headers } of [...asked, own]) {
      assert.equal(headers['cache-control'], 'private, no-store')
      assert.equal(headers.etag, undefined)
    }
    assert.equal(chosen.headers['cache-control'], 'no-cache')
  })

  it('is made by a request that says in place of the address why the network is asked about', () => {
    assert.deepEqual(requestOf('#kk ask hosting'), { path: '/kk/', headers: {}, env: { asked: 'hosting' } })
    assert.deepEqual(requestOf('#ru ask foreign check'), { path: '/ru/check', headers: {}, env: { asked: 'foreign' } })
    assert.deepEqual(requestOf('/kk/?network=all'), { path: '/kk/?network=all', headers: {} })
  })
})

describe('a page that cannot be made', () => {
  it('is left to the route table, which says so', async () => {
    const render = (): Promise<Response> => Promise.reject(new Error('broken'))
    const direct = await openDirectPages({ cache: new PageCache({ render, clock: systemClock }), frame: PLAIN_FRAME })
    await using server = await listen(await sampleSite(), { host: '127.0.0.1', port: 0, direct })
    assert.equal((await get(server.url, '/kk/incidents')).status, 200)
    assert.equal((await get(server.url, '/kk/nowhere')).status, 404)
  })
})

describe('a server with more readers than it can make pages for', () => {
  it('sends some away with a page in their language, and with the time to come back', async () => {
    const { promise: made, resolve: make } = Promise.withResolvers<void>()
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
    const cache = new PageCache({
      render: async () => {
        ask()
        await made
        return new Response('made', { headers: HTML })
      },
      clock: systemClock,
      limits: { ownBytes: 1e6, passingBytes: 1e6, places: 1, mostWaiting: 0 },
    })
    const direct = await openDirectPages({ cache, frame: PLAIN_FRAME })
    await using server = await listen(await sampleSite(), { host: '127.0.0.1', port: 0, direct })
    const waiting = get(server.url, '/kk/i/one')
    await asked
    const refused = await Promise.all(
      ['/kk/i/two', '/ru/i/two', '/api/v1/incidents'].map((path) => get(server.url, path)),
    )
    for (const { status, headers } of refused) {
      assert.equal(status, 503)
      assert.equal(headers['retry-after'], '5')
      assert.equal(headers['cache-control'], 'no-store')
      assert.ok(headers['content-security-policy'])
    }
    assert.match(refused[0]?.body.toString() ?? '', /lang="kk"/)
    assert.match(refused[1]?.body.toString() ?? '', /lang="ru"/)
    const { error } = z.object({ error: z.record(z.string(), z.string()) }).parse(JSON.parse(String(refused[2]?.body)))
    assert.deepEqual(Object.keys(error), ['code', 'path', 'expected', 'message'])
    assert.equal(error['code'], 'server.busy')
    assert.equal(refused[2]?.headers['access-control-allow-origin'], '*', 'a page of another site may read it')
    make()
    assert.equal((await waiting).status, 200)
    assert.equal((await get(server.url, '/kk/i/two')).status, 200)
  })
})
