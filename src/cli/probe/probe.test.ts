import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { verify, createPublicKey } from 'node:crypto'
import { getServers, setServers } from 'node:dns'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { openStandIn } from '../../../test/kit/servers/collector-stand-in.ts'
import { hasProgram } from '../../../test/kit/net/lab-authority.ts'
import { filesBelow, spokenWorld } from '../../../test/kit/probe/probe-folder.ts'
import { serveFolderAt } from '../../../test/kit/servers/served-folder.ts'
import { localService, ProbeWorld } from '../../../test/kit/probe/probe-world.ts'
import { splitSigned } from '../../core/ooni/publish/signed-document.ts'
import { CONSENT_VERSION, saveConsent } from '../../probe/consent/consent.ts'
import { loadSchedule, saveSchedule } from '../../probe/plan/schedule-file.ts'
import type { RunSettings } from '../../probe/measure/contract.ts'
import { pseudonymOf, signDocument } from '../../probe/identity/key.ts'
import { ProbeKeys } from '../../probe/identity/keys.ts'
import { monthBefore, monthOf } from '../../probe/identity/month.ts'
import { Spool } from '../../probe/spool/spool.ts'
import { takeTurn } from '../../probe/measure/turn.ts'
import { instant, parseAsn, parseCountryCode, parseInstant } from '../../core/model/units.ts'
import { systemClock } from '../../runtime/clock.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { runCommand } from '../main.ts'
import { measure } from './run/measure.ts'
import type { MeasuredRun } from './run/measure.ts'
import { readAsked } from '../../../test/kit/probe/read-asked.ts'
import { pausedUntil } from '../../probe/plan/pause-file.ts'
import { sortFolder } from './folder-files.ts'
import { send } from './run/send.ts'

const skip = hasProgram('openssl') ? false : 'needs openssl'
const BIN = join(PACKAGE_ROOT, 'bin', 'kuager.js')

let root = ''
// A profile folder as people have them.
before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-probe Әлия Сапар 100% & '))))
after(() => rm(root, { recursive: true }))

