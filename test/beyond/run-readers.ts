// Readers of object storage behind the real nginx, and how late what a centre publishes is there: `npm test -- beyond
// readers`. KUAGER_READERS says how many are tried; as many are started as the memory of the machine allows.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { freemem, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openObjects } from '../../src/runtime/objects/open-objects.ts'
import { VIEW_KEY } from '../../src/app/view/view-format.ts'
import { startCeph, WITHOUT_CEPH } from '../kit/ceph/ceph.ts'
import { until } from '../kit/crash/eventually.ts'
import { fillEvening } from '../kit/evening/evening.ts'
import { startReadersNginx } from '../kit/proxy/readers-nginx.ts'
import { KuagerProcesses, type KuagerProcess } from '../kit/servers/kuager-process.ts'
import { isChosen } from './words.ts'

const WANTED = Number(process.env['KUAGER_READERS'] ?? 20)
/** Memory that is left to everything else. */
const LEFT_BYTES = 4 * 2 ** 30
const ACTS = 5
/** From the act to the last reader, and through nginx, which keeps a page five seconds and gives it once more. */
const PROMISE_MS = 10_000
const THROUGH_NGINX_MS = 20_000

const text = async (origin: string, path: string): Promise<string> =>
  (await fetch(new URL(path, origin), { headers: { connection: 'close' } })).text()

/** Free memory of the system, with what it holds only to be faster. */
const available = (): number =>
  1024 * Number(/^MemAvailable: +(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? freemem() / 1024)

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

describe('readers behind nginx', { skip: WITHOUT_CEPH || !isChosen('readers') }, () => {
  it(`shows an act of a person at ${WANTED} readers and through nginx within seconds`, async () => {
    const root = mkdtempSync(join(tmpdir(), 'kuager-many-readers-'))
    const data = join(root, 'data')
    const works = join(root, 'works')
    mkdirSync(works)
    await using ceph = await startCeph()
    const address = `s3://${await ceph.bucket()}/kuager`
    const incident = await fillEvening(root)
    using centres = new KuagerProcesses(root, ceph.env)
    using readers = new KuagerProcesses(works, ceph.env)
    const centre = await centres.serve(['serve', '--folder', data, '--archive-store', address, '--for-readers'])
    await using store = openObjects(address, ceph.env)
    await until(async () => (await store.head(VIEW_KEY)) !== undefined, 120)
    const open: KuagerProcess[] = []
    // One after another: a start takes a processor.
    while (open.length < WANTED && available() > LEFT_BYTES)
      open.push(await readers.serve(['serve', '--read-only', '--from', address, '--centre', centre.origin]))
    process.stdout.write(`${open.length} of ${WANTED} readers, load ${loadavg()[0]?.toFixed(0)}\n`)
    const ports = open.map(({ origin }) => Number(new URL(origin).port))
    await using nginx = await startReadersNginx({ readers: ports, centre: Number(new URL(centre.origin).port) })
    const page = `/en/i/${incident}`
    const late: { centre: number; first: number; last: number; nginx: number }[] = []
    for (let nth = 0; nth < ACTS; nth++) {
      const reason = `The operator said for the ${nth}th time that a cable was cut.`
      const act = ['note', '--role', 'editor', '--actor', `editor-${nth}`, '--reason', reason]
      await centres.run(['incident', 'review', incident, ...act, '--folder', data])
      const began = Date.now()
      const shownAt = async (origin: string): Promise<number> => {
        await until(async () => (await text(origin, page)).includes(reason))
        return Date.now() - began
      }
      const [there, through, ...each] = await Promise.all(
        [centre.origin, nginx.url, ...open.map(({ origin }) => origin)].map(shownAt),
      )
      late.push({ centre: there ?? 0, first: Math.min(...each), last: Math.max(...each), nginx: through ?? 0 })
    }
    for (const [name, of] of [
      ['at the centre', (one: (typeof late)[number]) => one.centre],
      ['at the first reader', (one: (typeof late)[number]) => one.first],
      ['at the last reader', (one: (typeof late)[number]) => one.last],
      ['through nginx', (one: (typeof late)[number]) => one.nginx],
    ] as const) {
      const all = late.map(of)
      process.stdout.write(`${name}: median ${seconds(median(all))}, longest ${seconds(Math.max(...all))}\n`)
    }
    for (const one of [...open, centre]) await one.end('SIGTERM')
    rmSync(root, { recursive: true, force: true })
    assert.ok(open.length > 1, 'there is memory for more than one reader')
    assert.ok(Math.max(...late.map(({ last }) => last)) < PROMISE_MS, 'readers are late')
    assert.ok(Math.max(...late.map(({ nginx: through }) => through)) < THROUGH_NGINX_MS, 'pages through nginx are late')
  })
})
