// A server for which some documents cost without end, as they would by a slow search that nobody knows yet: whatever is
// slow, honest senders and readers are answered, and the server ends when it is told to.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { say } from '../src/core/text/format.ts'
import { LANGS } from '../src/core/text/lang.ts'
import { ENDLESS_TO_JUDGE, ENDLESS_TO_READ, ENDLESS_TO_SHOW } from './kit/crash/endless-words.ts'
import { eventually } from './kit/crash/eventually.ts'
import { KuagerProcesses, type KuagerProcess } from './kit/servers/kuager-process.ts'
import { webMeasurement } from './kit/measured/measurement.ts'
import { wrapped } from './kit/measured/signed-submission.ts'
import { errorOf, post, type Answered } from './kit/servers/submit.ts'

const PRELOAD = new URL('./kit/crash/endless-parse.ts', import.meta.url).href
const STRANGER = '198.51.100.7'
const HONEST = '203.0.113.9'
const started = new Date().toISOString().slice(0, 19).replace('T', ' ')
const document = (name: string): string =>
  JSON.stringify(webMeasurement({ url: `https://${name}.example/`, root: { measurement_start_time: started } }))

describe('a server with documents that cost without end', () => {
  let cwd = ''
  let processes: KuagerProcesses
  let server: KuagerProcess
  const submit = (name: string, from: string): Promise<Answered> =>
    post({ url: server.origin }, '/api/v1/submit_measurement', wrapped(document(name)), { 'x-forwarded-for': from })

  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'kuager-budget-'))
    processes = new KuagerProcesses(cwd, { NODE_OPTIONS: `--import ${PRELOAD}` })
    server = await processes.serve(['serve', '--folder', join(cwd, 'data')])
  })
  after(async () => {
    processes[Symbol.dispose]()
    await rm(cwd, { recursive: true, force: true })
  })

  it('refuses each of them alone, and takes what honest senders send meanwhile', async () => {
    const endless = Array.from({ length: 8 }, (_, n) => submit(`${ENDLESS_TO_READ}-${n}`, STRANGER))
    const honest = Array.from({ length: 8 }, (_, n) => submit(`honest-${n}`, HONEST))
    for (const { status, text } of await Promise.all(honest)) assert.equal(status, 200, text)
    for (const answered of await Promise.all(endless))
      assert.deepEqual([answered.status, errorOf(answered)], [413, 'too_costly'])
  })

  it('shows the page of a measurement whose public form never comes, and answers other readers', async () => {
    const taken = await submit(ENDLESS_TO_SHOW, HONEST)
    assert.equal(taken.status, 200, taken.text)
    const id = taken.json.x_id ?? ''
    const get = (path: string): Promise<Response> => fetch(`${server.origin}${path}`)
    await eventually(async () => (await get(`/api/v1/measurement/${id}`)).status === 200 || undefined)
    const pages = LANGS.map(async (lang) => (await get(`/${lang}/m/${id}`)).text())
    assert.equal((await get('/en/verify')).status, 200)
    for (const [nth, text] of (await Promise.all(pages)).entries())
      assert.ok(text.includes(say(LANGS[nth] ?? 'kk', 'measurement.json-slow')))
    const file = await get(`/m/${id}.json`)
    assert.deepEqual([file.status, file.headers.get('retry-after')], [503, '86400'])
    const days = `since=${started.slice(0, 10)}&until=${started.slice(0, 10)}`
    const lines = await get(`/api/v1/series.jsonl?service=web:${ENDLESS_TO_SHOW}.example&${days}`)
    assert.deepEqual([lines.status, await lines.text()], [200, ''])
  })

  it('ends when it is told to, in the midst of them', async () => {
    const endless = Array.from({ length: 40 }, (_, n) => submit(`${ENDLESS_TO_READ}-end-${n}`, `192.0.2.${n}`))
    const sent = Promise.allSettled(endless)
    await endless[0]?.catch(() => undefined)
    await server.end('SIGTERM')
    for (const one of await sent) assert.ok(one.status === 'rejected' || [413, 503].includes(one.value.status))
  })

  it('starts again with one that was archived and not judged, and never judges it', async () => {
    server = await processes.serve(['serve', '--folder', join(cwd, 'data')])
    const taken = await submit(ENDLESS_TO_JUDGE, HONEST)
    assert.equal(taken.status, 200, taken.text)
    await server.end('SIGKILL')
    server = await processes.serve(['serve', '--folder', join(cwd, 'data')])
    const id = taken.json.x_id ?? ''
    const found = await fetch(`${server.origin}/api/v1/measurement/${id}`)
    assert.equal(found.status, 404)
    const honest = await submit('honest-again', HONEST)
    const path = `/api/v1/measurement/${honest.json.x_id ?? ''}`
    await eventually(async () => (await fetch(`${server.origin}${path}`)).status === 200 || undefined)
    await server.end('SIGTERM')
  })
})
