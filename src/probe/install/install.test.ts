import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { launchdPlist } from './launchd.ts'
import type { ServiceProgram } from './program.ts'
import { quoteUnit, systemdUnit } from './systemd.ts'
import { HIDDEN_START, startHidden } from './windows.ts'

const program: ServiceProgram = {
  start: [process.execPath, '/opt/kuager & co/bin/kuager.js', 'probe'],
  folder: '/var/lib/a "probe" 100% $HOME',
}
const has = (command: string): boolean => {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe('the files that start a daemon', () => {
  it('name the folder in every system, with any characters in it', () => {
    assert.equal(quoteUnit(program.folder), '"/var/lib/a \\"probe\\" 100%% $$HOME"')
    assert.match(launchdPlist(program), /<string>\/var\/lib\/a &quot;probe&quot; 100% \$HOME<\/string>/)
    assert.match(launchdPlist(program), /kuager &amp; co/)
    const windows = { start: ['D:\\Әлия Сапар\\kuager-probe.exe'], folder: 'D:\\Әлия Сапар\\probe' }
    const [signIn = []] = startHidden('D:\\Әлия Сапар\\probe\\start-hidden.vbs', windows)
    const line =
      'wscript.exe //B "D:\\Әлия Сапар\\probe\\start-hidden.vbs" "D:\\Әлия Сапар\\kuager-probe.exe" "daemon" "--folder" "D:\\Әлия Сапар\\probe" "--log" "D:\\Әлия Сапар\\probe\\daemon.log"'
    assert.ok(signIn.includes(line), signIn.join('\n'))
    assert.match(HIDDEN_START, /^[\r\n -~]+$/, 'a file of ASCII')
  })

  it('let the daemon write to its folder alone and gain no rights', () => {
    const unit = systemdUnit(program)
    for (const line of ['NoNewPrivileges=yes', 'ProtectSystem=strict', 'ProtectHome=read-only', 'UMask=0077'])
      assert.ok(unit.includes(`\n${line}\n`), line)
    assert.equal(unit.match(/ReadWritePaths=/g)?.length, 1)
  })

  it(
    'are taken by systemd-analyze without a word',
    { skip: !has('systemd-analyze') && 'needs systemd-analyze' },
    async () => {
      const root = await mkdtemp(join(tmpdir(), 'kuager-unit-'))
      try {
        const path = join(root, 'kuager-probe.service')
        await writeFile(path, systemdUnit({ ...program, folder: join(root, 'probe 100%') }))
        const { stdout, stderr, status } = spawnSync('systemd-analyze', ['--man=no', 'verify', path], {
          encoding: 'utf8',
        })
        assert.deepEqual([status, stdout, stderr], [0, '', ''])
      } finally {
        await rm(root, { recursive: true })
      }
    },
  )
})
