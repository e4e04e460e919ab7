import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { serveUpdates, TestUpdates } from '../../../test/kit/probe/update-folder.ts'
import { assertRefused, serverOfUpdates, UpdateWorld, workingProgram } from '../../../test/kit/probe/update-world.ts'
import { isIntact } from './look-for-update.ts'
import { folderSource } from './update-source.ts'
import { loadUpdateState, programPath } from './update-state.ts'

const skip = process.platform === 'win32' ? 'programs are shell scripts' : false

describe('an update', { skip }, () => {
  const world = new UpdateWorld()
  after(() => world.remove())

  it('comes from a server and from a folder, is verified, started once, and made ready to be tried', async () => {
    const made = await world.updates()
    await using served = await serveUpdates(made.folder)
    for (const source of [serverOfUpdates(served.url), folderSource(made.folder)]) {
      const probe = world.client(made)
      assert.deepEqual(await probe.look(source), { kind: 'ready', version: '0.3.0' })
      const { trial } = await loadUpdateState(probe.folder)
      assert.ok(trial !== undefined)
      assert.equal(readFileSync(programPath(probe.folder, trial), 'utf8'), workingProgram('0.3.0'))
      assert.equal(statSync(programPath(probe.folder, trial)).mode & 0o777, 0o700)
      assert.equal(await isIntact(probe.folder, trial, { builtRoot: made.builtRoot, system: 'linux-x64' }), true)
      assert.deepEqual(await probe.look(source), { kind: 'current' })
      assert.deepEqual(
        readdirSync(join(probe.folder, 'updates')).filter((name) => name.endsWith('.part')),
        [],
      )
    }
  })

  it('is only named where nothing is to be fetched, and none is wanted that is not newer', async () => {
    const made = await world.updates()
    const looked = await world.client(made, { fetches: false }).look(made)
    assert.equal(looked.kind, 'newer')
    for (const own of ['0.3.0', '0.10.0'])
      assert.deepEqual(await world.client(made, { own }).look(made), { kind: 'current' }, own)
  })

  it('is asked of several carriers: one that is down, one that is old and one that has it', async () => {
    const made = await world.updates()
    const old = new TestUpdates(world.fresh('old'), made.keys)
    cpSync(made.folder, old.folder, { recursive: true })
    await made.program('0.4.0', workingProgram('0.4.0'))
    await using served = await serveUpdates(made.folder)
    const down = serverOfUpdates('http://127.0.0.1:1/updates/')
    const probe = world.client(made)
    assert.deepEqual(await probe.look(down, folderSource(world.fresh('no stick')), serverOfUpdates(served.url)), {
      kind: 'ready',
      version: '0.4.0',
    })
    const { looked } = await loadUpdateState(probe.folder)
    assert.deepEqual([looked?.outcome, looked?.version], ['ready', '0.4.0'])
    assertRefused(await world.client(made).look(down), /ECONNREFUSED/)
  })

  it('continues a download that was interrupted, at another carrier', async () => {
    const made = await world.updates()
    await using short = await serveUpdates(made.folder, (path, response) => {
      if (!path.startsWith('targets/')) return false
      const whole = readFileSync(join(made.folder, path))
      response.writeHead(200, { 'content-length': whole.length })
      response.write(whole.subarray(0, 40))
      setTimeout(() => response.destroy(), 100)
      return true
    })
    await using served = await serveUpdates(made.folder)
    assert.deepEqual(await world.client(made).look(serverOfUpdates(short.url), serverOfUpdates(served.url)), {
      kind: 'ready',
      version: '0.3.0',
    })
    assert.ok(
      served.asked.some((path) => path.endsWith(' from 40')),
      served.asked.join('\n'),
    )
  })

  it('that does not start, or says another version, is never tried, and not fetched twice', async () => {
    const made = await world.updates()
    for (const [version, text, why] of [
      ['0.4.0', workingProgram('0.3.9'), /it says that it is version 0\.3\.9/],
      ['0.5.0', '#!/bin/sh\n[ "$1" = --version ] && echo 0.5.0 && exit 0\nexit 7\n', /does not start/],
      ['0.6.0', 'not a program', /does not start/],
    ] as const) {
      await made.program(version, text)
      const probe = world.client(made)
      const looked = await probe.look(made)
      assert.equal(looked.kind, 'unfit')
      assert.match(looked.kind === 'unfit' ? looked.why : '', why)
      assert.equal((await loadUpdateState(probe.folder)).trial, undefined)
      assert.deepEqual(await probe.look(made), { kind: 'current' })
    }
  })
})