describe('a probe on loopback', { skip }, () => {
  let world: ProbeWorld
  let settings: RunSettings
  const servers = getServers()

  before(async () => {
    if (skip !== false) return
    world = await ProbeWorld.open()
    const port = await world.openService()
    const canaries = await Promise.all(Array.from({ length: 5 }, () => world.openService()))
    setServers([`127.0.0.1:${await world.closedPort()}`]) // nothing of a test leaves the machine
    settings = {
      services: [localService('alpha', port, ['tls', 'page']), localService('beta', port, ['tls'])],
      controls: world.controls(canaries),
      tiers: new Set(['A']),
      scope: 'core',
      kind: 'manual',
      controlUrls: [],
      collectorUrls: [],
      extraRoots: [world.root],
      transferBytes: 65_536,
      dialsPrivate: true,
      network: { asn: parseAsn(64500), country: parseCountryCode('KZ'), name: 'Test', from: 'option' },
    }
  })
  after(async () => {
    setServers(servers)
    if (skip === false) await world[Symbol.asyncDispose]()
  })

  async function measureInto(folder: string, more: readonly string[] = []): Promise<MeasuredRun> {
    const { world: asking } = spokenWorld(root)
    const options = ['collector', 'keep-copies', 'yes'] as const
    const asked = await readAsked(['--folder', folder, ...more], asking, { options })
    return measure(asked, settings, {
      signal: asking.signal,
      onEvent: () => undefined,
      onWritten: () => undefined,
      onWait: () => undefined,
    })
  }

  it('signs each service under the key of its network and month, and keeps nothing that is not to be deleted again', async () => {
    const folder = join(root, 'signs')
    const { written, probe } = await measureInto(folder)
    assert.deepEqual(written.map(({ service }) => service).toSorted(), ['alpha', 'beta'])
    for (const { document } of written) {
      const parts = splitSigned(document)
      assert.ok(parts !== undefined)
      const x = Buffer.from(parts.key, 'base64').toString('base64url')
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      assert.ok(verify(null, Buffer.from(parts.signed), key, Buffer.from(parts.signature, 'base64')))
      assert.match(document, new RegExp(`"x_probe":"${probe}"`))
      assert.match(document, /"measurement_start_time":"\d{4}-\d\d-\d\d \d\d:\d\d:00"/)
    }
    assert.deepEqual((await sortFolder(folder)).others, [])
  })

  it('delivers what it measured, introduces itself by an invitation, and says so in its status', async () => {
    await using collector = await openStandIn()
    const folder = join(root, 'delivers')
    const { probe, written } = await measureInto(folder)
    await runCommand(['probe', 'invite', 'kg-1234-5678', '--folder', folder], spokenWorld(root).world)
    const { world: asking, said } = spokenWorld(root)
    const asked = await readAsked(['--folder', folder, '--collector', collector.url], asking, {
      options: ['collector'],
    })
    const report = await send(asked, { signal: asking.signal, scheduled: false, here: probe })
    assert.deepEqual([report?.accepted, report?.left], [2, 0])
    assert.deepEqual(new Set(collector.held), new Set(written.map(({ id }) => id)))
    assert.deepEqual(
      collector.requests.map(({ headers }) => headers['x-kuager-invitation']),
      ['kg-1234-5678', undefined],
    )
    assert.equal(await runCommand(['probe', 'status', '--json', '--folder', folder], asking), 0)
    const status: unknown = JSON.parse(said())
    assert.ok(typeof status === 'object' && status !== null)
    assert.deepEqual({ received_this_week: 2, queued: 0, refused: 0, schedule: false }, pick(status))
  })

  it('is taken by the collector of this program, enrolled by an invitation, and vouched for by its elder the month after', async () => {
    const folder = join(root, 'served')
    await using served = await serveFolderAt(join(root, 'collected'), root)
    const code = /(?:[a-z2-9]{5}-){3}[a-z2-9]{5}/.exec(await served.kuager('keys', 'invite'))?.[0] ?? ''
    await runCommand(['probe', 'invite', code, '--folder', folder], spokenWorld(root).world)
    const asking = spokenWorld(root)
    const args = ['--folder', folder, '--collector', served.url]
    const asked = await readAsked(args, asking.world, { options: ['collector'] })
    const sendAll = (): ReturnType<typeof send> =>
      send(asked, { signal: asking.world.signal, scheduled: false, here: undefined })

    // last month's key, under which a measurement is delivered
    const monthAgo = parseInstant(`${monthBefore(monthOf(systemClock.now()))}-15`)
    const elder = await new ProbeKeys(folder).keyFor(parseAsn(64500), monthAgo)
    const { written } = await measureInto(join(root, 'elder'))
    const parts = splitSigned(written[0]?.document ?? '')
    assert.ok(parts !== undefined)
    const own = parts.signed.replace(parts.key, elder.publicKey).replace(pseudonymOf(parts.key), elder.pseudonym)
    const about = { at: systemClock.now(), scope: 'core', probe: elder.pseudonym } as const
    await new Spool(folder).add(signDocument(own, elder), about)
    const first = await sendAll()
    assert.deepEqual([first?.accepted, first?.refused, first?.stopped], [1, 0, undefined])
    assert.match(await served.kuager('keys', 'list'), new RegExp(`${elder.pseudonym}.*enrolled`))

    const { probe } = await measureInto(folder)
    const second = await sendAll()
    assert.deepEqual([second?.accepted, second?.refused, second?.stopped], [2, 0, undefined])
    const listed = await served.kuager('keys', 'list')
    assert.match(listed, new RegExp(`${probe}.*enrolled`))
  })

  it('shows an invitation that came after the first measurements, of a key that was taken without one', async () => {
    await using collector = await openStandIn()
    const folder = join(root, 'invited-later')
    const { world: asking } = spokenWorld(root)
    const asked = await readAsked(['--folder', folder, '--collector', collector.url], asking, {
      options: ['collector'],
    })
    const measureAndSend = async (): Promise<void> => {
      const { probe } = await measureInto(folder)
      await send(asked, { signal: asking.signal, scheduled: false, here: probe })
    }
    await measureAndSend()
    await runCommand(['probe', 'invite', 'kg-1234-5678', '--folder', folder], asking)
    await measureAndSend()
    assert.deepEqual(
      collector.requests.map(({ headers }) => headers['x-kuager-invitation']),
      [undefined, undefined, 'kg-1234-5678', undefined],
    )
  })

  it('exports what waits to a file that import takes, each measurement with the id it would have had', async () => {
    const folder = join(root, 'exports')
    const { written } = await measureInto(folder)
    const stick = join(root, 'stick')
    await mkdir(stick)
    const exporting = spokenWorld(root)
    assert.equal(
      await runCommand(['probe', 'export', stick, '--delete', '--folder', folder], exporting.world),
      0,
      exporting.said(),
    )
    const [name = ''] = await filesBelow(stick)
    const file = join(stick, name)
    assert.deepEqual(
      gunzipSync(await readFile(file))
        .toString()
        .trimEnd()
        .split('\n')
        .toSorted(),
      written.map(({ document }) => document).toSorted(),
    )
    assert.deepEqual(await filesBelow(join(folder, 'spool')), [])
    const judging = spokenWorld(root)
    assert.equal(await runCommand(['judge', file, '--json'], judging.world), 0, judging.said())
    const ids = [...judging.said().matchAll(/"id":"([0-9a-f]{64})"/g)].map((match) => match[1])
    assert.deepEqual(new Set(ids), new Set(written.map(({ id }) => id)))
    const importing = spokenWorld(root)
    const taken = await runCommand(['import', file, '--json', '--folder', join(root, 'data')], importing.world)
    assert.equal(taken, 0, importing.said())
    assert.match(importing.said(), /"added":2\b/)
    assert.equal(await runCommand(['probe', 'export', stick, '--folder', folder], spokenWorld(root).world), 3)
  })

  it('forgets everything that it ever wrote, and nothing that is not its own', async () => {
    await using collector = await openStandIn()
    const folder = join(root, 'forgets')
    const args = ['--yes', '--no-start', '--folder', folder, '--keep-copies', '--collector', collector.url]
    assert.equal(await runCommand(['probe', 'install', ...args], spokenWorld(root).world), 0)
    const { probe } = await measureInto(folder)
    collector.faults.push({ kind: 'accept' }, { kind: 'status', status: 400, body: '{"detail":{"error":"cc_zz"}}' })
    const { world: asking } = spokenWorld(root)
    const asked = await readAsked(['--folder', folder], asking, { options: [] })
    const report = await send(asked, { signal: asking.signal, scheduled: true, here: probe })
    assert.deepEqual([report?.accepted, report?.refused], [1, 1])
    await measureInto(folder)
    await runCommand(['probe', 'invite', 'kg-1234-5678', '--folder', folder], asking)
    await saveSchedule(folder, { nextCore: systemClock.now(), half: 1 })
    assert.ok((await filesBelow(join(root, 'config'))).length === 1)
    const before = await filesBelow(folder)
    for (const part of ['keys/', 'spool/', 'spool/refused/', 'receipts/', 'copies/', 'config.json', 'consent.json'])
      assert.ok(
        before.some((name) => name.startsWith(part)),
        part,
      )

    const asking2 = spokenWorld(root, [''])
    assert.equal(await runCommand(['probe', 'forget', '--folder', folder], asking2.world), 3)
    assert.deepEqual(await filesBelow(folder), before)
    await writeFile(join(folder, 'mine.txt'), 'of the owner')
    const forgetting = spokenWorld(root, ['yes'])
    assert.equal(await runCommand(['probe', 'forget', '--folder', folder], forgetting.world), 0, forgetting.said())
    assert.deepEqual(await filesBelow(folder), ['mine.txt'])
    assert.deepEqual(await filesBelow(join(root, 'config')), [])
    assert.match(forgetting.said(), /mine\.txt/)
    assert.match(forgetting.said(), /not sent yet are deleted too: 2/)
    await rm(join(folder, 'mine.txt'))
    assert.equal(await runCommand(['probe', 'forget', '--folder', folder], spokenWorld(root).world), 0)
  })
})

