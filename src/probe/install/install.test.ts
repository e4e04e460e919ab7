import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { launchdPlist } from './launchd.ts'
import type { ServiceProgram } from './program.ts'
import { quoteUnit, systemdUnit } from './systemd.ts'
import { fitsEntry, HIDDEN_START, startHidden } from './windows.ts'

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
    const script = `${windows.folder}\\start-hidden.vbs`
    const commands = startHidden(script, windows).map((words) => words.join(' '))
    const line =
      '"D:\\Әлия Сапар\\kuager-probe.exe" "daemon" "--folder" "D:\\Әлия Сапар\\probe" "--log" "D:\\Әлия Сапар\\probe\\daemon.log"'
    assert.ok(
      commands.some((command) => command.includes(` ${line} `)),
      commands.join('\n'),
    )
    assert.ok(
      commands.some((command) => command.includes(' wscript.exe //B "D:\\Әлия Сапар\\probe\\start-hidden.vbs" ')),
    )
    assert.match(HIDDEN_START, /^[\r\n -~]+$/, 'a file of ASCII')
  })

  it('are short enough for the sign-in of Windows up to a folder of 230 characters', () => {
    assert.equal(fitsEntry(`D:\\${'ұ'.repeat(227)}\\a.vbs`), true)
    assert.equal(fitsEntry(`D:\\${'ұ'.repeat(247)}\\start-hidden.vbs`), false)
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
