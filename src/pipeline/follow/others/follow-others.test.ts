import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createHash } from 'node:crypto'
import { outagesInSignals } from '../../../core/detect/levels/outages-in.ts'
import { DAY_MS, HOUR_MS } from '../../../core/model/duration.ts'
import { instant, millis, parseAsn, parseCountryCode } from '../../../core/model/units.ts'
import { loadOthers } from '../../../runtime/tables/others.ts'
import type { OthersOptions } from '../../../runtime/tables/others-answer.ts'
import { followOthersOnce, type FollowOthersOptions, type OthersPass } from './follow-others.ts'

const folders: string[] = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kuager-follow-others-'))
  folders.push(folder)
  return folder
}

type Given = { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }

/** A server of the three interfaces; `answer` says what comes for a path. */
async function serve(
  answer: (request: IncomingMessage) => Given,
): Promise<AsyncDisposable & { url: string; asked: IncomingMessage[] }> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    const { status, body = '', headers = {} } = answer(request)
    response.writeHead(status, headers).end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => new Promise<void>((done) => void server.close(() => done())),
  }
}

const counts = (ok: number): string =>
  JSON.stringify({
    v: 0,
    result: [
      {
        anomaly_count: 0,
        confirmed_count: 0,
        failure_count: 0,
        ok_count: ok,
        measurement_count: ok,
        measurement_start_day: '2026-03-05',
        probe_asn: 64_496,
      },
    ],
  })

const reading: OthersOptions = {
  serviceOf: ({ host }) => (host === 'www.youtube.com' ? 'youtube' : undefined),
  country: { code: 'KZ', name: 'Kazakhstan' },
  outagesIn: outagesInSignals,
}

const MARCH = Date.UTC(2026, 2, 1)

interface Turn extends Partial<FollowOthersOptions> {
  readonly now: number
}

function pass(folder: string, url: string, { now, ...more }: Turn, waits: number[] = []): Promise<OthersPass> {
  return followOthersOnce({
    folder,
    sources: ['ooni'],
    urls: { ooni: `${url}/ooni`, ioda: `${url}/ioda`, radar: `${url}/radar` },
    country: parseCountryCode('KZ'),
    services: [{ domain: 'www.youtube.com' }],
    networks: [],
    since: instant(MARCH),
    contact: 'operator@kuager.example',
    reading,
    clock: { now: () => instant(now), monotonic: () => millis(0) },
    signal: AbortSignal.timeout(30_000),
    wait: async (delay) => void waits.push(delay),
    onLine: () => undefined,
    ...more,
  })
}

