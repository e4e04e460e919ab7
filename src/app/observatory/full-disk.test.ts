import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../../test/kit/net/quic-servers.ts'
import { until } from '../../../test/kit/crash/eventually.ts'
import { webMeasurement, type Json } from '../../../test/kit/measured/measurement.ts'
import { serveFolderAt, type ServedFolder } from '../../../test/kit/servers/served-folder.ts'
import { makeSigner, signed, wrapped } from '../../../test/kit/measured/signed-submission.ts'
import { KuagerProcesses } from '../../../test/kit/servers/kuager-process.ts'
import { mountSmallDisk, noSmallDisk, type SmallDisk } from '../../../test/kit/stores/small-disk.ts'
import { errorOf, FRESH, post, type Answered } from '../../../test/kit/servers/submit.ts'

const SUBMIT = 'api/v1/submit_measurement'
const JUST_NOW = new Date(Date.now() - 120_000).toISOString().slice(0, 17).replace('T', ' ') + '00'
const MIB = 2 ** 20
const PAGES = ['kk/', 'ru/', 'en/', 'en/matrix', 'en/verify', 'log/checkpoint', 'api/v1/board', 'health', 'en/health']
let serial = 0
const document = (root: Json = {}): Json =>
  webMeasurement({ startedAt: JUST_NOW, probeAsn: 'AS64500', root: { x_serial: serial++, ...root } })
/** Bytes that do not pack. */
const noise = (bytes: number): string => randomBytes(bytes).toString('base64')

describe('A server whose disk is small', { skip: noSmallDisk }, () => {
  let root = ''
  let disk: SmallDisk
  let invitation = ''
  const signer = makeSigner()
  const acknowledged: string[] = []
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-small-'))
    disk = await mountSmallDisk(join(root, 'disk'), 48)
    await using served = await start()
    invitation = /^[A-Za-z0-9-]{16,}$/m.exec(await served.kuager('keys', 'invite'))?.[0] ?? ''
    assert.notEqual(invitation, '')
  })
  after(async () => {
    await disk[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const folder = (): string => join(disk.path, 'data')
  const start = (): Promise<ServedFolder> => serveFolderAt(folder(), root, ['--rate', '9999'])
  async function submit(
    served: ServedFolder,
    content: string,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const answered = await post(served, SUBMIT, wrapped(content), headers)
    if (answered.json.x_id !== undefined) acknowledged.push(answered.json.x_id)
    return answered
  }
  const submitInvited = (served: ServedFolder): Promise<Answered> =>
    submit(served, signed(document(), signer), { 'x-kuager-invitation': invitation })
  const statusOf = async (served: ServedFolder, path: string): Promise<number> =>
    (await fetch(new URL(path, served.url), { headers: FRESH })).status
  interface SaidHealth {
    readonly status: string
    readonly reasons: readonly string[]
  }
  const health = async (served: ServedFolder): Promise<SaidHealth> =>
    (await (await fetch(new URL('health', served.url), { headers: FRESH })).json()) as SaidHealth
  async function showsAll(served: ServedFolder): Promise<void> {
    for (const id of acknowledged) await until(async () => (await statusOf(served, `api/v1/measurement/${id}`)) === 200)
  }
  async function servesPages(served: ServedFolder): Promise<void> {
    for (const path of PAGES) assert.equal(await statusOf(served, path), 200, path)
  }

  it('is not filled by unknown senders: 48 megabytes of them do not stop an invited key', async () => {
    await using served = await start()
    assert.equal((await submitInvited(served)).json.x_standing, 'enrolled')
    const sizes = [...Array.from({ length: 4 }, () => MIB / 8), ...Array.from({ length: 48 }, () => MIB)]
    const answers: string[] = []
    for (const size of sizes) {
      const answered = await submit(served, JSON.stringify(document({ x_pad: noise(size) })))
      answers.push(answered.status === 200 ? 'taken' : errorOf(answered))
      if (answered.status !== 200) assert.ok(Number(answered.retryAfter) > 0)
    }
    assert.deepEqual([new Set(answers), answers[0]], [new Set(['taken', 'no_room']), 'taken'])
    assert.ok(!answers.slice(4).includes('taken'), answers.join())
    assert.equal((await submitInvited(served)).status, 200)
    await showsAll(served)
    assert.deepEqual(await health(served), { status: 'ok', reasons: [] })
  })

  it('remembers over a restart what unknown senders added today', async () => {
    await using served = await start()
    for (let nth = 0; nth < 12; nth++) await submit(served, JSON.stringify(document({ x_pad: noise(MIB / 4) })))
    const last = await submit(served, JSON.stringify(document({ x_pad: noise(MIB / 4) })))
    assert.equal(errorOf(last), 'no_room')
  })

  it('serves pages while its disk is full, answers 503, and continues without a restart', async () => {
    await using served = await start()
    await submitInvited(served)
    await showsAll(served)
    await disk.fill()
    await until(async () => errorOf(await submitInvited(served)) === 'no_room')
    await servesPages(served)
    const { status, reasons } = await health(served) // "write_failed" too where the disk was full under a write
    assert.deepEqual([status, reasons.filter((reason) => reason !== 'write_failed')], ['degraded', ['space_none']])
    await disk.empty()
    await until(async () => (await submitInvited(served)).status === 200)
    assert.deepEqual(await health(served), { status: 'ok', reasons: [] })
    await showsAll(served)
  })

  for (const [what, spoil, repair] of [
    ['full', () => disk.fill(), () => disk.empty()],
    ['mounted for reading only', () => disk.remount('ro'), () => disk.remount('rw')],
  ] as const)
    it(`starts on a disk that is ${what}, serves pages, and accepts measurements when it no longer is`, async () => {
      await spoil()
      try {
        await using served = await start()
        await servesPages(served)
        await showsAll(served)
        const refused = await submitInvited(served)
        assert.deepEqual([refused.status, errorOf(refused)], [503, 'no_room'])
        assert.ok(Number(refused.retryAfter) > 0)
        assert.deepEqual(await health(served), { status: 'degraded', reasons: ['read_only'] })
        assert.equal(await statusOf(served, 'en/report'), 200)
      } finally {
        await repair()
      }
      await using served = await start()
      assert.equal((await submitInvited(served)).status, 200)
      await showsAll(served)
      assert.match(await served.kuager('archive', 'verify'), /corrupt 0/)
      assert.match(await served.kuager('log', 'status'), /Leaves:/)
    })

  it('ends when its port is taken, also on a disk that cannot be written', { timeout: 60_000 }, async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = String(typeof address === 'object' && address !== null ? address.port : 0)
    await disk.remount('ro')
    try {
      using processes = new KuagerProcesses(root)
      await assert.rejects(processes.run(['serve', '--folder', folder(), '--port', port]), /ended with 1/)
    } finally {
      await disk.remount('rw')
      taken.close()
    }
  })

  it('opens everything again by itself when a disk that was full at the start has space', async () => {
    await disk.fill()
    await using served = await serveFolderAt(folder(), root, ['--port', String(await freePort())])
    assert.equal(errorOf(await submitInvited(served)), 'no_room')
    await disk.empty()
    await until(async () => (await submitInvited(served).catch(() => undefined))?.status === 200)
    assert.deepEqual(await health(served), { status: 'ok', reasons: [] })
    await showsAll(served)
  })
})
