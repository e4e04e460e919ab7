import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ERASED, sampleId, samplePublicForm, sampleSite } from '../../test/kit/site/site-sample.ts'
import { parseAsn } from '../core/model/units.ts'
import { say } from '../core/text/format.ts'
import { LANGS } from '../core/text/lang.ts'
import { urls } from './urls.ts'

const INTERFERED = sampleId('youtube', 0, 0)
const DAYS = { since: '2026-02-27', until: '2026-03-05' }
const UNKNOWN = 'f'.repeat(64)

/** The text of an answer, with plain spaces. */
const textOf = async (response: Response): Promise<string> => (await response.text()).replaceAll('\u00a0', ' ')

const jsonOf = async (response: Response): Promise<unknown> => JSON.parse(await response.text())

const get = async (path: string, headers: Record<string, string> = {}, simulated = false): Promise<Response> =>
  (await sampleSite({ simulated })).request(path, { headers })

describe('the first page', () => {
  it('is reached from / in the language the reader asks for, Kazakh otherwise', async () => {
    const asked = async (header: string): Promise<string | null> =>
      (await get('/', { 'accept-language': header })).headers.get('location')
    assert.equal(await asked('ru-RU,ru;q=0.9'), '/ru/')
    assert.equal(await asked('en'), '/en/')
    assert.equal(await asked('de'), '/kk/')
  })

  it('shows the week that ends with the newest data, with the number behind each mark', async () => {
    const text = await (await get('/en/matrix')).text()
    assert.match(text, /Networks with a restriction on these days: 4 of 6/)
    assert.match(text, /value="2026-02-27"/)
    // Interference in single measurements is not a restriction, as on the first page.
    assert.match(text, /not determined, measurements that show interference:\s*<\/span>\s*4 of 4/)
    assert.match(text, /no restriction seen, measurements that show interference:\s*<\/span>\s*1 of 4/)
    assert.match(text, /no data, measurements:\s*<\/span>\s*0/)
  })

  it('never ends a sentence with two stops, though Russian years bring one', async () => {
    for (const lang of LANGS) assert.doesNotMatch(await textOf(await get(urls.matrix(lang))), /[^.]\.\.[^.]/)
  })

  it('says that there is no data, and never "reachable", for days without measurements', async () => {
    const text = await (await get('/kk/matrix?since=2020-01-01&until=2020-01-02')).text()
    assert.match(text, /Бұл күндер туралы дерек жоқ/)
    assert.match(text, /<b>YouTube<\/b><\/a\s*>: дерек жоқ/)
    assert.doesNotMatch(text, /<\/b><\/a\s*>: қолжетімді/)
  })

  it('refuses a query it cannot read, with a page in the reader’s language', async () => {
    for (const query of [
      'since=2026-03-05&until=2026-03-01',
      'since=x&until=y',
      'since=2026-03-01',
      'a=1',
      'since=1900-01-01&until=2026-01-01',
    ]) {
      const response = await get(`/ru/matrix?${query}`)
      assert.equal(response.status, 400, query)
      const main = /<main.*<\/main>/s.exec(await response.text())?.[0] ?? ''
      assert.match(main, /Запрос не удалось прочитать/)
      assert.doesNotMatch(main.replaceAll(/<[^>]*>/g, ''), /\b(?:only|such|a day|not before)\b/)
    }
  })
})

describe('a page that something is sent to', () => {
  it('says in the language of the page that it is read-only, and one that does not exist that it does not', async () => {
    const site = await sampleSite()
    const told = { kk: /тек оқуға болады/, ru: /можно только читать/, en: /You can only read the page/ }
    for (const [lang, words] of Object.entries(told))
      for (const [path, method] of [
        [`/${lang}/`, 'POST'],
        [`/${lang}/incidents`, 'PUT'],
        [`/${lang}/i/${'x'.repeat(20)}`, 'DELETE'],
      ] as const) {
        const answer = await site.request(path, { method })
        assert.deepEqual([answer.status, answer.headers.get('allow')], [405, 'GET, HEAD'], `${method} ${path}`)
        assert.match(await answer.text(), words)
      }
    for (const method of ['GET', 'POST'])
      assert.equal((await site.request('/kk/nothing-of-this-name', { method })).status, 404, method)
  })
})

