// Readers: servers that show the folder of another process, or a copy of it, and hand on what people and probes send.
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { until } from './kit/crash/eventually.ts'
import { fillEvening } from './kit/evening/evening.ts'
import { KuagerProcesses, type KuagerProcess } from './kit/servers/kuager-process.ts'
import { withoutAsOf } from './kit/site/without-as-of.ts'
import { LANGS } from '../src/core/text/lang.ts'

const ORIGIN = 'https://kuager.example'
/** What no reader gets. */
const PRIVATE = new Set(['registry', 'keys', 'erasure.key', 'lock.sqlite', 'holder.json', 'kuager.sock'])
/** From the centre to the page of a reader of the same folder: what docs/operating/readers.md promises. */
const PROMISE_MS = 5_000

const get = (origin: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(new URL(path, origin), { headers: { connection: 'close', ...headers }, redirect: 'manual' })

const text = async (origin: string, path: string): Promise<string> => (await get(origin, path)).text()

describe('a server that only reads', { timeout: 400_000 }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-readers-'))
  const data = join(root, 'data')
  const link = join(root, 'copy')
  const processes = new KuagerProcesses(root)
  let incident = ''
  let centre: KuagerProcess
  let reader: KuagerProcess
  let copied: KuagerProcess

  const table = join(root, 'networks.csv')
  const common = (): readonly string[] => ['--origin', ORIGIN, '--networks', table]
  const copyTo = (name: string): void => {
    cpSync(data, join(root, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (path) => !PRIVATE.has(path.split('/').at(-1) ?? ''),
    })
    symlinkSync(name, `${link}.new`)
    renameSync(`${link}.new`, link)
  }

  /** A measurement that an incident rests on. */
  const measurementOf = async (id: string): Promise<string> =>
    /"measurements":\["([0-9a-f]{64})"/.exec(await text(centre.origin, `/api/v1/incident/${id}`))?.[1] ?? 'none'

  before(async () => {
    writeFileSync(table, 'start,end,asn,name,country\n203.0.113.0,203.0.113.255,AS9198,Kazakhtelecom,KZ\n')
    incident = await fillEvening(root)
    centre = await processes.serve(['serve', '--folder', data, ...common()])
    // A month is made into files for researchers after the start.
    await until(async () => (await text(centre.origin, '/data/SHA256SUMS')).includes('.parquet'))
    copyTo('copy-1')
    const reading = ['serve', '--read-only', ...common(), '--centre', centre.origin]
    reader = await processes.serve([...reading, '--folder', data, '--stale-after', '5'])
    copied = await processes.serve([...reading, '--folder', link, '--stale-after', '100000'])
  })
  after(async () => {
    for (const one of [reader, copied, centre]) await one?.end('SIGTERM')
    processes[Symbol.dispose]()
    rmSync(root, { recursive: true, force: true })
  })

  it('gives the same pages as the centre but for the line that says of what time they are', async () => {
    const measured = await measurementOf(incident)
    const ofLang = ['', 'incidents', 'matrix', 'map', 's/youtube', 'n/AS64496', 's/youtube/AS64496', `i/${incident}`]
    const more = [
      'corrections',
      'explore',
      'chronicle',
      'claims',
      'method',
      'data',
      'verify',
      'about',
      'mirrors',
      'probe',
    ]
    const pages = LANGS.flatMap((lang) => [...ofLang, ...(lang === 'en' ? more : [])].map((page) => `/${lang}/${page}`))
    const files = ['/log/checkpoint', '/log/keys', '/log/policy', '/log/proof/0', '/log/leaf/0', '/sitemap.xml']
    const lists = [
      '/api/v1/board',
      '/api/v1/incidents',
      '/api/v1/matrix',
      '/en/feed/all.xml',
      `/log/revision/${incident}/1`,
    ]
    const one = [`/en/m/${measured}`, `/m/${measured}.json`, `/api/v1/measurement/${measured}`]
    for (const path of [...pages, ...files, ...lists, ...one]) {
      const own = await get(centre.origin, path)
      const page = withoutAsOf(await own.text())
      for (const { origin } of /^\/(?:kk|ru)\//.test(path) ? [reader] : [reader, copied]) {
        const theirs = await get(origin, path)
        assert.equal(theirs.status, own.status, path)
        assert.equal(withoutAsOf(await theirs.text()), page, path)
      }
    }
    assert.match(await text(reader.origin, '/en/'), /This server shows data as of [^<]+\d\d:\d\d[^<]*\./)
    assert.doesNotMatch(await text(centre.origin, '/en/'), /This server shows data as of/)
  })

  it('says of what time its state is, also to programs', async () => {
    const health = await get(reader.origin, '/health')
    const said = (await health.json()) as { status: string; as_of_utc: string }
    assert.equal(said.status, 'ok')
    assert.ok(Date.now() - Date.parse(said.as_of_utc) < PROMISE_MS, said.as_of_utc)
    const listed = await get(reader.origin, '/api/v1/incidents')
    assert.ok(Date.now() - Date.parse(listed.headers.get('kuager-as-of') ?? '') < PROMISE_MS)
    assert.equal((await get(reader.origin, '/readyz')).status, 200)
  })

  it('shows an act of a person within seconds of the centre, in the same folder and in the next copy', async () => {
    const reason = 'The operator of the network said that a cable was cut.'
    const act = ['note', '--role', 'editor', '--actor', 'editor-2', '--reason', reason]
    await processes.run(['incident', 'review', incident, ...act, '--folder', data])
    const began = Date.now()
    await until(async () => (await text(reader.origin, `/en/i/${incident}`)).includes(reason))
    const took = Date.now() - began
    assert.ok(took < PROMISE_MS, `${took} ms`)
    assert.ok(!(await text(copied.origin, `/en/i/${incident}`)).includes(reason))
    copyTo('copy-2')
    await until(async () => (await text(copied.origin, `/en/i/${incident}`)).includes(reason))
    rmSync(join(root, 'copy-1'), { recursive: true })
    assert.equal((await get(copied.origin, '/en/s/youtube/AS64496?since=2026-10-01&until=2026-10-09')).status, 200)
  })

  it('hands on what is sent, and the centre knows from where it came', async () => {
    const located = await fetch(new URL('/api/v1/geolookup', reader.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
      body: JSON.stringify({ addresses: [] }),
    })
    assert.equal(located.status, 200)
    const form = await get(reader.origin, '/en/report')
    assert.match(await form.text(), /<form[^>]+method="post"/)
    const sent = await fetch(new URL('/en/report', reader.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'service=nothing',
    })
    assert.equal(sent.status, 422)
    const asked = await fetch(new URL('/api/v1/check-in', reader.origin), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7' },
      body: JSON.stringify({
        probe_asn: 'AS0',
        probe_cc: 'ZZ',
        platform: 'linux',
        software_name: 'x',
        software_version: '1',
      }),
    })
    assert.equal(asked.status, 200, await asked.clone().text())
    assert.match(await asked.text(), /AS9198/)
    assert.ok(!processes.said.includes('203.0.113.7'), 'no address is in a log')
  })

  it('has no page of a reader’s own network for another', async () => {
    const own = await get(reader.origin, '/en/', { 'x-forwarded-for': '203.0.113.7' })
    assert.equal(own.headers.get('cache-control'), 'private, no-store')
  })

  it('says why a measurement is gone that was erased at the centre', async () => {
    const id = await measurementOf(incident)
    assert.equal((await get(copied.origin, `/en/m/${id}`)).status, 200)
    await processes.run(['archive', 'erase', id, '--reason', 'a volunteer asked for it', '--folder', data])
    copyTo('copy-3')
    for (const { origin } of [centre, reader, copied]) {
      await until(async () => (await get(origin, `/en/m/${id}`)).status === 410)
      assert.match(await text(origin, `/en/m/${id}`), /a volunteer asked for it/)
      assert.equal((await get(origin, `/api/v1/measurement/${id}`)).status, 410)
      assert.equal((await get(origin, `/en/m/${'0'.repeat(64)}`)).status, 404)
    }
  })

  it('says that it may be out of date when the centre is gone, and refuses what it cannot hand on', async () => {
    await centre.end('SIGKILL')
    await until(async () => (await get(reader.origin, '/readyz')).status === 503)
    assert.match(await text(reader.origin, '/readyz'), /"stale"/)
    await until(async () => (await text(reader.origin, '/en/claims')).includes('This page may be out of date'))
    assert.equal((await get(reader.origin, '/healthz')).status, 200)
    const refused = await fetch(new URL('/en/report', reader.origin), { method: 'POST', body: 'a=b' })
    assert.equal(refused.status, 502)
    assert.equal(refused.headers.get('retry-after'), '5')
    const page = await get(reader.origin, '/kk/subscribe')
    assert.equal(page.status, 502)
    assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/)
    assert.match(await page.text(), /<html lang="kk"[^]*негізгі сервер жауап бермей тұр/)
  })
})
