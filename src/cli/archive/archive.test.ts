import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { World } from '../../runtime/world.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import type { ArchiveItem } from '../../store/archive/contract.ts'
import { PACKAGE_ROOT } from '../../runtime/files/package-root.ts'
import { openFolder, withFolder } from '../../app/folder/open.ts'
import { runCommand } from '../main.ts'
import { testWorld } from '../../../test/kit/servers/world.ts'

function item(text: string): ArchiveItem {
  const bytes = Buffer.from(JSON.stringify({ text }))
  const id = parseSha256(createHash('sha256').update(bytes).digest('hex'))
  return { bytes, publicSha256: id, provenance: { id, receivedAt: instant(7), channel: 'file', origin: 'a.json' } }
}

function world(cwd: string): World & { readonly said: () => string } {
  const texts: string[] = []
  return { ...testWorld(cwd, (text) => texts.push(text)), said: () => texts.splice(0).join('') }
}

/** Runs the program in a process of its own. */
async function kuager(args: readonly string[]): Promise<{ readonly exit: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'bin/kuager.js'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (piece: string) => (said += piece))
  const exit = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { exit, said }
}

describe('kuager archive', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-cli-archive-'))))
  after(() => rm(root, { recursive: true }))

  it('verifies, erases for a reason, and says what is corrupt with its leaf and file, ending with 3', async () => {
    const here = world(root)
    const [one, two] = [item('one'), item('two')]
    await withFolder(here, { folder: 'a', name: 'test', args: [] }, async (folder) => {
      await (await folder.archive()).append([one, two])
      return 0
    })
    assert.equal(await runCommand(['archive', 'verify', '--folder', 'a'], here), 0)
    assert.equal(here.said(), 'ok 2, erased 0, corrupt 0\n')
    assert.equal(
      await runCommand(['archive', 'erase', one.provenance.id, '--reason', 'a right', '--folder', 'a'], here),
      0,
    )
    assert.equal(here.said(), `Erased measurement ${one.provenance.id}\n`)
    assert.equal(await runCommand(['archive', 'verify', '--folder', 'a', '--json'], here), 0)
    assert.equal(here.said(), '{"kind":"erased","leafIndex":0}\n{"ok":2,"erased":1,"corrupt":0}\n')
    assert.equal(await runCommand(['custody', 'list', '--folder', 'a', '--json'], here), 0)
    const event: unknown = JSON.parse(here.said())
    assert.ok(typeof event === 'object' && event !== null && 'evidence' in event && 'reason' in event)
    assert.deepEqual([event.evidence, event.reason], [{ kind: 'measurement', id: '0' }, 'a right'])

    const segment = join(root, 'a', 'archive', 'segments', '00000001.segment')
    const bytes = await readFile(segment)
    bytes[bytes.length - 1]! ^= 1 // the last byte of the last frame
    await writeFile(segment, bytes)
    assert.equal(await runCommand(['archive', 'verify', '--folder', 'a'], here), 3)
    // The event of the erasure stands last.
    assert.match(here.said(), /^corrupt leaf 2 in .*00000001\.segment: .*\nok 1, erased 1, corrupt 1\n$/)
  })

  it('refuses an unknown measurement, a missing reason, an unknown action and a missing folder with 2', async () => {
    const here = world(root)
    await withFolder(here, { folder: 'b', name: 'test', args: [] }, async (folder) => (await folder.archive()).size)
    const id = item('nobody').provenance.id
    for (const args of [
      ['erase', id, '--reason', 'a right', '--folder', 'b'],
      ['erase', id, '--folder', 'b'],
      ['erase', 'all', '--reason', 'a right', '--folder', 'b'],
      ['shred', '--folder', 'b'],
      ['verify', '--folder', 'nowhere'],
      ['verify', '--nonsense'],
    ])
      assert.equal(await runCommand(['archive', ...args], here), 2, args.join(' '))
  })

  it('is run by the process that holds the folder, when that listens', async () => {
    const here = world(root)
    await using folder = await openFolder(here, 'c', 'serve')
    const archive = await folder.archive()
    await archive.append([item('one'), item('two')])
    const args = ['archive', 'verify', '--folder', folder.path]

    const before = await kuager(args)
    assert.equal(before.exit, 1)
    assert.match(before.said, new RegExp(`held by process ${process.pid} \\(kuager serve\\)`))

    await folder.listen(runCommand)
    assert.deepEqual(await kuager(args), { exit: 0, said: 'ok 2, erased 0, corrupt 0\n' })
    const { id } = item('two').provenance
    const erased = await kuager(['archive', 'erase', id, '--reason', 'a right', '--folder', folder.path])
    assert.deepEqual(erased, { exit: 0, said: `Erased measurement ${id}\n` })
    assert.equal((await archive.read(id))?.kind, 'erased')
    const refused = await kuager(['archive', 'erase', id, '--folder', folder.path])
    assert.equal(refused.exit, 2)
  })
})