describe('followOthersOnce()', () => {
  it('keeps what came with its time and hash, so that pages read it, and says who asks', async () => {
    const folder = newFolder()
    await using server = await serve(() => ({ status: 200, body: counts(4), headers: { etag: '"1"' } }))
    const now = MARCH + 10 * DAY_MS
    assert.deepEqual(await pass(folder, server.url, { now }), { asked: 1, changed: 1, unchanged: 0, pending: 0 })
    assert.equal(server.asked[0]?.headers['user-agent'], 'kuager (+operator@kuager.example)')
    assert.match(server.asked[0]?.url ?? '', /probe_cc=KZ&domain=www\.youtube\.com&since=2026-03-01&until=2026-04-01/)
    const [part] = loadOthers(join(folder, 'others'), reading)?.parts ?? []
    assert.ok(part?.kind === 'ooni')
    assert.equal(part.counts[0]?.ok, 4)
    assert.equal(part.at, now)
    assert.equal(part.sha256, createHash('sha256').update(counts(4)).digest('hex'))
    // Days that were still ahead were not asked: none of them says that there was no measurement.
    assert.equal(part.until, Date.UTC(2026, 2, 12))
    const journal = readFileSync(join(folder, 'others', 'answers.jsonl'), 'utf8')
      .trim()
      .split('\n')
    assert.equal(journal.length, 1)
  })

  it('asks again on condition, keeps the newest answer, and leaves a month alone a week after its end', async () => {
    const folder = newFolder()
    let body = counts(4)
    await using server = await serve(({ headers }) =>
      headers['if-none-match'] === `"${body.length}${body}"`.slice(0, 20)
        ? { status: 304 }
        : { status: 200, body, headers: { etag: `"${body.length}${body}"`.slice(0, 20).replaceAll('{', '') } },
    )
    await pass(folder, server.url, { now: MARCH + 10 * DAY_MS })
    body = counts(9)
    assert.equal((await pass(folder, server.url, { now: MARCH + 11 * DAY_MS })).changed, 1)
    const files = readdirSync(join(folder, 'others')).filter((name) => name.startsWith('ooni-'))
    assert.equal(files.length, 1)
    const [part] = loadOthers(join(folder, 'others'), reading)?.parts ?? []
    assert.ok(part?.kind === 'ooni' && part.counts[0]?.ok === 9)
    const later = Date.UTC(2026, 3, 9)
    assert.equal((await pass(folder, server.url, { now: later })).asked, 2) // March for the last time, and April
    assert.equal((await pass(folder, server.url, { now: later + DAY_MS })).asked, 1)
  })

  it('asks everything again in full after its list was removed, and what was damaged on the disk', async () => {
    const folder = newFolder()
    await using server = await serve(({ headers }) =>
      headers['if-none-match'] === '"a"' ? { status: 304 } : { status: 200, body: counts(1), headers: { etag: '"a"' } },
    )
    const now = Date.UTC(2026, 3, 20)
    assert.equal((await pass(folder, server.url, { now })).asked, 2)
    const parts = (): number | undefined => loadOthers(join(folder, 'others'), reading)?.parts.length
    rmSync(join(folder, 'others', 'followed.json'))
    assert.deepEqual(await pass(folder, server.url, { now }), { asked: 2, changed: 2, unchanged: 0, pending: 0 })
    assert.equal(parts(), 2)
    const [march = ''] = readdirSync(join(folder, 'others')).filter((name) => name.includes('-2026-03.'))
    writeFileSync(join(folder, 'others', march), counts(2))
    assert.equal((await pass(folder, server.url, { now })).asked, 2)
    assert.equal(parts(), 2)
  })

  it('keeps every month of a host with a long name', async () => {
    const folder = newFolder()
    await using server = await serve(() => ({ status: 200, body: counts(1) }))
    const services = [`${'a'.repeat(60)}.${'b'.repeat(60)}.kz`, `${'a'.repeat(60)}.${'b'.repeat(60)}.com`].map(
      (domain) => ({
        domain,
      }),
    )
    const turn = { now: Date.UTC(2026, 4, 20), services }
    assert.equal((await pass(folder, server.url, turn)).changed, 6)
    await pass(folder, server.url, turn)
    const parts = loadOthers(join(folder, 'others'), reading)?.parts ?? []
    assert.equal(parts.length, 6)
    assert.equal(new Set(parts.map(({ title, until }) => `${title} ${until}`)).size, 6)
  })

  it('takes no answer with which there would be more rows than a server reads', async () => {
    const folder = newFolder()
    await using server = await serve(() => ({ status: 200, body: counts(1) }))
    const services = ['www.youtube.com', 'a.example', 'b.example'].map((domain) => ({ domain }))
    const lines: string[] = []
    const turn = { now: MARCH + DAY_MS, services, mostRows: 2, reading: { ...reading, serviceOf: () => 'youtube' } }
    const { changed, pending } = await pass(folder, server.url, { ...turn, onLine: (line) => void lines.push(line) })
    assert.deepEqual([changed, pending], [2, 1])
    assert.match(lines.join(), /3 rows over all files, at most 2/)
    assert.equal(loadOthers(join(folder, 'others'), turn.reading)?.parts.length, 2)
    // What replaces an answer does not count twice.
    assert.equal((await pass(folder, server.url, turn)).pending, 1)
  })

  it('takes 304 for as before', async () => {
    const folder = newFolder()
    await using server = await serve(({ headers }) =>
      headers['if-none-match'] === '"a"' ? { status: 304 } : { status: 200, body: counts(1), headers: { etag: '"a"' } },
    )
    await pass(folder, server.url, { now: MARCH + DAY_MS })
    assert.deepEqual(await pass(folder, server.url, { now: MARCH + 2 * DAY_MS }), {
      asked: 1,
      changed: 0,
      unchanged: 1,
      pending: 0,
    })
    assert.equal(loadOthers(join(folder, 'others'), reading)?.parts.length, 1)
  })

  it('leaves a source alone for as long as it asks, and no other', async () => {
    const folder = newFolder()
    await using server = await serve(({ url = '' }) =>
      url.startsWith('/ooni')
        ? { status: 429, headers: { 'retry-after': '7200' } }
        : { status: 200, body: JSON.stringify({ data: [] }) },
    )
    const sources = ['ooni', 'ioda'] as const
    const now = MARCH + DAY_MS
    const waits: number[] = []
    const first = await pass(folder, server.url, { now, sources }, waits)
    assert.deepEqual([first.changed, first.pending], [2, 1])
    assert.deepEqual(waits, [5000])
    const asked = (): number => server.asked.filter(({ url = '' }) => url.startsWith('/ooni')).length
    await pass(folder, server.url, { now: now + HOUR_MS, sources })
    assert.equal(asked(), 1)
    await pass(folder, server.url, { now: now + 3 * HOUR_MS, sources })
    assert.equal(asked(), 2)
  })

  it('keeps the last good answer where another form comes, and where the connection is lost', async () => {
    const folder = newFolder()
    let given: Given = { status: 200, body: counts(4) }
    await using server = await serve(() => given)
    await pass(folder, server.url, { now: MARCH + DAY_MS })
    for (const body of ['<html>', '{"result":7}']) {
      given = { status: 200, body }
      assert.equal((await pass(folder, server.url, { now: MARCH + 2 * DAY_MS })).pending, 1)
    }
    given = { status: 301, headers: { location: 'http://127.0.0.1:1/' } }
    assert.equal((await pass(folder, server.url, { now: MARCH + 3 * DAY_MS })).pending, 1)
    const [part] = loadOthers(join(folder, 'others'), reading)?.parts ?? []
    assert.ok(part?.kind === 'ooni' && part.counts[0]?.ok === 4)
    assert.equal(
      readFileSync(join(folder, 'others', 'answers.jsonl'), 'utf8')
        .trim()
        .split('\n').length,
      3,
    )
  })

  it('dates outages in the signals of IODA, and gives the token to Radar alone', async () => {
    const folder = newFolder()
    const from = MARCH / 1000
    const values = Array.from({ length: 10 * 96 }, (_, i) => (i >= 500 && i < 540 ? 5 : 100 + (i % 3)))
    const signals = {
      data: [[{ entityType: 'country', entityCode: 'KZ', datasource: 'bgp', from, step: 900, values }]],
    }
    await using server = await serve(({ url = '' }) => ({
      status: 200,
      body: JSON.stringify(
        url.includes('signals') ? signals : url.includes('radar') ? { result: { annotations: [] } } : { data: [] },
      ),
    }))
    await pass(folder, server.url, {
      now: MARCH + 10 * DAY_MS,
      sources: ['ioda', 'radar'],
      networks: [parseAsn(64_496)],
      radarToken: 'secret-token',
    })
    assert.deepEqual(
      server.asked.map(({ headers }) => headers.authorization),
      [undefined, undefined, undefined, 'Bearer secret-token'],
    )
    const outages = loadOthers(join(folder, 'others'), reading)?.parts.flatMap((part) =>
      part.kind === 'outages' ? part.outages : [],
    )
    assert.equal(outages?.length, 1)
    const [outage] = outages ?? []
    assert.deepEqual(outage?.entity, { kind: 'country' })
    assert.ok(outage.from <= (from + 500 * 900) * 1000 && (outage.until ?? 0) >= (from + 540 * 900) * 1000)
    assert.doesNotMatch(readFileSync(join(folder, 'others', 'followed.json'), 'utf8'), /secret-token/)
  })
})
