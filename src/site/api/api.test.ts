import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { z } from 'zod'
import { sampleRevisions } from '../../../test/kit/evening/incident-sample.ts'
import { sampleReviews } from '../../../test/kit/evening/review-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { apiSample } from '../../../test/kit/evening/api-sample.ts'
import { parseCsv } from '../../core/model/csv.ts'
import { sampleOptions, sampleSite } from '../../../test/kit/site/site-sample.ts'
import { createSite } from '../app.ts'
import { API_ROUTES } from './api-routes.ts'
import { columnName, encodeCsv } from './csv.ts'
import { describeApi } from './openapi.ts'

const EXAMPLES = new URL('./examples.json', import.meta.url)
let site: ReturnType<typeof createSite>
before(async () => {
  const journal = memoryIncidents(sampleRevisions().map((one) => ({ ...one, simulated: true })))
  site = await apiSample({ reviews: sampleReviews(journal) })
})

const get = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  site.request(path, { headers })
const json = async (path: string): Promise<unknown> => JSON.parse(await (await get(path)).text())

const problemSchema = z.object({
  error: z.strictObject({ code: z.string(), path: z.string(), expected: z.string(), message: z.string() }),
})
const problemOf = async (response: Response): Promise<z.infer<typeof problemSchema>['error']> =>
  problemSchema.parse(JSON.parse(await response.text())).error
