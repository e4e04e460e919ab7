import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { bulkyMeasurement, BackupWorld, filesOf } from '../../../test/kit/stores/backup-world.ts'
import { revision } from '../../../test/kit/evening/revision.ts'
import { seeded } from '../../../test/kit/crash/volatile-disk.ts'
import { countAct, sha, signatureRow } from '../../../test/kit/stores/registry-rows.ts'
import { mountSmallDisk, noSmallDisk } from '../../../test/kit/stores/small-disk.ts'
import { instant } from '../../core/model/units.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openRegistry } from '../../store/registry/sqlite.ts'
import { registryPlace } from '../registry/place.ts'

/** What a backup leaves out, or makes again a little differently. */
const DERIVED =
  /^(?:warehouse|derived|backups|holder\.json|lock\.sqlite|archive\/segments\/.*\.index|log\/(?:entries|restored)\.json|incidents\/detected|registry\/.*-(?:wal|shm))/

const megabyte = 1024 * 1024

/** A data folder with an archive of some pieces, a log, an incident and a registry. */
async function dataFolder(world: BackupWorld): Promise<void> {
  await using open = await world.open()
  const archive = await open.archive()
  await archive.append(Array.from({ length: 18 }, () => bulkyMeasurement(megabyte)))
  await (await open.incidents()).publish([revision()], [])
  const log = await open.log('https://observatory.example')
  await open.logRevisions()
  await log.sequence()
  await mkdir(world.path('data', 'record'), { recursive: true })
  await writeFile(world.path('data', 'record', 'statements.json'), '[]')
  await writeFile(world.path('data', 'about.json'), '{}')
  await mkdir(world.path('data', 'keys'), { recursive: true })
  await writeFile(world.path('data', 'keys', 'mirror.key'), 'a key of a copy')
  using keys = openRegistry(world.path('data'))
  keys.saveInvitation({ hash: 'of a code', expiresOn: 1, usesLeft: 2, lineage: 'of it' })
}

