import assert from 'node:assert/strict'
import { chmod, mkdtemp, open, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { MOMENTS, stoppingDisk } from '../../../test/kit/crash/stopping-disk.ts'
import { patientDisk, REAL_DISK, type Disk } from './disk.ts'
import { readWhole, writeDurable } from './durable-file.ts'

describe('writeDurable()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-durable-'))))
  after(() => rm(root, { recursive: true }))

  it('writes a file that only its owner reads, and leaves nothing else', async () => {
    const path = join(root, 'one')
    await writeDurable(path, Buffer.from('first, long'))
    await writeDurable(path, Buffer.from('second'))
    assert.equal(await readFile(path, 'utf8'), 'second')
    assert.equal((await readWhole(path))?.toString(), 'second')
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(root), ['one'])
  })

  it('leaves the old or the new file, whole, wherever it is stopped', async () => {
    const path = join(root, 'two')
    const never = { step: -1, moment: 'before', stop: () => assert.fail('not stopped') } as const
    const recording = stoppingDisk(REAL_DISK, root, never)
    await writeDurable(path, Buffer.from('old'), recording.disk)
    const found = new Set<string>()
    for (const [step] of recording.steps.entries())
      for (const moment of MOMENTS) {
        await writeDurable(path, Buffer.from('old'))
        const stop = (): Promise<never> => Promise.reject(new Error('stopped'))
        const { disk } = stoppingDisk(REAL_DISK, root, { step, moment, stop })
        await assert.rejects(writeDurable(path, Buffer.from('new and longer'), disk), /stopped/)
        found.add(await readFile(path, 'utf8'))
      }
    assert.deepEqual(found, new Set(['old', 'new and longer']))
  })

  it('follows no link and writes into nothing that someone planted under the name it uses meanwhile', async () => {
    const path = join(root, 'three')
    const victim = join(root, 'victim')
    await writeFile(victim, 'precious')
    await symlink(victim, `${path}.unfinished`)
    await writeDurable(path, Buffer.from('mine'))
    assert.deepEqual([await readFile(victim, 'utf8'), await readFile(path, 'utf8')], ['precious', 'mine'])
    await writeFile(`${path}.unfinished`, 'theirs')
    await chmod(`${path}.unfinished`, 0o666)
    const held = await open(`${path}.unfinished`, 'r+')
    await writeDurable(path, Buffer.from('secret'))
    assert.equal((await held.readFile('utf8')).includes('secret'), false)
    await held.writeFile('changed behind the back')
    await held.close()
    assert.deepEqual([await readFile(path, 'utf8'), (await stat(path)).mode & 0o777], ['secret', 0o600])
  })

  it('waits for a file that another program has open for a while, and says so of one that stays held', async () => {
    const path = join(root, 'scanned')
    await writeDurable(path, Buffer.from('old'))
    for (const code of ['EBUSY', 'EPERM', 'EACCES']) {
      const left = { open: 2, rename: 3, remove: 1 }
      const held = <T>(name: keyof typeof left, act: () => Promise<T>): Promise<T> =>
        left[name]-- > 0 ? Promise.reject(Object.assign(new Error('used by a scanner'), { code })) : act()
      const scanned: Disk = {
        ...REAL_DISK,
        open: (...to) => held('open', () => REAL_DISK.open(...to)),
        rename: (...to) => held('rename', () => REAL_DISK.rename(...to)),
        remove: (...to) => held('remove', () => REAL_DISK.remove(...to)),
      }
      const pauses: number[] = []
      const disk = patientDisk(scanned, (time) => Promise.resolve(pauses.push(time)))
      await writeFile(`${path}.unfinished`, 'left by a death')
      await writeDurable(path, Buffer.from(code), disk)
      assert.equal(await readFile(path, 'utf8'), code)
      assert.equal(pauses.length, 6)
      left.rename = Infinity
      await assert.rejects(writeDurable(path, Buffer.from('never'), disk), { code })
      assert.equal(await readFile(path, 'utf8'), code, 'the old file, whole')
    }
    const missing = patientDisk(REAL_DISK, () => assert.fail('waited for a file that is not there'))
    await assert.rejects(missing.remove(join(root, 'none')), { code: 'ENOENT' })
  })

  it('gives undefined for a file that is not there', async () => {
    assert.equal(await readWhole(join(root, 'none')), undefined)
  })
})