/** Ids of a list and the cursor of the next part. */
async function idsOf(path: string, member: string): Promise<{ ids: readonly string[]; next: string | null }> {
  const part = z.looseObject({ next: z.string().nullable() }).parse(await json(path))
  const rows = z.array(z.object({ id: z.string(), revision: z.number().optional() })).parse(part[member])
  return { ids: rows.map(({ id, revision = 0 }) => `${id} ${revision}`), next: part.next }
}
const descriptionSchema = z.object({
  openapi: z.string(),
  paths: z.record(
    z.string(),
    z.object({
      get: z.object({
        operationId: z.string(),
        parameters: z.array(
          z.object({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean(), description: z.string() }),
        ),
      }),
    }),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
})

/** The first of every list, so that an example can be read; pairs stay pairs. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) {
    const pair = value.length === 2 && value.every((one) => one === null || typeof one === 'string')
    return value.slice(0, pair ? 2 : 1).map(short)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, short(inside)]))
}

describe('the interface for programs', () => {
  it('answers every example of its description as its schema says', async () => {
    for (const { example, answer, id } of API_ROUTES) {
      const response = await get(example)
      assert.equal(response.status, 200, example)
      const text = await response.text()
      if (answer === 'ooni') {
        const lines = text.trim().split('\n')
        assert.ok(lines.length > 0, id)
        for (const line of lines) assert.partialDeepStrictEqual(JSON.parse(line), { simulated: true })
      } else if (!new URL(example, 'http://x').pathname.endsWith('.csv')) {
        const parsed = answer.schema.safeParse(JSON.parse(text))
        assert.ok(parsed.success, `${id}: ${parsed.success ? '' : z.prettifyError(parsed.error)}`)
      }
    }
  })

  it('shows answers that its schemas take and that these requests are given', async () => {
    const wanted: Record<string, unknown> = {}
    for (const { id, example, answer, path } of API_ROUTES)
      if (answer !== 'ooni' && !path.endsWith('.csv')) wanted[id] = short(await json(example))
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(EXAMPLES, `${JSON.stringify(wanted, undefined, 2)}\n`)
    const shown: unknown = JSON.parse(readFileSync(EXAMPLES, 'utf8'))
    assert.deepEqual(shown, wanted)
    for (const { id, answer } of API_ROUTES)
      if (answer !== 'ooni' && id in wanted) assert.ok(answer.schema.safeParse(wanted[id]).success, id)
  })

  it('says simulated in every answer that rests on measurements', async () => {
    for (const { example, id, answer, path } of API_ROUTES)
      if (answer !== 'ooni' && !path.endsWith('.csv') && id !== 'services')
        assert.partialDeepStrictEqual(await json(example), { simulated: true }, id)
  })

  it('says simulated in every row of every table', async () => {
    for (const { example, id, csv, path } of API_ROUTES) {
      if (csv === undefined || id === 'services') continue
      const address = path.endsWith('.csv') ? example : `${example}${example.includes('?') ? '&' : '?'}format=csv`
      const text = await (await get(address)).text()
      const [header, ...rows] = parseCsv(text)
      const at = header?.cells.indexOf('simulated') ?? -1
      assert.ok(rows.length > 0, id)
      for (const { cells } of rows) assert.equal(cells[at], 'true', id)
    }
  })

  it('refuses what it does not know, says what would have been right, and repeats nothing', async () => {
    const refused = [
      ['/api/v1/matrix?a=1', 'query', /only since, until, format/],
      ['/api/v1/series?service=youtube&network=nine&since=2026-01-01&until=2026-01-02', 'network', /such as AS9198/],
      ['/api/v1/series?service=youtube&network=AS1&since=2026-01-01', 'until', /YYYY-MM-DD/],
      ['/api/v1/incidents?network=AS4294967296', 'network', /such as AS9198/],
      ['/api/v1/matrix?since=2020-01-01&until=2026-01-01', 'until', /three years/],
      ['/api/v1/series?service=youtube&network=AS1&since=2026-02-01&until=2026-01-01', 'until', /not before since/],
      ['/api/v1/measurements?service=youtube&since=2020-01-01&until=2026-01-01', 'until', /three years/],
      ['/api/v1/incidents?service=youtube&service=facebook', 'service', /each part once/],
      ['/api/v1/incidents?state=blocked', 'state', /one of restricted/],
      ['/api/v1/incidents?limit=0', 'limit', /from 1 to 1000/],
      ['/api/v1/incidents?limit=1001', 'limit', /from 1 to 1000/],
      ['/api/v1/incidents?format=xml', 'format', /json or csv/],
      ['/api/v1/claims?format=csv', 'query', /without a query/],
      ['/api/v1/measurement/xyz', 'id', /64 lower-case/],
      ['/api/v1/incidents?__proto__=1', 'query', /only service/],
      ['/api/v1/incidents?%3Cscript%3E=1', 'query', /only service/],
    ] as const
    for (const [path, where, expected] of refused) {
      const response = await get(path)
      assert.equal(response.status, 400, path)
      assert.equal(response.headers.get('access-control-allow-origin'), '*')
      const error = await problemOf(response)
      assert.equal(error.path, where, path)
      assert.match(error.expected, expected, path)
      assert.doesNotMatch(JSON.stringify(error), /nine|blocked|script|proto/)
    }
  })

  it('refuses cursors that are none of its lists', async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const days = 'since=2026-02-27&until=2026-03-05'
    const hostile = [
      ...['x', 'null', 'e30', '__proto__', 'a'.repeat(399)],
      ...[null, 7, [], ['m'], ['m', []], ['m', [1, 2]], ['m', [-1, 2, 3]], ['m', [1, 2, 3.5]], ['i', [0, 1, 2]]].map(
        encode,
      ),
      ...[['m', [1, 2, 3], 4], ['m', [1, 2, 1e300]], ['m', ['1', '2', '3']], { 0: 'm', 1: [1, 2, 3] }].map(encode),
      encode(['m', [1, 2, 3]]) + 'A',
    ]
    for (const cursor of hostile)
      for (const path of ['/api/v1/measurements', '/api/v1/series.jsonl']) {
        const response = await get(`${path}?service=youtube&${days}&cursor=${encodeURIComponent(cursor)}`)
        assert.equal(response.status, 400, cursor)
        assert.equal((await problemOf(response)).path, 'cursor')
      }
    for (const cursor of [encode(['i', [0]]), encode(['m', [1, 2, 3]]), encode(['i', ['0', 'x']]), 'zz'])
      assert.equal((await get(`/api/v1/incidents?cursor=${cursor}`)).status, 400)
  })

  it('gives every part of a list once, at any length of a part', async () => {
    const lists = [
      ['/api/v1/measurements?service=youtube&since=2026-02-01&until=2026-03-05', 'measurements'],
      ['/api/v1/incidents?', 'incidents'],
      ['/api/v1/corrections?', 'corrections'],
    ] as const
    for (const [path, member] of lists) {
      const { ids } = await idsOf(path, member)
      assert.ok(ids.length > 1, path)
      const found: string[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const part = await idsOf(`${path}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`, member)
        found.push(...part.ids)
        cursor = part.next
      }
      assert.deepEqual(found, ids)
    }
  })

  it('filters incidents by service, network, days, state and word', async () => {
    const ids = async (query: string): Promise<readonly string[]> =>
      (await idsOf(`/api/v1/incidents?${query}`, 'incidents')).ids.map((id) => id.split(' ')[0] ?? '')
    const all = await ids('')
    assert.equal(all.length, 8)
    assert.deepEqual(await ids('service=facebook&network='), ['facebook-as64496-20260305T1502Z'])
    assert.deepEqual(await ids('state=throttled'), ['youtube-as64498-20260305T1502Z'])
    assert.deepEqual(await ids('word=insufficient'), ['signal-as64499-20260305T1502Z'])
    assert.deepEqual(await ids('until=2026-03-04'), [])
    assert.deepEqual(await ids('since=2026-03-06'), ['instagram-as64497-20260305T1630Z'])
    assert.deepEqual(await ids('since=2026-03-05&until=2026-03-05'), all)
  })
})

describe('an answer of the interface', () => {
  it('has a strong validator of its bytes, and is not sent again to a client that holds them', async () => {
    const first = await get('/api/v1/services')
    const etag = first.headers.get('etag') ?? ''
    assert.match(etag, /^"[\w-]{24}"$/)
    assert.match(first.headers.get('cache-control') ?? '', /max-age=60/)
    const again = await get('/api/v1/services', { 'if-none-match': `"x", W/${etag}` })
    assert.equal(again.status, 304)
    assert.equal(await again.text(), '')
    assert.equal(again.headers.get('etag'), etag)
    assert.equal((await get('/api/v1/services', { 'if-none-match': '"x"' })).status, 200)
    assert.notEqual((await get('/api/v1/orders')).headers.get('etag'), etag)
  })

  it('is open to every page, without anything of the reader', async () => {
    for (const path of ['/api/v1/services', '/api/v1/openapi.json', '/api/v1/nothing', '/api/v1/measurement/x']) {
      const response = await get(path, { origin: 'https://example.org' })
      assert.equal(response.headers.get('access-control-allow-origin'), '*', path)
      assert.equal(response.headers.get('access-control-allow-credentials'), null)
      assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.equal(response.headers.get('set-cookie'), null)
    }
    const asked = await site.request('/api/v1/services', { method: 'OPTIONS' })
    assert.equal(asked.status, 204)
    assert.equal(asked.headers.get('access-control-allow-methods'), 'GET, HEAD')
    const posted = await site.request('/api/v1/services', { method: 'POST' })
    assert.equal(posted.status, 405)
    assert.equal(posted.headers.get('allow'), 'GET, HEAD, OPTIONS')
  })

  it('has no body where only its head was asked for', async () => {
    const response = await site.request('/api/v1/services', { method: 'HEAD' })
    assert.equal(response.status, 200)
    assert.ok(response.headers.get('etag'))
    assert.equal(await response.text(), '')
  })

  it('tells an unknown incident, revision and measurement apart', async () => {
    const code = async (path: string): Promise<string> => (await problemOf(await get(path))).code
    assert.equal(await code('/api/v1/incident/none'), 'incident.unknown')
    assert.equal(await code('/api/v1/incident/youtube-as64500-20260305T1502Z?revision=9'), 'revision.unknown')
    assert.equal(await code(`/api/v1/measurement/${'f'.repeat(64)}`), 'measurement.unknown')
    assert.equal(await code('/api/v1/nothing'), 'api.unknown')
  })

  it('says when to come back where a sender has asked too much', async () => {
    const asked: unknown[] = []
    const hasty = await sampleSite({
      apiRate: {
        perSecond: 20,
        burst: 120,
        take: (asking, cost) => {
          asked.push([asking, cost])
          return asked.length === 1 ? { left: 118.4, wait: 0 } : { left: 0.5, wait: 3 }
        },
      },
    })
    const path = '/api/v1/matrix?since=2026-03-01&until=2026-03-05'
    const env = { incoming: { socket: { remoteAddress: '192.0.2.1' } } }
    const first = await hasty.request(path, { headers: { 'x-forwarded-for': '192.0.2.9' } }, env)
    assert.equal(first.status, 200)
    assert.equal(first.headers.get('ratelimit-policy'), '"api";q=120;w=6')
    assert.equal(first.headers.get('ratelimit'), '"api";r=118;t=1')
    const second = await hasty.request(path, {}, env)
    assert.equal(second.status, 429)
    assert.equal(second.headers.get('retry-after'), '3')
    const error = await problemOf(second)
    assert.deepEqual([error.code, error.expected], ['rate.exceeded', 'a pause of 3 s'])
    assert.deepEqual(asked, [
      [{ socket: '192.0.2.1', forwardedFor: '192.0.2.9' }, 2],
      [{ socket: '192.0.2.1', forwardedFor: undefined }, 2],
    ])
    assert.equal((await hasty.request('/kk/incidents', {}, env)).status, 200)
    const unasked = await hasty.request(path)
    assert.deepEqual([unasked.status, unasked.headers.get('ratelimit')], [200, null])
  })
})

describe('the interface when too many ask for measurements', () => {
  it('sends some away with the time to come back, from any address, and answers everything else', async () => {
    const { promise: read, resolve: go } = Promise.withResolvers<void>()
    const bare = await sampleOptions({ simulated: true })
    const slow = createSite({
      ...bare,
      warehouse: { ...bare.warehouse, matrix: async (period) => read.then(() => bare.warehouse.matrix(period)) },
    })
    const path = '/api/v1/matrix?since=2026-03-01&until=2026-03-05'
    const ask = async (): Promise<Response> => slow.request(path)
    const answers = Array.from({ length: 40 }, ask)
    const refused = await Promise.all(answers.slice(36))
    for (const one of refused) {
      assert.deepEqual([one.status, one.headers.get('retry-after')], [503, '5'])
      assert.equal(one.headers.get('access-control-allow-origin'), '*')
      assert.equal((await problemOf(one)).code, 'server.busy')
    }
    assert.equal((await slow.request('/api/v1/incidents')).status, 200)
    go()
    for (const one of await Promise.all(answers.slice(0, 36))) assert.equal(one.status, 200)
    assert.equal((await slow.request(path)).status, 200)
  })
})

describe('a table', () => {
  it('has the columns that its answer has, with a header row', async () => {
    for (const one of API_ROUTES) {
      if (one.csv === undefined) continue
      const join = one.example.includes('?') ? '&' : '?'
      const response = await get(one.path.endsWith('.csv') ? one.example : `${one.example}${join}format=csv`)
      assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8; header=present', one.id)
      const file = response.headers.get('content-disposition') ?? ''
      assert.match(file, one.id === 'services' ? /filename="kuager-[\w.-]+\.csv"/ : /"simulated-kuager-[\w.-]+\.csv"/)
      const lines = (await response.text()).split('\r\n')
      assert.equal(lines[0], one.csv.columns.map(columnName).join(','))
      assert.ok(lines.length > 2, one.id)
      if (one.csv.columns.includes('simulated')) assert.ok(lines[1]?.includes('true'), one.id)
      for (const [index, column] of one.csv.columns.entries())
        if (/(^|_)(id|service|network|at_utc|state)$/.test(column))
          assert.notEqual(lines[1]?.split(',')[index], '', `${one.id} ${column}`)
    }
  })

  it('runs no formula in a table program, and keeps numbers', () => {
    const form = { rows: 'rows', columns: ['a', 'b.c'] }
    const table = (a: unknown): string => encodeCsv(form, { rows: [{ a, b: { c: -1.5 } }] }).split('\r\n')[1] ?? ''
    for (const [text, cell] of [
      ['=1+1', "'=1+1"],
      ['+1', "'+1"],
      ['-1', "'-1"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['\t=1', "'\t=1"],
      [' =1', `' =1`],
      ['\uFF1D1', "'\uFF1D1"],
      ['a,b', '"a,b"'],
      ['a"b', '"a""b"'],
      ['a\nb', '"a\nb"'],
      ['https://example.org/', 'https://example.org/'],
      [null, ''],
      [{ x: 1 }, '"{""x"":1}"'],
    ])
      assert.equal(encodeCsv(form, { rows: [{ a: text, b: { c: -1.5 } }] }), `a,b_c\r\n${String(cell)},-1.5\r\n`)
    assert.equal(table(undefined), ',-1.5')
  })
})

describe('the description', () => {
  it('is OpenAPI 3.1 with every address, part and answer, and names no schema that is not there', async () => {
    const text = await (await get('/api/v1/openapi.json')).text()
    const described = descriptionSchema.parse(JSON.parse(text))
    assert.match(described.openapi, /^3\.1\./)
    assert.deepEqual(Object.keys(described.paths).toSorted(), API_ROUTES.map(({ path }) => path).toSorted())
    for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g))
      assert.ok(name !== undefined && name in described.components.schemas, name)
    for (const { path, asks, id, example } of API_ROUTES) {
      const operation = described.paths[path]?.get
      assert.equal(operation?.operationId, id)
      assert.deepEqual(
        operation?.parameters.map(({ name }) => name),
        Object.keys(asks.shape),
      )
      const inPath = operation?.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      assert.deepEqual(
        inPath,
        [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
      )
      const query = new URL(example, 'http://localhost').searchParams
      for (const { name, required } of operation?.parameters ?? [])
        if (required) assert.ok(inPath?.includes(name) === true || query.has(name), `${id} ${name}`)
    }
    assert.doesNotMatch(text, /"additionalProperties":false|"\$schema"/)
  })

  it('says which answers have a tag, what is erased and when to come back, as the answers do', async () => {
    const answerSchema = z.looseObject({ headers: z.record(z.string(), z.unknown()).default({}) })
    const getSchema = z.object({ get: z.object({ responses: z.record(z.string(), answerSchema) }) })
    const { paths, servers } = z
      .object({ servers: z.array(z.object({ url: z.string() })), paths: z.record(z.string(), getSchema) })
      .parse(await json('/api/v1/openapi.json'))
    for (const { path, example } of API_ROUTES) {
      const responses = paths[path]?.get.responses ?? {}
      const hasTag = (await get(example)).headers.get('etag') !== null
      assert.equal('etag' in (responses['200']?.headers ?? {}), hasTag, path)
      assert.equal('304' in responses, hasTag, path)
      assert.equal('410' in responses, path === '/api/v1/measurement/{id}', path)
      for (const status of ['429', '503']) assert.ok('retry-after' in (responses[status]?.headers ?? {}), path)
    }
    assert.deepEqual(servers, [{ url: '/' }])
    const described = (medium: 'live' | 'mirror'): unknown => describeApi({ medium, origin: 'https://kuager.example' })
    assert.partialDeepStrictEqual(described('live'), { servers: [{ url: '/' }, { url: 'https://kuager.example' }] })
    assert.deepEqual(Reflect.get(Object(described('mirror')), 'servers'), [{ url: 'https://kuager.example' }])
  })
})
