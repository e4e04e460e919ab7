import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { writeOneFile } from '../scripts/release/one-file.ts'
import { bundleProbe } from '../scripts/release/program.ts'
import { loadUpdateState, programPath, saveUpdateState } from '../src/probe/update/update-state.ts'
import { draftTargets } from '../src/release/draft.ts'
import { signMetadata } from '../src/release/publish.ts'
import { packageVersion } from '../src/runtime/files/package-root.ts'
import { TestUpdates } from './kit/probe/update-folder.ts'
import { UpdateWorld } from './kit/probe/update-world.ts'

const skip = process.platform === 'linux' && process.arch === 'x64' ? false : 'is built and run on Linux x64'
const NEXT = '0.99.0'

describe('an update of the probe as one file', { skip }, () => {
  const world = new UpdateWorld()
  const updates = new TestUpdates(world.fresh('updates'))
  const home = world.fresh('home')
  const folder = join(home, 'probe')
  const program = join(home, 'kuager-probe')
  const env = { HOME: home, TMPDIR: home, PATH: '', LANG: 'C.UTF-8' }
  const probe = (...args: readonly string[]): { readonly said: string; readonly status: number | null } => {
    const { stdout, stderr, status } = spawnSync(program, [...args, '--folder', folder], { env, encoding: 'utf8' })
    return { said: stdout + stderr, status }
  }

  before(async () => {
    mkdirSync(home)
    await updates.root()
    const release = world.fresh('release')
    mkdirSync(release)
    const script = await bundleProbe()
    await writeOneFile('linux-x64', script, join(release, 'kuager-probe-linux-x64'), { version: NEXT })
    const path = await draftTargets(updates.folder, { from: { release, version: NEXT }, days: 90, now: updates.now })
    for (const signer of updates.keys.targets) await signMetadata(path, signer)
    await updates.publish()
    const built = world.fresh('built')
    mkdirSync(built)
    copyFileSync(join(updates.folder, 'metadata', '1.root.json'), join(built, 'root.json'))
    writeFileSync(join(built, 'mirrors.json'), JSON.stringify(['http://127.0.0.1:1/updates/']))
    await writeOneFile('linux-x64', script, program, { updates: built })
  })
  after(() => world.remove())

  it('is only named by a look of the schedule on a metered connection', async () => {
    const bin = world.fresh('bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'busctl'), '#!/bin/sh\necho "u 1"\n', { mode: 0o755 })
    const words = ['update', '--scheduled', '--from', updates.folder, '--folder', folder]
    assert.equal(spawnSync(program, words, { env: { ...env, PATH: bin } }).status, 0)
    const { looked, trial } = await loadUpdateState(folder)
    assert.deepEqual([looked?.outcome, looked?.version, trial], ['newer', NEXT, undefined])
  })

  it('is found, verified and started once; until its trial the downloaded program is used', async () => {
    const failed = probe('update', '--lang', 'en')
    assert.equal(failed.status, 3, failed.said)
    assert.match(failed.said, /no address gave a valid answer/)
    const found = probe('update', '--from', updates.folder, '--lang', 'en')
    assert.equal(found.status, 0, found.said)
    assert.match(found.said, /^Version 0\.99\.0 is downloaded, and its signatures are valid/)
    assert.equal(probe('--version').said, `${packageVersion()}\n`)
    assert.equal((await loadUpdateState(folder)).trial?.starts, 0)
  })

  it('is tried as a child of the downloaded program, which stops with it', async () => {
    const { trial } = await loadUpdateState(folder)
    assert.ok(trial !== undefined)
    const page = spawn(program, ['page', '--no-start', '--folder', folder], { env })
    await new Promise((resolve) => page.stdout.once('data', resolve))
    const [child = ''] = readFileSync(`/proc/${page.pid ?? 0}/task/${page.pid ?? 0}/children`, 'utf8').split(' ')
    assert.equal(readlinkSync(`/proc/${child}/exe`), programPath(folder, trial))
    page.kill('SIGTERM')
    assert.equal(await new Promise((resolve) => page.once('exit', resolve)), 0)
    assert.equal((await loadUpdateState(folder)).trial?.starts, 0)
  })

  it('takes the place of the process once it passed, and its owner can go back', async () => {
    const { trial, ...state } = await loadUpdateState(folder)
    assert.ok(trial !== undefined)
    await saveUpdateState(folder, { ...state, current: { version: trial.version, sha256: trial.sha256 } })
    assert.equal(probe('--version').said, `${NEXT}\n`)
    const status: unknown = JSON.parse(probe('status', '--json').said)
    assert.ok(typeof status === 'object' && status !== null && 'version' in status && status.version === NEXT)
    assert.ok(
      probe('install', '--print').said.includes(`ExecStart="${program}"`),
      'the service starts the downloaded one',
    )
    const back = probe('update', '--back', '--lang', 'en')
    assert.match(back.said, new RegExp(`^Version 0\\.99\\.0 is no longer used.*${packageVersion()}`))
    assert.equal(probe('--version').said, `${packageVersion()}\n`)
  })

  it('leaves nothing but the downloaded program once everything was deleted, by the version in use', async () => {
    const [failed] = (await loadUpdateState(folder)).failed
    assert.ok(failed !== undefined)
    await saveUpdateState(folder, { current: { version: failed.version, sha256: failed.sha256 }, failed: [] })
    assert.equal(probe('--version').said, `${NEXT}\n`)
    assert.equal(probe('forget', '--yes').status, 0)
    assert.deepEqual(readdirSync(home, { recursive: true }), ['kuager-probe'])
  })
})
