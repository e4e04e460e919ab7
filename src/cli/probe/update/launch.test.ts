import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import type { TestUpdates } from '../../../../test/kit/probe/update-folder.ts'
import { UpdateWorld } from '../../../../test/kit/probe/update-world.ts'
import { instant } from '../../../core/model/units.ts'
import { CONSENT_VERSION, saveConsent } from '../../../probe/consent/consent.ts'
import { loadUpdateState, programPath, saveUpdateState } from '../../../probe/update/update-state.ts'
import { KeepUpdated } from './keep-updated.ts'

const skip = process.platform === 'linux' && process.arch === 'x64' ? false : 'programs are shell scripts'
const HOUR_MS = 3_600_000

/** A version that says what it is started with; `body`: what it does as a daemon. */
const version = (number: string, body: string): string => `#!/bin/sh
case "$1" in
  --version) echo ${number};;
  daemon) ${body};;
  update) echo "${number} looks" >> "$3/looks";;
  run) echo "${number} $*"; exit 2;;
  *) echo "${number} $*";;
esac
`

describe('the version that is started', { skip }, () => {
  const world = new UpdateWorld()
  after(() => world.remove())

  /** The downloaded program, 0.2.0: the launcher, in a process of its own, and a daemon that says that it runs. */
  function downloaded(updates: TestUpdates): string {
    const folder = world.fresh('program')
    mkdirSync(folder)
    writeFileSync(join(folder, 'root.json'), updates.builtRoot)
    const program = join(folder, 'kuager-probe')
    const script = join(folder, 'program.ts')
    writeFileSync(
      script,
      `import { readFileSync } from 'node:fs'
import { beginTrial, launch } from '${import.meta.dirname}/launch.ts'
const args = process.argv.slice(2)
const folder = args[args.indexOf('--folder') + 1]
const controller = new AbortController()
process.on('SIGTERM', () => controller.abort())
const launched = await launch({
  program: '${program}', own: '0.2.0', folder, args, env: process.env, signal: controller.signal,
  builtRoot: readFileSync('${folder}/root.json'), system: 'linux-x64', scheduleIsKept: async () => false,
})
if (launched.kind === 'own') console.log('0.2.0 ' + args[0])
else process.exitCode = launched.code
`,
    )
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" --no-warnings "${script}" "$@"\n`)
    chmodSync(program, 0o755)
    return program
  }

  /** A probe of version 0.2.0 for which this version is ready to be tried. */
  async function ready(body: string): Promise<{
    readonly updates: TestUpdates
    readonly folder: string
    start(...args: readonly string[]): { readonly said: string; readonly status: number | null }
    readonly program: string
  }> {
    const updates = await world.updates()
    await updates.program('0.4.0', version('0.4.0', body))
    const { folder, look } = world.client(updates)
    assert.deepEqual(await look(updates), { kind: 'ready', version: '0.4.0' })
    const program = downloaded(updates)
    return {
      ...{ updates, folder, program },
      start(...args) {
        const { stdout, stderr, status } = spawnSync(program, [...args, '--folder', folder], { encoding: 'utf8' })
        assert.equal(stderr, '')
        return { said: stdout.trim(), status }
      },
    }
  }
  const passed = async (folder: string): Promise<void> => {
    const { trial, ...state } = await loadUpdateState(folder)
    assert.ok(trial !== undefined)
    await saveUpdateState(folder, { ...state, current: { version: trial.version, sha256: trial.sha256 } })
  }

  it('is the downloaded program where there is no update, and for other commands during a trial', async () => {
    const probe = await ready('exit 1')
    assert.equal(probe.start('status').said, '0.2.0 status')
    rmSync(join(probe.folder, 'updates'), { recursive: true })
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
  })

  it('goes back at once where the new one ends with an error, and never tries it again', async () => {
    const probe = await ready('echo "0.4.0 begins"; exit 1')
    assert.equal(probe.start('daemon').said, '0.4.0 begins\n0.2.0 daemon')
    const { failed, trial } = await loadUpdateState(probe.folder)
    assert.equal(trial, undefined)
    assert.match(failed[0]?.why ?? '', /exit code 1/)
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
  })

  it('goes back where the new one finds consent or settings missing, and after three such starts for good', async () => {
    const probe = await ready('exit 3')
    for (const starts of [1, 2, 3]) {
      assert.equal(probe.start('daemon').said, '0.2.0 daemon')
      assert.equal((await loadUpdateState(probe.folder)).trial?.starts, starts)
    }
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
    assert.equal((await loadUpdateState(probe.folder)).failed.length, 1)
    const typo = await ready('exit 0')
    assert.match(typo.start('run', '--typo').said, /^0\.4\.0 run --typo/)
    assert.equal((await loadUpdateState(typo.folder)).trial?.starts, 0, 'a command that was typed wrongly says nothing')
  })

  it('goes back where the new one dies by a signal, or ends as if it had been stopped', async () => {
    for (const body of ['kill -SEGV $$', 'kill -KILL $$', 'exit 0']) {
      const probe = await ready(body)
      assert.equal(probe.start('daemon').said, '0.2.0 daemon', body)
      assert.equal((await loadUpdateState(probe.folder)).failed.length, 1, body)
    }
  })

  it('goes back after three starts that were cut off from outside, as by the loss of power', async () => {
    const probe = await ready('echo $$ >> "$3/pids"; sleep 60')
    const pids = join(probe.folder, 'pids')
    for (const starts of [1, 2, 3]) {
      const cut = spawn(probe.program, ['daemon', '--folder', probe.folder], { stdio: 'ignore', detached: true })
      while (!existsSync(pids)) await new Promise((resolve) => setTimeout(resolve, 20))
      assert.ok(cut.pid !== undefined)
      process.kill(-cut.pid, 'SIGKILL') // it and what it started
      await new Promise((resolve) => cut.once('exit', resolve))
      rmSync(pids)
      assert.equal((await loadUpdateState(probe.folder)).trial?.starts, starts)
    }
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
    assert.match((await loadUpdateState(probe.folder)).failed[0]?.why ?? '', /3 times/)
  })

  it('does not count a start that was stopped in good order', async () => {
    const probe = await ready('trap "exit 0" TERM; echo x > "$3/begun"; while :; do sleep 0.05; done')
    const begun = spawn(probe.program, ['daemon', '--folder', probe.folder], { stdio: 'ignore' })
    while (!existsSync(join(probe.folder, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 20))
    begun.kill('SIGTERM')
    assert.equal(await new Promise((resolve) => begun.once('exit', resolve)), 0)
    assert.equal((await loadUpdateState(probe.folder)).trial?.starts, 0)
  })

  it('starts no other one where everything is being deleted', async () => {
    const probe = await ready('rm "$3/updates/state.json"; kill -KILL $$')
    assert.deepEqual(probe.start('daemon'), { said: '', status: 1 })
    assert.equal(existsSync(join(probe.folder, 'updates', 'state.json')), false)
  })

  it('is the new one after its trial, in the place of the process, with the words it was given', async () => {
    const probe = await ready('echo "0.4.0 runs, from $KUAGER_PROBE_PROGRAM"')
    await passed(probe.folder)
    assert.equal(probe.start('daemon').said, `0.4.0 runs, from ${probe.program}`)
    assert.equal(probe.start('status', '--json').said, `0.4.0 status --json --folder ${probe.folder}`)
    assert.equal(probe.start('update', '--back').said, '0.2.0 update', 'going back does not need it')
  })

  it('is not one of which the file was changed, nor one that is not there', async () => {
    const probe = await ready('echo never')
    await passed(probe.folder)
    const { current } = await loadUpdateState(probe.folder)
    assert.ok(current !== undefined)
    const path = programPath(probe.folder, current)
    writeFileSync(path, readFileSync(path, 'utf8').replace('never', 'other'))
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
    assert.deepEqual(await loadUpdateState(probe.folder).then(({ current: now, failed }) => [now, failed]), [
      undefined,
      [],
    ])
    await saveUpdateState(probe.folder, { current, failed: [] })
    rmSync(path)
    assert.equal(probe.start('daemon').said, '0.2.0 daemon')
    writeFileSync(join(probe.folder, 'updates', 'state.json'), '{"current":{"version":"../../x"')
    assert.equal(probe.start('daemon').said, '0.2.0 daemon', 'a state that cannot be read')
  })

  it('is the former version, not the downloaded one, where a third one fails', async () => {
    const probe = await ready('echo "0.4.0 runs"')
    await passed(probe.folder)
    await probe.updates.program('0.5.0', version('0.5.0', 'exit 9'))
    const client = world.client(probe.updates, { own: '0.4.0', folder: probe.folder })
    assert.deepEqual(await client.look(probe.updates), { kind: 'ready', version: '0.5.0' })
    assert.equal(probe.start('daemon').said, '0.4.0 runs')
    assert.equal((await loadUpdateState(probe.folder)).current?.version, '0.4.0')
  })

  it('is looked for by the daemon about once a day, at another hour each day', async () => {
    const probe = await ready('exit 0')
    const program = join(probe.folder, 'updater')
    writeFileSync(program, version('0.2.0', ''))
    chmodSync(program, 0o755)
    const looks = (): number =>
      existsSync(join(probe.folder, 'looks'))
        ? readFileSync(join(probe.folder, 'looks'), 'utf8').split('\n').length - 1
        : 0
    const controller = new AbortController()
    const keeper = new KeepUpdated({
      ...{ folder: probe.folder, own: '0.2.0', env: {}, signal: controller.signal },
      look: [program, 'update', '--folder', probe.folder],
      random: () => 0.5,
    })
    const begin = Date.now()
    const pass = async (hours: number): Promise<number> => {
      const before = looks()
      for (let i = 0; i < 100 && looks() === before; i++) {
        // Again and again, as a daemon does: while one look goes on there is no other.
        await keeper.lookIfDue(instant(begin + hours * HOUR_MS))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      return looks()
    }
    const agree = (tiers: readonly 'A'[]): Promise<void> =>
      saveConsent(probe.folder, { version: CONSENT_VERSION, at: instant(begin), lang: 'kk', tiers, by: 'answer' })
    await agree(['A'])
    assert.equal(await pass(0), 0, 'not at once')
    assert.equal(await pass(0.4), 0)
    assert.equal(await pass(0.6), 1)
    assert.equal(await pass(20), 1)
    await agree([])
    assert.equal(await pass(25), 1, 'consent was withdrawn')
    await agree(['A'])
    assert.equal(await pass(25), 2)
    assert.equal(await pass(-3000), 3, 'a clock that was set back does not put it off for long')
    assert.equal(await keeper.wantsStart(), true)
    controller.abort()
  })
})
