import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { memoryIncidents } from '../../../test/kit/stores/memory-incidents.ts'
import { NAMES } from '../../../test/kit/site/site-sample.ts'
import { InputError } from '../../core/model/errors.ts'
import { PLAIN_FRAME } from '../../web/html/frame.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import { readWebhookAddress } from '../../runtime/post/webhook.ts'
import { openAlerts } from './alerts.ts'

const SECRET = 'a secret of many characters'
let folder = ''
before(async () => (folder = await mkdtemp(join(tmpdir(), 'kuager-alerts-'))))
after(() => rm(folder, { recursive: true }))

interface Hit {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A receiver on this machine; `next` gives the posts one after another. */
async function openReceiver(): Promise<AsyncDisposable & { readonly url: string; next(): Promise<Hit> }> {
  const hits: Hit[] = []
  const waiting: ((hit: Hit) => void)[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const hit = { headers: request.headers, body: Buffer.concat(parts).toString() }
      const next = waiting.shift()
      if (next === undefined) hits.push(hit)
      else next(hit)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const bound = server.address()
  return {
    url: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}/hook`,
    next: () => {
      const hit = hits.shift()
      return hit === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(hit)
    },
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

const quiet = (): void => {}
const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
const never = new AbortController().signal

describe('kuager serve --webhook', () => {
  it('posts a signed revision, the same bytes each time, with its text in three languages', async () => {
    await using receiver = await openReceiver()
    const secretFile = join(folder, 'secret')
    await writeFile(secretFile, `${SECRET}\n`)
    const options = { receivers: [readWebhookAddress(receiver.url, false)], secretFile }
    const journal = memoryIncidents([sampleIncident()])
    const incidents: IncidentStore = { ...journal, forget: async () => 0 }
    const frame = { ...PLAIN_FRAME, origin: 'https://kuager.example' }
    const sources = { folder, incidents, names: NAMES, frame, isPublic: false, log }
    // The receiver is new: what exists already is not sent.
    await (await openAlerts(options, sources, never))[Symbol.asyncDispose]()
    await incidents.publish([sampleIncident({ revision: 2, reason: 'late-data' })], [])
    await using _alerts = await openAlerts(options, sources, never)
    const { headers, body } = await receiver.next()
    const [, time = '', v1] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-kuager-signature'])) ?? []
    assert.equal(createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex'), v1)
    assert.equal(headers['idempotency-key'], '"youtube-as64500-20260305T1502Z%232"')
    const told: unknown = JSON.parse(body)
    assert.partialDeepStrictEqual(told, {
      type: 'incident.revision',
      key: 'youtube-as64500-20260305T1502Z#2',
      simulated: true,
      pages: { kk: 'https://kuager.example/kk/i/youtube-as64500-20260305T1502Z' },
      incident: { revision: 2, reason: 'late-data', simulated: true },
    })
    assert.match(body, /Модельденген, шын өлшем емес\..*Смоделировано, не реальные измерения\..*Simulated/s)
    assert.doesNotMatch(body, /"measurements":/)
  })

  it('tells nothing simulated of a public folder', async () => {
    await using receiver = await openReceiver()
    await writeFile(join(folder, 'secret'), SECRET)
    const options = { receivers: [readWebhookAddress(receiver.url, false)], secretFile: join(folder, 'secret') }
    const incidents: IncidentStore = { ...memoryIncidents([]), forget: async () => 0 }
    const sources = { folder, incidents, names: NAMES, frame: PLAIN_FRAME, isPublic: true, log }
    await (await openAlerts(options, sources, never))[Symbol.asyncDispose]()
    const real = sampleIncident({ id: 'real', simulated: false, withdrawn: false })
    await incidents.publish([sampleIncident({ id: 'invented' }), real], [])
    await using _alerts = await openAlerts(options, sources, never)
    assert.match((await receiver.next()).body, /"key":"real#1"/)
  })

  it('refuses a secret that is missing or short', async () => {
    await writeFile(join(folder, 'short'), 'short')
    for (const secretFile of [join(folder, 'short'), join(folder, 'nowhere')])
      await assert.rejects(
        openAlerts(
          { receivers: [], secretFile },
          {
            folder,
            incidents: { ...memoryIncidents([]), forget: async () => 0 },
            names: NAMES,
            frame: PLAIN_FRAME,
            isPublic: false,
            log,
          },
          never,
        ),
        InputError,
      )
  })
})
