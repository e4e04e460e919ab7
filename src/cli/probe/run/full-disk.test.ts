import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../../test/kit/crash/eventually.ts'
import { mountSmallDisk, noSmallDisk } from '../../../../test/kit/stores/small-disk.ts'
import { instant } from '../../../core/model/units.ts'
import { CONSENT_VERSION, saveConsent } from '../../../probe/consent/consent.ts'
import { saveSchedule } from '../../../probe/plan/schedule-file.ts'
import { Receipts } from '../../../probe/spool/receipts.ts'
import { documentId, Spool } from '../../../probe/spool/spool.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { isFull } from '../../../runtime/files/disk.ts'
import { PACKAGE_ROOT } from '../../../runtime/files/package-root.ts'

const BIN = join(PACKAGE_ROOT, 'bin', 'kuager.js')
const ABOUT = { scope: 'core', probe: '0123456789abcdef' } as const

describe('a probe on a full disk', { skip: noSmallDisk }, () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-full-'))))
  after(() => rm(root, { recursive: true }))

  it('loses nothing that waits, says that the disk is full, and goes on when there is space', async () => {
    await using disk = await mountSmallDisk(join(root, 'spool'), 1)
    const spool = new Spool(disk.path)
    const at = systemClock.now()
    await spool.add('before', { at, ...ABOUT })
    await disk.fill()
    await assert.rejects(spool.add('while', { at, ...ABOUT }), isFull)
    await assert.rejects(new Receipts(disk.path).add({ id: documentId('before'), leaf: 1, at }), isFull)
    const [kept, ...others] = await spool.list()
    assert.ok(kept !== undefined && others.length === 0)
    assert.equal(await spool.read(kept), 'before')
    await disk.empty()
    await spool.clean()
    assert.equal((await spool.add('while', { at, ...ABOUT })).added, true)
    await new Receipts(disk.path).add({ id: documentId('before'), leaf: 1, at })
    assert.deepEqual(
      (await new Receipts(disk.path).list()).map(({ id }) => id),
      [documentId('before')],
    )
  })

  /** A daemon whose next run is three seconds away, on a connection of which nothing is known: it measures no service. */
  async function begin(folder: string, lists: readonly string[]): Promise<{ child: ChildProcess; said: () => string }> {
    const now = systemClock.now()
    await saveSchedule(folder, { nextCore: instant(now + 3000), half: Math.floor(now / 43_200_000) })
    const child = spawn(process.execPath, [BIN, 'probe', 'daemon', '--folder', folder, ...lists], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (piece: string) => (said += piece))
    await eventually(() => (said.includes('schedule begins') ? true : undefined))
    return { child, said: () => said }
  }

  it('keeps the schedule, measures nothing that it could not keep, and measures again when there is space', async () => {
    await using disk = await mountSmallDisk(join(root, 'daemon'), 1)
    const lists = join(root, 'lists.json')
    const controls = join(root, 'controls.json')
    const sourced = { source: 'test', checked_at: '2026-11-25' }
    const closed = { host: 'localhost', port: 1, place: 'abroad', owner: 'no one', ...sourced }
    await writeFile(lists, JSON.stringify({ services: [] }))
    await writeFile(
      controls,
      JSON.stringify({
        innocent: [{ host: 'localhost', ...sourced }],
        canaries: Array.from({ length: 5 }, () => closed),
        ...{ resolvers: [], clocks: [], portals: [], udpResolvers: [] },
      }),
    )
    const folder = join(disk.path, 'probe')
    const agreed = { version: CONSENT_VERSION, lang: 'en', tiers: ['A'], by: 'option' } as const
    await saveConsent(folder, { ...agreed, at: systemClock.now() })
    for (const full of [true, false]) {
      const { child, said } = await begin(folder, ['--service-list', lists, '--controls', controls])
      try {
        if (full) await disk.fill()
        await eventually(() => (/disk is full|run ends|run failed/.test(said()) ? true : undefined))
        assert.match(said(), full ? /disk is full: nothing is measured until there is space/ : /"msg":"run ends"/)
        assert.equal(said().includes('run ends'), !full)
      } finally {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      assert.equal(child.exitCode, 0, said())
      await disk.empty()
    }
  })
})
