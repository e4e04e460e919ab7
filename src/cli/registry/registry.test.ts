import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { countAct, sha, signatureRow } from '../../../test/kit/stores/registry-rows.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'
import { instant } from '../../core/model/units.ts'
import type { RegistryPlace } from '../../store/registry/database.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openReportStore } from '../../reports/registry/open.ts'
import { openRegistry } from '../../store/registry/sqlite.ts'
import { holdFolder } from '../../runtime/files/data-folder.ts'
import { runCommand } from '../main.ts'
import { registryPlace } from '../../app/registry/place.ts'

const CHILD = fileURLToPath(new URL('../../../test/kit/crash/registry-child.ts', import.meta.url))

describe('kuager registry', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-registry-cli-'))))
  after(() => rm(root, { recursive: true }))

  const run = async (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly exit: number; readonly out: string; readonly err: string }> => {
    let [out, err] = ['', '']
    const world = { ...testWorld(root, (text) => (out += text)), err: { write: (text: string) => (err += text) }, env }
    const exit = await runCommand(['registry', ...args], world)
    return { exit, out, err }
  }
  const place = (folder: string, part: 'reports' | 'letters'): RegistryPlace =>
    registryPlace(join(root, folder), part, {})

  /** A folder of a letter service whose signatures are counted. */
  async function letterFolder(name: string): Promise<void> {
    await using store = await openLetterStore(place(name, 'letters'))
    await store.accept([signatureRow('a'), signatureRow('b')], [])
    await store.append([countAct('a')])
  }

  it('a backup that is restored has every row, and is read by sha256sum', async () => {
    await letterFolder('first')
    await using reports = await openReportStore(place('first', 'reports')) // a store that is open, as under a server
    await reports.add({
      reports: [{ id: '01', slot: 0, service: 'telegram', problem: 'slow', state: 'counted', simulated: false }],
    })
    using keys = openRegistry(join(root, 'first'))
    keys.saveInvitation({ hash: 'of a code', expiresOn: 1, usesLeft: 2, lineage: 'of it' })
    const made = await run(['backup', '--folder', 'first', '--out', 'saved/today'])
    assert.equal(made.exit, 0, made.err)
    assert.deepEqual((await readdir(join(root, 'saved/today'))).toSorted(), [
      'SHA256SUMS',
      'keys.sqlite',
      'letters.sqlite',
      'reports.sqlite',
    ])
    assert.deepEqual(await readdir(join(root, 'saved')), ['today'])
    for (const name of await readdir(join(root, 'saved/today')))
      assert.equal((await stat(join(root, 'saved/today', name))).mode & 0o777, 0o600, name)
    await promisify(execFile)('sha256sum', ['--strict', '-c', 'SHA256SUMS'], { cwd: join(root, 'saved/today') })

    const put = await run(['restore', '--from', 'saved/today', '--folder', 'second'])
    assert.equal(put.exit, 0, put.err)
    await using letters = await openLetterStore(place('second', 'letters'))
    assert.equal(letters.size, 1)
    assert.equal((await letters.signature(sha('a')))?.state, 'counted')
    assert.equal(await letters.append([countAct('b')]), 1)
    await using told = await openReportStore(place('second', 'reports'))
    assert.equal((await told.counts({ since: instant(0), until: instant(1) }, false))[0]?.count, 1)
    using restored = openRegistry(join(root, 'second'))
    assert.deepEqual(restored.invitations(), keys.invitations())
    assert.deepEqual(
      (await readdir(join(root, 'second/registry'))).filter((name) => name.endsWith('.unfinished')),
      [],
    )
  })

  it('a backup that is taken while another process writes is of one moment, with all that was acknowledged before', async () => {
    const places = [place('busy', 'reports'), place('busy', 'letters')]
    const child = spawn(process.execPath, [CHILD, ...places.map((one) => JSON.stringify(one))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const closed = once(child, 'close')
    let text = ''
    const acknowledged = (): readonly string[] => text.split('\n').slice(0, -1)
    const until = (lines: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (acknowledged().length >= lines) resolve()
        }
        child.stdout.on('data', look)
        look()
      })
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await until(200)
    const said: (readonly string[])[] = []
    for (const nth of [0, 1, 2]) {
      await until(200 * (nth + 2))
      said.push(acknowledged())
      const { exit, err } = await run(['backup', '--folder', 'busy', '--out', `busy-${nth}`])
      assert.equal(exit, 0, err)
    }
    const { exit, out } = await run(['check', '--folder', 'busy'])
    assert.equal(exit, 0, out)
    child.kill('SIGKILL')
    await closed
    for (const [nth, lines] of said.entries()) {
      await run(['restore', '--from', `busy-${nth}`, '--folder', `quiet-${nth}`])
      await using letters = await openLetterStore(place(`quiet-${nth}`, 'letters'))
      await using reports = await openReportStore(place(`quiet-${nth}`, 'reports'))
      const told = new Set(
        (await reports.counts({ since: instant(0), until: instant(1) }, false)).map(({ service }) => service),
      )
      for (const [kind, name] of lines.map((line) => line.split(' ')))
        if (kind === 'r') assert.ok(told.has(name ?? ''))
        else if (kind === 'l') assert.equal((await letters.signature(sha(name ?? '')))?.state, 'counted')
        else assert.notEqual(await letters.signature(sha(name ?? '')), undefined)
    }
  })

  it('backup refuses a folder that is there and one without a registry', async () => {
    await letterFolder('full')
    await mkdir(join(root, 'taken'))
    await writeFile(join(root, 'taken', 'mine.txt'), 'mine')
    const taken = await run(['backup', '--folder', 'full', '--out', 'taken'])
    assert.equal(taken.exit, 2)
    assert.match(taken.err, /is there already/)
    assert.equal((await run(['backup', '--folder', 'nowhere', '--out', 'x'])).exit, 2)
  })

  it('restore overwrites nothing, and nothing is put where a log of another database lies', async () => {
    await letterFolder('source')
    await run(['backup', '--folder', 'source', '--out', 'source-saved'])
    await letterFolder('owned')
    const before = await readFile(join(root, 'owned/registry/letters.sqlite'))
    await writeFile(join(root, 'owned', 'lock.sqlite'), '')
    const owned = await run(['restore', '--from', 'source-saved', '--folder', 'owned'])
    assert.equal(owned.exit, 2)
    assert.match(owned.err, /has one already/)
    assert.deepEqual(await readFile(join(root, 'owned/registry/letters.sqlite')), before)
    await mkdir(join(root, 'stray/registry'), { recursive: true })
    await writeFile(join(root, 'stray', 'lock.sqlite'), '')
    await writeFile(join(root, 'stray/registry/letters.sqlite-wal'), 'of another')
    assert.equal((await run(['restore', '--from', 'source-saved', '--folder', 'stray'])).exit, 2)
    assert.deepEqual(await readdir(join(root, 'stray/registry')), ['letters.sqlite-wal'])
  })

  it('restore refuses a folder that a process holds', async () => {
    await letterFolder('source2')
    await run(['backup', '--folder', 'source2', '--out', 'source2-saved'])
    await using held = await holdFolder(join(root, 'held'), 'kuager letter')
    const { exit, err } = await run(['restore', '--from', 'source2-saved', '--folder', held.path])
    assert.equal(exit, 1)
    assert.match(err, /held by process/)
  })

  it('restore refuses what is damaged, newer, missing or no backup, and leaves nothing half done', async () => {
    await letterFolder('whole')
    await run(['backup', '--folder', 'whole', '--out', 'good'])
    const altered = async (name: string, alter: (folder: string) => Promise<void>): Promise<string> => {
      await mkdir(join(root, name))
      for (const file of await readdir(join(root, 'good')))
        await copyFile(join(root, 'good', file), join(root, name, file))
      await alter(join(root, name))
      return name
    }
    const sums = async (folder: string): Promise<void> => {
      const { stdout } = await promisify(execFile)('sha256sum', ['letters.sqlite'], { cwd: folder })
      await writeFile(join(folder, 'SHA256SUMS'), stdout)
    }
    const cases: readonly (readonly [string, RegExp])[] = [
      [await altered('bit', (folder) => flip(join(folder, 'letters.sqlite'))), /does not have the sum/],
      [
        await altered('page', async (folder) => {
          const path = join(folder, 'letters.sqlite')
          await writeFile(path, (await readFile(path)).subarray(0, 9000))
          await sums(folder)
        }),
        /damaged/,
      ],
      [
        await altered('newer', async (folder) => {
          const db = new DatabaseSync(join(folder, 'letters.sqlite'))
          db.exec('UPDATE registry_version SET version = 99')
          db.close()
          await sums(folder)
        }),
        /version 99, this program knows/,
      ],
      [
        await altered('owing', async (folder) => {
          const db = new DatabaseSync(join(folder, 'letters.sqlite'))
          db.exec('DELETE FROM leaves')
          db.close()
          await sums(folder)
        }),
        /count without a leaf/,
      ],
      [await altered('gone', (folder) => rm(join(folder, 'letters.sqlite'))), /not in the backup/],
      [await altered('sumless', (folder) => rm(join(folder, 'SHA256SUMS'))), /has no SHA256SUMS/],
      [
        await altered('climbing', (folder) =>
          appendFile(join(folder, 'SHA256SUMS'), `${'0'.repeat(64)}  ../../other.sqlite\n`),
        ),
        /a line of something else/,
      ],
      [await altered('long', (folder) => appendFile(join(folder, 'SHA256SUMS'), '\n'.repeat(5000))), /too long/],
    ]
    for (const [name, words] of cases) {
      const { exit, err } = await run(['restore', '--from', name, '--folder', `from-${name}`])
      assert.equal(exit, 2, `${name}: ${err}`)
      assert.match(err, words)
      const left = await readdir(join(root, `from-${name}`, 'registry')).catch(() => [])
      assert.deepEqual(left, [], name)
    }
  })

  it('check counts what a registry holds, and ends with 3 where rows owe a leaf', async () => {
    await letterFolder('counted')
    const good = await run(['check', '--folder', 'counted', '--json'])
    assert.equal(good.exit, 0)
    assert.deepEqual(JSON.parse(good.out), {
      file: 'letters.sqlite',
      version: 1,
      rows: { leaves: 1, letters: 0, sealed: 2, signatures: 2, tokens: 0 },
      wrong: [],
    })
    const db = new DatabaseSync(join(root, 'counted/registry/letters.sqlite'))
    db.exec('UPDATE leaves SET nth = 7')
    db.close()
    const bad = await run(['check', '--folder', 'counted'])
    assert.equal(bad.exit, 3)
    assert.match(bad.out, /leaves are missing\n.*count without a leaf/)
    const refused = await run(['backup', '--folder', 'counted', '--out', 'counted-saved'])
    assert.equal(refused.exit, 3)
    assert.equal((await readdir(root)).includes('counted-saved'), false)
  })

  it('says how a part in PostgreSQL is saved, without its address', async () => {
    await letterFolder('half')
    const env = { KUAGER_REPORTS_DATABASE: 'postgres://u:secret@db/x' }
    const { exit, err, out } = await run(['backup', '--folder', 'half', '--out', 'half-saved'], env)
    assert.equal(exit, 3)
    assert.match(err, /pg_dump --format=custom --file=reports\.dump "\$KUAGER_REPORTS_DATABASE"/)
    assert.match(out, /letters\.sqlite/)
    assert.doesNotMatch(err + out, /secret/)
  })

  it('asks for what it needs', async () => {
    for (const args of [[], ['save'], ['backup'], ['restore'], ['check', '--out', 'x'], ['check', 'more']])
      assert.equal((await run(args)).exit, 2, args.join(' '))
  })
})

async function flip(path: string): Promise<void> {
  const bytes = await readFile(path)
  const at = bytes.indexOf('sealed of a')
  assert.ok(at > 0)
  bytes[at] = 0x53
  await writeFile(path, bytes)
}