describe('the page of a measurement', () => {
  it('says the verdict, its grounds with their pointers, and the claim beside it', async () => {
    const text = await textOf(await get(urls.measurement('en', INTERFERED)))
    assert.match(text, /YouTube, AS64496 Example Mobile: interfered; the TLS handshake gets no answer/)
    assert.match(text, /\/test_keys\/tls_handshakes\/1/)
    assert.match(text, /Another exchange with the same provider passed: i\.ytimg\.example\./)
    assert.match(text, /The measurement does not show it\./)
    assert.match(text, /http-failure/)
    assert.match(text, /5 March 2026, 20:02:09/)
    assert.match(text, /5 March 2026, 15:02:09 UTC/)
    assert.match(text, /Example Issuing Authority/)
  })

  it('draws its operations as SVG with a title, a description and a table behind it', async () => {
    const text = await (await get(urls.measurement('ru', INTERFERED))).text()
    assert.equal(text.match(/<svg class="chart (narrow|broad)"[^>]*role="img"/g)?.length, 2)
    assert.match(text, /<title id="timeline-narrow-t">Действия во времени<\/title>/)
    assert.match(text, /<desc id="timeline-broad-d">/)
    assert.match(text, /<summary>Таблица действий<\/summary>/)
  })

  it('escapes what a hostile probe wrote', async () => {
    const text = await textOf(await get(urls.measurement('en', INTERFERED)))
    assert.doesNotMatch(text, /<script/)
    assert.match(text, /&lt;\/pre&gt;&lt;script&gt;/)
  })

  it('shows the page without a public form that takes too long, and says so in three languages', async () => {
    const slow = await sampleSite({ publicForm: async () => ({ kind: 'slow' }) })
    for (const lang of LANGS) {
      const page = await slow.request(urls.measurement(lang, INTERFERED))
      assert.equal(page.status, 200)
      assert.ok((await page.text()).includes(say(lang, 'measurement.json-slow')))
    }
    const file = await slow.request(urls.measurementJson(INTERFERED))
    assert.equal(file.status, 503)
    assert.equal(file.headers.get('retry-after'), '86400')
    assert.partialDeepStrictEqual(await jsonOf(file), { error: { code: 'measurement.slow' } })
  })

  it('asks readers to come again while the thread of public forms is busy', async () => {
    const busy = await sampleSite({ publicForm: async () => ({ kind: 'busy' }) })
    for (const path of [urls.measurement('kk', INTERFERED), urls.measurementJson(INTERFERED)]) {
      const answer = await busy.request(path)
      assert.equal(answer.status, 503)
      assert.equal(answer.headers.get('retry-after'), '5')
    }
  })

  it('shows the beginning of a long public form, and gives the whole as a file', async () => {
    const long = JSON.stringify({ text: 'long '.repeat(20_000) })
    const site = await sampleSite({
      publicForm: (id, wanted, signal) =>
        samplePublicForm(
          id,
          { ...wanted, measurement: { ...wanted.measurement, bytes: new TextEncoder().encode(long) } },
          signal,
        ),
    })
    const page = await (await site.request(urls.measurement('en', INTERFERED))).text()
    assert.ok(page.length < 150_000)
    assert.match(page, /The text is shortened here; the file is complete\./)
    const file = await (await site.request(urls.measurementJson(INTERFERED))).text()
    assert.equal(file, `${JSON.stringify(JSON.parse(long), undefined, 2)}\n`)
  })

  it('answers 404 for an unknown one, 410 with reason and date for an erased one, 400 for no id', async () => {
    assert.equal((await get(`/kk/m/${UNKNOWN}`)).status, 404)
    assert.equal((await get('/kk/m/zz')).status, 400)
    const erased = await get(`/en/m/${ERASED}`)
    assert.equal(erased.status, 410)
    const text = await textOf(erased)
    assert.match(text, /Reason: right of a person, \[scrubbed\]/)
    assert.match(text, /Erased: 5 March 2026/)
    const file = await get(`/m/${ERASED}.json`)
    assert.equal(file.status, 410)
    assert.equal(file.headers.get('access-control-allow-origin'), '*')
    assert.partialDeepStrictEqual(await jsonOf(file), { error: { code: 'measurement.erased', path: 'id' } })
    assert.equal((await get('/m/abc.json')).headers.get('content-type'), 'application/json')
    const api = await get(`/api/v1/measurement/${ERASED}`)
    assert.equal(api.status, 410)
    assert.match(await api.text(), /right of a person, \[scrubbed\]"/)
  })

  it('keeps the name of an imported file to itself', async () => {
    for (const path of [urls.measurement('en', INTERFERED), urls.apiMeasurement(INTERFERED)])
      assert.doesNotMatch(await (await get(path)).text(), /sample\.jsonl/, path)
    assert.match(await (await get(urls.measurement('en', INTERFERED), {}, true)).text(), /File: sample\.jsonl/)
  })

  it('offers the public form as a file', async () => {
    const response = await get(urls.measurementJson(INTERFERED))
    assert.equal(response.headers.get('content-disposition'), `attachment; filename="${INTERFERED}.json"`)
    assert.partialDeepStrictEqual(await jsonOf(response), { test_name: 'web_connectivity' })
    const simulated = await get(urls.measurementJson(INTERFERED), {}, true)
    const file = `simulated-${INTERFERED}.json`
    assert.equal(simulated.headers.get('content-disposition'), `attachment; filename="${file}"`)
  })
})

describe('a simulated measurement', () => {
  it('is called simulated on the first line, in the title, in each figure and in every JSON', async () => {
    const pages = [
      urls.matrix('en'),
      urls.measurement('en', INTERFERED),
      urls.series('en', 'youtube', parseAsn(64496), DAYS),
    ]
    for (const path of pages) {
      const text = await (await get(path, {}, true)).text()
      assert.match(text, /<title>Simulated: /, path)
      assert.match(text, /<body>[\s\S]*<aside class="sim"[\s\S]*<header/, path)
      assert.match(text, /<span class="tag">Simulated<\/span>/, path)
    }
    for (const path of [urls.apiMatrix(DAYS), urls.apiMeasurement(INTERFERED), urls.measurementJson(INTERFERED)])
      assert.partialDeepStrictEqual(await jsonOf(await get(path, {}, true)), { simulated: true }, path)
    assert.doesNotMatch(await (await get(urls.matrix('en'))).text(), /Simulated/)
  })
})

describe('the JSON interface', () => {
  it('has no page of a series of a service that was never measured, and one of a listed service that says so', async () => {
    const site = await sampleSite()
    for (const service of ['web:somebody.did.it', 'unheard-of', 'web:<x>'])
      assert.equal((await site.request(urls.series('kk', service, parseAsn(64496)))).status, 404, service)
    assert.equal((await site.request(urls.series('kk', 'youtube', parseAsn(65551)))).status, 200)
  })

  it('says on the page of a series how much of the measured time was without restriction, where it says so', async () => {
    const path = '/en/s/youtube/AS64496?since=2026-03-04&until=2026-03-05'
    const asked: unknown[] = []
    const site = await sampleSite({
      simulated: true,
      availability: async (series, { since, until }) => {
        asked.push(series, until - since)
        return { hours: 48, hoursObserved: 40, open: 0.95, openByUse: 0.9, weighed: true }
      },
    })
    const html = await (await site.request(path)).text()
    assert.match(html, /Without restriction: 95% of the measured time.*40 of 48.*hours of use: 90%/s)
    assert.deepEqual(asked, [{ service: 'youtube', asn: 64496, simulated: true }, 48 * 3_600_000])
    assert.doesNotMatch(await (await (await sampleSite()).request(path)).text(), /Without restriction/)
  })

  it('gives the matrix, a series and a measurement with names in snake case', async () => {
    const first = {
      service: 'youtube',
      service_name: 'YouTube',
      network: 'AS64496',
      network_name: 'Example Mobile',
      state: 'shut',
      reachable: 0,
      interfered: 4,
      unreachable: 0,
      inconclusive: 0,
      not_judged: 0,
      mechanism: 'tls.timeout.sni',
      latest_at_utc: '2026-03-05T15:02:09Z',
      simulated: false,
    }
    assert.partialDeepStrictEqual(await jsonOf(await get(urls.apiMatrix(DAYS))), { ...DAYS, cells: [first] })
    const point = { id: INTERFERED, kind: 'interfered', layer: 'tls', started_at_utc: '2026-03-05T15:02:09Z' }
    const series = await jsonOf(await get(urls.apiSeries('youtube', parseAsn(64496), DAYS)))
    assert.partialDeepStrictEqual(series, { network: 'AS64496', points: [point] })
    assert.partialDeepStrictEqual(await jsonOf(await get(urls.apiMeasurement(INTERFERED))), {
      id: INTERFERED,
      started_at_utc: '2026-03-05T15:02:09Z',
      verdict: { kind: 'interfered', grounds: [{ fact: 'tls.silent', role: 'decisive' }] },
      claim: { blocking: 'http-failure' },
    })
  })

  it('answers a wrong query with code, path and what was expected', async () => {
    const response = await get('/api/v1/series?service=youtube&network=nine&since=2026-01-01&until=2026-01-02')
    assert.equal(response.status, 400)
    assert.partialDeepStrictEqual(await jsonOf(response), {
      error: { code: 'query.invalid', path: 'network', expected: 'a network such as AS9198' },
    })
    assert.equal((await get('/api/v1/nothing')).status, 404)
  })

  it('takes every service that a row may carry, and no other text', async () => {
    const asked = async (service: string): Promise<number> =>
      (await get(urls.apiSeries(service, parseAsn(64496), DAYS))).status
    for (const service of ['youtube', 'web:xn--80ak6aa92e.com', 'web:[2001:db8::1]', 'test:multi_protocol_traceroute'])
      assert.equal(await asked(service), 200, service)
    for (const service of ['', 'YouTube', 'web:', 'web:a b', `web:${'a'.repeat(300)}`, "youtube'"])
      assert.equal(await asked(service), 400, service)
  })
})

describe('what programs that collect pages are asked', () => {
  it('is to leave out what has no end: questions, single measurements, codes; and nothing else', async () => {
    const response = await get('/robots.txt')
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain/)
    const shut = [...(await response.text()).matchAll(/^Disallow: (\S+)$/gm)].map(([, path = '']) => path)
    const isShut = (path: string): boolean =>
      shut.some((one) => (one === '/*?' ? path.includes('?') : path.startsWith(one)))
    for (const lang of LANGS) {
      for (const path of [urls.measurement(lang, INTERFERED), urls.first(lang, 'all')]) assert.ok(isShut(path), path)
      for (const path of [
        urls.first(lang),
        urls.service(lang, 'youtube'),
        urls.plain(lang, 'method'),
        urls.matrix(lang),
      ])
        assert.ok(!isShut(path), path)
    }
  })
})