describe('kuager backup', () => {
  let world: BackupWorld
  before(async () => {
    world = await BackupWorld.make()
    await dataFolder(world)
    await world.backup('--keys-to', 'keys.age')
    await cp(world.path('target'), world.path('whole'), { recursive: true })
  })
  after(() => world[Symbol.asyncDispose]())

  const again = async (): Promise<void> => {
    await rm(world.path('target'), { recursive: true, force: true })
    await cp(world.path('whole'), world.path('target'), { recursive: true })
  }

  it('is restored with every byte that it took, and the tiles of the log are made again', async () => {
    const { exit, text } = await world.restore('same', '--keys', 'keys.age')
    assert.equal(exit, 0, text)
    const [first, second] = [await filesOf(world.path('data'), DERIVED), await filesOf(world.path('same'), DERIVED)]
    assert.deepEqual([...second.keys()].toSorted(), [...first.keys()].toSorted())
    for (const [name, bytes] of first) if (!name.endsWith('.sqlite')) assert.ok(second.get(name)?.equals(bytes), name)
    assert.match(await world.good('archive', 'verify', '--folder', 'same'), /^ok 19, erased 0, corrupt 0$/m)
    assert.match(await world.good('log', 'check', '--folder', 'same'), /19 leaves, 0 problems/)
    using keys = openRegistry(world.path('same'))
    assert.equal(keys.invitations().length, 1)
  })

  it('of nothing new sends nothing', async () => {
    await again()
    const made = JSON.parse(await world.backup('--json')) as { sent_pieces: number; generation: number }
    assert.equal(made.generation, 2)
    // The copy of the registry, and what was written right before the first backup, are read again; all of it is there.
    assert.equal(made.sent_pieces, 0)
  })

  it('has no key and no secret in it, which only the file of keys has', async () => {
    const secrets = [
      'archive/erasure.key',
      'keys/mirror.key',
      `log/keys/${(await readdir(world.path('data/log/keys')))[0] ?? ''}`,
    ]
    await world.restore('bare')
    for (const name of secrets) assert.equal(existsSync(world.path('bare', name)), false, name)
    const needles = await Promise.all(secrets.map((name) => readFile(world.path('data', name))))
    for (const [name, bytes] of await filesOf(world.path('bare'), /^$/))
      for (const needle of needles) assert.equal(bytes.includes(needle), false, name)
    await world.restore('keyed', '--keys', 'keys.age')
    for (const name of secrets)
      assert.deepEqual(await readFile(world.path('keyed', name)), await readFile(world.path('data', name)))
  })

  it('is opened by age itself', async () => {
    const [manifest] = (await readdir(world.path('whole/generations'))).filter((name) => name.endsWith('.age'))
    for (const file of [`whole/generations/${manifest ?? ''}`, 'keys.age']) {
      const text = execFileSync('age', ['--decrypt', '--identity', 'id.txt', file], {
        cwd: world.cwd,
        encoding: 'utf8',
      })
      assert.match(text, /^\{"format":"kuager-backup/)
    }
    execFileSync('age-keygen', ['-o', 'age.txt'], { cwd: world.cwd, stdio: 'pipe' })
    const recipient = execFileSync('age-keygen', ['-y', 'age.txt'], { cwd: world.cwd, encoding: 'utf8' }).trim()
    await world.good('backup', '--folder', 'same', '--to', 'by-age', '--recipient', recipient)
    await world.good('restore', '--from', 'by-age', '--folder', 'from-age', '--identity', 'age.txt')
  })

  it('is restored whole or not at all: each object that is missing, cut off or changed is named', async () => {
    const random = seeded(11)
    const keys = (await readdir(world.path('whole'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`.slice(world.path('whole').length + 1))
    const damages: Readonly<Record<string, (path: string) => Promise<void>>> = {
      flipped: async (path) => {
        const bytes = await readFile(path)
        bytes[Math.floor(random() * bytes.length)]! ^= 1 << Math.floor(random() * 8)
        await writeFile(path, bytes)
      },
      'cut off': async (path) => truncate(path, Math.floor(random() * (await readFile(path)).length)),
      missing: (path) => rm(path),
    }
    for (const key of keys)
      for (const [what, damage] of Object.entries(damages)) {
        await again()
        await damage(world.path('target', key))
        const found = await world.restore('damaged')
        const checked = await world.run('backup', 'check', '--from', 'target')
        assert.equal(checked.exit, 3, `${key} ${what}: ${checked.text}`)
        // The hash of the manifest is only for that check.
        if (key.endsWith('.sha256')) {
          await rm(world.path('damaged'), { recursive: true })
          continue
        }
        assert.equal(found.exit, 2, `${key} ${what}: ${found.text}`)
        assert.ok(found.text.includes(key) || key.startsWith('generations/'), `${key} ${what}: ${found.text}`)
        assert.equal(existsSync(world.path('damaged')), false)
        assert.equal(existsSync(world.path('damaged.unfinished')), false)
      }
    await again()
    await world.good('backup', 'check', '--from', 'target')
  })

  it('stores again what "backup check" removed', async () => {
    await again()
    const [key = ''] = (await world.objects()).filter((one) => one.startsWith('pieces/'))
    await truncate(world.path('target', key), 10)
    assert.equal((await world.run('backup', 'check', '--from', 'target', '--remove-damaged')).exit, 3)
    await world.backup()
    await world.good('backup', 'check', '--from', 'target')
    assert.equal((await world.restore('repaired', '--at', '1')).exit, 0)
  })

  it('is opened by no other key, and by no other program’s format', async () => {
    await again()
    const other = await BackupWorld.make()
    await cp(other.path('id.txt'), world.path('other.txt'))
    await other[Symbol.asyncDispose]()
    const locked = await world.run('restore', '--from', 'target', '--folder', 'x', '--identity', 'other.txt')
    assert.equal(locked.exit, 2)
    assert.match(locked.text, /none of the keys in the file of --identity fits/)
    await writeFile(world.path('target/backup.json'), '{"format":"kuager-backup/9","of":"x"}')
    const newer = await world.restore('x')
    assert.match(newer.text, /the backup is of format "kuager-backup\/9", not kuager-backup\/1/)
    assert.match(
      (await world.run('restore', '--from', 'data', '--folder', 'x', '--identity', 'id.txt')).text,
      /there is no backup here/,
    )
    await again()
    assert.match((await world.restore('x', '--at', '9')).text, /there is no generation 9/)
    assert.match((await world.restore('same')).text, /is there already/)
    for (const place of ['x', 'x/secrets'])
      assert.match((await world.restore('x', '--secrets', place)).text, /is in the new folder/)
    assert.equal(existsSync(world.path('x')), false)
  })

  it('is restored in the place of what a killed restore left, and of nothing else', async () => {
    await again()
    await mkdir(world.path('mine.unfinished'))
    await writeFile(world.path('mine.unfinished', 'letter.txt'), 'mine')
    assert.equal((await world.restore('mine')).exit, 2)
    assert.equal(await readFile(world.path('mine.unfinished', 'letter.txt'), 'utf8'), 'mine')
    const args = ['restore', '--from', 'target', '--folder', 'killed', '--identity', 'id.txt']
    await world.killed(args, { within: 'killed.unfinished', more: 3 })
    assert.equal(existsSync(world.path('killed')), false)
    assert.equal((await world.restore('killed')).exit, 0)
    assert.equal(existsSync(world.path('killed.unfinished')), false)
    assert.equal(existsSync(world.path('killed', 'restore.unfinished')), false)
  })

  it('refuses the target of another folder, a place in the folder, and what is no public key', async () => {
    await again()
    await mkdir(world.path('second'))
    await cp(world.path('data/archive'), world.path('second/archive'), { recursive: true })
    const to = (target: string, folder = 'second', recipient = world.key.recipient): ReturnType<BackupWorld['run']> =>
      world.run('backup', '--folder', folder, '--to', target, '--recipient', recipient)
    assert.match((await to('target')).text, /it holds the backups of another folder/)
    assert.match((await to('data/backups/x', 'data')).text, /is in the folder that is backed up/)
    const slip = await to('target', 'data', world.key.identity)
    assert.match(slip.text, /no public key of age/)
    assert.equal(slip.text.includes(world.key.identity), false)
    assert.match((await to('target', 'nowhere')).text, /it has no archive and no letters/)
    const [seed] = await readdir(world.path('data/log/keys'))
    await writeFile(world.path('wrong.age'), await readFile(world.path('data/log/keys', seed ?? '')))
    assert.match((await world.restore('x', '--keys', 'wrong.age')).text, /wrong\.age.*not sealed by age/)
  })

  it('of a copy and of its original go to two targets, unless the operator says that one is gone', async () => {
    await again()
    await rm(world.path('copy'), { recursive: true, force: true })
    await world.restore('copy')
    await world.backup()
    const late = await world.run('backup', '--folder', 'copy', '--to', 'target', '--recipient', world.key.recipient)
    assert.equal(late.exit, 2, late.text)
    assert.match(late.text, /another copy of this folder made generation 2 there, this one made 1/)
    await world.good('backup', '--folder', 'copy', '--to', 'target', '--recipient', world.key.recipient, '--adopt')
    assert.equal(
      (await world.run('backup', '--folder', 'data', '--to', 'target', '--recipient', world.key.recipient)).exit,
      2,
    )
  })

  it('ends with 1 where erased bytes remain in a generation that is ahead of the folder, until that is removed', async () => {
    await using one = await BackupWorld.make()
    const items = Array.from({ length: 3 }, () => bulkyMeasurement(50_000))
    const first = items[0]! // of three
    for (const item of items) {
      await using open = await one.open()
      await (await open.archive()).append([item])
      if (item !== items[1]) await one.backup()
    }
    assert.equal((await one.restore('copy', '--at', '1')).exit, 0)
    {
      await using open = await one.open('copy')
      await (await open.archive()).erase(first.id, 'asked for', instant(Date.UTC(2025, 0, 16)))
    }
    const args = ['--folder', 'copy', '--to', 'target', '--recipient', one.key.recipient]
    const { exit, text } = await one.run('backup', ...args, '--adopt')
    assert.equal(exit, 1, text)
    assert.match(text, /erased bytes remain in [1-9]\d* pieces of earlier generations/)
    await one.good('backup', 'prune', '--from', 'target', '--keep', '1')
    await one.good('backup', ...args)
  })

  it('keeps as many generations as were asked for, and no piece that none of them needs', async () => {
    await rm(world.path('target'), { recursive: true })
    await rename(world.path('data/backups'), world.path('notes-of-before'))
    for (let nth = 1; nth <= 4; nth++) {
      await writeFile(world.path('data/about.json'), JSON.stringify({ nth }))
      await world.backup('--keep', '2')
    }
    const list = await world.good('backup', 'list', '--from', 'target')
    assert.deepEqual(list.match(/^\d+/gm), ['3', '4'])
    for (const at of ['3', '4']) {
      assert.equal((await world.restore(`kept-${at}`, '--at', at)).exit, 0)
      assert.equal(await readFile(world.path(`kept-${at}`, 'about.json'), 'utf8'), `{"nth":${at}}`)
    }
    const before = (await world.objects()).length
    await writeFile(world.path('target/pieces/00-left'), 'not a piece')
    await world.good('backup', 'prune', '--from', 'target', '--keep', '1')
    assert.ok((await world.objects()).length < before)
    assert.equal((await world.restore('last')).exit, 0)
    assert.equal((await world.restore('gone', '--at', '3')).exit, 2)
    await rm(world.path('data/backups'), { recursive: true })
    await rename(world.path('notes-of-before'), world.path('data/backups'))
  })

  it('is restored after a backup that was killed before its manifest, and a prune, though bytes were erased', async () => {
    await using one = await BackupWorld.make()
    const items = Array.from({ length: 3 }, () => bulkyMeasurement(50_000))
    {
      await using open = await one.open()
      await (await open.archive()).append(items)
    }
    await one.backup()
    await cp(one.path('target'), one.path('before'), { recursive: true })
    {
      await using open = await one.open()
      await (await open.archive()).erase(items[1]!.id, 'asked for', instant(Date.UTC(2025, 0, 16)))
    }
    assert.ok((JSON.parse(await one.backup('--json')) as { replaced: number }).replaced > 0)
    // As it was when the list of pieces had been stored, and nothing after it.
    for (const ending of ['age', 'sha256']) await rm(one.path(`target/generations/000002.${ending}`))
    await cp(one.path('before'), one.path('target'), { recursive: true })
    await one.good('backup', 'prune', '--from', 'target', '--keep', '1')
    await one.good('backup', 'check', '--from', 'target')
    const { exit, text } = await one.restore('restored')
    assert.equal(exit, 0, text)
  })

  it('has no old file of a registry that was moved to a database', async () => {
    await using one = await BackupWorld.make()
    {
      await using open = await one.open()
      await (await open.archive()).append([bulkyMeasurement(1000)])
    }
    const moved = ['reports.sqlite.moved', 'reports.sqlite.moved-wal', 'reports.sqlite.moved-2']
    await mkdir(one.path('data/registry'), { recursive: true })
    for (const name of moved) await writeFile(one.path('data/registry', name), 'what people told')
    await writeFile(one.path('data/registry/other.txt'), 'of the operator')
    await one.backup()
    assert.equal((await one.restore('restored')).exit, 0)
    assert.deepEqual(await readdir(one.path('restored/registry')), ['other.txt'])
  })

  it('on a full disk fails, and is made as soon as there is space', { skip: noSmallDisk }, async () => {
    await using disk = await mountSmallDisk(world.path('small'), 12)
    const args = ['backup', '--folder', 'data', '--to', 'small/target', '--recipient', world.key.recipient]
    const full = await world.run(...args)
    assert.equal(full.exit, 1, full.text)
    assert.match(full.text, /ENOSPC|no space/i)
    assert.equal(
      (await world.run('restore', '--from', 'small/target', '--folder', 'x', '--identity', 'id.txt')).exit,
      2,
    )
    await disk.remount('size=64m')
    await world.good(...args)
    await world.good('restore', '--from', 'small/target', '--folder', 'from-small', '--identity', 'id.txt')
  })

  it('says that a part of the registry is in PostgreSQL, without its address', async () => {
    await again()
    let text = ''
    const { runCommand } = await import('../../cli/main.ts')
    const { testWorld } = await import('../../../test/kit/servers/world.ts')
    const env = { KUAGER_REPORTS_DATABASE: 'postgres://u:secret@db/x' }
    const args = ['backup', '--folder', 'data', '--to', 'elsewhere', '--recipient', world.key.recipient]
    const exit = await runCommand(args, { ...testWorld(world.cwd, (more) => (text += more)), env })
    assert.equal(exit, 3)
    assert.match(text, /reports: in PostgreSQL/)
    assert.doesNotMatch(text, /secret/)
  })
})

describe('kuager backup of a letter service', () => {
  it('copies registry and log while it is served; secrets are in the file of keys', async () => {
    await using world = await BackupWorld.make()
    {
      await using store = await openLetterStore(registryPlace(world.path('svc'), 'letters', {}))
      await store.accept([signatureRow('a'), signatureRow('b')], [])
      await store.append([countAct('a')])
    }
    await mkdir(world.path('secrets/log'), { recursive: true })
    await writeFile(world.path('secrets', 'mailbox-x.key'), 'of a mailbox')
    const args = ['--folder', 'svc', '--to', 'target', '--recipient', world.key.recipient]
    await world.good('backup', ...args, '--keys-to', 'keys.age', '--secrets', 'secrets')
    const { exit, text } = await world.restore('put', '--keys', 'keys.age', '--secrets', 'put-secrets')
    assert.equal(exit, 0, text)
    assert.equal(await readFile(world.path('put-secrets/mailbox-x.key'), 'utf8'), 'of a mailbox')
    await using store = await openLetterStore(registryPlace(world.path('put'), 'letters', {}))
    assert.equal(store.size, 1)
    assert.equal((await store.signature(sha('a')))?.state, 'counted')
  })
})

assert.equal(spawnSync('age', ['--version']).status, 0, 'these tests need the program age')
