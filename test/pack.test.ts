import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { rootCertificates } from 'node:tls'
import { runInNewContext } from 'node:vm'
import { ROOT } from './house/sources.ts'

/** What the package is made from; the copy keeps the checkout free of dist/ while other tests read it. */
const MADE_FROM = [
  'bin',
  'src',
  'messages',
  'lab',
  'data',
  'scripts',
  'types',
  'package.json',
  'README.md',
  'LICENSE',
  'NOTICE',
]

/** What a browser has besides the language, and nothing of Node. */
const BROWSER_GLOBALS = { TextEncoder, TextDecoder, atob, btoa, crypto, CryptoKey, URL, setTimeout, structuredClone }

interface Ran {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = process.env): Ran {
  return spawnSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Packages that an installation without development brings, by the lock file. */
function installedPackages(): readonly string[] {
  const lock: unknown = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'))
  const packages = typeof lock === 'object' && lock !== null ? (Reflect.get(lock, 'packages') as object) : {}
  return Object.entries(packages)
    .filter(([path, entry]: [string, object]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && !('dev' in entry))
    .map(([path]) => path)
    .filter((path) => existsSync(join(ROOT, path)))
}

describe('the published package', () => {
  let folder = ''
  let kuager = ''
  const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'kuager-pack-'))
    const made = join(folder, 'made')
    const files = [...MADE_FROM, ...readdirSync(ROOT).filter((name) => /^tsconfig.*\.json$|^CHANGELOG\.md$/.test(name))]
    for (const name of files) cpSync(join(ROOT, name), join(made, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(made, 'node_modules'))
    const packed = run(
      'npm',
      ['pack', '--loglevel=error', '--foreground-scripts', '--pack-destination', folder],
      made,
      env,
    )
    assert.equal(packed.status, 0, `${packed.stdout}\n${packed.stderr}`)

    // As `npm install --omit=dev` lays it out, from the packages already here instead of from a registry: the
    // package's own files lie under node_modules, and of the others only those that the lock file calls runtime.
    const modules = join(folder, 'place', 'node_modules')
    mkdirSync(join(modules, '.bin'), { recursive: true })
    const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
    assert.equal(run('tar', ['-xzf', join(folder, tarball), '-C', modules], folder).status, 0)
    cpSync(join(modules, 'package'), join(modules, 'kuager'), { recursive: true })
    rmSync(join(modules, 'package'), { recursive: true })
    for (const path of installedPackages()) {
      mkdirSync(dirname(join(folder, 'place', path)), { recursive: true })
      symlinkSync(join(ROOT, path), join(folder, 'place', path))
    }
    kuager = join(modules, 'kuager', 'bin', 'kuager.js')
  })
  after(() => rmSync(folder, { recursive: true, force: true }))

  it('holds compiled code and no TypeScript', () => {
    const files = readdirSync(join(dirname(kuager), '..'), { recursive: true, encoding: 'utf8' })
    assert.ok(files.includes(join('dist', 'src', 'cli', 'main.js')))
    for (const script of ['charts.js', 'verify.js'])
      assert.ok(files.includes(join('dist', 'src', 'browser', script)), script)
    assert.deepEqual(
      files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts')),
      [],
    )
    for (const name of ['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md', join('data', 'services.json')])
      assert.ok(files.includes(name), `${name} is missing`)
  })

