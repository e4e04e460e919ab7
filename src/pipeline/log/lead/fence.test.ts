import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { LeafArchive } from '../../../../test/kit/stores/leaf-archive.ts'
import { instant } from '../../../core/model/units.ts'
import type { Machine } from '../../../runtime/files/machine.ts'
import type { TransparencyLog } from '../contract.ts'
import { openTransparencyLog } from '../open-log.ts'
import { readFence, type CopySign } from './fence.ts'
import { localRight } from './local-right.ts'
import { refuseBehind, takeOver } from './take-over.ts'

const run = promisify(execFile)
const AT = instant(1_772_700_000_000)
const HERE: Machine = { id: 'one', boot: 'first' }

describe('a log whose folder is copied', () => {
  let root = ''
  let folder = ''
  let count = 0
  const archive = new LeafArchive()
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-fence-'))
  })
  after(() => rm(root, { recursive: true }))
  const openAt = (path: string, machine = HERE, over = archive): Promise<TransparencyLog> =>
    openTransparencyLog(path, {
      archive: over,
      begin: { simulated: false, at: AT },
      openRight: (tree) => localRight({ folder: path, machine, now: () => AT }, tree),
    })
  beforeEach(async () => {
    const place = join(root, String(count++))
    await mkdir(place)
    folder = join(place, 'log')
    await using log = await openAt(folder)
    archive.growTo(archive.size + 3)
    await log.sequence()
  })
  const signOf = async (path: string, machine = HERE): Promise<CopySign | 'none' | undefined> => {
    const found = await readFence(path, machine)
    return found.kind === 'copy' ? found.sign : found.kind === 'none' ? 'none' : undefined
  }
  const refuses = async (path: string, words: RegExp, machine = HERE): Promise<void> => {
    const before = await readFile(join(path, 'public/checkpoint'))
    const [state, size] = [await readFile(join(path, 'state.json')), archive.size]
    await using log = await openAt(path, machine)
    assert.match(log.refusal ?? '', words)
    archive.growTo(archive.size + 2)
    await assert.rejects(log.sequence(), words)
    await assert.rejects(log.rotate(AT), words)
    await assert.rejects(log.retire(AT), words)
    assert.deepEqual(await readFile(join(path, 'public/checkpoint')), before)
    assert.deepEqual(await readFile(join(path, 'state.json')), state)
    assert.equal(archive.size, size + 2)
    // What is read of it stays.
    assert.deepEqual(Buffer.from((await log.latest())?.bytes ?? []), before)
    assert.equal((await log.prove([0])).length, 1)
  }
  const signs = async (path: string, machine = HERE): Promise<void> => {
    await using log = await openAt(path, machine)
    assert.equal(log.refusal, undefined)
    archive.growTo(archive.size + 1)
    assert.equal((await log.sequence())?.size, archive.size)
  }

  it('signs on where it was: after a restart of program or machine, under another name, as another device', async () => {
    await signs(folder)
    await signs(folder, { id: 'one', boot: 'second' })
    const moved = `${folder}-moved`
    await rename(folder, moved)
    assert.equal(await signOf(moved), undefined)
    await signs(moved)
  })

  it('signs on where the machine has no name, as in a container that is made again', async () => {
    const inside: Machine = { id: undefined, boot: 'first' }
    assert.equal(await signOf(folder, inside), undefined)
    await signs(folder, { id: undefined, boot: 'other' })
  })

  it('does not sign in a copy by cp -a, by hard links, by tar, or by a program, and reads on', async () => {
    for (const [nth, copy] of [
      (to: string) => run('cp', ['-a', folder, to]),
      (to: string) => run('cp', ['-al', folder, to]),
      (to: string) => cp(folder, to, { recursive: true, preserveTimestamps: true }),
      async (to: string) => {
        await mkdir(to)
        await run('sh', ['-c', 'tar -C "$1" -c . | tar -C "$2" -x', 'sh', folder, to])
      },
    ].entries()) {
      const to = join(root, `copy-${count}-${nth}`)
      await copy(to)
      assert.equal(await signOf(to), 'folder')
      await refuses(to, /copied from another folder.*kuager log take-over/)
    }
    await signs(folder)
  })

  it('does not sign on another machine, whose disk is this one or a clone of it', async () => {
    await refuses(folder, /another machine/, { id: 'two', boot: 'x' })
    await signs(folder)
  })

  it('does not sign where a backup was put back into the same folder', async () => {
    const backup = `${folder}-backup`
    await run('cp', ['-a', folder, backup])
    await signs(folder)
    await run('sh', ['-c', 'tar -C "$1" -c . | tar -C "$2" -x', 'sh', backup, folder])
    assert.equal(await signOf(folder), 'file')
  })

  it('does not sign in a snapshot that is mounted next to it: births are the same, place and device are not', async () => {
    const path = join(folder, 'fence.json')
    const fence = JSON.parse(await readFile(path, 'utf8')) as { seen: { device: string; path: string; boot: string } }
    // Written into the file as it is, so that its birth stays: what a snapshot of another volume would hold.
    const write = (seen: object): Promise<void> => writeFile(path, JSON.stringify({ ...fence, seen }))
    await write({ ...fence.seen, device: '1', path: '/elsewhere' })
    assert.equal(await signOf(folder), 'volume')
    assert.equal(await signOf(folder, { id: 'one', boot: 'second' }), undefined)
    await write({ ...fence.seen, device: '1' })
    assert.equal(await signOf(folder), undefined)
    await write({ ...fence.seen, path: '/elsewhere' })
    assert.equal(await signOf(folder), undefined)
  })

  it('does not sign with a damaged fence', async () => {
    await writeFile(join(folder, 'fence.json'), '{')
    await refuses(folder, /damaged/)
  })

  it('goes on without a question where it is of a version that had none', async () => {
    await rm(join(folder, 'fence.json'))
    assert.equal(await signOf(folder), 'none')
    await signs(folder)
    assert.equal(await signOf(folder), undefined)
    const { mode } = await stat(join(folder, 'fence.json'))
    assert.equal(mode & 0o077, 0)
  })

  it('names no machine in the file', async () => {
    await rm(join(folder, 'fence.json'))
    const machine = { id: '0123456789abcdef0123456789abcdef', boot: 'b' }
    await using _log = await openAt(folder, machine)
    assert.doesNotMatch(await readFile(join(folder, 'fence.json'), 'utf8'), /0123456789abcdef0123456789abcdef/)
  })

  it('signs in a copy that an operator lets take over, in the next generation, and a copy of that again not', async () => {
    const copy = `${folder}-copy`
    await run('cp', ['-a', folder, copy])
    assert.equal(await takeOver(folder, HERE, { at: AT, reason: 'x' }), undefined, 'nothing to take over')
    const fence = await takeOver(copy, HERE, { at: AT, reason: 'the disk failed' })
    assert.equal(fence?.generation, 2)
    await signs(copy)
    assert.match(await readFile(join(copy, 'state.json'), 'utf8'), /"generation": 2/)
    // The first one's state is still read by a version that knows no generations.
    assert.doesNotMatch(await readFile(join(folder, 'state.json'), 'utf8'), /generation/)
    const third = `${folder}-third`
    await run('cp', ['-a', copy, third])
    await refuses(third, /copied/)
    assert.equal((await takeOver(third, HERE, { at: AT, reason: 'again' }))?.generation, 3)
  })

  it('does not sign with a state that a later generation wrote', async () => {
    const copy = `${folder}-copy`
    await run('cp', ['-a', folder, copy])
    await takeOver(copy, HERE, { at: AT, reason: 'the disk failed' })
    await signs(copy)
    await writeFile(join(folder, 'state.json'), await readFile(join(copy, 'state.json')))
    await run('sh', ['-c', 'rm -r "$2"/public && cp -r "$1"/public "$2"/public', 'sh', copy, folder])
    await refuses(folder, /generation 2.*another folder took over/)
  })

  it('is not taken over by a folder that lacks what a checkpoint covers that others have', async () => {
    const copy = `${folder}-copy`
    await run('cp', ['-a', folder, copy])
    const same = await readFile(join(folder, 'public/checkpoint'))
    const held = { size: archive.size, leaves: archive.leaves.bind(archive) }
    await refuseBehind(copy, same, held)
    await signs(folder)
    const later = await readFile(join(folder, 'public/checkpoint'))
    await assert.rejects(refuseBehind(copy, later, held), /this folder has only/)
    // Its log has not taken in what its archive has: that is compared too.
    await refuseBehind(copy, later, archive)
    const others = new LeafArchive()
    others.push(Buffer.from('a leaf of another archive'))
    others.growTo(archive.size)
    await assert.rejects(refuseBehind(copy, later, others), /signed over another history/)
    const other = join(root, `other-${count}`)
    await using log = await openAt(other)
    await log.sequence()
    await assert.rejects(refuseBehind(copy, await readFile(join(other, 'public/checkpoint')), archive), /not one of/)
  })
})
