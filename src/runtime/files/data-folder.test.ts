import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Fault, InputError } from '../../core/model/errors.ts'
import { holdFolder, tryHold } from './data-folder.ts'

const HOLDING = `
import { holdFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)}
await holdFolder(process.argv[1], 'kuager serve')
process.stdout.write('held')
setInterval(() => {}, 1000)
`

describe('holdFolder()', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-folder-'))))
  after(() => rm(root, { recursive: true }))

  it('names the process that holds a folder, and takes the folder when that process is killed', async () => {
    const folder = join(root, 'killed')
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDING, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const gone = new Promise((resolve) => child.once('exit', resolve))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await assert.rejects(holdFolder(folder, 'kuager import'), (error: unknown) => {
      assert.ok(error instanceof Fault)
      assert.equal(error.message, `Cannot open folder "${folder}": held by process ${child.pid} (kuager serve)`)
      return true
    })
    child.kill('SIGKILL')
    await gone
    await using held = await holdFolder(folder, 'kuager import')
    assert.equal((await tryHold(folder, 'kuager series')).kind, 'taken')
    assert.ok(held.path.endsWith('killed'))
  })

  it('holds a folder once in one process, and again after it was let go', async () => {
    const folder = join(root, 'twice')
    {
      await using held = await holdFolder(folder, 'kuager import')
      await held.announce({ socket: '/somewhere.sock' })
      const second = await tryHold(folder, 'kuager series')
      assert.deepEqual(second, {
        kind: 'taken',
        holder: { pid: process.pid, command: 'kuager import', socket: '/somewhere.sock' },
      })
    }
    const third = await tryHold(folder, 'kuager series')
    assert.equal(third.kind, 'held')
    if (third.kind === 'held') await third.folder[Symbol.asyncDispose]()
  })

  it('refuses a folder that is full of other things', async () => {
    const folder = join(root, 'home')
    await mkdir(folder)
    await writeFile(join(folder, 'letter.txt'), 'dear')
    await assert.rejects(holdFolder(folder, 'kuager import'), InputError)
    await writeFile(join(folder, 'about.json'), '{}')
    await assert.rejects(holdFolder(folder, 'kuager serve'), InputError)
  })

  it('takes a new folder in which the operator has written who runs it', async () => {
    const folder = join(root, 'named')
    await mkdir(join(folder, 'record'), { recursive: true })
    await writeFile(join(folder, 'about.json'), '{}')
    await using held = await holdFolder(folder, 'kuager serve')
    assert.equal(held.path, await realpath(folder))
  })
})