  it('holds every SQL file and Typst template of the source next to the code that reads it', () => {
    const read = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      /\.(?:sql|typ)$/.test(path),
    )
    for (const path of read) assert.ok(existsSync(join(dirname(kuager), '..', 'dist', 'src', path)), path)
  })

  it('is a library of four modules, each typed, in Node and in a script of a browser', async () => {
    const place = join(folder, 'place')
    const program = readFileSync(join(ROOT, 'test/golden/pack/library.ts'), 'utf8')
    writeFileSync(join(place, 'library.ts'), program)
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const options = [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--target',
      'es2024',
    ]
    const typed = run(process.execPath, [compiler, ...options, '--types', '', 'library.ts'], place, env)
    assert.equal(typed.status, 0, typed.stdout)

    const input = {
      measurement: readFileSync(join(ROOT, 'test/golden/pack/measurement.json'), 'utf8'),
      series: readFileSync(join(ROOT, 'test/golden/pack/series.csv'), 'utf8'),
      roots: rootCertificates.slice(0, 20),
    }
    const call = `import { use } from ${JSON.stringify('./library.ts')}\nconsole.log(JSON.stringify(await use(${JSON.stringify(input)})))\n`
    writeFileSync(join(place, 'call.ts'), call)
    const node = run(process.execPath, ['call.ts'], place, env)
    assert.equal(node.status, 0, node.stderr)
    const said: unknown = JSON.parse(node.stdout)
    assert.deepEqual(said, {
      test: 'web_connectivity',
      public: true,
      kind: 'reachable',
      restrictions: 1,
      failed: ['container'],
    })

    const { build } = await import('esbuild')
    const { outputFiles } = await build({
      ...{
        entryPoints: [join(place, 'library.ts')],
        bundle: true,
        write: false,
        format: 'iife',
        globalName: 'library',
      },
      platform: 'browser',
    })
    const [script] = outputFiles
    const scope: Record<string, unknown> = { ...BROWSER_GLOBALS }
    const told: unknown = await runInNewContext(`${script?.text ?? ''}; library.use(input)`, { ...scope, input })
    assert.deepEqual(JSON.parse(JSON.stringify(told)), said)
  })

  it('lists its commands where it is installed', () => {
    const help = run(process.execPath, [kuager, 'help'], join(folder, 'place'), env)
    assert.equal(help.status, 0, help.stderr)
    assert.match(help.stdout, /^ {2}judge\b/m)
  })

  it('shows the help of every command, which loads the command with all that it imports', () => {
    const help = run(process.execPath, [kuager, 'help'], join(folder, 'place'), env)
    const names = [...help.stdout.matchAll(/^ {2}([a-z][\w-]*) {2,}/gm)].map((match) => match[1] ?? '')
    assert.ok(names.length > 0)
    for (const name of names) {
      const shown = run(process.execPath, [kuager, name, '--help'], join(folder, 'place'), env)
      assert.equal(shown.status, 0, `kuager ${name} --help: ${shown.stderr}`)
      assert.match(shown.stdout, /\S/)
    }
  })

  it('judges a measurement where it is installed', () => {
    const file = join(ROOT, 'test/golden/pack/measurement.json')
    const judged = run(process.execPath, [kuager, 'judge', file, '--json'], join(folder, 'place'), env)
    assert.equal(judged.status, 0, judged.stderr)
    const line: unknown = JSON.parse(judged.stdout.trim().split('\n').at(-1) ?? '')
    const verdict: unknown = Reflect.get(line as object, 'verdict')
    assert.equal(Reflect.get(verdict as object, 'kind'), 'reachable')
  })

  // An import starts worker threads from compiled files, reads the SQL and opens both stores.
  const chdb = existsSync(join(ROOT, 'node_modules/chdb')) ? false : 'the optional package chdb is not installed'
  it('imports a measurement into a data folder where it is installed', { skip: chdb }, () => {
    const place = join(folder, 'place')
    const file = join(ROOT, 'test/golden/pack/measurement.json')
    const imported = run(process.execPath, [kuager, 'import', file, '--folder', 'data', '--json'], place, env)
    assert.equal(imported.status, 0, imported.stderr)
    const counts: unknown = JSON.parse(imported.stdout.trim().split('\n').at(-1) ?? '')
    assert.equal(Reflect.get(counts as object, 'added'), 1)
    const verified = run(process.execPath, [kuager, 'archive', 'verify', '--folder', 'data'], place, env)
    assert.equal(verified.status, 0, verified.stderr)
  })
})

describe('a start on an older Node.js', () => {
  const bin = join(ROOT, 'bin/kuager.js')
  const system = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((place) => !place.includes('node_modules'))
    .map((place) => join(place, 'node'))
    .find((path) => existsSync(path))
  const version = system === undefined ? '' : run(system, ['--version'], ROOT).stdout.trim()
  const older = Number(/^v(\d+)/.exec(version)?.[1] ?? 24) < 24

  it('stops with one sentence', { skip: older ? false : 'no older Node.js on this machine' }, () => {
    const started = run(system ?? '', [bin, 'help'], ROOT)
    assert.equal(started.status, 1)
    assert.equal(started.stdout, '')
    assert.match(started.stderr, /^kuager needs Node\.js 24 or newer and was started on \d+[^\n]*\n$/)
  })

  it('stops with one sentence when the version is only pretended', () => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.1.0'}})`
    const started = run(process.execPath, ['--import', pretend, bin, 'help'], ROOT)
    assert.equal(started.status, 1)
    assert.match(started.stderr, /^kuager needs Node\.js 24 or newer and was started on 20\.1\.0:[^\n]*\n$/)
  })
})