const pick = (status: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(status).filter(([name]) => ['received_this_week', 'queued', 'refused', 'schedule'].includes(name)),
  )

describe('a daemon', () => {
  /** A folder whose next run is minutes away, so that a test of the daemon measures nothing. */
  async function waiting(name: string): Promise<string> {
    const folder = join(root, name)
    const now = systemClock.now()
    await saveConsent(folder, { version: CONSENT_VERSION, at: now, lang: 'en', tiers: ['A'], by: 'option' })
    await saveSchedule(folder, { nextCore: instant(now + 14 * 60_000), half: Math.floor(now / (12 * 3_600_000)) })
    return folder
  }

  /** A daemon that has said that its schedule begins; what it says goes on being read, as a terminal would. */
  async function begin(
    args: readonly string[],
    env = process.env,
  ): Promise<{ readonly child: ChildProcess; readonly said: () => string }> {
    const child = spawn(process.execPath, [BIN, 'probe', 'daemon', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env,
    })
    let said = ''
    await new Promise<void>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (piece: string) => {
        said += piece
        if (said.includes('schedule begins')) resolve()
      })
      child.once('exit', () => reject(new Error(said)))
    })
    return { child, said: () => said }
  }

  it('ends cleanly on request, tells its cadence, and lets no second one into its folder', async () => {
    const folder = await waiting('daemon')
    const { child, said } = await begin(['--metered', '--folder', folder])
    const taken = await takeTurn(folder, 'schedule')
    assert.equal(taken.kind === 'taken' && taken.holder?.pid, child.pid)
    const second = spokenWorld(root)
    assert.equal(await runCommand(['probe', 'daemon', '--folder', folder], second.world), 3)
    assert.match(second.said(), new RegExp(`${child.pid}`))
    const status = spokenWorld(root)
    await runCommand(['probe', 'status', '--folder', folder], status.world)
    assert.match(status.said(), /Schedule: running/)
    const exit = once(child, 'close')
    child.kill('SIGTERM')
    await exit
    assert.equal(child.exitCode, 0, said())
    assert.match(said(), /"core_minutes":\d{2}/)
    assert.match(said(), /"allowance_mb":200/)
    assert.doesNotMatch(said(), /\d+\.\d+\.\d+\.\d+/)
    assert.deepEqual((await sortFolder(folder)).others, [])
  })

  it('takes over another limit while it runs, and measures nothing in a pause', async () => {
    const folder = await waiting('changed')
    const probe = (...args: readonly string[]): Promise<number> =>
      runCommand(['probe', ...args, '--folder', folder], spokenWorld(root).world)
    assert.equal(await probe('pause', 'day'), 0)
    await saveSchedule(folder, { nextCore: systemClock.now(), half: Math.floor(systemClock.now() / (12 * 3_600_000)) })
    const { child, said } = await begin(['--folder', folder])
    while (!said().includes('"msg":"paused"')) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal(await probe('limit', '50'), 0)
    while (!said().includes('"allowance_mb":50')) await new Promise((resolve) => setTimeout(resolve, 200))
    assert.doesNotMatch(said(), /run ends|run failed|allowance of the month is used/)
    assert.equal(await probe('limit', '19'), 2)
    assert.equal(await probe('pause', 'week'), 2)
    const exit = once(child, 'exit')
    child.kill('SIGTERM')
    await exit
    assert.deepEqual((await sortFolder(folder)).others, [])
    assert.ok((await pausedUntil(folder, systemClock.now())) !== undefined)
    assert.equal(await probe('pause', 'off'), 0)
    assert.equal(await pausedUntil(folder, systemClock.now()), undefined)
  })

  it('measures nothing on a connection that the system calls metered, unless its owner said so', async () => {
    const bin = join(root, 'metered-bin')
    await mkdir(bin)
    await writeFile(join(bin, 'busctl'), '#!/bin/sh\necho "u 1"\n', { mode: 0o755 })
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const none = join(root, 'no-services.json')
    await writeFile(none, JSON.stringify({ services: [] }))
    const half = Math.floor(systemClock.now() / (12 * 3_600_000))
    for (const more of [[], ['--metered']]) {
      const folder = await waiting(`metered-${more.length}`)
      await saveSchedule(folder, { nextCore: systemClock.now(), half })
      await writeFile(
        join(folder, 'usage-reckoned.json'),
        JSON.stringify({ month: monthOf(systemClock.now()), core: 9e6, full: 0 }),
      )
      const { child, said } = await begin(['--folder', folder, '--service-list', none, ...more], env)
      const exit = once(child, 'exit')
      while (!/connection is metered|allowance of the month is used/.test(said()))
        await new Promise((resolve) => setTimeout(resolve, 20))
      child.kill('SIGTERM')
      await exit
      // The limit of the month, which is used up here, is looked at only where the connection may be used.
      assert.equal(said().includes('connection is metered: no runs'), more.length === 0)
      assert.doesNotMatch(said(), /run ends|run failed/)
    }
  })

  it('lives in a path of 250 characters, where a socket could not be', async () => {
    const deep = join(root, 'қ'.repeat(60), 'б'.repeat(60))
    const folder = await waiting(join(deep, 'd'.repeat(249 - deep.length)).slice(root.length + 1))
    assert.equal(folder.length, 250)
    const { child, said } = await begin(['--folder', folder])
    const exit = once(child, 'exit')
    const status = spokenWorld(root)
    assert.equal(await runCommand(['probe', 'status', '--folder', folder], status.world), 0)
    assert.match(status.said(), /Schedule: running/)
    const forgetting = spokenWorld(root)
    assert.equal(await runCommand(['probe', 'forget', '--yes', '--folder', folder], forgetting.world), 0, said())
    await exit
    assert.deepEqual(await filesBelow(deep), [])
  })

  it('looks at the schedule once for cron, does what is due and leaves the rest for the next look', async () => {
    const folder = await waiting('once')
    const { world } = spokenWorld(root)
    const look = (): Promise<number> =>
      runCommand(['probe', 'daemon', '--once', '--folder', folder, '--no-submit'], {
        ...world,
        err: { write: () => true },
      })
    const planned = await loadSchedule(folder)
    assert.equal(await look(), 0)
    assert.deepEqual(await loadSchedule(folder), planned, 'nothing is drawn again')
    assert.equal(await runCommand(['probe', 'pause', 'hour', '--folder', folder], world), 0)
    await saveSchedule(folder, { nextCore: systemClock.now(), half: planned?.half ?? 0 })
    assert.equal(await look(), 0)
    assert.ok(
      ((await loadSchedule(folder))?.nextCore ?? 0) > systemClock.now() + 600_000,
      'the run that was due is done',
    )
  })

  it('is stopped by forget, which then deletes what it used', async () => {
    const folder = await waiting('stopped')
    const { child } = await begin(['--folder', folder])
    const exit = once(child, 'exit')
    const forgetting = spokenWorld(root)
    assert.equal(
      await runCommand(['probe', 'forget', '--yes', '--folder', folder], forgetting.world),
      0,
      forgetting.said(),
    )
    await exit
    assert.equal(child.exitCode, 0)
    assert.deepEqual(await filesBelow(folder), [])
  })
})
