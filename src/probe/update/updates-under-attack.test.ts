import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { makeRoleKey, makeRoleKeys, serveUpdates, TestUpdates } from '../../../test/kit/probe/update-folder.ts'
import {
  assertRefused,
  programsOf,
  serverOfUpdates,
  UpdateWorld,
  workingProgram,
} from '../../../test/kit/probe/update-world.ts'
import { instant, millis } from '../../core/model/units.ts'
import { downloadProgram } from './download-program.ts'
import { isIntact } from './look-for-update.ts'
import { folderSource } from './update-source.ts'
import { openSignedUpdates } from './signed-updates.ts'
import { loadUpdateState, programPath, statementPath } from './update-state.ts'

const skip = process.platform === 'win32' ? 'programs are shell scripts' : false

describe('an update under attack', { skip }, () => {
  const world = new UpdateWorld()
  after(() => world.remove())

  it('rollback: no role can be shown at an earlier version', async () => {
    const made = await world.updates()
    const before = world.fresh('before')
    cpSync(made.folder, before, { recursive: true })
    await made.program('0.4.0', workingProgram('0.4.0'))
    const probe = world.client(made)
    assert.equal((await probe.look(made)).kind, 'ready')
    assertRefused(await probe.look(folderSource(before)), /timestamp version 1 is less than current version 2/)
    // With the timestamp key: the former snapshot under a newer timestamp.
    const attacker = new TestUpdates(world.fresh('attacker'), made.keys)
    cpSync(made.folder, attacker.folder, { recursive: true })
    const old = new TestUpdates(before, made.keys)
    await attacker.forgeTimestamp(await old.snapshot(), { version: 9 })
    assertRefused(await probe.look(attacker), /snapshot version 1 is less than current version 2/)
    // With the snapshot key too: the former targets in a newer snapshot.
    await attacker.forgeSnapshot(await old.targets(), 9)
    assertRefused(await probe.look(attacker), /targets\.json is less than current version|version 1 of targets/i)
    // The root: version 1 in the place of version 2.
    made.put('2.root.json', made.builtRoot)
    assertRefused(await probe.look(made), /Expected version 2, got 1/)
  })

  it('freeze: what has expired is no answer, of any role', async () => {
    for (const part of ['timestamp', 'snapshot', 'targets'] as const) {
      const made = await world.updates()
      const probe = world.client(made)
      made.now = instant(Date.now() - 40 * 86_400_000)
      if (part === 'timestamp') await made.forgeTimestamp(await made.snapshot(), { days: 30 })
      else {
        await made.forge({ targets: (json) => (json['expires'] = '2020-01-01T00:00:00Z') })
        made.now = instant(Date.now())
        await made.forgeTimestamp(await made.snapshot())
      }
      assertRefused(await probe.look(made), /expired/)
      assert.deepEqual(programsOf(probe), [])
    }
    const made = new TestUpdates(world.fresh('old-root'))
    made.now = instant(Date.now() - 10 * 86_400_000)
    await made.root(undefined, 5)
    made.now = instant(Date.now())
    await made.program('0.3.0', workingProgram('0.3.0'))
    assertRefused(await world.client(made).look(made), /root\.json is expired/)
  })

  it('mix and match: metadata of two states do not go together', async () => {
    const made = await world.updates()
    const first = readFileSync(join(made.folder, 'metadata', '1.snapshot.json'))
    const firstTargets = readFileSync(join(made.folder, 'metadata', '1.targets.json'))
    await made.program('0.4.0', workingProgram('0.4.0'))
    const good = readFileSync(join(made.folder, 'metadata', '2.snapshot.json'))
    made.put('2.snapshot.json', first)
    assertRefused(await world.client(made).look(made), /Unable to load snapshot/)
    made.put('2.snapshot.json', good)
    made.put('2.targets.json', firstTargets)
    assertRefused(await world.client(made).look(made), /Unable to load targets/)
  })

  it('arbitrary package: another file than the signed one is removed, and the next carrier asked', async () => {
    const made = await world.updates()
    const evil = world.fresh('evil')
    cpSync(made.folder, evil, { recursive: true })
    const [name = ''] = readdirSync(join(evil, 'targets'))
    const bytes = readFileSync(join(evil, 'targets', name))
    bytes[20] = (bytes[20] ?? 0) ^ 1
    writeFileSync(join(evil, 'targets', name), bytes)
    const probe = world.client(made)
    assertRefused(await probe.look(folderSource(evil)), /not the one that was signed/)
    assert.deepEqual(programsOf(probe), [])
    assert.deepEqual(await probe.look(folderSource(evil), made), { kind: 'ready', version: '0.3.0' })
  })

  it('endless data: neither metadata nor a program grow beyond what was said', async () => {
    const made = await world.updates()
    let sent = 0
    for (const part of ['metadata/timestamp.json', 'metadata/2.root.json', 'targets/']) {
      await using endless = await serveUpdates(made.folder, (path, response) => {
        if (!path.startsWith(part)) return false
        const more = (): void => {
          while (!response.destroyed) {
            sent += 65_536
            if (!response.write(Buffer.alloc(65_536, ' '))) return void response.once('drain', more)
          }
        }
        more()
        return true
      })
      const probe = world.client(made)
      assertRefused(await probe.look(serverOfUpdates(endless.url)), /longer than|not the one that was signed/)
      assert.deepEqual(programsOf(probe), [])
    }
    assert.ok(sent < 50e6, `${sent} bytes were sent`)
  })

  it('slow retrieval: a carrier that drips is left, with what came of it kept', async () => {
    const made = await world.updates()
    await using slow = await serveUpdates(made.folder, (path, response) => {
      if (!path.startsWith('targets/')) return false
      const whole = readFileSync(join(made.folder, path))
      let at = 0
      const timer = setInterval(() => response.write(whole.subarray(at, ++at)), 5)
      response.once('close', () => clearInterval(timer))
      return true
    })
    const folder = world.fresh('slow')
    const signed = await openSignedUpdates(folder, made.builtRoot)
    const { signal } = new AbortController()
    const checked = await signed.check(serverOfUpdates(slow.url), 'linux-x64', signal)
    assert.ok(checked.kind === 'valid' && checked.program !== undefined)
    const to = join(folder, 'program')
    const why = await downloadProgram(checked.program, serverOfUpdates(slow.url), {
      folder,
      to,
      signal,
      patience: millis(300),
    })
    assert.match(why ?? '', /too slow/)
    assert.ok(statSync(join(folder, `${checked.program.file.sha256}.part`)).size > 0)
    assert.equal(await downloadProgram(checked.program, folderSource(made.folder), { folder, to, signal }), undefined)
    assert.equal(readFileSync(to, 'utf8'), workingProgram('0.3.0'))
  })

  it('wrong keys: neither a folder of others nor one signature of two is believed', async () => {
    const made = await world.updates()
    assertRefused(await world.client(made).look(await world.updates()), /was signed by 0\/1 keys/)
    await made.forge({ targets: () => undefined, signers: [makeRoleKey()] })
    assertRefused(await world.client(made).look(made), /targets was signed by 0\/1 keys/)
    const two = new TestUpdates(world.fresh('two'), { ...makeRoleKeys(), targets: [makeRoleKey(), makeRoleKey()] })
    two.thresholds = { ...two.thresholds, targets: 2 }
    await two.root()
    await two.program('0.3.0', workingProgram('0.3.0'))
    assert.equal((await world.client(two).look(two)).kind, 'ready')
    await two.forge({ targets: () => undefined, signers: two.keys.targets.slice(1) })
    assertRefused(await world.client(two).look(two), /targets was signed by 1\/2 keys/)
    // One root key of two: a root that a single holder wrote.
    await two.root([two.keys.root[0] ?? makeRoleKey()])
    cpSync(join(two.folder, 'drafts', '2.root.json'), join(two.folder, 'metadata', '2.root.json'))
    assertRefused(await world.client(two).look(two), /root was signed by 1\/2 keys/)
  })

  it('rotation: a root that both the former and the new keys signed is followed, any other is refused', async () => {
    const made = await world.updates()
    const probe = world.client(made)
    assert.equal((await probe.look(made)).kind, 'ready')
    const former = made.keys
    made.keys = makeRoleKeys()
    await made.root([...former.root.slice(0, 2), ...made.keys.root.slice(0, 2)])
    await made.publish()
    await made.program('0.4.0', workingProgram('0.4.0'))
    assert.deepEqual(await probe.look(made), { kind: 'ready', version: '0.4.0' })
    assert.ok(existsSync(join(probe.folder, 'updates', 'metadata', '2.root.json')))
    assert.deepEqual(await world.client(made).look(made), { kind: 'ready', version: '0.4.0' }, 'from the first root')
    for (const signers of [made.keys.root, former.root]) {
      const broken = new TestUpdates(world.fresh('broken'), makeRoleKeys())
      cpSync(made.folder, broken.folder, { recursive: true })
      await broken.root([...signers, ...(signers === former.root ? broken.keys.root : [])])
      cpSync(join(broken.folder, 'drafts', '3.root.json'), join(broken.folder, 'metadata', '3.root.json'))
      assertRefused(await world.client(made).look(broken), /root was signed by 0\/2 keys/)
    }
  })

  it('extraneous files and targets are neither asked for nor kept', async () => {
    const made = await world.updates()
    await made.forge({
      targets: (json) => {
        const all = json['targets'] as Record<string, unknown>
        all['../../../evil.zst'] = all['kuager-probe-linux-x64.zst']
        all['kuager-probe-linux-x64.zst.old'] = all['kuager-probe-linux-x64.zst']
      },
    })
    writeFileSync(join(made.folder, 'targets', 'extra'), 'x')
    await using served = await serveUpdates(made.folder)
    const probe = world.client(made)
    assert.equal((await probe.look(serverOfUpdates(served.url))).kind, 'ready')
    const names = served.asked.map((path) => path.replace(/[0-9a-f]{64}/, 'HASH'))
    assert.deepEqual(names, [
      'metadata/2.root.json',
      'metadata/timestamp.json',
      'metadata/2.snapshot.json',
      'metadata/2.targets.json',
      'targets/HASH.kuager-probe-linux-x64.zst',
    ])
  })

  it('names with a path in them, in metadata that are signed, lead nowhere', async () => {
    for (const change of [
      (custom: Record<string, unknown>) => (custom['version'] = '../../../0.9.0'),
      (custom: Record<string, unknown>) => (custom['sha256'] = '../'.repeat(21) + 'x'),
      (custom: Record<string, unknown>) => (custom['length'] = 1e12),
    ]) {
      const made = await world.updates()
      await made.forge({
        targets: (json) => {
          const all = json['targets'] as Record<string, { custom: Record<string, unknown> }>
          change(all['kuager-probe-linux-x64.zst']?.custom ?? {})
        },
      })
      const probe = world.client(made)
      const looked = await probe.look(made)
      assert.equal(looked.kind, 'failed')
      assert.deepEqual(programsOf(probe), [])
    }
  })

  it('fast-forward: after a change of keys, versions that a thief had raised no longer count', async () => {
    const made = await world.updates()
    const thief = new TestUpdates(world.fresh('thief'), made.keys)
    cpSync(made.folder, thief.folder, { recursive: true })
    await thief.forgeSnapshot(await thief.targets(), 1_000_000)
    await thief.forgeTimestamp(await thief.snapshot(), { version: 1_000_000 })
    const probe = world.client(made)
    assert.equal((await probe.look(thief)).kind, 'ready')
    await made.program('0.4.0', workingProgram('0.4.0'))
    assertRefused(await probe.look(made), /less than current version 1000000/)
    made.keys = { ...made.keys, snapshot: [makeRoleKey()], timestamp: [makeRoleKey()] }
    await made.root()
    await made.publish()
    assert.deepEqual(await probe.look(made), { kind: 'ready', version: '0.4.0' })
  })

  it('a program that unpacks to more than was signed, or to something else, is none', async () => {
    const made = await world.updates()
    for (const [name, value] of [
      ['length', 20],
      ['sha256', 'a'.repeat(64)],
    ] as const) {
      await made.forge({
        targets: (json) => {
          const all = json['targets'] as Record<string, { custom: Record<string, unknown> }>
          const custom = all['kuager-probe-linux-x64.zst']?.custom
          if (custom !== undefined) custom[name] = value
        },
      })
      const probe = world.client(made)
      assertRefused(await probe.look(made), /longer than was signed|not the one that was signed/)
      assert.deepEqual(programsOf(probe), [])
    }
  })

  it('who can write to the folder of the probe cannot have a program of their own started', async () => {
    const made = await world.updates()
    const probe = world.client(made)
    assert.equal((await probe.look(made)).kind, 'ready')
    const { trial } = await loadUpdateState(probe.folder)
    assert.ok(trial !== undefined)
    const built = { builtRoot: made.builtRoot, system: 'linux-x64' } as const
    const evil = await world.updates()
    const other = world.client(evil)
    assert.equal((await other.look(evil)).kind, 'ready')
    const theirs = (await loadUpdateState(other.folder)).trial
    assert.ok(theirs !== undefined)
    // A program with metadata and roots of others.
    cpSync(join(other.folder, 'updates'), join(probe.folder, 'updates'), { recursive: true })
    assert.equal(await isIntact(probe.folder, theirs, built), false)
    // The signed metadata, and another file.
    const third = world.client(made)
    assert.equal((await third.look(made)).kind, 'ready')
    assert.equal(await isIntact(third.folder, trial, built), true)
    writeFileSync(programPath(third.folder, trial), workingProgram('0.3.0').replace('exit 0', 'exit 1'))
    assert.equal(await isIntact(third.folder, trial, built), false)
    writeFileSync(programPath(third.folder, trial), workingProgram('0.3.0'))
    rmSync(statementPath(third.folder, trial))
    assert.equal(await isIntact(third.folder, trial, built), false)
  })
})