describe('every answer', () => {
  it('forbids foreign and inline scripts, inline style and foreign origins, sets no cookie and carries no inline style', async () => {
    for (const lang of LANGS)
      for (const path of [urls.matrix(lang), urls.measurement(lang, INTERFERED), `/${lang}/m/${UNKNOWN}`]) {
        const response = await get(path)
        assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/)
        assert.doesNotMatch(response.headers.get('content-security-policy') ?? '', /unsafe|script-src (?!'self';)/)
        assert.equal(response.headers.get('set-cookie'), null)
        const text = await response.text()
        assert.doesNotMatch(text, /<script|<style|\sstyle=|\son[a-z]+=|undefined|\[object|NaN/)
        assert.doesNotMatch(text, /(?:src|href|action)="(?:https?:)?\/\//)
        // The header says who learns the address; a page would overrule it.
        assert.equal(response.headers.get('referrer-policy'), 'no-referrer')
        assert.doesNotMatch(text, /name="referrer"/)
      }
  })

  it('says 500 without detail when a store breaks, and logs the cause without the path', async () => {
    const logged: unknown[] = []
    const site = await sampleSite({
      archive: { read: () => Promise.reject(new Error('disk')) },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: (fields) => logged.push(fields) },
    })
    const response = await site.request(`/ru/m/${UNKNOWN}?secret=1`)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /disk/)
    assert.equal(logged.length, 1)
    assert.doesNotMatch(JSON.stringify(logged), /secret|ffff/)
  })
})

describe('an asset', () => {
  it('carries a tag, and is not sent again to a client that has it', async () => {
    const first = await get(urls.asset('site.css', 'tag'))
    const etag = first.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{22}"$/)
    assert.equal((await get(urls.asset('site.css', 'tag'), { 'if-none-match': etag })).status, 304)
    assert.equal((await get('/assets/../package.json')).status, 404)
    assert.equal((await get(urls.asset('fonts/kuager-kazakh.woff2', 'tag'))).headers.get('content-type'), 'font/woff2')
  })
})
